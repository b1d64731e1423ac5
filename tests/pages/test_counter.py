"""The counter over HTTP: a clerk books on behalf, finds, confirms and revokes."""

import re

import pytest
from tests.pages.test_booking import ANSWERS, apply, find

IN_A_WEEK = "/availability/castle-tennis/2027-01-27"
"""Too early for the telephone (on the day), and at the counter for who has no registration (the day before)."""


async def begin_for(site, person, channel="telephone"):
    """Enter for a person, found by name."""
    await site.seek(person.name)
    registrant = re.search(r'name="registrant" value="([^"]+)"', site.html)[1]
    return await site.post("/counter/behalf", registrant=registrant, channel=channel)


async def test_a_resident_is_not_let_in(browse, services):
    site = browse("rooms")
    page = await site.get("/counter")
    assert page.url.path == "/login"
    await site.log_in(services["rooms"].resident)

    assert (await site.get("/counter")).status_code == 403


async def test_a_clerk_books_on_behalf_confirms_and_finds(browse, services):
    service = services["rooms"]
    site = browse("rooms")
    page = await site.log_in(service.clerk)
    assert page.url.path == "/counter"

    await begin_for(site, service.resident)
    assert f"{service.resident.name} 様の代わりに" in site.html
    path, slot = await find(site)
    await site.post(path, slot=slot)
    carried = await apply(site, **ANSWERS)
    page = await site.post("/apply/submit", **carried, **{"terms.use": "yes"})
    number = re.search(r"20\d\d-\d{6}", page.text)[0]
    await site.post("/counter/behalf/end")
    assert "様の代わりに" not in site.html

    await site.post("/counter", q=number)
    assert service.resident.name in site.html
    booking = re.search(r'href="(/counter/bookings/[^"]+)"', site.html)[1]
    await site.get(booking)
    assert "電話" in site.html
    assert f"{booking}/change" not in site.html  # bands are not prolonged, and nobody is counted by class
    yen = re.search(r'name="fee_taken_yen"[^>]*value="(\d+)"', site.html)[1]
    assert (await site.post(f"{booking}/confirm", fee_taken_yen="0")).status_code == 422
    assert (await site.post(f"{booking}/confirm", documents_seen="yes", fee_taken_yen="たくさん")).status_code == 422
    page = await site.post(f"{booking}/confirm", documents_seen="yes", fee_taken_yen=yen)
    assert "tag-good" in page.text

    nothing = await site.post(f"{booking}/revoke", grounds="", why="")
    assert nothing.status_code == 422
    grounds = re.search(r'name="grounds".*?<option value="([^"]+)"', site.html, re.DOTALL)[1]
    page = await site.post(f"{booking}/revoke", grounds=grounds, why="雨のため")
    assert "雨のため" in page.text


async def test_a_person_is_found_by_reading(browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].clerk)
    page = await site.seek("めぐろだんたい")

    assert "目黒団体" in page.text


async def test_the_day_s_sheet_lists_who_comes_in_the_era_too(browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].clerk)
    await site.get("/counter")
    facility = re.search(r'<option value="([^"]+)"', site.html)[1]
    page = await site.get("/counter/sheet", params={"facility": facility, "day": "2027-02-26"})

    assert page.status_code == 200
    assert "令和9年2月26日" in page.text


async def test_nobody_chosen_is_said(browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].clerk)
    await site.get("/counter/behalf")
    page = await site.post("/counter/behalf")

    assert page.status_code == 422
    assert 'role="alert"' in page.text


@pytest.mark.fact("KS-070", "KS-071")
async def test_who_has_no_registration_is_shown_what_they_may_book_and_from_when(browse, services):
    site = browse("sports")
    await site.log_in(services["sports"].clerk)
    await site.get("/counter/behalf")
    await site.post("/counter/walk-in", name="山田 次郎", phone="096-000-1111", channel="counter")
    page = await site.get(IN_A_WEEK)

    assert 'name="slot"' not in page.text
    assert "受付は2027年1月26日（火） 9:00に始まります" in page.text


@pytest.mark.fact("KS-070")
async def test_a_day_that_the_telephone_does_not_take_yet_says_from_when_it_does(browse, services):
    site = browse("sports")
    await site.log_in(services["sports"].clerk)
    await begin_for(site, services["sports"].resident)
    page = await site.get(IN_A_WEEK)

    assert 'name="slot"' not in page.text
    assert "受付は2027年1月27日（水） 9:00に始まります" in page.text


async def test_what_a_clerk_found_and_typed_stays_where_something_is_missing(browse, services):
    service = services["rooms"]
    site = browse("rooms")
    await site.log_in(service.clerk)
    await site.seek(service.resident.name)
    registrant = re.search(r'name="registrant" value="([^"]+)"', site.html)[1]
    unsaid = await site.post("/counter/behalf", person=service.resident.name, registrant=registrant)
    assert unsaid.status_code == 422
    assert registrant in unsaid.text

    nameless = await site.post("/counter/walk-in", name="山田 次郎", phone="", channel="counter")
    assert nameless.status_code == 422
    assert 'value="山田 次郎"' in nameless.text


async def test_t_p1_the_counter_shows_nobody_before_the_purpose_is_said_and_no_name_in_an_address(browse, services):
    service, site = services["rooms"], browse("rooms")
    await site.log_in(service.clerk)
    await site.get("/counter")
    assert 'name="q"' not in site.html
    for path, field in (("/counter", "q"), ("/counter/behalf/find", "person")):
        unsaid = await site.post(path, **{field: service.resident.name})
        assert service.resident.name not in unsaid.text
    assert (await site.seek(service.resident.name, purpose="telephone")).status_code == 200
    assert "いまの目的：電話" in site.html
    assert service.resident.name in site.html
    by_address = await site.get("/counter/behalf", params={"person": service.resident.name})
    assert 'name="registrant"' not in by_address.text
