"""One's own page, the header, the inbox, favourites, how one reads."""

import re

import msgspec
import pytest
from sqlalchemy import text

from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.registration.service.messages import add_message


@pytest.fixture
async def in_service(city_settings, services):
    """Runs a statement in a service's database."""
    engine = make_engine(city_settings.database_url, pool_size=1)

    async def run(code, act):
        service = services[code]
        async with tenant_transaction(engine, service.tenant, service.code) as conn:
            return await act(conn)

    yield run
    await engine.dispose()


async def registrant_of(conn, name):
    row = await conn.execute(text("SELECT registrant_id FROM registrant WHERE name = :name"), {"name": name})
    return row.scalar_one()


@pytest.mark.fact("KC-038", "KC-041", "KC-043", "KC-044", "KC-046")
async def test_my_page_has_its_five_parts_and_leads_on_from_each(browse, services):
    site = browse("halls")
    await site.log_in(services["halls"].resident)
    page = await site.get("/me")
    headings = re.findall(r"<h2[^>]*>([^<]+)", page.text)

    assert [one for one in headings if one in {"よく使う施設", "申込状況", "利用履歴", "メッセージ", "利用者情報"}] == [
        "よく使う施設",
        "申込状況",
        "利用履歴",
        "メッセージ",
        "利用者情報",
    ]
    for path in ("/me/bookings", "/me/history", "/account", "/account/mail", "/account/security", "/account/data"):
        assert f'href="{path}"' in page.text


async def test_my_page_is_for_whoever_is_logged_in(browse):
    site = browse("halls")
    for path in ("/me", "/me/messages", "/me/groups", "/me/bookings"):
        assert (await site.get(path)).url.path == "/login"


@pytest.mark.fact("KC-038", "KC-039")
async def test_a_facility_is_kept_found_on_my_page_and_dropped(browse, services):
    site = browse("halls")
    await site.log_in(services["halls"].resident)
    listed = await site.get("/facilities")
    place = re.search(r'href="(/facilities/[a-z0-9_-]+)"', listed.text)[1]
    code = place.rpartition("/")[2]
    await site.get(place)
    page = await site.post(f"/me/favourites/{code}", next=place)
    assert page.url.path == place
    assert "よく使う施設に登録しました" in page.text

    mine = await site.get("/me")
    assert f'href="/availability/{code}"' in mine.text
    page = await site.post(f"/me/favourites/{code}/drop", next="/me")
    assert page.url.path == "/me"
    assert f'href="/availability/{code}"' not in page.text


async def test_an_unknown_facility_is_not_kept_and_nobody_is_sent_elsewhere(browse, services):
    site = browse("halls")
    await site.log_in(services["halls"].resident)
    await site.get("/me")
    assert (await site.post("/me/favourites/no-such-place")).status_code == 404
    await site.get("/me")
    page = await site.post("/me/favourites/no-such-place/drop", next="//evil.example/")
    assert page.url.path == "/me"


@pytest.mark.fact("KC-040", "KC-045", "MG-068")
async def test_an_unread_message_is_marked_counted_and_read(browse, services, in_service):
    person = services["rooms"].resident

    async def write(conn):
        registrant_id = await registrant_of(conn, person.name)
        # whatever other tests of this city brought: it is of later days, since their clock runs ahead
        await conn.execute(text("DELETE FROM message WHERE registrant_id = :id"), {"id": registrant_id})
        await add_message(
            conn,
            registrant_id=registrant_id,
            event_id=None,
            template="test",
            subject="<登録>のお知らせ",
            body="一行目\n二行目",
            at=read_clock(),
        )

    await in_service("rooms", write)
    site = browse("rooms")
    await site.log_in(person)
    page = await site.get("/me/messages")
    assert "未読" in page.text
    assert "&lt;登録&gt;のお知らせ" in page.text
    assert "未読 1件" in page.text

    message = re.search(r'href="(/me/messages/[0-9a-f-]{36})"', page.text)[1]
    page = await site.get(message)
    assert "一行目<br>二行目" in page.text
    assert "未読 1件" not in page.text
    assert "未読 1件" not in (await site.get("/me")).text

    await site.get(message)
    page = await site.post(f"{message}/unread")
    assert "未読 1件" in page.text

    other = browse("rooms")
    await other.log_in(services["rooms"].clerk)
    assert (await other.get(message)).status_code == 404


@pytest.mark.fact("MG-026", "KC-007")
async def test_the_header_names_the_group_and_both_days_until_which_it_holds(browse, services):
    person = services["rooms"].resident
    site = browse("rooms")
    await site.log_in(person)
    page = await site.get("/")
    header = page.text[: page.text.index("<main")]
    named = re.findall(r'class="expiry">([^<]+?)： <span class="number">\d{4}年', header)

    assert f"{person.name} さん" in header
    assert named == ["（社成人）有効期限", "（登録）有効期限"]


