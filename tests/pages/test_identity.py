"""Proving who one is, over HTTP: what is open, a picture, a card's code, and an OpenID provider on this machine."""

import dataclasses
import io
import json
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image
from sqlalchemy import text
from tests.pages.conftest import Browser
from tests.pages.registering import apply_as_worker

from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.testing.oidc_provider import OidcProvider
from yoyaku.testing.oidc_server import RunningProvider
from yoyaku.web.app import create_app

HERE = "/account/identity"
BIRTHDAYS = (f"{month:02}{day:02}" for month in range(1, 13) for day in range(1, 29))


def picture(kind="JPEG"):
    packed = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(packed, kind)
    return packed.getvalue()


async def send(site, step, *files):
    await site.get(f"{HERE}/{step}")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', site.html)[1]
    sent = [("file", (name, content, claimed)) for name, content, claimed in files]
    response = await site.client.post(f"{HERE}/{step}/upload", data={"_csrf_token": token}, files=sent)
    site.html = response.text
    return response


@pytest.fixture
async def worker(browse):
    site = browse("lodging")
    born = next(BIRTHDAYS)
    of_one = {"email": f"kensho{born}@example.jp", "email_again": f"kensho{born}@example.jp"}
    await apply_as_worker(site, name="検証 太郎", kana="ケンショウ タロウ", birth_date=f"1980{born}", **of_one)
    return site


async def test_without_a_registration_one_logs_in_first(browse):
    site = browse("sports")
    response = await site.get(HERE)

    assert response.url.path == "/login"


@pytest.mark.fact("ML-056", "ML-058")
async def test_who_has_just_applied_sees_what_to_send_and_what_will_do(worker):
    page = await worker.get(f"{HERE}/proof_of_work")

    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in worker.html
    assert "名刺" in worker.html
    assert "使えないもの" in worker.html
    assert "10MBまで、1ファイル" in worker.html


@pytest.mark.fact("ML-057")
async def test_a_picture_is_taken_and_shown_as_being_checked(worker):
    page = await send(worker, "proof_of_work", ("社員証.jpeg", picture(), "image/jpeg"))

    assert page.url.path == HERE
    assert "受け付けました。職員が確認します。" in worker.html
    assert "確認中" in worker.html
    page = await send(worker, "proof_of_work", ("again.png", picture("PNG"), "image/png"))
    assert page.status_code == 200


@pytest.mark.fact("ML-057")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ファイルを選んでください"),
        (b"%PDF-1.7", "jpg・jpeg・pngの画像を送ってください"),
        (picture()[:-40], "途中で切れています"),
        (picture() + b"<html><script>", "別のものが付いたファイル"),
        (picture() + bytes(10_000_001), "ファイルが大きすぎます。10MBまでです。"),
    ],
    ids=["empty", "pdf", "truncated", "disguised", "too_big"],
)
async def test_a_file_that_will_not_do_is_refused_at_the_field_with_the_reason(worker, content, said):
    page = await send(worker, "proof_of_work", ("card.jpg", content, "image/jpeg"))

    assert page.status_code == 422
    assert said in worker.html
    assert 'id="file-error"' in worker.html
    assert 'href="#file"' in worker.html


async def test_what_is_far_too_big_is_answered_in_words(worker):
    page = await send(worker, "proof_of_work", ("card.jpg", bytes(33_000_000), "image/jpeg"))

    assert page.status_code == 413
    assert "10MBまでのファイルにして" in worker.html


async def test_two_files_are_one_too_many(worker):
    page = await send(worker, "proof_of_work", ("a.jpg", picture(), "image/jpeg"), ("b.jpg", picture(), "image/jpeg"))

    assert page.status_code == 422
    assert "1ファイルだけ" in worker.html


async def test_a_wrong_code_is_said_at_the_field_counted_and_not_lost(worker):
    await worker.get(f"{HERE}/card")
    assert "3営業日" in worker.html
    await worker.post(f"{HERE}/card/code", code="ＡＢＣＤ-1234")
    assert "今日はあと9回" in worker.html
    assert "ＡＢＣＤ-1234" in worker.html
    await worker.get(f"{HERE}/card")
    await worker.post(f"{HERE}/card/code", code="AAAA")
    assert "今日はあと8回" in worker.html


async def test_a_check_that_is_not_there_is_said_so(worker):
    page = await worker.get(f"{HERE}/nothing_of_the_kind")

    assert page.status_code == 404
    assert "いま必要な手続きをご確認ください" in worker.html


@pytest.mark.fact("KS-032")
async def test_the_counters_page_says_which_papers_to_bring(browse):
    site = browse("sports")
    await site.log_in(PROVISIONAL)
    await site.get(f"{HERE}/counter")

    assert "必要な書類" in site.html
    assert "マイナンバーカード" in site.html
    assert "/register/counters" in site.html


@dataclasses.dataclass
class Someone:
    login_id: str
    password: str


PROVISIONAL = Someone("kenta2027", "kumamotodemo3")
PERSON = {"name": "松崎　健太", "birthdate": "1993-11-30", "address": "熊本県熊本市中央区手取本町1番1号"}


@pytest.fixture
def provider():
    with RunningProvider(OidcProvider(people={"kenta": PERSON})) as running:
        yield running.provider


