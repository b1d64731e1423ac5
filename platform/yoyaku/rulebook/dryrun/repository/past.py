"""What people had before: over, ended or paid for, so that nothing is decided about it, but limits count it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import HeldBooking
from yoyaku.booking.repository.rows import read_held
from yoyaku.rulebook.dryrun.repository import CHARGE, OPEN

_PAST = text(f"""
    SELECT b.registrant_id, b.booking_id, b.application_id, b.space_id, b.starts_at, b.ends_at, b.use_on, b.state,
           b.made_at, b.nights, b.surfaces, b.unit, b.equipment, b.lent, true AS by_self
    FROM booking b {CHARGE}
    WHERE b.registrant_id > :after AND b.registrant_id <= :upto AND b.use_on >= :since AND NOT ({OPEN})
    ORDER BY b.registrant_id, b.made_at, b.booking_id
""")  # noqa: S608  # constants of the repository


async def read_past(
    conn: AsyncConnection, *, after: UUID, upto: UUID, as_of: datetime, since: date
) -> Mapping[UUID, list[HeldBooking]]:
    """By registrant, the bookings since a day of use that are not looked at, in the order in which they were made."""
    values = {"after": after, "upto": upto, "as_of": as_of, "since": since}
    found: dict[UUID, list[HeldBooking]] = {}
    for row in (await conn.execute(_PAST, values)).mappings():
        found.setdefault(row["registrant_id"], []).append(read_held(row))
    return found
