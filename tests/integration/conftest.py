"""A town of its own for each test that commits."""

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from yoyaku.booking.service import submit_application
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.testing.town import SERVICE, TOWN, town_rules, visit_of, write_clerk, write_residents, write_town


@pytest.fixture(scope="session")
def rules():
    return town_rules()


@dataclass
class Town:
    engine: object
    owner: object
    rules: object
    residents: list
    clerk: object

    def act(self):
        """A transaction of the application's, committed at its end."""
        return tenant_transaction(self.engine, TOWN, SERVICE)

    async def book(self, place, *requests, **more):
        """The application of one resident, in a transaction of its own."""
        visit = more.pop("visit", None) or visit_of(self.residents[place])
        async with self.act() as conn:
            return await submit_application(
                conn, visit=visit, rules=self.rules, items=requests, form={}, accepted_terms=[], **more
            )

    async def see(self, sql, **values):
        """What stands in the database, in this town."""
        async with self.act() as conn:
            return [tuple(row) for row in await conn.execute(text(sql), values)]


@pytest.fixture
async def town(fresh_database, rules):
    engine = make_engine(fresh_database.url, pool_size=40)
    owner = make_engine(fresh_database.owner_url, pool_size=2)
    async with tenant_transaction(owner, TOWN, SERVICE) as conn:
        await write_town(conn, rules)
        residents = await write_residents(conn, 40)
        clerk = await write_clerk(conn)
    yield Town(engine=engine, owner=owner, rules=rules, residents=residents, clerk=clerk)
    await engine.dispose()
    await owner.dispose()
