"""Rules tried out: what somebody made up would see at a moment made up, and nothing is written by it."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.pages.console.test_dry_run import begin
from tests.pages.test_roles import log_in

from yoyaku.rulebook.dryrun.repository import only_read

__all__ = ["begin"]

LOOK = {"facility": "castle-tennis", "space": "tennis", "day": "2027-02-20", "channel": "web"}


@pytest.fixture
def count(inside):
    """How many rows there are of what a booking, an entry or an act would leave."""

    async def run():
        async with inside() as conn:
            tables = ("booking", "application", "cart_item", "occupancy", "lottery_entry", "audit_entry", "outbox")
            return [await conn.scalar(text(f"SELECT count(*) FROM {one}")) for one in tables]  # noqa: S608

    return run


@pytest.fixture
async def admin(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    return site


def tried(path):
    return path.replace("/dry-run", "/try")


async def test_what_is_not_open_yet_says_when_and_leads_there(admin, begin, count):
    path, before = tried(await begin()), await count()
    page = await admin.get(path, params={**LOOK, "on": "2027-01-16", "at": "08:59"})
    assert page.status_code == 200
    assert "1月16日" in page.text
    link = re.search(r'href="([^"]+)">予約できるようになる日時で見る', page.text)[1].replace("&amp;", "&")
    page = await admin.get(link)
    assert "予約できます" in page.text
    assert "750円" in page.text
    assert await count() == before


async def test_the_slot_that_is_chosen_shows_its_price_and_what_cancelling_returns(admin, begin):
    page = await admin.get(tried(await begin()), params={**LOOK, "on": "2027-02-16", "at": "09:00"})
    link = re.search(r'href="([^"]+#chosen)">', page.text)[1].replace("&amp;", "&")
    page = await admin.get(link)
    assert "を予約した場合" in page.text
    assert "取り消した場合に戻る額" in page.text
    assert "支払いの方法と期限" in page.text


async def test_a_draft_shows_its_own_price(admin, begin):
    path = tried(await begin("fees.yaml", lambda fees: fees.replace("yen: 750", "yen: 790")))
    page = await admin.get(path, params={**LOOK, "on": "2027-02-16", "at": "09:00"})
    assert "790円" in page.text
    assert "750円" not in page.text


async def test_a_stage_that_may_not_book_reads_why(admin, begin):
    page = await admin.get(
        tried(await begin()), params={**LOOK, "on": "2027-02-16", "at": "09:00", "stage": "provisional"}
    )
    assert "予約できます" not in page.text
    assert "利用者登録" in page.text


async def test_a_version_is_tried_as_well_and_shows_its_lotteries_and_questions(admin):
    page = await admin.get("/counter/rules/versions/1/try", params={"on": "2027-02-06", "at": "09:00"})
    assert page.status_code == 200
    assert "受付中です" in page.text
    assert "利用者登録で聞くこと" in page.text
    assert (await admin.get("/counter/rules/versions/999/try")).status_code == 404


async def test_what_was_typed_wrong_is_said_at_its_field(admin):
    page = await admin.get("/counter/rules/versions/1/try", params={"on": "きょう", "at": "25:99"})
    assert page.status_code == 422
    assert 'id="on-error"' in page.text
    assert 'id="at-error"' in page.text
    assert 'value="きょう"' in page.text


async def test_nobody_but_who_sees_rules_tries_them(browse, services):
    site, _ = await log_in(browse, services, "facility_manager")
    assert (await site.get("/counter/rules/versions/1/try")).status_code == 403


async def test_the_database_itself_refuses_a_write_while_rules_are_tried(inside):
    async with inside() as conn:
        await only_read(conn)
        with pytest.raises(DBAPIError, match="read-only"):
            await conn.execute(text("UPDATE booking SET channel = channel"))
        await conn.rollback()
