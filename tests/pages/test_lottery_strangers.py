"""What is another's of a lottery: found by no address, changed by no form, and its receipt codes are not tried out."""

import asyncio
import json
import re
from datetime import datetime

import httpx
import pytest
from sqlalchemy import text
from tests.api_client import Api
from tests.cities import city_settings_of
from tests.pages.lots import BEGIN, DAYS, ENTERING, enter_court, pass_time, site_of
from tests.pages.test_doors import NOWHERE, is_of_api, shown

from yoyaku.db.engine import tenant_transaction
from yoyaku.lottery.policy.receipt import new_receipt
from yoyaku.registration.policy.throttle import AT_MOST_IDS_FROM_ONE_ADDRESS
from yoyaku.web.app import create_app

ANNOUNCED = datetime(2027, 1, 11, 9, 30)  # noqa: DTZ001  # civil time of the tenants
DESK = "/counter/lottery"
OF_ONE = re.compile(r"(/me/lottery|/counter/lottery|/api/v1/lotter(y-entries|ies))\b.*")
PUBLIC = re.compile(r"/api/v1/lotteries/\{[^}]*\}/odds")
REFUSED = {404, 409, 422}
TOUCHED = ("lottery_applicant", "lottery_entry", "lottery_win", "booking", "occupancy", "outbox")


