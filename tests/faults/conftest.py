"""The invented town, for what happens to it when many come at once and when processes are killed."""

import pytest
from tests.faults.served import Processes, log_in_everybody
from tests.integration.conftest import Town, fresh_database, rules, town, town_template, townspeople

from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.testing.town import SERVICE, TOWN, write_residents, write_town

__all__ = ["fresh_database", "rules", "town", "town_template", "townspeople"]


@pytest.fixture(scope="module")
async def crowd(database_server, _new_database, rules):
    """A town with two hundred residents, logged in."""
    made = _new_database()
    engine, owner = make_engine(made.url, pool_size=4), make_engine(made.owner_url, pool_size=1)
    async with tenant_transaction(owner, TOWN, SERVICE) as conn:
        await write_town(conn, rules)
        residents = await write_residents(conn, 200)
    town = Town(engine=engine, owner=owner, rules=rules, residents=residents, clerk=None)
    await log_in_everybody(town)
    town.database = made
    yield town
    await engine.dispose()
    await owner.dispose()
    database_server.drop_database(made.name)


@pytest.fixture(scope="module")
def webs(crowd, tmp_path_factory):
    """Two web servers."""
    processes = Processes(database=crowd.database, logs=tmp_path_factory.mktemp("logs"))
    try:
        yield processes.start_webs(2)
    finally:
        processes.kill_all()
