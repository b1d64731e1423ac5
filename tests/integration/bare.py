"""A town without people in a database that a module shares."""

from contextlib import asynccontextmanager

from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.testing.town import SERVICE, town_rules, write_town


@asynccontextmanager
async def bare_town(database, name):
    """The application's engine at the town of that name, which is written."""
    owner = make_engine(database.owner_url, pool_size=1)
    async with tenant_transaction(owner, name, SERVICE) as conn:
        await write_town(conn, town_rules(), town=name)
    await owner.dispose()
    engine = make_engine(database.url, pool_size=2)
    yield engine
    await engine.dispose()
