"""What strangers send: no page breaks on it, no header is ended by it, no log tells what was typed."""

from dataclasses import replace
from datetime import date

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.second_factor import code_of

from yoyaku.booking.pages.answers import with_equipment
from yoyaku.booking.policy import BookingRequest
from yoyaku.db.engine import make_engine, platform_transaction
from yoyaku.web.app import create_app

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


@pytest.mark.parametrize("path", ["/counter", "/counter/behalf", "/login", "/search"])
async def test_a_nul_in_an_address_cannot_be_read(path, browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].clerk)
    page = await site.get(f"{path}?q=%00&person=%00")

    assert page.status_code == 422


@pytest.mark.parametrize("files", [None, {"more": ("a.txt", b"a")}])
async def test_a_nul_in_a_form_cannot_be_read(files, browse):
    site = browse("rooms")
    await site.get("/login")
    token = site.client.cookies["csrftoken"]
    typed = {"_csrf_token": token, "login_id": "a\0b", "password": "c"}
    answer = await site.client.post("/login", data=typed, files=files)

    assert answer.status_code == 422
    assert "ログアウト" not in answer.text


async def test_whom_a_clerk_entered_for_is_not_who_the_next_one_enters_for(browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].clerk)
    await site.seek(services["rooms"].resident.login_id)
    registrant = site.html.split('name="registrant" value="')[1].split('"')[0]
    await site.post("/counter/behalf", registrant=registrant, channel="counter")
    assert services["rooms"].resident.name in site.html
    site.client.cookies.delete("session")

    await site.log_in(services["rooms"].clerk)
    page = await site.get("/counter")

    assert services["rooms"].resident.name not in page.text


async def test_every_cookie_of_a_site_with_https_travels_by_https_only(city_settings, services):
    gateway = create_app(replace(city_settings, site_scheme="https"))
    site = AsyncClient(transport=ASGITransport(app=gateway), base_url=f"https://{services['rooms'].host}")
    page = await site.get("/login?lang=en")
    typed = {"_csrf_token": site.cookies["csrftoken"], "login_id": services["rooms"].clerk.login_id}
    asked = await site.post("/login", data={**typed, "password": services["rooms"].clerk.password})
    code = {"_csrf_token": site.cookies["csrftoken"], "code": code_of(services["rooms"].clerk)}
    let_in = await site.post("/login/code", data=code)
    await site.aclose()
    await gateway.app.state["engine"].dispose()
    cookies = page.headers.get_list("set-cookie") + asked.headers.get_list("set-cookie")
    cookies += let_in.headers.get_list("set-cookie")

    assert {cookie.split("=")[0] for cookie in cookies} == {"csrftoken", "lang", "session", "behalf", "device", "flash"}
    assert all("Secure" in cookie and "HttpOnly" in cookie and "samesite=lax" in cookie.lower() for cookie in cookies)
    assert "max-age=" in let_in.headers["strict-transport-security"]


@pytest.mark.parametrize(("typed", "pieces"), [(" 2 ", {"ball": 2}), ("２", {"ball": 2}), ("0", {}), ("9" * 5000, {})])
def test_a_number_of_any_length_breaks_no_page(typed, pieces):
    request = BookingRequest(facility="hall", space="room", use_on=date(2027, 2, 20))

    assert with_equipment("item", request, {"equipment.item.ball": typed}).equipment == pieces