@pytest.mark.fact("ML-005")
async def test_after_logging_in_the_user_s_name_and_their_own_menu_are_shown(browse, services):
    person = services["lodging"].resident
    site = browse("lodging")
    await site.log_in(person)
    page = await site.get("/me")

    assert f"利用者：{person.name} 様" in page.text[: page.text.index("<main")]
    assert "<h1>登録者専用メニュー</h1>" in page.text


@pytest.mark.fact("MG-068")
async def test_the_header_offers_reading_aloud_display_guide_messages_and_logging_out(browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    page = await site.get("/")
    header = page.text[: page.text.index("<main")]
    for words in ("読み上げ", "色・文字サイズ変更", "ご利用の手引き", "メッセージ", "ログアウト"):
        assert words in header


@pytest.mark.fact("MG-068")
async def test_how_one_reads_is_kept_without_scripts_and_one_returns(browse):
    site = browse("rooms")
    await site.get("/display", params={"next": "/facilities"})
    page = await site.post("/display", size="largest", colours="dark", next="/facilities")
    assert page.url.path == "/facilities"
    assert '<html lang="ja" class="size-largest colours-dark">' in page.text
    assert 'class="size-largest colours-dark"' in (await site.get("/")).text

    await site.get("/display")
    page = await site.post("/display", size='x" onload="', colours="none", next="//evil.example")
    assert page.url.path == "/"
    assert '<html lang="ja">' in page.text


@pytest.mark.fact("KC-038", "KC-041")
@pytest.mark.parametrize("code", ["sports", "halls", "lodging", "rooms"])
async def test_every_link_of_my_page_leads_somewhere(code, browse, services):
    site = browse(code)
    await site.log_in(services[code].resident)
    page = await site.get("/me")
    links = set(re.findall(r'<a [^>]*href="(/[^"#]*)"', page.text))
    answers = {path: (await site.get(path.replace("&amp;", "&"))).status_code for path in links}

    assert {path: status for path, status in answers.items() if status != 200} == {}


@pytest.mark.fact("KC-042")
async def test_whoever_s_mail_is_not_verified_is_told_first_what_to_do(browse, in_service, people):
    person = people["halls"][0]

    async def unverify(conn):
        changed = text("UPDATE registrant SET mail_verified_at = :at WHERE name = :name RETURNING mail_verified_at")
        await conn.execute(changed, {"at": None, "name": person.name})

    async def verify(conn):
        changed = text("UPDATE registrant SET mail_verified_at = registered_at WHERE name = :name")
        await conn.execute(changed, {"name": person.name})

    await in_service("halls", unverify)
    site = browse("halls")
    await site.log_in(person)
    page = await site.get("/me")
    await in_service("halls", verify)
    todo = page.text[page.text.index('id="todo"') : page.text.index('id="often"')]

    assert "メールアドレスがまだ確認されていません" in todo
    assert 'href="/account/mail"' in todo
    assert "メールアドレスがまだ確認されていません" not in (await site.get("/me")).text


@pytest.mark.fact("MG-026")
async def test_an_end_that_is_near_is_told_with_the_way_to_renew(browse, services, in_service):
    person = services["rooms"].resident
    kept = {}

    async def bring_near(conn):
        row = await conn.execute(text("SELECT expiries FROM registrant WHERE name = :name"), {"name": person.name})
        kept.update(row.scalar_one())
        near = text(
            "UPDATE registrant SET expiries = expiries || jsonb_build_object(CAST(:code AS text), CAST(:on AS text))"
            " WHERE name = :name"
        )
        for code, on in ((next(iter(kept)), "2027-01-25"),):
            await conn.execute(near, {"code": code, "on": on, "name": person.name})

    async def put_back(conn):
        back = text("UPDATE registrant SET expiries = CAST(:kept AS jsonb) WHERE name = :name")
        await conn.execute(back, {"kept": msgspec.json.encode(kept).decode(), "name": person.name})

    await in_service("rooms", bring_near)
    site = browse("rooms")
    await site.log_in(person)
    page = await site.get("/me")
    await in_service("rooms", put_back)

    assert "2027年1月25日（月）まで" in page.text
    assert 'href="/account/renew"' in page.text


@pytest.mark.fact("MG-071")
async def test_my_menu_leads_to_bookings_entries_payments_details_and_messages(browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    page = await site.get("/me")

    for words in ("抽選申込の確認・取消", "クレジット決済", "メッセージ"):
        assert words in page.text
    for path in ("/me/bookings", "/me/lottery", "/me/payments", "/account", "/me/messages"):
        assert f'href="{path}"' in page.text
        assert (await site.get(path)).url.path == path