class World:
    """Two people with a win each, and all that can be asked about the first one's."""

    def __init__(self, gateway, services, people):
        self.gateway, self.services = gateway, services
        self.sports = services["sports"]
        by_login = {one.login_id: one for one in people["sports"]}
        first, second = by_login["hanako01"], by_login["tsubasa11"]
        self.owner, self.other = first, second
        self.receipt = self.entry = self.lottery = ""

    def act(self):
        return tenant_transaction(self.gateway.app.state["engine"], self.sports.tenant, "sports")

    async def see(self, sql, **values):
        async with self.act() as conn:
            return [tuple(row) for row in await conn.execute(text(sql), values)]

    async def state(self):
        """Everything that an attack could have changed."""
        return [await self.see(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {one} t") for one in TOUCHED]  # noqa: S608

    async def learn(self):
        """The ids of the owner's win."""
        rows = await self.see(
            "SELECT w.lottery_id, w.entry_id FROM lottery_win w JOIN lottery_applicant a USING (applicant_id)"
            " WHERE a.receipt = :receipt",
            receipt=self.receipt,
        )
        [(self.lottery, self.entry)] = [(str(lottery), str(entry)) for lottery, entry in rows]

    def asks(self, pattern, *, entry=None):
        """Each route there is for one's own entries, with the ids of the owner's: method, path and what is sent."""
        entry = entry or self.entry
        for route in self.gateway.app.routes:
            if OF_ONE.fullmatch(route.path) and re.match(pattern, route.path) and not PUBLIC.fullmatch(route.path):
                path = re.sub(r"\{entry_id:uuid\}", entry, re.sub(r"\{lottery_id:uuid\}", self.lottery, route.path))
                for method in sorted(set(getattr(route, "methods", ())) - {"OPTIONS", "HEAD"}):
                    yield method, path, sent(path, entry)


def sent(path, entry):
    """What each of these routes would take."""
    if is_of_api(path):
        return {} if path.endswith("/acceptance") else {"entry_ids": [entry]}
    said = {"entry": entry, "direction": "top", "sure": "yes", "act": "accept", "why": "電話", "terms": "yes"}
    return {**said, f"rank.{entry}": "1"}


@pytest.fixture(scope="module")
def city_settings(new_cities):
    with new_cities(now=BEGIN) as made:
        yield city_settings_of(made)


@pytest.fixture(scope="module")
async def world(city_settings, services, people):
    """The result is out: the owner and the other person won an hour each, and have not answered."""
    await pass_time(city_settings, services["sports"], ENTERING)
    gateway = create_app(city_settings)
    made = World(gateway, services, people)
    for number, (person, day) in enumerate(zip((made.other, made.owner), DAYS, strict=False)):
        async with site_of(gateway, made.sports, f"10.7.{number}.1") as site:
            await site.log_in(person)
            made.receipt = await enter_court(site, day)
    await pass_time(city_settings, services["sports"], ANNOUNCED)
    gateway._sites.forget()  # it keeps a service's clock for some seconds
    await made.learn()
    yield made
    await gateway.app.state["engine"].dispose()


@pytest.fixture(scope="module")
def application(world):
    return world.gateway


async def ask(site, method, path, body):
    """One request with a token of the session's own, by form or as JSON."""
    if is_of_api(path):
        headers = {"authorization": f"Bearer {site.client.cookies.get('session')}"}
        return await site.client.request(method, path, headers=headers, json=None if method == "GET" else body)
    headers = {"x-csrftoken": site.client.cookies.get("csrftoken", "")}
    data = None if method == "GET" else body
    return await site.client.request(method, path, headers=headers, data=data, follow_redirects=False)


async def attack(world, site, pattern):
    """Whatever of the owner's was shown or done; and whatever told that it is there."""
    before, wrong = await world.state(), []
    found = list(world.asks(pattern))
    for method, path, body in found:
        answer = await ask(site, method, path, body)
        leaks = world.receipt in answer.text or (
            world.entry in answer.text and world.entry not in path and method == "GET"
        )
        done = method != "GET" and answer.status_code not in REFUSED
        of_nobody = NOWHERE.join(path.split(world.entry)), json.loads(json.dumps(body).replace(world.entry, NOWHERE))
        absent = shown(await ask(site, method, *of_nobody))
        if (
            leaks
            or done
            or absent
            != tuple(one.replace(world.entry, NOWHERE) if isinstance(one, str) else one for one in shown(answer))
        ):
            wrong.append((method, path, answer.status_code, absent[0]))
    assert len(found) >= 4
    assert await world.state() == before
    return wrong


@pytest.mark.parametrize("pattern", ["/me/", "/api/"])
async def test_a_resident_finds_and_changes_nothing_of_another_s(world, browse, pattern):
    site = browse("sports")
    await site.log_in(world.other)

    assert await attack(world, site, pattern) == []


@pytest.mark.parametrize("service", ["halls", "lodging"])
async def test_nothing_is_found_from_another_service_or_city(world, browse, services, service):
    site = browse(service)
    await site.log_in(services[service].resident)

    assert await attack(world, site, "/(me|api)/") == []


async def test_a_clerk_answers_only_for_whoever_they_serve(world, browse):
    site = browse("sports")
    await site.log_in(world.sports.clerk)
    await serve(site, world.other)

    assert await attack(world, site, DESK) == []


async def test_a_clerk_of_other_facilities_sees_and_answers_nothing(world, browse):
    facilities = (
        "UPDATE staff SET facilities = :only WHERE staff_id = (SELECT staff_id FROM account WHERE login_id = :id)"
    )
    clerk = world.sports.clerk.login_id
    async with world.act() as conn:
        kept = (
            await conn.execute(
                text("SELECT s.facilities FROM staff s JOIN account USING (staff_id) WHERE login_id = :id"),
                {"id": clerk},
            )
        ).scalar_one()
        await conn.execute(text(facilities), {"only": ["elsewhere"], "id": clerk})
    site = browse("sports")
    await site.log_in(world.sports.clerk)
    page = await serve(site, world.owner)
    wrong = await attack(world, site, DESK)
    async with world.act() as conn:
        await conn.execute(text(facilities), {"only": kept, "id": clerk})

    assert world.receipt not in page.text
    assert wrong == []


async def serve(site, person):
    """Somebody is found at the counter by their number and served."""
    await site.get(DESK)
    await site.post("/counter/purpose", purpose="counter", next=f"/counter/behalf?next={DESK}")
    await site.post("/counter/behalf/find", person=person.login_id, next=DESK)
    registrant = re.search(r'name="registrant" value="([^"]+)"', site.html)[1]
    page = await site.post("/counter/behalf", registrant=registrant, channel="counter", next=DESK)
    assert page.url.path == DESK
    return page


async def test_codes_are_not_tried_out_without_end_and_one_s_own_stays_free(world, browse):
    site = browse("sports")
    await site.get("/lottery/check")
    for number in range(AT_MOST_IDS_FROM_ONE_ADDRESS):
        page = await site.post("/lottery/check", receipt=new_receipt(number.to_bytes(6, "big")))
        assert page.status_code == 200
    for _ in range(2):
        page = await site.post("/lottery/check", receipt=new_receipt(b"Yoyaku"))
        assert (page.status_code, int(page.headers["retry-after"]) > 0) == (429, True)
    assert 'id="receipt-error"' in page.text
    site = browse("sports")
    await site.get("/lottery/check")
    for _ in range(AT_MOST_IDS_FROM_ONE_ADDRESS + 1):
        page = await site.post("/lottery/check", receipt=world.receipt)
        assert page.status_code == 200


async def test_two_browsers_that_accept_at_once_make_one_booking(world, browse):
    sites = [browse("sports") for _ in range(2)]
    for site in sites:
        await site.log_in(world.owner)
    token = sites[0].client.cookies.get("session")
    path = f"/me/lottery/entries/{world.entry}/accept"
    program = Api(httpx.ASGITransport(app=world.gateway), world.sports.host)
    program.client.headers["authorization"] = f"Bearer {token}"
    answers = await asyncio.gather(
        *(ask(site, "POST", path, {}) for site in sites),
        program.client.post(f"/lottery-entries/{world.entry}/acceptance", json={}),
    )
    await program.client.aclose()

    assert [one.status_code for one in answers] == [303, 303, 200]
    assert await world.see("SELECT count(*) FROM booking WHERE entry_id = :id", id=world.entry) == [(1,)]
    assert await world.see("SELECT count(*) FROM outbox WHERE kind = 'lottery_accepted'") == [(1,)]
