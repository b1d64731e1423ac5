"""Lotteries over the JSON API: odds, entering once, a new order, withdrawing, and what is refused."""

import httpx
import pytest
from tests.api_client import Api, answer
from tests.cities import city_settings_of
from tests.pages.lots import BEGIN, taking_entries

NOWHERE = "00000000-0000-7000-8000-000000000000"
COURT = {"facility": "castle-tennis", "space": "tennis", "starts": "10:00", "ends": "11:00"}
DAYS = ("2027-02-09", "2027-02-10", "2027-02-12")


@pytest.fixture(scope="module")
def city_settings(new_cities):
    with new_cities(now=BEGIN) as made:
        yield city_settings_of(made)


@pytest.fixture(scope="module")
async def application(city_settings, services):
    async with taking_entries(city_settings, services["sports"]) as gateway:
        yield gateway


@pytest.fixture
async def anybody(application, services):
    api = Api(httpx.ASGITransport(app=application, raise_app_exceptions=False), services["sports"].host)
    yield api
    await api.client.aclose()


@pytest.fixture
async def resident(anybody, services):
    await anybody.log_in(services["sports"].resident)
    for lottery in await anybody.get("/lottery-entries"):
        standing = [one["entry_id"] for one in lottery["entries"] if one["rank"] is not None]
        if standing:
            await anybody.post("/lottery-entries/withdrawal", {"entry_ids": standing})
    return anybody


async def entry_for(api, *days, **more):
    """The body of an entry for a court on these days."""
    form = await api.get("/form", facility=COURT["facility"], space=COURT["space"], use_on=days[0])
    return {
        "items": [{**COURT, "use_on": day} for day in days],
        "form": {one["code"]: answer(one) for one in form["questions"]},
        "accepted_terms": [one["code"] for one in form["terms"]],
    } | more


async def february(api):
    return next(one for one in await api.get("/lotteries") if one["month_starts"] == "2027-02-01")


async def odds_of(api, day):
    lottery = await february(api)
    path = f"/lotteries/{lottery['lottery_id']}/odds"
    found = await api.get(path, facility=COURT["facility"], first=day, end="2027-02-28")
    return next(
        (one["applications"], one["winnable"])
        for one in found
        if (one["use_on"], one["space"], one["starts_minute"]) == (day, COURT["space"], 600)
    )


@pytest.mark.fact("KS-049")
async def test_anybody_reads_when_a_lottery_opens_and_what_it_promised(anybody):
    lottery = await february(anybody)
    assert (lottery["state"], lottery["opens_at"], lottery["closes_at"]) == (
        "open",
        "2027-01-06T00:00:00Z",
        "2027-01-10T15:00:00Z",
    )
    assert len(lottery["secret_hash"]) == 64
    assert (lottery["seed"], lottery["result_hash"], lottery["sealed_hash"]) == (None, None, None)
    assert await odds_of(anybody, DAYS[0]) == (0, 4)


@pytest.mark.fact("KS-055", "KC-028")
async def test_an_entry_is_made_once_for_one_key_and_counts_in_the_odds(resident):
    body = await entry_for(resident, DAYS[0], DAYS[1])
    made = await resident.post("/lottery-entries", body, expect=201, idempotency_key="first")
    again = await resident.post("/lottery-entries", body, idempotency_key="first")
    assert again == {**made, "repeated": True}
    told = await resident.post(
        "/lottery-entries", {**body, "items": body["items"][:1]}, expect=409, idempotency_key="first"
    )
    assert told["code"] == "key_used_before"
    assert await odds_of(resident, DAYS[0]) == await odds_of(resident, DAYS[1]) == (1, 4)
    (mine,) = await resident.get("/lottery-entries")
    entry = next(one for one in mine["entries"] if one["rank"] == 1)
    assert (mine["receipt"], entry["state"], len(entry["uses"])) == (made["receipt"], "waiting", 2)


