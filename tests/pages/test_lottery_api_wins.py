"""A win over the JSON API: told from the announcement on, accepted once, declined for good."""

from contextlib import asynccontextmanager
from datetime import datetime

import httpx
import pytest
from tests.api_client import Api
from tests.cities import city_settings_of
from tests.pages.lots import BEGIN, ENTERING, pass_time
from tests.pages.test_lottery_api import DAYS, entry_for, february

from yoyaku.web.app import create_app

DRAWN = datetime(2027, 1, 11, 8)  # noqa: DTZ001  # civil time of the tenants
ANNOUNCED = datetime(2027, 1, 11, 9, 30)  # noqa: DTZ001


@pytest.fixture
def city_settings(new_cities):
    with new_cities(now=BEGIN) as made:
        yield city_settings_of(made)


@asynccontextmanager
async def caller(settings, service, person=None):
    """A resident at a gateway that has just read the clock."""
    gateway = create_app(settings)
    api = Api(httpx.ASGITransport(app=gateway, raise_app_exceptions=False), service.host)
    try:
        await api.log_in(person or service.resident)
        yield api
    finally:
        await api.client.aclose()
        await gateway.app.state["engine"].dispose()


@pytest.mark.fact("KS-051", "KC-T2")
async def test_a_win_is_told_when_it_is_announced_and_accepted_or_declined_once(city_settings, services):
    sports = services["sports"]
    await pass_time(city_settings, sports, ENTERING)
    async with caller(city_settings, sports) as api:
        first, second = [
            (await api.post("/lottery-entries", await entry_for(api, day), expect=201))["entry_id"] for day in DAYS[:2]
        ]
    await pass_time(city_settings, sports, DRAWN)
    async with caller(city_settings, sports) as api:
        assert await states(api) == ["waiting", "waiting"]
        assert (await february(api))["seed"] is None
    await pass_time(city_settings, sports, ANNOUNCED)
    async with caller(city_settings, sports) as api:
        assert await states(api) == ["won", "won"]
        assert (await february(api))["seed"] is not None
        booked = await api.post(f"/lottery-entries/{first}/acceptance", {})
        assert [one["use_on"] for one in booked["bookings"]] == [DAYS[0]]
        assert (await api.post(f"/lottery-entries/{first}/acceptance", {}))["repeated"]
        assert await api.post("/lottery-entries/refusal", {"entry_ids": [second]}) == [second]
        told = await api.post(f"/lottery-entries/{second}/acceptance", {}, expect=409)
        assert told["code"] == "win_declined"
        both = await api.post("/lottery-entries/acceptances", {"entry_ids": [second, first]})
        assert [one["entry_id"] for one in both] == [first, second]
        assert both[0]["application"]["application_id"] == booked["application_id"]
        assert (both[1]["application"], both[1]["refusal"]["code"]) == (None, "win_declined")
        assert await states(api) == ["accepted", "declined"]


async def states(api):
    (mine,) = await api.get("/lottery-entries")
    return [one["state"] for one in mine["entries"]]
