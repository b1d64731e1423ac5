"""The demo's people enter the lotteries that are open and use places every week, so that pages have something to show."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from tests.cities import city_settings_of, move_clocks, read_services

from yoyaku.admin.service.seeding_entries import seed_entries
from yoyaku.admin.service.seeding_uses import seed_uses
from yoyaku.billing.ties import keep_charges
from yoyaku.booking.service.charged import CHARGED_BOOKINGS
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.rules.check import read_as
from yoyaku.tenancy.terms import DemoFile

keep_charges(CHARGED_BOOKINGS)
ROOT = Path(__file__).parents[3]

OPEN_AT = {
    "sports": datetime(2027, 1, 8, 10, 0),  # noqa: DTZ001 - the city's own time
    "lodging": datetime(2027, 1, 8, 10, 0),  # noqa: DTZ001
    "halls": datetime(2027, 1, 15, 10, 0),  # noqa: DTZ001
    "rooms": datetime(2027, 1, 25, 10, 0),  # noqa: DTZ001
}


@pytest.fixture(scope="module")
def settings(new_cities):
    with new_cities(now=datetime(2027, 1, 4, 10, 0)) as made:  # noqa: DTZ001 - the city's own time
        yield city_settings_of(made)


async def seed(settings, service, seed_them=seed_entries):
    """How many entries (or uses) were made now."""
    demo = read_as(ROOT / "tenants" / service.tenant / "demo.yaml", DemoFile)
    engine = make_engine(settings.database_url, pool_size=1)
    here = (service.tenant, service.code)
    async with tenant_transaction(engine, *here) as conn:
        made = await seed_them(conn, settings=settings, service=here, demo=demo, real_now=read_clock())
    await engine.dispose()
    return made, sum(one.service == service.code for one in demo.entries)


@pytest.mark.parametrize("code", OPEN_AT)
async def test_every_sample_wish_is_entered_once_while_its_lottery_is_open(settings, code):
    service = read_services()[code]
    move_clocks(settings, service, to=OPEN_AT[code])
    made, wished = await seed(settings, service)
    assert made == wished > 1
    assert (await seed(settings, service))[0] == 0


@pytest.mark.parametrize(("code", "least"), [("sports", 20), ("halls", 8), ("rooms", 30), ("lodging", 8)])
async def test_sample_people_use_places_before_and_after_today_once(settings, code, least):
    service, today = read_services()[code], OPEN_AT[code] + timedelta(hours=1)
    move_clocks(settings, service, to=today)
    made, _ = await seed(settings, service, seed_uses)
    assert (await seed(settings, service, seed_uses))[0] == 0
    engine = make_engine(settings.database_url, pool_size=1)
    async with tenant_transaction(engine, service.tenant, service.code) as conn:
        query = text("""
            SELECT count(*) FILTER (WHERE starts_at < :now), count(*) FILTER (WHERE starts_at > :now),
                   count(*) FILTER (WHERE paid_yen > 0), count(*) FILTER (WHERE state IN ('cancelled', 'withdrawn')),
                   count(*) FILTER (WHERE paid_by = '{card}' AND starts_at > :now),
                   count(*) FILTER (WHERE paid_yen > 0 AND state = 'tentative')
            FROM booking
        """)
        now = today.replace(tzinfo=ZoneInfo("Asia/Tokyo"))
        past, coming, paid, ended, by_card, lapsing = (await conn.execute(query, {"now": now})).one()
    await engine.dispose()
    assert made == past + coming >= least
    assert min(past, coming, ended, paid) > 1
    assert lapsing == 0  # whoever paid in cash has been confirmed with it
    assert (by_card > 1) == (code == "rooms")  # so that a dry run of other refunds has yen to show


async def test_nobody_enters_where_no_lottery_is_open(settings):
    service = read_services()["sports"]
    move_clocks(settings, service, to=datetime(2027, 3, 20, 10, 0))  # noqa: DTZ001 - the city's own time
    assert (await seed(settings, service))[0] == 0
