"""A town without people in a database that a module shares."""

from contextlib import asynccontextmanager

from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.testing.town import SERVICE, town_rules, write_town


@asynccontextmanager
async def bare_town(database, name):
    """The owner's engine (who loads folders publishes without a draft) at the town of that name, which is written."""
    engine = make_engine(database.owner_url, pool_size=2)
    async with tenant_transaction(engine, name, SERVICE) as conn:
        await write_town(conn, town_rules(), town=name)
    yield engine
    await engine.dispose()