@pytest.mark.fact("KS-062", "ML-023")
async def test_wishes_take_a_new_order_and_several_are_withdrawn_at_once(resident):
    ids = []
    for day in DAYS:
        made = await resident.post("/lottery-entries", await entry_for(resident, day), expect=201)
        ids.append(made["entry_id"])
    order = f"/lotteries/{made['lottery_id']}/order"
    stands = await resident.ask("PUT", order, json={"entry_ids": [ids[2], ids[0], ids[1]]})
    assert [one["entry_id"] for one in stands["entries"] if one["rank"]] == [ids[2], ids[0], ids[1]]
    told = await resident.ask("PUT", order, 409, json={"entry_ids": ids[:2]})
    assert told["code"] == "entries_changed"
    assert await resident.post("/lottery-entries/withdrawal", {"entry_ids": ids[:2]}) == [ids[0], ids[1]]
    first = await resident.post("/lottery-entries", await entry_for(resident, DAYS[0], rank=1), expect=201)
    assert (first["rank"], first["entries"]) == (1, 2)


@pytest.mark.fact("KS-058", "KS-T14")
async def test_a_refusal_names_its_clause_and_reads_in_both_languages(resident):
    body = await entry_for(resident, DAYS[0])
    too_long = {**body, "items": [{**body["items"][0], "starts": "09:00", "ends": "13:00"}]}
    told = await resident.post("/lottery-entries", too_long, expect=409)
    assert (told["code"], told["facts"]["maximum"], told["facts"]["item"]) == ("too_long", 180, 0)
    assert told["why"][-1]["path"].startswith("lottery.schemes[0].entry.most")
    march = {**body, "items": [{**body["items"][0], "use_on": "2027-03-10"}]}
    early = await resident.post("/lottery-entries", march, expect=409)
    english = await resident.post("/lottery-entries", march, expect=409, accept_language="en")
    assert early["code"] == "entry_not_open"
    assert early["facts"]["allowed_from"] == "2027-02-06T00:00:00+00:00"
    assert "受付期間外" in early["detail"]
    assert "Entering begins on" in english["detail"]


async def test_what_is_not_ones_own_is_not_there(resident):
    for method, path, body in (
        ("POST", "/lottery-entries/withdrawal", {"entry_ids": [NOWHERE]}),
        ("POST", "/lottery-entries/refusal", {"entry_ids": [NOWHERE]}),
        ("POST", f"/lottery-entries/{NOWHERE}/acceptance", {}),
        ("PUT", f"/lotteries/{NOWHERE}/order", {"entry_ids": [NOWHERE]}),
    ):
        assert (await resident.ask(method, path, 404, json=body))["code"] == "entry_not_found"
    query = {"facility": COURT["facility"], "first": DAYS[0], "end": DAYS[1]}
    assert (await resident.get(f"/lotteries/{NOWHERE}/odds", expect=404, **query))["code"] == "lottery_not_found"
    lottery = await february(resident)
    path = f"/lotteries/{lottery['lottery_id']}/odds"
    assert (await resident.get(path, expect=422, **{**query, "end": DAYS[0]}))["code"] == "period_too_long"


async def test_what_has_not_won_is_neither_accepted_nor_declined(resident):
    made = await resident.post("/lottery-entries", await entry_for(resident, DAYS[0]), expect=201)
    told = await resident.post(f"/lottery-entries/{made['entry_id']}/acceptance", {}, expect=409)
    assert told["code"] == "not_won"
    told = await resident.post("/lottery-entries/refusal", {"entry_ids": [made["entry_id"]]}, expect=409)
    assert told["code"] == "not_won"


async def test_nobody_enters_without_logging_in_and_clerks_have_no_entries(anybody, services):
    body = await entry_for(anybody, DAYS[0])
    assert (await anybody.post("/lottery-entries", body, expect=401))["code"] == "not_logged_in"
    await anybody.log_in(services["sports"].clerk)
    assert (await anybody.get("/lottery-entries", expect=403))["code"] == "role_missing"
