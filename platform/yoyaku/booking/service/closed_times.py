"""What is closed of the times that people look at, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import BookingPlan, SlotClosed
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
        return self._over(rules, placed, slot.use_on, (slot.starts_minute, slot.ends_minute))

    def over_plan(self, rules: ServiceRules, plan: BookingPlan) -> Closing | None:
        """The closure that is in the way of a booking that is asked for; ``None`` where others are, or nobody."""
        days = [plan.use_on + timedelta(days=night) for night in range(max(plan.request.nights, 1))]
        midnight = rules.instant(plan.use_on, 0)
        at = tuple(int((one - midnight).total_seconds()) // 60 for one in (plan.period.starts_at, plan.period.ends_at))
        found = (self._over(rules, plan.placed, day, (at[0], at[1]), unit=plan.request.unit) for day in days)
        return next((closing for closing in found if closing is not None), None)

    def _over(
        self, rules: ServiceRules, placed: PlacedSpace, day: date, minutes: tuple[int, int], *, unit: int | None = None
    ) -> Closing | None:
        there = [
            (closing, units)
            for closing, units in self.closures
            if closing.facility == placed.facility.code
            and lasts(closing, day=day, starts=minutes[0], ends=minutes[1], by_night=placed.by_night)
        ]
        taken = units_by_resource([one for _, units in there for one in units]).get(placed.resource_id, frozenset())
        total = rules.inventory.resources[placed.resource_id]
        chosen = set() if unit is None else set(range((unit - 1) * placed.units + 1, unit * placed.units + 1))
        if taken.isdisjoint(chosen) and not is_closed(taken, placed, total=total):
            return None
        return next(closing for closing, units in there if any(one.resource_id == placed.resource_id for one in units))


async def find_closed(
    conn: AsyncConnection, *, rules: ServiceRules, plan: BookingPlan, item: int | None = None
) -> SlotClosed | None:
    """Why the city does not let a booking be made that is asked for; ``None`` where it does, and others have it."""
    end = plan.use_on + timedelta(days=max(plan.request.nights, 1))
    there = await closed_times(conn, rules=rules, facilities=[plan.facility_id], first=plan.use_on, end=end)
    closing = there.over_plan(rules, plan)
    if closing is None:
        return None
    return SlotClosed(
        facility=plan.facility_id,
        space=plan.placed.space.code,
        use_on=plan.use_on,
        starts_at=plan.period.starts_at,
        ends_at=plan.period.ends_at,
        free=0,
        reason=closing.reason,
        trace=plan.trace,
        **({} if item is None else {"item": item}),
    )


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
