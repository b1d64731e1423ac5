"""What is occupied, as compact rows: one for each resource and day, no instants to decode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.visit import Visit

UNITS_PER_BUCKET = 4096
"""A bucket and a unit travel as one whole number: bucket × 4096 + unit."""

# What was drawn shows when it is announced, not in how much is free before: its days are held until then anyway.
_OCCUPIED = text(f"""
    SELECT o.resource_id, o.use_on - CAST(:first AS date), array_agg(o.bucket * {UNITS_PER_BUCKET} + o.unit)
    FROM occupancy o
    WHERE o.tenant_id = :tenant_id AND o.service_id = :service_id AND o.resource_id = ANY(:resources)
      AND o.use_on >= :first AND o.use_on < :end
      AND (o.kind <> 'lottery' OR NOT EXISTS (SELECT FROM lottery d WHERE d.state = 'drawn')
           OR EXISTS (SELECT FROM lottery_win w JOIN lottery l USING (tenant_id, service_id, lottery_id)
                      WHERE w.tenant_id = o.tenant_id AND w.service_id = o.service_id AND w.entry_id = o.entry_id
                        AND l.state <> 'drawn'))
    GROUP BY o.resource_id, o.use_on
    UNION ALL
    SELECT u.resource_id, NULL, array_agg(u.unit)
    FROM resource_unit u
    WHERE u.tenant_id = :tenant_id AND u.service_id = :service_id AND u.resource_id = ANY(:resources) AND u.withdrawn
    GROUP BY u.resource_id
""")  # noqa: S608  # a constant of this module

Place = tuple[str, date]
Occupied = Mapping[Place, Mapping[int, frozenset[int]]]


class Occupancy:
    """The units that are not free, by resource, day and bucket."""

    def __init__(self, taken: Occupied, withdrawn: Mapping[str, frozenset[int]]) -> None:
        self._taken = taken
        self._withdrawn = withdrawn

    def taken(self, resource_id: str, day: date, bucket: int) -> frozenset[int]:
        """Units that somebody has in this bucket, or that were withdrawn from use."""
        withdrawn = self._withdrawn.get(resource_id, _NOTHING)
        buckets = self._taken.get((resource_id, day))
        return withdrawn if buckets is None else buckets.get(bucket, _NOTHING) | withdrawn


_NOTHING: frozenset[int] = frozenset()


async def read_occupancy(
    conn: AsyncConnection, *, visit: Visit, resources: Sequence[str], first: date, end: date
) -> Occupancy:
    """What is occupied of these resources on the days ``first <= day < end``."""
    values = {"tenant_id": visit.tenant_id, "service_id": visit.service_id, "first": first, "end": end}
    rows = await conn.execute(_OCCUPIED, {**values, "resources": list(resources)})
    taken: dict[Place, Mapping[int, frozenset[int]]] = {}
    withdrawn: dict[str, frozenset[int]] = {}
    for resource_id, offset, numbers in rows:
        if offset is None:
            withdrawn[resource_id] = frozenset(numbers)
        else:
            taken[resource_id, first + timedelta(days=offset)] = _by_bucket(numbers)
    return Occupancy(taken, withdrawn)


def _by_bucket(numbers: Sequence[int]) -> Mapping[int, frozenset[int]]:
    buckets: dict[int, set[int]] = {}
    for number in numbers:
        bucket, unit = divmod(number, UNITS_PER_BUCKET)
        buckets.setdefault(bucket, set()).add(unit)
    return {bucket: frozenset(units) for bucket, units in buckets.items()}
