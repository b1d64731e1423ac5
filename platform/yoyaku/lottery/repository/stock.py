"""What of resources may be used, and what of that is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.lottery.policy.stock import Day, Stock

_UNITS: Final = text("""
    SELECT resource_id, array_agg(unit) AS units FROM resource_unit
    WHERE resource_id = ANY(:resources) AND NOT withdrawn GROUP BY resource_id
""")
_TAKEN: Final = text("""
    SELECT resource_id, use_on, bucket, array_agg(unit) AS units FROM occupancy
    WHERE resource_id = ANY(:resources) AND use_on BETWEEN :first AND :last
    GROUP BY resource_id, use_on, bucket
""")


async def read_stock(conn: AsyncConnection, *, days: Collection[Day], grains: Mapping[str, int]) -> Stock:
    """What there is of these resources, and what is taken of it from the first of these days to the last."""
    if not days:
        return Stock(units={}, taken={}, grains=grains)
    resources = sorted({resource for resource, _ in days})
    dates = sorted(day for _, day in days)
    span = {"first": date.fromisoformat(dates[0]), "last": date.fromisoformat(dates[-1])}
    units = {row.resource_id: frozenset(row.units) for row in await conn.execute(_UNITS, {"resources": resources})}
    taken: dict[Day, dict[int, frozenset[int]]] = defaultdict(dict)
    for row in await conn.execute(_TAKEN, {"resources": resources, **span}):
        taken[row.resource_id, row.use_on.isoformat()][row.bucket] = frozenset(row.units)
    return Stock(units=units, taken=dict(taken), grains=grains)
