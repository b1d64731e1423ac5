"""A lottery of the tennis courts over HTTP: two people wish for the same three hours, and time passes."""

import re
from contextlib import asynccontextmanager
from datetime import datetime
from html import unescape

import httpx
from sqlalchemy import text
from tests.cities import move_clocks
from tests.pages.conftest import Browser

from yoyaku.db.engine import tenant_transaction
from yoyaku.web.app import create_app
from yoyaku.worker.jobs import meet_deadlines
from yoyaku.worker.runtime import Runtime

BEGIN = datetime(2027, 1, 4, 10)  # noqa: DTZ001  # civil time of the tenants, as all of these
ENTERING = datetime(2027, 1, 7, 10)  # noqa: DTZ001
FEBRUARY = "/lottery/monthly/2027-02"
RESULT = "/lottery/results/monthly/2027-02"
TENNIS = f"{FEBRUARY}/facilities/castle-tennis"
DAYS = ("2027-02-09", "2027-02-10", "2027-02-12")
RECEIPT = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")


def plain(html):
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


def hidden(html, action):
    """The hidden fields of the form that is sent to an address."""
    form = next(one for one in re.findall(r"<form.*?</form>", html, re.DOTALL) if f'action="{action}"' in one)
    fields = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        if name != "_csrf_token":
            fields.setdefault(unescape(name), []).append(unescape(value))
    return fields


@asynccontextmanager
async def site_of(gateway, service, address):
    """A browser at a service; it asks from an address of its own."""
    transport = httpx.ASGITransport(app=gateway, raise_app_exceptions=False, client=(address, 40_000))
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://{service.host}", follow_redirects=True
    ) as client:
        yield Browser(client)


async def pass_time(settings, service, to):
    """Let a service's clock stand at a civil time; the worker does what is due, until nothing is."""
    move_clocks(settings, service, to=to)
    runtime = Runtime.from_settings(settings)
    try:
        for _ in range(3):
            runtime.sites.forget()
            runtime.rules.forget()
            async with tenant_transaction(runtime.engine, service.tenant, service.code) as conn:
                await conn.execute(text("UPDATE deadline SET next_try_at = '-infinity' WHERE done_at IS NULL"))
            await meet_deadlines(runtime)
    finally:
        await runtime.engine.dispose()


@asynccontextmanager
async def taking_entries(settings, service):
    """The sites while the sports lottery of February takes entries."""
    await pass_time(settings, service, ENTERING)
    gateway = create_app(settings)
    yield gateway
    await gateway.app.state["engine"].dispose()


async def enter_court(site, day):
    """Ten o'clock on all four courts, as a wish of its own."""
    await site.get(f"{TENNIS}/{day}")
    await site.post(f"{TENNIS}/{day}", slot="tennis|10:00-11:00", **{"surfaces.tennis": "4"})
    people = list(dict.fromkeys(re.findall(r'name="(form\.people[^"]*)"', site.html)))
    counts = {name: "0" if place else "2" for place, name in enumerate(people)}
    await site.post(f"{FEBRUARY}/check", **hidden(site.html, f"{FEBRUARY}/check"), **counts)
    ticks = dict.fromkeys(re.findall(r'name="(terms\.[^"]+)"', site.html), "yes")
    page = await site.post(f"{FEBRUARY}/enter", **hidden(site.html, f"{FEBRUARY}/enter"), **ticks)
    assert page.url.path == "/lottery/entered", plain(page.text)
    return RECEIPT.search(plain(page.text))[0]


async def entered_by(gateway, service, people):
    """Everybody wishes for the same three hours; their receipt codes."""
    codes = []
    for number, person in enumerate(people):
        async with site_of(gateway, service, f"10.9.{number}.1") as site:
            await site.log_in(person)
            codes += [[await enter_court(site, day) for day in DAYS][-1]]
    return codes


__all__ = ["BEGIN", "ENTERING", "create_app"]
