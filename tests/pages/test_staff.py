"""The console over HTTP: finding people for a purpose, one-time codes, staff, the record, and who may open what."""

import re
from dataclasses import fields, replace

import pytest
import yaml
from tests.cities import ROOT

PATHS = ["/counter/people", "/counter/registrations", "/counter/letters", "/counter/staff", "/counter/log"]
PERMITTED = {
    "counter_clerk": {"/counter/people", "/counter/registrations", "/counter/letters"},
    "facility_manager": {"/counter/people"},
    "tenant_admin": {"/counter/staff", "/counter/log"},
    "auditor": {"/counter/log"},
}


async def find_resident(site, service):
    await site.get("/counter/people")
    await site.post("/counter/purpose", purpose="counter")
    await site.post("/counter/people", query=service.resident.name)
    return re.search(r'href="(/counter/people/[0-9a-f-]{36})"', site.html)[1]


async def test_t_p1_people_are_looked_for_only_for_a_purpose_and_each_look_is_shown(browse, services):
    service = services["rooms"]
    site = browse("rooms")
    await site.log_in(service.clerk)
    await site.get("/counter/people")
    assert 'name="query"' not in site.html
    nothing = await site.post("/counter/purpose", purpose="other")
    assert nothing.status_code == 422
    unsaid = await site.post("/counter/people", query=service.resident.name)
    assert unsaid.status_code == 422
    person = await find_resident(site, service)
    page = await site.get(person)

    assert page.status_code == 200
    assert service.resident.name in page.text
    assert "窓口受付" in page.text
    assert service.clerk.name in page.text


@pytest.mark.fact("ML-068")
async def test_a_clerk_s_code_is_shown_once_with_the_id(browse, services):
    service = services["rooms"]
    site = browse("rooms")
    await site.log_in(service.clerk)
    await site.get(await find_resident(site, service))
    path = re.search(r'action="(/counter/people/[^"]+/code)"', site.html)[1]
    page = await site.post(path)

    assert page.status_code == 200
    assert re.search(r"\d{5} \d{5}", page.text)
    assert service.resident.login_id in page.text


async def test_t_p3_a_person_of_another_tenant_is_not_there(browse, services):
    site, other = browse("rooms"), browse("lodging")
    await site.log_in(services["rooms"].clerk)
    person = await find_resident(site, services["rooms"])
    await other.log_in(services["lodging"].clerk)
    await find_resident(other, services["lodging"])

    assert (await other.get(person)).status_code == 404


@pytest.mark.parametrize("path", PATHS)
async def test_residents_open_nothing_of_the_console(browse, services, path):
    site = browse("rooms")
    assert (await site.get(path)).url.path == "/login"
    await site.log_in(services["rooms"].resident)

    assert (await site.get(path)).status_code == 403


@pytest.mark.parametrize("path", PATHS)
async def test_a_clerk_of_the_counter_opens_what_the_table_says(browse, services, path):
    site = browse("rooms")
    await site.log_in(services["rooms"].clerk)

    assert (await site.get(path)).status_code == (200 if path in PERMITTED["counter_clerk"] else 403)


@pytest.fixture
def admin(services):
    """The demo's member of staff who is an admin, at the sports service."""
    demo = yaml.safe_load((ROOT / "tenants" / services["sports"].tenant / "demo.yaml").read_text())
    found = next(one for one in demo["clerks"] if "tenant_admin" in one["roles"])
    clerk = services["sports"].clerk
    return replace(clerk, **{each.name: found[each.name] for each in fields(clerk) if each.name in found})


async def test_an_admin_adds_and_ends_staff_and_reads_the_record_as_a_file(browse, admin):
    site = browse("sports")
    await site.log_in(admin)
    await site.get("/counter/staff")
    unnamed = await site.post("/counter/staff", name="", login_id="kansa01", **{"role.auditor": "yes"})
    assert unnamed.status_code == 422
    astray = {"name": "監査 花子", "login_id": "kansa01", "facilities": "nowhere", "role.auditor": "yes"}
    unknown = await site.post("/counter/staff", **astray)
    assert "「nowhere」という施設のコードはありません" in unknown.text
    assert 'value="nowhere"' in unknown.text
    added = await site.post("/counter/staff", name="監査 花子", login_id="kansa01", **{"role.auditor": "yes"})
    assert re.search(r"\d{5} \d{5}", added.text)
    listed = added.text.split("監査 花子</h2>")[1].split("</form>")[0]
    assert "一度もログインしていません" in listed
    assert "二段階の確認：まだ" in listed
    assert "二段階の確認：設定済み" in added.text
    one = re.search(r"監査 花子.*?action=\"(/counter/staff/[^\"]+)\"", added.text, re.DOTALL)[1]
    wrong = await site.post(one, act="change", email="hanako", **{"role.auditor": "yes"})
    assert "メールアドレスの形が正しくありません" in wrong.text
    changed = await site.post(one, act="change", email="ｈanako@example.jp", **{"role.auditor": "yes"})
    assert 'value="hanako@example.jp"' in changed.text
    await site.post(one, act="end")
    await site.get("/counter/log")
    page = await site.post("/counter/log")
    assert "職員を追加" in page.text
    file = await site.post("/counter/log", **{"as": "csv"})

    assert file.headers["content-type"].startswith("text/csv")
    assert "staff_ended" in file.text
    assert "監査 花子" not in file.text
