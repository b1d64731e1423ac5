"""The four services while their lotteries take entries."""

from datetime import UTC, datetime

import pytest
from tests.cities import city_settings_of, move_clocks

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.lottery.repository.lotteries import list_lotteries
from yoyaku.lottery.service.beacons import LotteryMeans
from yoyaku.lottery.service.opening import open_lottery
from yoyaku.lottery.service.planning import plan_lotteries
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.ruleset.policy import Days
from yoyaku.tenancy.service import Sites
from yoyaku.web.app import create_app

OPEN_AT = {
    "sports": datetime(2027, 2, 7, 10),  # noqa: DTZ001  # civil time of the tenants, as all of these
    "lodging": datetime(2027, 2, 7, 10),  # noqa: DTZ001
    "halls": datetime(2027, 2, 12, 10),  # noqa: DTZ001
    "rooms": datetime(2027, 2, 22, 10),  # noqa: DTZ001
}
RESIDENT = "400016"


@pytest.fixture(scope="module")
def city_settings(new_cities, services):
    """A database in which each service's lottery takes entries."""
    with new_cities() as made:
        settings = city_settings_of(made)
        for code, moment in OPEN_AT.items():
            move_clocks(settings, services[code], to=moment)
        yield settings


@pytest.fixture(scope="module")
async def application(city_settings, services):
    gateway = create_app(city_settings)
    for code in OPEN_AT:
        await open_lotteries(gateway, city_settings, services[code])
    yield gateway
    await gateway.app.state["engine"].dispose()


async def open_lotteries(gateway, settings, service):
    """Plan the lotteries of a service and open those whose time has come, as the worker would."""
    engine, provider = gateway.app.state["engine"], RulesProvider()
    means = LotteryMeans(seal=settings.seal, plugin_profiles=settings.plugin_profiles)
    site = await Sites(engine).by_path(service.tenant, service.code, real_now=read_clock())
    now = site.business_now(read_clock())
    async with tenant_transaction(engine, service.tenant, service.code) as conn:

        async def rules_for(days):
            return await provider.rules_on(conn, tenant_id=service.tenant, service_id=service.code, days=days)

        await plan_lotteries(conn, means=means, rules_for=rules_for, site_zone=site.zone, now=now)
        for row in await list_lotteries(conn, states=["planned"]):
            if row.opens_at <= now.astimezone(UTC):
                rules = await rules_for(Days(made_on=now.astimezone(site.zone).date(), used_on=row.period_starts))
                await open_lottery(conn, rules=rules, lottery_id=row.lottery_id, now=now)


@pytest.fixture
async def sports(browse, services):
    site = browse("sports")
    await site.log_in(services["sports"].resident)
    return site


@pytest.fixture
async def lodging(browse, people):
    site = browse("lodging")
    await site.log_in(next(person for person in people["lodging"] if person.login_id == RESIDENT))
    return site
