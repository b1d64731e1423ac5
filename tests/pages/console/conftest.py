"""The console of lotteries over a database of its own: what is written there by hand is no example for other pages."""

import pytest
from tests.cities import city_settings_of
from tests.pages.console.byhand import SERVICE

from yoyaku.db.engine import tenant_transaction
from yoyaku.web.app import create_app


@pytest.fixture(scope="module")
def city_settings(new_cities):
    with new_cities() as made:
        yield city_settings_of(made)


@pytest.fixture(scope="module")
async def application(city_settings):
    gateway = create_app(city_settings)
    yield gateway
    await gateway.app.state["engine"].dispose()


@pytest.fixture
def inside(application, services):
    """A transaction of the sports service."""
    service = services[SERVICE]
    return lambda: tenant_transaction(application.app.state["engine"], service.tenant, service.code)
