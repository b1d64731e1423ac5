"""The counter's API: what a clerk's program does, by the rules of the channel, with who and why written down."""

from tests.pages.test_api import at, clerk, resident

from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.report.repository.record import RecordQuery, search_record

__all__ = ["at", "clerk", "resident"]


async def on_behalf(clerk, services, channel="telephone"):
    """A booking that a clerk has made for the resident of the service."""
    [person] = await clerk.post(
        "/counter/people/search", {"query": services["rooms"].resident.login_id, "purpose": "telephone"}
    )
    body = {**await clerk.submission(), "registrant_id": person["registrant_id"], "channel": channel}
    made = await clerk.post("/counter/applications", body, expect=201)
    return body, made


async def test_a_resident_is_not_let_in(resident):
    told = await resident.post("/counter/people/search", {"query": "a", "purpose": "telephone"}, expect=403)
    assert told["code"] == "role_missing"


async def test_a_clerk_has_no_bookings_of_their_own(clerk):
    assert (await clerk.get("/bookings", expect=403))["code"] == "role_missing"


async def test_a_clerk_books_on_behalf_and_finds_it_by_number_and_name(clerk, services):
    _, made = await on_behalf(clerk, services)
    [booking] = made["bookings"]
    assert booking["channel"] == "telephone"
    [found] = await clerk.post("/counter/bookings/search", {"query": booking["number"], "purpose": "telephone"})
    assert found["booking"] == booking
    assert found["registrant"]["name"] == services["rooms"].resident.name
    by_name = await clerk.post(
        "/counter/bookings/search", {"query": services["rooms"].resident.name, "purpose": "telephone"}
    )
    assert booking["number"] in {one["booking"]["number"] for one in by_name}
    [event] = await clerk.get(f"/bookings/{booking['booking_id']}/events")
    assert (event["actor"], event["staff_name"]) == ("clerk", services["rooms"].clerk.name)


async def test_a_clerk_enters_only_what_came_by_a_clerks_channel(clerk, services):
    [person] = await clerk.post(
        "/counter/people/search", {"query": services["rooms"].resident.login_id, "purpose": "telephone"}
    )
    body = {**await clerk.submission(), "registrant_id": person["registrant_id"], "channel": "web"}
    assert (await clerk.post("/counter/applications", body, expect=422))["code"] == "not_a_clerks_channel"


async def test_the_same_key_books_on_behalf_once(clerk, services):
    [person] = await clerk.post(
        "/counter/people/search", {"query": services["rooms"].resident.login_id, "purpose": "telephone"}
    )
    body = {**await clerk.submission(), "registrant_id": person["registrant_id"], "channel": "counter"}
    first = await clerk.post("/counter/applications", body, expect=201, idempotency_key="call 17")
    again = await clerk.post("/counter/applications", body, expect=200, idempotency_key="call 17")
    assert again == {**first, "repeated": True}


async def test_a_tentative_booking_is_confirmed_against_the_fee_and_revoked_for_rain(clerk, services, city_settings):
    _, made = await on_behalf(clerk, services, channel="counter")
    [booking] = made["bookings"]
    path = f"/counter/bookings/{booking['booking_id']}"
    assert (await clerk.post(f"{path}/confirmation", {}, expect=422))["code"] == "documents_not_seen"
    taken = {"documents_seen": True, "fee_taken_yen": booking["total_yen"], "why": "窓口で受領"}
    confirmed = await clerk.post(f"{path}/confirmation", taken)
    assert (confirmed["state"], confirmed["paid_yen"]) == ("confirmed", booking["total_yen"])
    assert (await clerk.post(f"{path}/confirmation", taken, expect=409))["code"] == "not_confirmable"

    day = await clerk.get("/counter/sheet", facility=booking["facility"], day=booking["use_on"])
    assert confirmed in [one["booking"] for one in day]

    assert (await clerk.post(f"{path}/revocation", {"grounds": "rain", "why": " "}, expect=422))[
        "code"
    ] == "why_missing"
    revoked = await clerk.post(f"{path}/revocation", {"grounds": "rain", "why": "雨のため"})
    assert (revoked["state"], revoked["kept_yen"]) == ("revoked", 0)
    acts = await log_of(city_settings, services["rooms"], booking["booking_id"])
    assert acts[0] == ("booking_revoked", "雨のため")
    assert sorted(acts[1:3]) == [("booking_confirmed", "窓口で受領"), ("cash_taken", None)]  # of one instant
    assert acts[3:] == [("booking_made", None)]


async def log_of(city_settings, service, booking_id):
    """What the record says about a booking, the latest first: acts and reasons, all by the clerk."""
    engine = make_engine(city_settings.database_url, pool_size=1)
    async with tenant_transaction(engine, service.tenant, service.code) as conn:
        entries = await search_record(conn, wanted=RecordQuery(subject=booking_id), at_most=200)
    await engine.dispose()
    assert {entry.staff_name for entry in entries} == {service.clerk.name}
    return [(entry.act, entry.why) for entry in entries]


async def test_somebody_without_a_registration_is_taken_down(clerk):
    taken = await clerk.post("/counter/people", {"name": "飛込 太郎", "phone": "03-0000-0001"}, expect=201)
    assert taken["registration"] == "none"
    assert taken in await clerk.post("/counter/people/search", {"query": "飛込", "purpose": "telephone"})
    await clerk.post("/counter/people", {"name": "", "phone": "1"}, expect=422)


async def test_t_p1_a_search_names_its_purpose_in_the_body(clerk):
    await clerk.post("/counter/people/search", {"query": "飛込"}, expect=422)
    unsaid = await clerk.post("/counter/bookings/search", {"query": "飛込", "purpose": "other"}, expect=422)
    assert unsaid["code"] == "purpose_missing"
    await clerk.get("/counter/people", expect=405, q="飛込")
