"""A booking that was won by lot: what its page and the API say of it, and cancelling it."""

import re
from datetime import datetime

import pytest
from tests.cities import city_settings_of
from tests.pages.lots import BEGIN, ENTERING, pass_time, plain, site_of
from tests.pages.test_lottery_api import DAYS, entry_for
from tests.pages.test_lottery_api_wins import caller

from yoyaku.web.app import create_app

ANNOUNCED = datetime(2027, 1, 11, 9, 30)  # noqa: DTZ001  # civil time of the tenants


@pytest.fixture
def city_settings(new_cities):
    with new_cities(now=BEGIN) as made:
        yield city_settings_of(made)


@pytest.mark.fact("KS-053", "KS-T1")
async def test_a_won_booking_says_that_it_was_won_and_is_paid_by_the_eighteenth(city_settings, services):
    sports = services["sports"]
    await pass_time(city_settings, sports, ENTERING)
    async with caller(city_settings, sports) as api:
        entered = await api.post("/lottery-entries", await entry_for(api, DAYS[0]), expect=201)
    await pass_time(city_settings, sports, ANNOUNCED)
    async with caller(city_settings, sports) as api:
        made = await api.post(f"/lottery-entries/{entered['entry_id']}/acceptance", {})
        [booking] = made["bookings"]
        assert booking["arose"] == "lottery"
        assert {due["method"]: due["due_at"] for due in booking["dues"]}["online"] == "2027-01-18T15:00:00Z"
    gateway = create_app(city_settings)
    async with site_of(gateway, sports, "203.0.113.9") as site:
        await site.log_in(sports.resident)
        page = plain((await site.get(f"/me/bookings/{booking['booking_id']}")).text)
        assert re.search(r"受付方法 ?\S+（抽選）", page)
        assert "2027年1月18日（月） 24:00" in page
        page = await site.get(f"/me/bookings/{booking['booking_id']}/cancel")
        assert page.status_code == 200
    await gateway.app.state["engine"].dispose()
