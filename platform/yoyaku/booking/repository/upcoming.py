"""Bookings of a facility that stand and are not over yet, and the units they have."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.repository.bookings import SEEN, WITH_OWNER, keys_of, read_many
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy.changes import Lent

_STANDING = text(f"""
    SELECT {SEEN} FROM booking b {WITH_OWNER}
    WHERE b.tenant_id = :tenant_id AND b.service_id = :service_id AND b.facility_id = :facility
      AND b.state IN ('tentative', 'confirmed') AND b.ends_at > :now
    ORDER BY b.use_on, b.starts_at, b.number
""")  # noqa: S608  # the columns are the table's own
_LENT = text("""
    SELECT booking_id, resource_id, max(unit) AS unit FROM occupancy
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND split_part(resource_id, '.', 1) = :facility
      AND use_on >= :today AND booking_id IS NOT NULL
    GROUP BY booking_id, resource_id
""")


async def standing_bookings(conn: AsyncConnection, *, visit: Visit, facility: str) -> tuple[BookingView, ...]:
    """The bookings of a facility whose use is still to come or goes on, in order of use."""
    return await read_many(conn, _STANDING, {**keys_of(visit), "facility": facility, "now": visit.now})


async def lent_units(conn: AsyncConnection, *, visit: Visit, facility: str, today: date) -> dict[UUID, list[Lent]]:
    """By booking, the highest unit it has of each resource of the facility from today on."""
    found: dict[UUID, list[Lent]] = {}
    for row in await conn.execute(_LENT, {**keys_of(visit), "facility": facility, "today": today}):
        lent = Lent(booking_id=row.booking_id, resource_id=row.resource_id, unit=row.unit)
        found.setdefault(row.booking_id, []).append(lent)
    return found
