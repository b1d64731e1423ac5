"""The operator's page: for this machine and whoever holds the token; what cannot be is told at its field."""

import re
import shutil

import httpx
import pytest
from tests.cities import ROOT, city_values
from tests.pages.console.test_operations import Addresses

from yoyaku.web.onboarding import create_operator_app

TOKEN = "a token that the command prints"
CITY = {
    "slug": "momiji",
    "municipality_code": "999997",
    "name_ja": "紅葉市",
    "name_en": "Momiji City",
    "admin1_name": "紅葉 一子",
    "admin1_id": "first-momiji",
    "admin2_name": "紅葉 二郎",
    "admin2_id": "second-momiji",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Folders of the project, to be written in."""
    made = tmp_path_factory.mktemp("operator")
    for name in ("rulesets", "tenants"):
        shutil.copytree(ROOT / name, made / name)
    return made


@pytest.fixture
async def office(city_settings, folder, monkeypatch):
    """Opens the page as another browser: ``office("http://127.0.0.1:8030")``."""
    values = {
        **city_values(Addresses(city_settings)),
        "OPERATOR_TOKEN": TOKEN,
        "OPERATOR_TENANTS": str(folder / "tenants"),
        "OPERATOR_RULESETS": str(folder / "rulesets"),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    application = create_operator_app()
    clients = []

    def browser(base_url="http://127.0.0.1:8030"):
        transport = httpx.ASGITransport(app=application, raise_app_exceptions=True)
        clients.append(httpx.AsyncClient(transport=transport, base_url=base_url, follow_redirects=True))
        return clients[-1]

    yield browser
    for client in clients:
        await client.aclose()
    made = application.state["office"]
    await made.owner.dispose()
    await made.engine.dispose()


async def opened(office, **query):
    """The page, let in."""
    browser = office()
    page = await browser.get("/", params={"token": TOKEN, **query})
    assert page.status_code == 200, page.text
    key = re.search(r'name="key" value="([^"]+)"', page.text)[1]
    return browser, page, key


async def test_it_answers_this_machine_and_who_holds_the_token_once(office):
    assert (await office().get("/")).status_code == 403
    assert (await office("http://evil.example").get("/", params={"token": TOKEN})).status_code == 403
    assert (await office().get("/", params={"token": "another"})).status_code == 403
    browser, page, key = await opened(office)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "form-action 'self'" in policy
    assert "img-src 'self' data:" in policy  # the arrow of a list to choose from is a picture of the style sheet
    assert (await office().get("/", params={"token": TOKEN})).status_code == 403
    assert (await browser.post("/", data={**CITY, "key": "x"})).status_code == 403
    from_elsewhere = await browser.post("/", data={**CITY, "key": key}, headers={"origin": "http://evil.example"})
    assert from_elsewhere.status_code == 403
    assert "Short name" in (await browser.get("/", params={"lang": "en"})).text


async def test_what_cannot_be_is_told_at_its_field_and_nothing_is_written(office, folder):
    browser, _, key = await opened(office)
    wrong = {
        "municipality_code": "999999",
        "name_ja": "",
        "capacity": "many",
        "admin2_id": "ｆirst-momiji",
        "mail": "nowhere",
    }
    page = await browser.post("/", data={**CITY, **wrong, "key": key})
    assert page.status_code == 422
    fields = set(re.findall(r'id="(\w+)-error"', page.text))
    assert fields == {"municipality_code", "name_ja", "capacity", "admin1_id", "admin2_id", "mail"}
    assert "この番号なら 999997 です" in page.text
    assert 'value="紅葉 二郎"' in page.text
    taken = await browser.post("/", data={**CITY, "host": "rooms.meguro.{base_domain}", "key": key})
    assert re.findall(r'id="(\w+)-error"', taken.text) == ["host"]
    there = await browser.post("/", data={**CITY, "slug": "meguro", "service": "x1", "key": key})
    assert re.findall(r'id="(\w+)-error"', there.text) == ["slug"]
    nowhere = await browser.post("/", data={**CITY, "copy": "nowhere", "key": key})
    assert re.findall(r'id="(\w+)-error"', nowhere.text) == ["copy"]
    assert not (folder / "tenants" / "momiji").exists()
    assert not (folder / "rulesets" / "momiji-rooms").exists()


async def test_answers_become_a_city_with_two_admins(office, folder):
    browser, _, key = await opened(office)
    page = await browser.post("/", data={**CITY, "base": "lodging", "key": key}, params={"lang": "en"})
    assert page.status_code == 200
    assert len(re.findall(r'data-code="\w+-momiji">\w{5} \w{5}<', page.text)) == 2
    assert "http://rooms.momiji.localhost" in page.text
    assert "Still open" in page.text
    assert (folder / "tenants" / "momiji" / "tenant.yaml").is_file()
    again = await browser.post("/", data={**CITY, "key": key})
    assert re.findall(r'id="(\w+)-error"', again.text) == ["slug"]
