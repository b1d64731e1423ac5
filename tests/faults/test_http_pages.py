"""The last step of many people's forms at once: one is booked, everybody else reads why not and keeps the form."""

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime

import httpx
import pytest
from tests.faults.served import HOST, assert_bookings_and_slots_agree, some_day

from yoyaku.booking.service import add_to_cart
from yoyaku.registration.pages import SESSION_COOKIE
from yoyaku.testing.town import hours, visit_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("http-pages")]
PEOPLE = 20
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TAKEN = "ほかの方の予約が"
MADE_ON = "SELECT space_id FROM booking WHERE use_on = :day ORDER BY space_id"
IN_CART = "SELECT count(*) FROM cart_item WHERE account_id = :account"


@pytest.fixture
async def http():
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=30, trust_env=False) as opened:
        yield opened


class Visitor:
    """Somebody's browser without scripts: it keeps cookies, and sends what stands in a page's first form."""

    def __init__(self, http, web, resident):
        self._http = http
        self._url = "http://{}:{}".format(*web.address)
        self._cookies = {SESSION_COOKIE: str(resident.account_id)}
        self.page = None

    async def _send(self, method, path, **more):
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self.page = await self._http.request(
            method, f"{self._url}{path}", headers={"Host": HOST, "Cookie": cookies}, **more
        )
        for line in self.page.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return self.page

    async def open(self, path):
        return await self._send("GET", path)

    async def send(self, path, **typed):
        form = next(one for one in self.page.text.split("<form ")[1:] if f'action="{path}"' in one)
        return await self._send("POST", path, data={**dict(HIDDEN.findall(form.partition("</form>")[0])), **typed})

    async def come_to_the_last_step(self, purpose):
        await self.open("/apply")
        await self.send("/apply", **{"form.purpose": purpose})
        page = await self.send("/apply/terms")
        assert page.status_code == 200
        assert 'action="/apply/submit"' in page.text


async def wishes(crowd, place, *items):
    """Put these into a resident's cart."""
    visit = visit_of(crowd.residents[place], now=datetime.now(tz=UTC))
    async with crowd.act() as conn:
        await add_to_cart(conn, visit=visit, rules=crowd.rules, items=items)


async def test_of_many_who_send_the_last_form_at_once_one_is_booked_and_the_others_keep_their_form(crowd, webs, http):
    for place in range(PEOPLE):
        await wishes(crowd, place, hours("room", day=some_day()))
    visitors = [Visitor(http, webs[place % 2], crowd.residents[place]) for place in range(PEOPLE)]
    await asyncio.gather(*(one.come_to_the_last_step(f"purpose {place}") for place, one in enumerate(visitors)))

    pages = await asyncio.gather(*(one.send("/apply/submit") for one in visitors))

    assert Counter(page.status_code for page in pages) == {303: 1, 409: PEOPLE - 1}
    for place, page in enumerate(pages):
        if page.status_code == 409:
            assert TAKEN in page.text
            assert f'value="purpose {place}"' in page.text
        else:
            assert page.headers["location"].startswith("/done/")
    assert await crowd.see(MADE_ON, day=some_day()) == [("plaza.room",)]
    await assert_bookings_and_slots_agree(crowd)


async def test_what_was_taken_is_told_before_the_rest_of_the_cart_is_booked(crowd, webs, http):
    await wishes(crowd, 50, hours("room", day=some_day(1)), hours("table", day=some_day(1)))
    visitor = Visitor(http, webs[0], crowd.residents[50])
    await visitor.come_to_the_last_step("table tennis")
    await crowd.book(51, hours("room", day=some_day(1)), visit=visit_of(crowd.residents[51], now=datetime.now(tz=UTC)))

    page = await visitor.send("/apply/submit")

    assert page.status_code == 409
    assert TAKEN in page.text
    assert 'value="table tennis"' in page.text
    assert "会議室" not in page.text.partition("<main")[2]
    assert await crowd.see(MADE_ON, day=some_day(1)) == [("plaza.room",)]
    await visitor.send("/apply", **{"form.purpose": "table tennis"})
    await visitor.send("/apply/terms")
    page = await visitor.send("/apply/submit")
    assert page.status_code == 303
    assert await crowd.see(MADE_ON, day=some_day(1)) == [("plaza.room",), ("plaza.table",)]


async def test_what_came_into_the_cart_meanwhile_is_not_booked_unseen(crowd, webs, http):
    await wishes(crowd, 60, hours("table", day=some_day(2)))
    visitor = Visitor(http, webs[0], crowd.residents[60])
    await visitor.come_to_the_last_step("table tennis")
    await wishes(crowd, 60, hours("court", day=some_day(2)))

    assert (await visitor.send("/apply/submit")).status_code == 303

    assert await crowd.see(MADE_ON, day=some_day(2)) == [("plaza.table",)]
    assert await crowd.see(IN_CART, account=crowd.residents[60].account_id) == [(1,)]


async def test_a_form_sent_twice_at_once_is_booked_once_and_never_told_as_somebody_elses(crowd, webs, http):
    for place in range(70, 76):
        await wishes(crowd, place, hours("room", day=some_day(place)))
        visitor = Visitor(http, webs[0], crowd.residents[place])
        await visitor.come_to_the_last_step("twice")

        pages = await asyncio.gather(visitor.send("/apply/submit"), visitor.send("/apply/submit"))

        assert [page.status_code for page in pages] == [303, 303]
        assert await crowd.see(MADE_ON, day=some_day(place)) == [("plaza.room",)]