@pytest.fixture
async def site(city_settings, services, provider, tmp_path, monkeypatch):
    """The sports site, whose profile is the provider of this machine; nothing of its checks stays."""
    lines = [f"{name}: {json.dumps(value)}" for name, value in provider.settings().items()]
    (tmp_path / "identity-oidc.local.yaml").write_text("\n".join(lines))
    monkeypatch.setenv("IDENTITY_CLIENT_KEY", json.dumps(provider.client_key.as_dict(private=True)))
    application = create_app(dataclasses.replace(city_settings, plugin_profiles=tmp_path))
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    base = f"http://{services['sports'].host}"
    async with httpx.AsyncClient(transport=transport, base_url=base, follow_redirects=True) as client:
        browser = Browser(client)
        await browser.log_in(PROVISIONAL)
        yield browser
    await application.app.state["engine"].dispose()
    await forget(city_settings, services["sports"])


async def forget(settings, service):
    owner = make_engine(settings.migration_database_url, pool_size=1)
    async with tenant_transaction(owner, service.tenant, service.code) as conn:
        await conn.execute(text("DELETE FROM identity_subject"))
        await conn.execute(
            text("UPDATE registrant SET stage = 'provisional', residency = 'worker' WHERE name LIKE '松﨑%'")
        )
    await owner.dispose()


async def stage_of(settings, service):
    engine = make_engine(settings.database_url, pool_size=1)
    async with tenant_transaction(engine, service.tenant, service.code) as conn:
        rows = await conn.execute(text("SELECT stage, residency FROM registrant WHERE name LIKE '松﨑%'"))
        found = tuple(rows.one())
    await engine.dispose()
    return found


async def go_and_choose(site, person="kenta"):
    """Leave for the provider and choose; returns the address with which one is sent back."""
    left = await site.client.get(f"{HERE}/my_number/go", follow_redirects=False)
    assert left.status_code == 303, left.text
    address = left.headers["location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    async with httpx.AsyncClient(trust_env=False) as outside:
        assert "松崎" in (await outside.get(address)).text
        answer = await outside.post(address.split("?")[0], data={**query, "person": person})
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


@pytest.mark.fact("KS-024")
async def test_t_j3_t_j4_with_the_card_one_is_registered_at_once_and_a_resident(site, city_settings, services):
    await site.get(f"{HERE}/my_number")
    assert f"{HERE}/my_number/go" in site.html
    page = await site.get(await go_and_choose(site))

    assert page.url.path == HERE
    assert "本人確認が終わりました。" in site.html
    assert await stage_of(city_settings, services["sports"]) == ("registered", "resident")


async def test_t_j2_the_same_person_a_second_time_is_told_of_the_registration(site, city_settings, services):
    owner = make_engine(city_settings.migration_database_url, pool_size=1)
    service = services["sports"]
    await site.get(await go_and_choose(site))
    async with tenant_transaction(owner, service.tenant, service.code) as conn:
        other = text("SELECT registrant_id FROM registrant WHERE name NOT LIKE '松﨑%' LIMIT 1")
        somebody = (await conn.execute(other)).scalar_one()
        await conn.execute(text("UPDATE identity_subject SET registrant_id = :id"), {"id": somebody})
        await conn.execute(text("UPDATE registrant SET stage = 'provisional' WHERE name LIKE '松﨑%'"))
        await conn.execute(text("UPDATE identity_check SET decided_at = '2020-01-01' WHERE state = 'approved'"))
    await owner.dispose()
    page = await site.get(await go_and_choose(site))

    assert page.status_code == 422
    assert "すでに登録されています" in site.html
    assert (await stage_of(city_settings, service))[0] == "provisional"


@pytest.mark.parametrize(
    "fault",
    ["state", "nonce", "iss", "aud", "exp", "alg_none", "alg_hs256", "alg_rs256", "userinfo_sub", "token_500", "error"],
)
async def test_t_j1_what_is_wrong_is_refused_and_the_registration_stays(site, provider, city_settings, services, fault):
    provider.fault = fault
    page = await site.get(await go_and_choose(site))

    assert page.status_code == 422
    assert "登録の内容は変わっていません" in site.html
    assert f"{HERE}/my_number" in site.html
    assert await stage_of(city_settings, services["sports"]) == ("provisional", "worker")


async def test_who_stops_at_the_provider_may_begin_again(site):
    page = await site.get(await go_and_choose(site, ""))
    assert page.status_code == 422
    assert "もう一度始めることができます" in site.html

    await site.get(await go_and_choose(site))
    assert "本人確認が終わりました。" in site.html


async def test_a_return_that_was_begun_in_another_browser_is_refused(site, browse, city_settings, services):
    address = await go_and_choose(site)
    site.client.cookies.delete("identity")
    page = await site.get(address)

    assert page.status_code == 422
    assert "このブラウザーで始めた本人確認ではない" in site.html
    assert (await browse("sports").get(address)).url.path == "/login"
    assert (await stage_of(city_settings, services["sports"]))[0] == "provisional"


async def test_a_return_is_good_once(site):
    address = await go_and_choose(site)
    await site.get(address)
    page = await site.get(address)

    assert page.status_code == 422


async def test_without_the_settings_file_one_is_told_and_nothing_changes(browse):
    site = browse("sports")
    await site.log_in(PROVISIONAL)
    page = await site.get(f"{HERE}/my_number/go")

    assert page.status_code == 422
    assert "本人確認の設定が終わっていません" in site.html


async def test_what_has_to_be_sent_is_told_apart_from_what_one_may_choose(worker):
    await worker.get(HERE)
    assert "「必須」の手続きは、必ず済ませてください" in worker.html
    assert worker.html.count('class="required"') == 1
    sent = await send(worker, "proof_of_work", ("社員証.jpg", picture(), "image/jpeg"))
    await worker.get(HERE)

    assert sent.status_code == 200
    assert "写真を送り直す" in worker.html
    assert 'class="required"' not in worker.html
