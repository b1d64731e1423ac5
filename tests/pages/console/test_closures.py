"""Closing a place on pages: the form, whom it hits, doing it, what residents see, taking it back."""

import re

import httpx
import pytest
from tests.api_client import Api
from tests.pages.lots import plain
from tests.pages.paying import hidden
from tests.pages.test_roles import log_in

TYPED = {"kind": "closure", "time": "all_day", "grounds": "rain", "reason_ja": "雨天のため使えません"}


async def book(application, service):
    """A booking of the service's resident, as the API tells it."""
    api = Api(httpx.ASGITransport(app=application, raise_app_exceptions=False), service.host)
    await api.log_in(service.resident)
    made = await api.post("/applications", await api.submission(), expect=201)
    await api.client.aclose()
    return made["bookings"][0]


@pytest.fixture
async def admin(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    return site


async def test_an_admin_sees_who_is_hit_closes_and_takes_it_back(application, browse, services, admin):
    booking = await book(application, services["sports"])
    facility, day = booking["facility"], booking["use_on"]
    asked = {**TYPED, "facility": facility, "first_on": day, "place": booking["space"]}
    await admin.get("/counter/closures/new", params={"facility": facility})
    page = await admin.post("/counter/closures/preview", **asked)
    assert page.status_code == 200, plain(page.text)
    assert booking["number"] in page.text
    assert "1件の予約を取り消します" in plain(page.text)
    assert "抽選の申込み" not in page.text  # nobody wishes for it
    sent = {**hidden(page.text), "place": booking["space"]}
    unsure = await admin.post("/counter/closures", **sent)
    assert unsure.status_code == 422
    page = await admin.post("/counter/closures", **{**hidden(unsure.text), "place": asked["place"]}, sure="yes")
    assert "閉めました" in page.text

    seen = browse("sports")
    page = await seen.get(f"/availability/{facility}/{day}", params={"space": booking["space"]})
    assert "雨天のため使えません" in page.text
    page = await seen.get(f"/facilities/{facility}")
    assert "雨天のため使えません" in page.text

    await admin.get("/counter/closures")
    path = re.search(r'href="(/counter/closures/[0-9a-f-]{36})"', admin.html)[1]
    page = await admin.get(path)
    assert booking["number"] in page.text
    assert (await admin.post(f"{path}/end", why="")).status_code == 422
    page = await admin.post(f"{path}/end", why="雨がやんだため", sure="yes")
    assert "開けました" in page.text
    page = await seen.get(f"/availability/{facility}/{day}", params={"space": booking["space"]})
    assert "雨天のため使えません" not in page.text


async def test_one_of_several_courts_is_closed_and_the_api_says_why_the_rest_is_too(application, services, admin):
    day = "2027-03-20"
    asked = {**TYPED, "facility": "castle-tennis", "first_on": day, "place": "tennis"}
    page = await admin.post("/counter/closures/preview", **asked, **{"count.tennis": "いくつか"})
    assert 'id="count.tennis-error"' in page.text
    page = await admin.post("/counter/closures/preview", **asked, **{"count.tennis": "1"})
    assert "テニスコート（4のうち1）" in plain(page.text)
    await admin.post("/counter/closures", **hidden(page.text), sure="yes")
    assert "テニスコート（4のうち1）" in plain(admin.html)
    assert {one["free"] for one in await slots(application, services["sports"], day)} == {3}

    page = await admin.post("/counter/closures/preview", **asked)
    await admin.post("/counter/closures", **hidden(page.text), sure="yes")
    closed = {"kind": "closure", "reason": {"ja": TYPED["reason_ja"]}}
    assert (await slots(application, services["sports"], day))[0]["closed"] == closed


async def slots(application, service, day):
    """The slots of the tennis courts of a day, as the API tells them."""
    api = Api(httpx.ASGITransport(app=application, raise_app_exceptions=False), service.host)
    end = f"{day[:-2]}{int(day[-2:]) + 1}"
    days = await api.get("/availability", facility="castle-tennis", first=day, end=end)
    await api.client.aclose()
    return days[0]["slots"]


async def test_what_is_missing_or_wrong_is_told_at_its_field(admin):
    await admin.get("/counter/closures/new", params={"facility": "city-gymnasium"})
    wrong = {"facility": "city-gymnasium", "first_on": "x", "time": "hours", "starts": "25", "ends": "9:00"}
    page = await admin.post("/counter/closures/preview", **wrong)
    assert page.status_code == 422
    named = set(re.findall(r'id="([a-z_]+)-error"', page.text))
    assert named == {"first_on", "last_on", "starts", "kind", "reason_ja"}
    past = {**TYPED, "facility": "city-gymnasium", "first_on": "2027-01-01"}
    page = await admin.post("/counter/closures/preview", **past)
    assert "これからの日時" in page.text


async def test_a_facility_that_is_not_theirs_is_not_there(admin):
    assert (await admin.get("/counter/closures/new", params={"facility": "nowhere"})).status_code == 404
