"""Lotteries of the sports service written by hand, as the platform would have left them."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert, text

from yoyaku.db.tables import (
    deadline,
    lottery,
    lottery_applicant,
    lottery_batch,
    lottery_entry,
    lottery_win,
)
from yoyaku.kernel.clock import read_clock

SERVICE = "sports"
FAR = date(2040, 1, 1)
MONTHS = iter(range(1200))
DRAWN = {"state": "drawn", "result_hash": "ef" * 32, "seed": "01" * 32, "public_value": "1"}


def a_month():
    """A month of its own for each test: they share a database."""
    years, month = divmod(next(MONTHS), 12)
    return date(FAR.year + years, month + 1, 1)


async def business_now(conn):
    seconds = (
        await conn.execute(text("SELECT clock_offset_seconds FROM service WHERE service_id = 'sports'"))
    ).scalar_one()
    return read_clock() + timedelta(seconds=seconds)


async def add_lottery(inside, state="sealed", beacon="beacon-published", **more):
    """A lottery as the platform would have left it; its draw was due an hour ago."""
    async with inside() as conn:
        now = await business_now(conn)
        keys = (await conn.execute(text("SELECT tenant_id, service_id FROM service WHERE service_id = 'sports'"))).one()
        rules = (
            await conn.execute(text("SELECT max(version) FROM rule_set_version WHERE service_id = 'sports'"))
        ).scalar_one()
        stock = (await conn.execute(text("SELECT max(version) FROM inventory_version"))).scalar_one()
        month = a_month()
        values = {
            "lottery_id": uuid4(),
            "scheme": "sports_monthly",
            "period_starts": month,
            "period_ends": (month + timedelta(days=32)).replace(day=1),
            "rule_set_version": rules,
            "inventory_version": stock,
            "state": state,
            "opens_at": now - timedelta(days=3),
            "closes_at": now - timedelta(hours=2),
            "draws_at": now - timedelta(hours=1),
            "announces_at": now + timedelta(days=1),
            "releases_at": now + timedelta(days=5),
            "secret": b"x",
            "secret_hash": "ab" * 32,
            "beacon": beacon,
            "public_source": "市の公報 第1号",
            "sealed_hash": None if state in {"planned", "open"} else "cd" * 32,
            "sealed_at": now,
            "applicants": 12,
            "entries": 34,
            **more,
        }
        await conn.execute(insert(lottery).values(**keys._mapping, **values))
        return keys._mapping, values


async def add_deadline(inside, keys, values, kind="lottery_draw", **more):
    async with inside() as conn:
        row = {"deadline_id": uuid4(), "kind": kind, "subject_id": values["lottery_id"], "attempts": 0}
        due = {"due_at": values["draws_at"], "next_try_at": datetime.now(UTC) + timedelta(minutes=20)}
        await conn.execute(insert(deadline).values(**keys, **{**row, **due, **more}))


async def add_batch(inside, keys, values, kind, **facts):
    batch_id = uuid4()
    async with inside() as conn:
        row = {"lottery_id": values["lottery_id"], "kind": kind, "applied_at": values["sealed_at"], "facts": facts}
        await conn.execute(insert(lottery_batch).values(**keys, batch_id=batch_id, **row))
    return batch_id


async def add_win(inside, keys, values, name):
    """A win that nobody accepted, of somebody, in a lottery that is open and then goes on to its announcement."""
    applicant, entry = uuid4(), uuid4()
    async with inside() as conn:
        there = text("SELECT facility_id, space_id FROM space ORDER BY 1, 2 LIMIT 1")
        found = (await conn.execute(there)).one()
        facility, space = found.facility_id, found.space_id.removeprefix(f"{found.facility_id}.")
        person = (await conn.execute(text("SELECT registrant_id FROM registrant ORDER BY 1 LIMIT 1"))).scalar_one()
        await conn.execute(
            text("UPDATE registrant SET name = :name WHERE registrant_id = :id"), {"name": name, "id": person}
        )
        now = values["sealed_at"]
        whose = {"lottery_id": values["lottery_id"], "applicant_id": applicant}
        await conn.execute(
            insert(lottery_applicant).values(
                **keys,
                **whose,
                registrant_id=person,
                receipt=f"{entry.hex[:5]}-ABCDE".upper(),
                entered_at=now,
                tier=0,
                tickets=1,
                facts={},
            )
        )
        use = {"facility": facility, "space": space, "use_on": "2040-01-05", "starts": "09:00", "ends": "10:00"}
        await conn.execute(
            insert(lottery_entry).values(
                **keys,
                **whose,
                entry_id=entry,
                rank=1,
                cap=5,
                entered_at=now,
                channel="web",
                total_yen=0,
                requests=[use],
                wants="[]",
                form={},
                accepted_terms=[],
                facts={},
                trace=[],
            )
        )
        key = {"id": values["lottery_id"], "hash": "cd" * 32}
        await conn.execute(text("UPDATE lottery SET state = 'sealed', sealed_hash = :hash WHERE lottery_id = :id"), key)
        await conn.execute(
            insert(lottery_win).values(
                **keys,
                **whose,
                entry_id=entry,
                round=1,
                place=1,
                sole=False,
                state="won",
                accept_until=now + timedelta(days=2),
            )
        )
        announced = (
            "UPDATE lottery SET state = 'announced', result_hash = :hash, announced_at = :now WHERE lottery_id = :id"
        )
        await conn.execute(text(announced), {**key, "now": now})
    return person, f"{entry.hex[:5]}-ABCDE".upper()
