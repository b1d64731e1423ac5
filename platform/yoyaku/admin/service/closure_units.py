"""Closing some of a sort (one of twenty rooms): those that the fewest people have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy.closing import Closing, day_span
from yoyaku.booking.repository.availability import Occupancy, read_occupancy
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import PlacedSpace
from yoyaku.kernel.period import dates_between


async def choose_units(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, closing: Closing, counts: Mapping[str, int]
) -> Closing:
    """The closing with ``counts`` surfaces of these spaces (by code) in place of all of them: the least taken ones.

    Raises:
        UnknownSpace: there is no such facility or space.
    """
    end = closing.last_on + timedelta(days=1)
    places: list[str] = []
    for place in closing.places:
        placed = rules.inventory.space(f"{closing.facility}.{place}") if place in counts else None
        if placed is None or not 0 < counts[place] < placed.space.capacity:
            places.append(place)
            continue
        occupancy = await read_occupancy(
            conn, visit=visit, resources=[placed.resource_id], first=closing.first_on, end=end
        )
        chosen = _least_taken(rules, closing, placed, occupancy)[: counts[place]]
        places += [f"{place}#{surface}" for surface in sorted(chosen)]
    return replace(closing, places=tuple(places))


def _least_taken(rules: ServiceRules, closing: Closing, placed: PlacedSpace, occupancy: Occupancy) -> list[int]:
    """The surfaces of a space by how often they are taken in a closing's time, the last first where that is the same."""
    span = day_span(closing, rules.inventory.buckets[placed.resource_id])
    taken = [
        occupancy.taken(placed.resource_id, day, bucket)
        for day in dates_between(closing.first_on, closing.last_on + timedelta(days=1))
        for bucket in range(span["first"], span["end"], span["grain"])
    ]

    def busy(surface: int) -> int:
        units = range((surface - 1) * placed.units + 1, surface * placed.units + 1)
        return sum(not one.isdisjoint(units) for one in taken)

    return sorted(range(1, placed.space.capacity + 1), key=lambda surface: (busy(surface), -surface))
