"""The console of lotteries over a database of its own: what is written there by hand is no example for other pages."""

from datetime import datetime

import httpx
import pytest
from tests.api_client import Api
from tests.cities import move_clocks
from tests.pages.console.byhand import SERVICE

from yoyaku.db.engine import tenant_transaction


@pytest.fixture
def inside(application, services):
    """A transaction of the sports service."""
    service = services[SERVICE]
    return lambda: tenant_transaction(application.app.state["engine"], service.tenant, service.code)


@pytest.fixture
def at(application, city_settings, services):
    """Lets the sports service's clock stand at a time, on its pages too."""

    def move(*when):
        move_clocks(city_settings, services[SERVICE], to=datetime(*when))  # noqa: DTZ001  # the city's own time
        application._sites.forget()

    return move


@pytest.fixture
async def resident(application, services):
    """The resident of the sports service, by the API."""
    api = Api(httpx.ASGITransport(app=application, raise_app_exceptions=False), services[SERVICE].host)
    await api.log_in(services[SERVICE].resident)
    yield api
    await api.client.aclose()


@pytest.fixture
async def desk(browse, services):
    """The clerk of the sports service, logged in."""
    site = browse(SERVICE)
    await site.log_in(services[SERVICE].clerk)
    return site
