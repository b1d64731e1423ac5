"""A town of its own for each module, whose clocks the tests move from month to month."""

import time
from datetime import datetime

import pytest
from tests.cities import city_settings_of, move_clocks
from tests.web_process import FRESH_FOR

BEGIN = datetime(2027, 1, 4, 10, 0)  # noqa: DTZ001  # civil time of the tenants


@pytest.fixture(scope="module")
def city_database(new_cities):
    """The four services and their people, early in January."""
    with new_cities(now=BEGIN) as made:
        yield made


@pytest.fixture(scope="module")
def until(city_database, services, post):
    """Let time pass: ``until("sports", "2027-01-11T09:00")``; what is due on the way is done by the worker's jobs."""
    settings = city_settings_of(city_database)

    def pass_time(code, to):
        move_clocks(settings, services[code], to=datetime.fromisoformat(to))
        moved = time.monotonic()
        for _ in range(3):  # what one step brings about may be due at once
            post.deliver()
        # a site keeps its clock for a while: a quick machine would still be shown the time before
        time.sleep(max(FRESH_FOR.total_seconds() - (time.monotonic() - moved), 0))

    return pass_time
