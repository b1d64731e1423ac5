"""The JSON API over HTTP on the cities' own rules: the acts of the pages."""

import httpx
import pytest
from tests.api_client import Api
from tests.cities import SERVICES

NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
async def at(application, services):
    """A caller at a service: ``await at("rooms", services["rooms"].resident)``."""
    callers = []

    async def call(code, person=None):
        api = Api(httpx.ASGITransport(app=application, raise_app_exceptions=False), services[code].host)
        callers.append(api)
        if person is not None:
            await api.log_in(person)
        return api

    yield call
    for api in callers:
        await api.client.aclose()


@pytest.fixture
async def resident(at, services):
    return await at("rooms", services["rooms"].resident)


@pytest.fixture
async def clerk(at, services):
    return await at("rooms", services["rooms"].clerk)


async def test_a_session_is_a_token_that_ends_with_logging_out(resident, services):
    seen = await resident.get("/sessions/current")
    assert seen["display_name"] == services["rooms"].resident.name
    assert "token" not in seen
    await resident.ask("DELETE", "/sessions/current", 204)
    told = await resident.get("/sessions/current", expect=401)
    assert told["code"] == "not_logged_in"


async def test_a_wrong_password_is_told_in_the_language_asked_for(at):
    api = await at("rooms")
    body = {"login_id": "nobody", "password": "not the password"}
    japanese = await api.post("/sessions", body, expect=401)
    english = await api.post("/sessions", body, expect=401, accept_language="en-GB,en;q=0.8")
    assert japanese["code"] == english["code"] == "login_failed"
    assert japanese["detail"] != english["detail"]
    assert japanese["detail"].endswith("。")


@pytest.mark.parametrize("code", SERVICES)
async def test_anybody_sees_what_is_lent_and_what_is_free(at, code):
    api = await at(code)
    facilities = await api.get("/facilities")
    bookable = next(one for one in facilities if one["bookable"] and one["spaces"])
    days = await api.get("/availability", facility=bookable["facility"], first="2027-02-01", end="2027-02-15")
    marks = {slot["mark"] for day in days for slot in day["slots"]}
    assert marks <= {"free", "some", "full", "closed", "outside", "not_offered"}
    assert "free" in marks or "some" in marks


@pytest.mark.parametrize("code", ["rooms", "sports", "halls"])
async def test_what_is_free_and_answered_is_booked_read_and_cancelled(at, services, code):
    api = await at(code, services[code].resident)
    body = await api.submission()
    [quote] = await api.post("/quotes", {"items": body["items"], "form": body["form"]})
    assert quote["refusal"] is None
    made = await api.post("/applications", body, expect=201)
    [booking] = made["bookings"]
    assert (booking["total_yen"], booking["state"]) == (quote["total_yen"], quote["state"])
    path = f"/bookings/{booking['booking_id']}"
    assert await api.get(path) == booking
    assert booking in await api.get("/bookings")
    assert (await api.get(f"/applications/{made['application_id']}"))["bookings"] == [booking]
    assert [one["kind"] for one in await api.get(f"{path}/events")] == ["booking_made"]
    offer = await api.get(f"{path}/cancellation")
    assert offer["possible"]
    wish = {"reason": "都合により", "expected_refund_yen": offer["refund_yen"]}
    ended = await api.post(f"{path}/cancellation", wish)
    assert ended["state"] == offer["ends_as"]
    again = await api.post(f"{path}/cancellation", wish, expect=409)
    assert again["code"] == "not_cancellable"


async def test_what_a_booking_costs_and_how_it_was_paid_is_read(at, services, clerk):
    resident, stranger = await at("rooms", services["rooms"].resident), await at("rooms")
    while True:
        [booking] = (await resident.post("/applications", await resident.submission(), expect=201))["bookings"]
        if booking["total_yen"]:
            break
    charge = await resident.get(f"/bookings/{booking['booking_id']}/charge")
    owed = (charge["state"], charge["owed_yen"], charge["paid_yen"], charge["outstanding_yen"])
    assert owed == ("open", booking["total_yen"], 0, booking["total_yen"])
    assert charge["dues"] == booking["dues"]
    assert charge["attempts"] == charge["receipts"] == []
    assert await clerk.get(f"/bookings/{booking['booking_id']}/charge") == charge
    await stranger.get(f"/bookings/{booking['booking_id']}/charge", expect=401)


async def test_a_stay_is_booked_by_nights_and_guests(at, services):
    api = await at("lodging", services["lodging"].resident)
    wish = await api.wish()
    place = {name: wish[name] for name in ("facility", "space", "use_on")}
    form = await api.get("/form", **place, nights=1)
    answers = {
        "items": [{**place, "nights": 1, "guests": [{"adult": 1}]}],
        "accepted_terms": [one["code"] for one in form["terms"]],
    }
    [quote] = await api.post("/quotes", {"items": answers["items"]})
    assert quote["refusal"] is None, quote
    assert quote["total_yen"] > 0


