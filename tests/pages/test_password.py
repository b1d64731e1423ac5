"""Passwords and where one is logged in, over HTTP."""

import asyncio
import re

import pytest
from sqlalchemy import text

from yoyaku.db.engine import make_engine, tenant_transaction

NEW = "kasumi2tozan4"  # letters and digits, as the narrowest of the cities asks


@pytest.fixture
async def person_of_sports(city_settings, services, people):
    """Somebody of the demo's, whose password and sessions are as before afterwards."""
    service, person = services["sports"], people["sports"][-1]
    engine = make_engine(city_settings.database_url, pool_size=1)
    async with tenant_transaction(engine, service.tenant, "sports") as conn:
        found = await conn.execute(
            text("SELECT password_hash, password_state FROM account WHERE login_id = :id"), {"id": person.login_id}
        )
        before = found.one()
    yield person
    async with tenant_transaction(engine, service.tenant, "sports") as conn:
        await conn.execute(
            text("UPDATE account SET password_hash = :hash, password_state = :state WHERE login_id = :id"),
            {"hash": before[0], "state": before[1], "id": person.login_id},
        )
        await conn.execute(text("DELETE FROM login_session"))
        await conn.execute(text("DELETE FROM login_failure"))
    await engine.dispose()


@pytest.mark.fact("ML-064", "ML-065")
async def test_after_a_change_one_is_logged_out_everywhere_and_told_why_at_the_login_page(browse, person_of_sports):
    person, site, phone = person_of_sports, browse("sports"), browse("sports")
    await phone.log_in(person)
    await site.log_in(person)
    page = await site.get("/account/security/password")
    assert 'id="password-rules"' in page.text
    assert page.text.count('autocomplete="new-password"') == 2
    assert 'autocomplete="current-password"' in page.text

    page = await site.post("/account/security/password", current=person.password, password=NEW, password_again=NEW)

    assert page.url.path == "/login"
    assert "すべての端末からログアウトしました" in page.text
    assert f'value="{person.login_id}"' in page.text
    assert person.login_id not in str(page.url)
    assert "/login" in str((await phone.get("/account/security")).url)


async def test_every_fault_of_a_new_password_is_said_at_the_field_and_none_is_shown_again(browse, person_of_sports):
    site = browse("sports")
    await site.log_in(person_of_sports)
    await site.get("/account/security/password")

    page = await site.post("/account/security/password", current="x", password="one", password_again="other")
    assert page.status_code == 422
    assert 'id="password_again-error"' in page.text

    page = await site.post(
        "/account/security/password", current=person_of_sports.password, password="Sakura", password_again="Sakura"
    )
    assert page.status_code == 422
    assert 'id="password-error"' in page.text
    assert "8文字以上" in page.text
    assert "Sakura" not in page.text


async def test_a_wrong_present_password_is_said_at_its_field(browse, person_of_sports):
    site = browse("sports")
    await site.log_in(person_of_sports)
    await site.get("/account/security/password")
    page = await site.post("/account/security/password", current="wrong", password=NEW, password_again=NEW)

    assert page.status_code == 422
    assert 'id="current-error"' in page.text


@pytest.mark.fact("ML-066", "KS-045", "KS-046")
async def test_the_answer_to_a_forgotten_password_is_the_same_for_everybody(browse, person_of_sports):
    pages = []
    for login_id in (person_of_sports.login_id, "nobody9999"):
        site = browse("sports")
        await site.get("/password/forgotten")
        page = await site.post("/password/forgotten", login_id=login_id, email="hanako@example.jp")
        assert page.url.path == "/password/forgotten"
        pages.append(re.sub(r'value="[0-9a-f]{40,}"|datetime="[^"]+"', "", page.text).partition("<main")[2])

    assert pages[0] == pages[1]
    assert "24時間" in pages[0]


@pytest.mark.fact("KS-044", "ML-068")
async def test_who_forgot_the_id_or_has_no_mail_is_told_whom_to_ask(browse):
    page = await browse("lodging").get("/password/forgotten")

    assert "メールアドレスの登録がない方" in page.text
    assert 'href="/password/code"' in page.text
    assert "番号（ID）を忘れた方" in page.text


@pytest.mark.fact("KC-T3")
async def test_a_link_that_was_altered_says_so_and_offers_another(browse):
    site = browse("halls")
    page = await site.get("/password/set", params={"token": "x" * 43})

    assert page.status_code == 404
    assert 'href="/password/forgotten"' in page.text


