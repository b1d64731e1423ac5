"""Books for one resident after the other, each with a key of its own, and says so once it is committed.

Started by test_kills.py, and killed by it: ``python booker.py DATABASE_URL FIRST END``.
"""

import asyncio
import sys
from datetime import timedelta

from sqlalchemy import text

from yoyaku.booking.service import submit_application
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.testing.town import DAY, SERVICE, TOWN, Resident, hours, nights, town_rules, visit_of

PEOPLE = text("SELECT registrant_id, account_id FROM account WHERE registrant_id IS NOT NULL ORDER BY registrant_id")


async def main(url, first, end):
    engine, rules = make_engine(url, pool_size=4), town_rules()
    async with tenant_transaction(engine, TOWN, SERVICE) as conn:
        people = [Resident(registrant_id=one, account_id=two) for one, two in await conn.execute(PEOPLE)]

    async def book(number):
        day = DAY + timedelta(days=number)
        async with tenant_transaction(engine, TOWN, SERVICE) as conn:
            await submit_application(
                conn,
                visit=visit_of(people[number % len(people)]),
                rules=rules,
                items=[hours("court", day=day, surfaces=2), nights(1, day=day)],
                form={},
                accepted_terms=[],
                idempotency_key=f"key {number}",
            )
        print(number, flush=True)

    for start in range(first, end, 4):
        await asyncio.gather(*(book(number) for number in range(start, min(start + 4, end))))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
