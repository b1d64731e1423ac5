"""What a win occupies: handed over to its bookings without ever being free, or given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy.won import Unit
from yoyaku.booking.repository.claims import NumberWish
from yoyaku.booking.visit import Visit

_WON = text("""
    SELECT resource_id, use_on, bucket, unit FROM occupancy
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND entry_id = :entry_id
    ORDER BY resource_id, use_on, bucket, unit FOR UPDATE
""")
_HAND_OVER = text("""
    UPDATE occupancy o SET kind = 'booking', booking_id = h.booking_id, entry_id = NULL
    FROM unnest(CAST(:resources AS text[]), CAST(:days AS date[]), CAST(:buckets AS smallint[]),
                CAST(:units AS integer[]), CAST(:bookings AS uuid[])) AS h (resource_id, use_on, bucket, unit, booking_id)
    WHERE o.tenant_id = :tenant_id AND o.service_id = :service_id AND o.resource_id = h.resource_id
      AND o.use_on = h.use_on AND o.bucket = h.bucket AND o.unit = h.unit
""")
_GIVE_BACK = text("""
    DELETE FROM occupancy
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND entry_id = ANY(CAST(:entries AS uuid[]))
""")
_NUMBERS = text("""
    INSERT INTO number_sequence AS s (tenant_id, service_id, scope, last_value)
    VALUES (:tenant_id, :service_id, :scope, CAST(:begins_at AS integer) + :numbers - 1)
    ON CONFLICT (tenant_id, service_id, scope) DO UPDATE SET last_value = s.last_value + :numbers
    RETURNING last_value
""")


async def lock_won(conn: AsyncConnection, *, visit: Visit, entry_id: UUID) -> list[Unit]:
    """The units that a win occupies, which nobody else gives away until the transaction ends."""
    keys = {"tenant_id": visit.tenant_id, "service_id": visit.service_id, "entry_id": entry_id}
    return [Unit(*row) for row in await conn.execute(_WON, keys)]


async def hand_over(conn: AsyncConnection, *, visit: Visit, shared: Mapping[Unit, UUID]) -> None:
    """Let units of a win be those of bookings."""
    ordered = sorted(shared)
    values = {
        "resources": [one.resource_id for one in ordered],
        "days": [one.use_on for one in ordered],
        "buckets": [one.bucket for one in ordered],
        "units": [one.unit for one in ordered],
        "bookings": [shared[one] for one in ordered],
    }
    await conn.execute(_HAND_OVER, {"tenant_id": visit.tenant_id, "service_id": visit.service_id, **values})


async def give_back(conn: AsyncConnection, *, visit: Visit, entry_ids: Sequence[UUID]) -> None:
    """Free everything that wins occupy."""
    keys = {"tenant_id": visit.tenant_id, "service_id": visit.service_id}
    await conn.execute(_GIVE_BACK, {**keys, "entries": list(entry_ids)})


async def take_numbers(conn: AsyncConnection, *, visit: Visit, number: NumberWish) -> int:
    """The first of the next numbers of a sequence; nobody else takes one until the transaction ends."""
    keys = {"tenant_id": visit.tenant_id, "service_id": visit.service_id}
    values = {"scope": number.scope, "begins_at": number.begins_at, "numbers": number.count}
    last: int = (await conn.execute(_NUMBERS, {**keys, **values})).scalar_one()
    return last - number.count + 1