async def test_an_invented_code_and_an_unknown_id_read_alike(browse, person_of_sports):
    for login_id in (person_of_sports.login_id, "nobody9999"):
        site = browse("sports")
        await site.get("/password/code")
        page = await site.post(
            "/password/code", login_id=login_id, code="12345 67890", password=NEW, password_again=NEW
        )
        assert page.status_code == 422
        assert "コードの期限が切れています" in page.text
        assert NEW not in page.text


async def test_one_sees_where_one_is_logged_in_and_ends_the_others(browse, person_of_sports):
    person = person_of_sports
    phone, site = browse("sports"), browse("sports")
    phone.client.headers["user-agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Mobile Safari/604.1"
    await phone.log_in(person)
    await site.log_in(person)
    assert "前回のログインは" in site.html
    page = await site.get("/account/security")
    assert "Safari / iPhone" in page.text
    assert page.text.count("この端末") == 1

    other = re.search(r'name="session" value="([0-9a-f-]{36})"', page.text)[1]
    await site.post("/account/security/sessions", session=other)
    assert "Safari / iPhone" not in site.html
    assert "/login" in str((await phone.get("/account/security")).url)

    await phone.log_in(person)
    await site.get("/account/security")
    await site.post("/account/security/sessions", session="others")
    assert (await site.get("/account/security")).url.path == "/account/security"
    assert "/login" in str((await phone.get("/account/security")).url)


async def test_nobody_ends_a_session_that_is_not_theirs(browse, person_of_sports):
    site = browse("sports")
    await site.log_in(person_of_sports)
    await site.get("/account/security")
    for invented in ("0198c0de-0000-7000-8000-000000000000", "x"):
        assert (await site.post("/account/security/sessions", session=invented)).status_code == 404
        await site.get("/account/security")


async def test_t_s2_the_eleventh_attempt_is_told_how_long_to_wait(browse, person_of_sports):
    site = browse("sports")
    await site.get("/login")
    for _ in range(10):
        page = await site.post("/login", login_id=person_of_sports.login_id, password="wrong one 2", next="/")
        assert page.status_code == 422
    page = await site.post("/login", login_id=person_of_sports.login_id, password="wrong one 2", next="/")

    assert page.status_code == 429
    assert 0 < int(page.headers["retry-after"]) <= 900


@pytest.mark.usefixtures("person_of_sports")
async def test_a_rush_of_wrong_passwords_leaves_connections_for_everybody(browse):
    sites = [browse("sports") for _ in range(24)]
    for site in sites:
        await site.get("/login")
    wrong = [
        site.post("/login", login_id=f"nobody{number:04}", password="wrong one 2", next="/")
        for number, site in enumerate(sites)
    ]
    answers = await asyncio.gather(*wrong, browse("sports").get("/"))

    assert {answer.status_code for answer in answers[:-1]} == {422}
    assert answers[-1].status_code == 200


@pytest.fixture
async def given_password(city_settings, services, person_of_sports):
    """The same person, as if the password were the one given at registration."""
    engine = make_engine(city_settings.database_url, pool_size=1)
    async with tenant_transaction(engine, services["sports"].tenant, "sports") as conn:
        await conn.execute(
            text("UPDATE account SET password_state = 'initial' WHERE login_id = :id"),
            {"id": person_of_sports.login_id},
        )
    await engine.dispose()
    return person_of_sports


@pytest.mark.fact("ML-061")
async def test_t_s1_with_the_initial_password_one_is_told_where_the_link_went_and_is_not_in(browse, given_password):
    site = browse("sports")
    page = await site.log_in(given_password)

    assert "***@e***.jp" in page.text
    assert 'href="/password/code"' in page.text
    assert given_password.password not in page.text
    assert "/login" in str((await site.get("/account/security")).url)


async def test_t_s1_an_api_client_gets_no_session_for_an_initial_password(browse, given_password):
    site = browse("sports")
    typed = {"login_id": given_password.login_id, "password": given_password.password}
    answer = await site.client.post("/api/v1/sessions", json=typed)

    assert answer.status_code == 403
    assert answer.json()["code"] == "password_to_be_set"


async def test_an_api_client_is_told_the_level_of_its_session(browse, person_of_sports):
    typed = {"login_id": person_of_sports.login_id, "password": person_of_sports.password}
    answer = await browse("sports").client.post("/api/v1/sessions", json=typed)

    assert answer.status_code == 201
    assert answer.json()["level"] == "full"
