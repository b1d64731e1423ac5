"""A town of its own for each test that commits."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy import text
from tests.copies import template_of

from yoyaku.billing.service.counter import take_cash
from yoyaku.billing.ties import keep_charges
from yoyaku.booking.service import lapse_booking, submit_application
from yoyaku.booking.service.charged import CHARGED_BOOKINGS, money_act
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.testing.stack.databases import TEMPLATE
from yoyaku.testing.town import SERVICE, TOWN, Resident, town_rules, visit_of, write_clerk, write_residents, write_town

keep_charges(CHARGED_BOOKINGS)

PEOPLE = """
    SELECT registrant_id, account_id FROM registrant JOIN account USING (tenant_id, service_id, registrant_id)
    ORDER BY length(email), email
"""


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

    async def pay(self, conn, booking_id, yen=None):
        """Cash over the counter: all that is still to be paid, or so much of it."""
        visit = visit_of(self.residents[0])
        (owed,) = (
            await conn.execute(text("SELECT owed_yen - paid_yen FROM charge WHERE charge_id = :id"), {"id": booking_id})
        ).one()
        return await take_cash(conn, act=money_act(visit, self.rules), charge_id=booking_id, amount_yen=yen or owed)

    async def lapse(self, booking_id, *, now):
        """What the worker does when a tentative booking's time comes."""

        async def rules_of(**_):
            return self.rules

        visit = visit_of(None, now=now, actor="system")
        async with self.act() as conn:
            return await lapse_booking(conn, visit=visit, booking_id=booking_id, rules_of=rules_of)

    async def see(self, sql, **values):
        """What stands in the database, in this town."""
        async with self.act() as conn:
            return [tuple(row) for row in await conn.execute(text(sql), values)]


@pytest.fixture(scope="session")
def town_template(database_server, rules):
    """The name of the database with the town and its people, which is written once in a run."""

    async def fill(made):
        owner = make_engine(made.owner_url, pool_size=1)
        async with tenant_transaction(owner, TOWN, SERVICE) as conn:
            await write_town(conn, rules)
            await write_residents(conn, 40)
            await write_clerk(conn)
        await owner.dispose()

    def fill_in_thread(made):  # the tests' own loop may be running
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(fill(made))).result()

    return template_of(database_server, f"{TEMPLATE}_town", fill=fill_in_thread)


@pytest.fixture(scope="session")
def townspeople(database_server, town_template):
    """The residents in their order, and the clerk: the same in every copy."""
    with psycopg.connect(database_server.url(database=town_template, driver="")) as conn:
        people = conn.execute(PEOPLE).fetchall()
        (clerk,) = conn.execute("SELECT staff_id FROM staff").fetchone()
    return [Resident(registrant_id=one, account_id=account) for one, account in people], clerk


@pytest.fixture
def fresh_database(request, database_server, _new_name):
    """A database for this test alone, for those that commit: with the town in it, where the test asks for that."""
    template = request.getfixturevalue("town_template") if "town" in request.fixturenames else TEMPLATE
    made = database_server.make_database(_new_name(), template=template)
    yield made
    database_server.drop_database(made.name)


@pytest.fixture
async def town(fresh_database, rules, townspeople):
    engine = make_engine(fresh_database.url, pool_size=40)
    owner = make_engine(fresh_database.owner_url, pool_size=2)
    residents, clerk = townspeople
    yield Town(engine=engine, owner=owner, rules=rules, residents=list(residents), clerk=clerk)
    await engine.dispose()
    await owner.dispose()