async def test_the_same_key_books_once_and_takes_no_other_submission(resident):
    body, other = await resident.submission(), await resident.submission()
    first = await resident.post("/applications", body, expect=201, idempotency_key="one-press-of-the-button")
    again = await resident.post("/applications", body, expect=200, idempotency_key="one-press-of-the-button")
    assert again == {**first, "repeated": True}
    refused = await resident.post("/applications", other, expect=409, idempotency_key="one-press-of-the-button")
    assert refused["code"] == "key_used_before"


async def test_a_slot_that_is_taken_is_told_with_its_reason(resident):
    body = await resident.submission()
    await resident.post("/applications", body, expect=201)
    told = await resident.post("/applications", body, expect=409)
    assert told["code"] in {"slot_taken", "limit_reached", "same_slot_banned"}
    assert told["facts"]["item"] == 0
    assert told["detail"].endswith("。")
    assert told["type"] == f"urn:yoyaku:error:{told['code']}"


async def test_the_cart_holds_wishes_until_they_are_booked(resident):
    body = await resident.submission()
    [item] = [
        one for one in await resident.post("/cart", {"items": body["items"]}, expect=201) if one["quote"]["state"]
    ]
    assert await resident.post("/cart", {"items": body["items"]}, expect=201) == [item]
    assert await resident.get("/cart") == [item]
    await resident.post("/applications", {**body, "items": [item["wish"]], "from_cart": [item["item_id"]]}, expect=201)
    assert await resident.get("/cart") == []
    await resident.ask("DELETE", f"/cart/{item['item_id']}", 204)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/bookings"),
        ("GET", f"/bookings/{NOWHERE}"),
        ("GET", f"/bookings/{NOWHERE}/events"),
        ("GET", f"/applications/{NOWHERE}"),
        ("GET", "/cart"),
        ("DELETE", f"/cart/{NOWHERE}"),
        ("GET", "/counter/sheet?facility=x&day=2027-02-01"),
    ],
)
async def test_what_belongs_to_somebody_needs_a_session(at, method, path):
    api = await at("rooms")
    assert (await api.ask(method, path, 401))["code"] == "not_logged_in"
    api.client.headers["authorization"] = "Bearer no-such-token"
    assert (await api.ask(method, path, 401))["code"] == "not_logged_in"


async def test_a_booking_of_somebody_else_is_not_there(at, people, resident):
    body = await resident.submission()
    made = await resident.post("/applications", body, expect=201)
    other = await at("rooms", people["rooms"][1])
    path = f"/bookings/{made['bookings'][0]['booking_id']}"
    assert (await other.get(path, expect=404))["code"] == "booking_not_found"
    await other.get(f"/applications/{made['application_id']}", expect=404)
    await other.post(f"{path}/cancellation", {}, expect=404)
    await other.ask("PATCH", path, 404, json={"form": {}})


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"{", None),
        (b"[]", "data"),
        (b'{"items": []}', "items"),
        (b'{"items": [{"facility": 1}]}', "items[0].facility"),
        (b'{"items": [{"facility": "a", "space": "b", "use_on": "tomorrow"}]}', "items[0].use_on"),
        (b'{"items": [{"facility": "a", "space": "b", "use_on": "0001-01-01"}]}', None),
        (b'{"items": [{"facility": "a\\u0000", "space": "b", "use_on": "2027-02-01"}]}', None),
    ],
)
async def test_what_cannot_be_read_is_422_and_says_where(resident, content, key):
    told = await resident.ask("POST", "/quotes", 422, content=content, headers={"content-type": "application/json"})
    assert told["code"] in {"malformed", "date_out_of_reach"}
    assert key is None or told["errors"][0]["key"] == key


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/bookings", 405), ("GET", "/bookings/7", 404), ("GET", "/availability", 422)],
)
async def test_every_other_error_is_a_problem_too(resident, method, path, status):
    told = await resident.ask(method, path, status)
    assert told["status"] == status
    assert told["detail"]


async def test_an_unknown_place_is_404_and_a_long_period_is_422(at):
    api = await at("rooms")
    told = await api.get("/availability", facility="none", first="2027-02-01", end="2027-02-02", expect=404)
    assert told["code"] == "unknown_space"
    await api.get("/form", facility="none", space="none", use_on="2027-02-01", expect=404)
    told = await api.get("/availability", facility="none", first="2027-02-01", end="2027-06-02", expect=422)
    assert told["facts"] == {"longest_days": 62}


async def test_json_is_read_as_json_whatever_it_is_called(resident):
    body = b'{"items": [{"facility": "a\\u0000", "space": "b", "use_on": "2027-02-01"}]}'
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (await resident.ask("POST", "/quotes", 422, content=body, headers=headers))["code"] == "malformed"
