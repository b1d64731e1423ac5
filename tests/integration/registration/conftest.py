"""A service in a transaction that is rolled back."""

import pytest
from sqlalchemy import text

from yoyaku.db.engine import enter_service, make_engine, tenant_transaction
from yoyaku.kernel.seal import Seal
from yoyaku.registration.service import Throttle
from yoyaku.testing.town import SERVICE, town_rules, write_town

TOWN = "futaba"


@pytest.fixture(scope="session")
async def engine(database):
    """The application's, on a database where the town stands."""
    owner = make_engine(database.owner_url, pool_size=1)
    async with tenant_transaction(owner, TOWN, SERVICE) as conn:
        await write_town(conn, town_rules(), town=TOWN)
    await owner.dispose()
    engine = make_engine(database.url, pool_size=2)
    yield engine
    await engine.dispose()


@pytest.fixture
async def conn(engine):
    """A connection in the town's service."""
    async with engine.connect() as connection:
        await enter_service(connection, TOWN, SERVICE)
        yield connection
        await connection.rollback()


@pytest.fixture
async def throttle(database, engine):
    """The budgets of the town; what was counted is forgotten afterwards, since attempts are committed."""
    seal = Seal(["only for tests, forty characters and more"])
    yield Throttle(engine=engine, tenant_id=TOWN, service_id=SERVICE, seal=seal)
    owner = make_engine(database.owner_url, pool_size=1)
    async with tenant_transaction(owner, TOWN, SERVICE) as connection:
        await connection.execute(text("DELETE FROM login_failure"))
    await owner.dispose()
