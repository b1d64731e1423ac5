"""What lotteries hold back from first come. Booking only looks; whoever draws writes these rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from psycopg import errors as pg
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.visit import Visit

Place = tuple[str, date]
"""A resource and a day."""
HELD: Final = "occupancy_not_held"
"""The constraint by which the database refuses what a lottery holds."""

_FIRST = text("""
    SELECT l.scheme, l.releases_at, h.resource_id, h.use_on
    FROM unnest(CAST(:resources AS text[]), CAST(:days AS date[])) AS w (resource_id, use_on)
    JOIN lottery_hold h ON h.tenant_id = :tenant_id AND h.resource_id = w.resource_id AND h.use_on = w.use_on
    JOIN lottery l ON (l.tenant_id, l.service_id, l.lottery_id) = (h.tenant_id, h.service_id, h.lottery_id)
    ORDER BY h.use_on, h.resource_id LIMIT 1
""")
_ALL = text("""
    SELECT resource_id, use_on FROM lottery_hold
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND resource_id = ANY(:resources)
      AND use_on >= :first AND use_on < :end
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A day that a lottery (of ``scheme``) holds until it is released."""

    scheme: str
    releases_at: datetime
    resource_id: str
    use_on: date


def is_refused_as_held(error: Exception) -> bool:
    """Whether the database refused to take a slot because a lottery holds it."""
    refused = error.orig if isinstance(error, IntegrityError) else None
    return isinstance(refused, pg.CheckViolation) and refused.diag.constraint_name == HELD


async def first_hold(conn: AsyncConnection, *, visit: Visit, places: Collection[Place]) -> Hold | None:
    """The earliest of these days of resources that is held, if any is."""
    wanted = sorted(places)
    values = {"resources": [resource for resource, _ in wanted], "days": [day for _, day in wanted]}
    row = (await conn.execute(_FIRST, {"tenant_id": visit.tenant_id, **values})).mappings().first()
    return None if row is None else Hold(**row)


async def read_holds(
    conn: AsyncConnection, *, visit: Visit, resources: Sequence[str], first: date, end: date
) -> frozenset[Place]:
    """Which days (``first <= day < end``) of these resources are held."""
    values = {"tenant_id": visit.tenant_id, "service_id": visit.service_id, "first": first, "end": end}
    rows = await conn.execute(_ALL, {**values, "resources": list(resources)})
    return frozenset((resource_id, use_on) for resource_id, use_on in rows)
