"""Whoever works for some facilities: every page of the counter, with whatever roles, tells nothing of another's bookings."""

import re

from sqlalchemy import text
from tests.pages.console.test_counter_money import book, revoke, take
from tests.pages.test_doors import NOBODY_S, is_of_api
from tests.pages.test_roles import needed

from yoyaku.registration.policy.roles import OF_SERVICE, ROLES

HERE = "castle-tennis"
BIND = "UPDATE staff SET roles = :roles, facilities = ARRAY[:only] WHERE 'counter_clerk' = ANY(roles) OR 'auditor' = ANY(roles)"
SEEN = "SELECT booking_id::text, number FROM booking WHERE facility_id = :facility"
NAME = "SELECT name ->> 'ja' FROM facility WHERE facility_id = :facility"
OTHER = "SELECT min(facility_id) FROM facility WHERE facility_id <> :facility"
OF_EVERYBODY = {"/counter", "/counter/queues"}
OPENED = 200


def routes(application, booking_id):
    """Every page of the counter with its address, as if somebody had typed what is another's."""
    known = {"booking_id": booking_id, "charge_id": booking_id, "code": HERE, "facility": HERE}
    for route in application.app.routes:
        if re.match(r"(/api/v1)?/counter", route.path) and "GET" in getattr(route, "methods", ()):
            yield re.sub(
                r"\{(\w+):(\w+)\}", lambda found: known.get(found[1]) or NOBODY_S.get(found[2], "x"), route.path
            )


async def opened(site, application, booking_id):
    """Every page of the counter: its address, its status, and what stands in it."""
    headers = {"authorization": f"Bearer {site.client.cookies['session']}"}
    for path in routes(application, booking_id):
        page = await site.client.get(path, follow_redirects=False, headers=headers if is_of_api(path) else {})
        yield path, page.status_code, page.text.split("<main")[-1]


async def test_no_page_of_the_counter_tells_of_another_s_facilities(application, resident, desk, inside):
    paid, gone = await book(resident, "2027-02-19"), await book(resident, "2027-02-21")
    await take(desk, paid)
    await revoke(desk, gone)
    async with inside() as conn:
        secret = {word for row in await conn.execute(text(SEEN), {"facility": HERE}) for word in row}
        secret.add((await conn.execute(text(NAME), {"facility": HERE})).scalar_one())
        only = (await conn.execute(text(OTHER), {"facility": HERE})).scalar_one()
    told = []
    for roles in (sorted(ROLES), ["auditor", "tenant_admin"]):
        async with inside() as conn:
            await conn.execute(text(BIND), {"roles": roles, "only": only})
        async for path, status, shown in opened(desk, application, paid.rpartition("/")[2]):
            told += [(path, word) for word in secret if word in shown and word not in path]
            if path not in OF_EVERYBODY and needed(path) in OF_SERVICE and status == OPENED:
                told.append((path, "opened"))

    assert told == []
