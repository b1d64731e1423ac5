"""What is closed of the times that people look at, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy.closing import (
    ClosedUnit,
    Closing,
    ClosureTooLong,
    closed_units,
    is_closed,
    lasts,
    units_by_resource,
)
from yoyaku.booking.repository.closures import standing_closures
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace, Slot, UnknownSpace


@dataclass(frozen=True, slots=True)
class ClosedTimes:
    """Closures of some days with the units that each takes."""

    closures: Sequence[tuple[Closing, Sequence[ClosedUnit]]]

    def over(self, rules: ServiceRules, placed: PlacedSpace, slot: Slot) -> Closing | None:
        """The closure because of which nothing of a space is left in a slot, whoever booked; ``None`` without one."""
        if not self.closures:
            return None
        there = [
            (closing, units)
            for closing, units in self.closures
            if closing.facility == placed.facility.code
            and lasts(
                closing, day=slot.use_on, starts=slot.starts_minute, ends=slot.ends_minute, by_night=placed.by_night
            )
        ]
        taken = units_by_resource([one for _, units in there for one in units])
        total = rules.inventory.resources[placed.resource_id]
        if not is_closed(taken.get(placed.resource_id, frozenset()), placed, total=total):
            return None
        return next(closing for closing, units in there if any(one.resource_id == placed.resource_id for one in units))


async def closed_times(
    conn: AsyncConnection, *, rules: ServiceRules, facilities: Sequence[str], first: date, end: date
) -> ClosedTimes:
    """What is closed of these facilities on the days ``first <= day < end``."""
    found = []
    for one in await standing_closures(conn, facilities=facilities, first=first, end=end):
        try:
            found.append((one.closing, closed_units(rules, one.closing)))
        except (UnknownSpace, ClosureTooLong):  # the facility was rebuilt since; what is occupied stays so
            continue
    return ClosedTimes(found)
