"""What strangers send: no page breaks on it, no header is ended by it, no log tells what was typed."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from yoyaku.db.engine import make_engine, platform_transaction

CRLF = "%0d%0aset-cookie:%20planted=1"


@pytest.mark.parametrize("asked", ["path=x", "self=x", "template=x", "lang=xx&page=2"])
@pytest.mark.parametrize("path", ["/", "/search", "/login", "/no/such/page"])
async def test_any_name_may_stand_in_an_address(path, asked, browse):
    page = await browse("rooms").get(f"{path}?{asked}")

    assert page.status_code == (404 if path == "/no/such/page" else 200)


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "2100-01"])
@pytest.mark.parametrize(("code", "path"), [("rooms", "/availability/culture_hall"), ("lodging", "/availability")])
async def test_a_month_beyond_all_bookings_shows_this_month(code, path, month, browse):
    site = browse(code)
    this_month = (await site.get(path)).text
    far = (await site.get(path, params={"month": month})).text

    assert this_month.split("<caption")[1:] == far.split("<caption")[1:]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_day_beyond_all_bookings_is_no_page_and_the_sheet_is_today_s(day, browse, services):
    site = browse("rooms")
    assert (await site.get(f"/availability/culture_hall/{day}")).status_code == 404
    await site.log_in(services["rooms"].clerk)
    far = await site.get("/counter/sheet", params={"facility": "culture_hall", "day": day})
    today = await site.get("/counter/sheet", params={"facility": "culture_hall"})

    assert far.status_code == 200
    assert far.text.split("<main")[1] == today.text.split("<main")[1]


@pytest.mark.parametrize(
    "path",
    [
        f"/availability/x/day?space={CRLF}",
        f"/availability/x{CRLF}/day",
        "/availability/x/day?space=%E6%9C%89",
    ],
)
async def test_no_header_is_ended_by_what_stands_in_an_address(path, browse):
    answer = await browse("rooms").client.get(path, follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"].isascii()
    assert answer.headers["location"].isprintable()
    assert "planted" not in str(answer.headers.get_list("set-cookie"))


async def test_an_error_of_the_database_does_not_tell_what_was_typed(city_settings):
    engine = make_engine(city_settings.database_url, pool_size=1)
    with pytest.raises(DBAPIError) as caught:
        async with platform_transaction(engine) as conn:
            await conn.execute(text("SELECT CAST(:typed AS text) FROM nowhere"), {"typed": "09012345678"})
    await engine.dispose()

    assert "nowhere" in str(caught.value)
    assert "09012345678" not in str(caught.value)
