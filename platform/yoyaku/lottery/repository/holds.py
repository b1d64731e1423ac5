"""Days that lotteries hold back from first come."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import lottery_hold

_HOLD: Final = text("""
    INSERT INTO lottery_hold (tenant_id, service_id, resource_id, use_on, lottery_id)
    SELECT current_setting('app.tenant_id'), current_setting('app.service_id'), h.resource_id, h.use_on, :lottery_id
    FROM unnest(CAST(:resources AS text[]), CAST(:days AS date[])) AS h (resource_id, use_on)
    ON CONFLICT (tenant_id, resource_id, use_on) DO NOTHING
""")
_HELD: Final = text("SELECT resource_id, use_on FROM lottery_hold WHERE lottery_id = :lottery_id")
_BOOKED_SINCE: Final = text("""
    SELECT count(DISTINCT b.booking_id)
    FROM unnest(CAST(:resources AS text[]), CAST(:days AS date[])) AS h (resource_id, use_on)
    JOIN occupancy o USING (resource_id, use_on)
    JOIN booking b USING (tenant_id, service_id, booking_id)
    WHERE b.arose = 'first_come' AND b.made_at >= :since
""")

Held = tuple[str, date]
"""A resource and a day."""


async def hold_days(conn: AsyncConnection, *, lottery_id: UUID, held: Collection[Held]) -> int:
    """Hold these days for a lottery; how many were not held by anybody before."""
    done = await conn.execute(_HOLD, {"lottery_id": lottery_id, **_columns(held)})
    return done.rowcount


async def read_held(conn: AsyncConnection, *, lottery_id: UUID) -> set[Held]:
    """What a lottery holds."""
    return {(row.resource_id, row.use_on) for row in await conn.execute(_HELD, {"lottery_id": lottery_id})}


async def release_days(conn: AsyncConnection, *, lottery_id: UUID) -> int:
    """Hold nothing any longer; how many days of resources were held."""
    done = await conn.execute(delete(lottery_hold).where(lottery_hold.c.lottery_id == lottery_id))
    return done.rowcount


async def count_booked_since(conn: AsyncConnection, *, held: Collection[Held], since: datetime) -> int:
    """How many bookings were made on these days by first come at or after an instant (business time)."""
    found: int = (await conn.execute(_BOOKED_SINCE, {"since": since, **_columns(held)})).scalar_one()
    return found


def _columns(held: Collection[Held]) -> dict[str, list[object]]:
    pairs = sorted(held)
    return {"resources": [resource for resource, _ in pairs], "days": [day for _, day in pairs]}
