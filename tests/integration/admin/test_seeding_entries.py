"""The demo's people enter the lotteries that are open, each once, so that odds are not all nought."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.cities import city_settings_of, move_clocks, read_services

from yoyaku.admin.service.seeding_entries import seed_entries
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.rules.check import read_as
from yoyaku.tenancy.terms import DemoFile

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


async def seed(settings, service):
    """How many entries were made now."""
    demo = read_as(ROOT / "tenants" / service.tenant / "demo.yaml", DemoFile)
    engine = make_engine(settings.database_url, pool_size=1)
    here = (service.tenant, service.code)
    async with tenant_transaction(engine, *here) as conn:
        made = await seed_entries(conn, settings=settings, service=here, demo=demo, real_now=read_clock())
    await engine.dispose()
    return made, sum(one.service == service.code for one in demo.entries)


@pytest.mark.parametrize("code", OPEN_AT)
async def test_every_sample_wish_is_entered_once_while_its_lottery_is_open(settings, code):
    service = read_services()[code]
    move_clocks(settings, service, to=OPEN_AT[code])
    made, wished = await seed(settings, service)
    assert made == wished > 1
    assert (await seed(settings, service))[0] == 0


async def test_nobody_enters_where_no_lottery_is_open(settings):
    service = read_services()["sports"]
    move_clocks(settings, service, to=datetime(2027, 3, 20, 10, 0))  # noqa: DTZ001 - the city's own time
    assert (await seed(settings, service))[0] == 0
