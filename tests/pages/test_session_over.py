"""The session ends in the middle: what was typed is there again after logging in."""

import html
import re
from datetime import date

from tests.pages.test_booking import hidden, put_into_cart

DAY = date(2027, 3, 2)


async def test_what_was_typed_survives_logging_in_again(browse, services):
    site = browse("halls")
    await put_into_cart(site, services, "halls", DAY)
    await site.get("/apply")
    typed = {**hidden(site.html), "form.details": "秋の音楽会のけいこ"}
    site.client.cookies.delete("session")

    page = await site.post("/apply", **typed)
    assert page.status_code == 401
    assert "入力した内容は残っています" in page.text

    person = services["halls"].resident
    page = await site.post("/login", login_id=person.login_id, password="wrong", **hidden(page.text))
    page = await site.post("/login", login_id=person.login_id, password=person.password, **hidden(page.text))
    page = await site.post("/apply/edit", **hidden(page.text))

    assert "秋の音楽会のけいこ" in page.text


async def test_cancelling_after_the_session_ended_asks_to_log_in_and_comes_back(browse):
    site = browse("halls")
    await site.get("/login")
    path = "/me/bookings/00000000-0000-0000-0000-000000000000/cancel"
    page = await site.post(path, sure="yes")

    assert page.url.path == "/login"
    assert page.url.params["next"] == path


async def test_the_number_of_courts_survives_logging_in(browse, services):
    site = browse("sports")
    path = "/availability/city-gymnasium/2027-02-26"
    await site.get(path)
    page = await site.post(path, slot="large-badminton|09:00-10:00", **{"surfaces.large-badminton": "3"})
    person = services["sports"].resident
    page = await site.post(
        "/login",
        login_id=person.login_id,
        password=person.password,
        next=html.unescape(re.search(r'name="next" value="([^"]+)"', page.text)[1]),
    )

    chosen = page.text[page.text.index('name="surfaces.large-badminton"') :]
    assert re.search(r'<option value="(\d+)" selected>', chosen)[1] == "3"
