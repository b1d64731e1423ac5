"""What is free: a grid of slots by space and day, from one compact reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import window_for
from yoyaku.booking.repository.availability import Occupancy, read_occupancy
from yoyaku.booking.repository.holds import read_holds
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.closed_times import ClosedTimes, closed_times
from yoyaku.booking.views import Mark, SlotState
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import PlacedSpace, Slot, SlotNotOffered, offered_slots
from yoyaku.facility.policy.inventory import NIGHT_MINUTES
from yoyaku.kernel.period import dates_between

Grid = Mapping[tuple[str, date], tuple[SlotState, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What marks follow from: what is occupied, what lotteries hold, what is closed."""

    occupancy: Occupancy
    held: frozenset[tuple[str, date]]
    closed: ClosedTimes


async def month_availability(  # what a grid is asked for
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, space_ids: Sequence[str], first: date, end: date
) -> Grid:
    """The slots of each space on the days ``first <= day < end``; none on a closed day, or where none is offered.

    ``free`` and ``capacity`` count surfaces of the space. ``outside`` marks what is not open for booking now by this
    channel, has begun, or is held for a lottery; its ``free`` still says what is left. ``closed`` marks what a closure
    leaves nothing of, and says why.
    """
    placed = [rules.inventory.space(space_id) for space_id in space_ids]
    resources = sorted({one.resource_id for one in placed})
    occupancy = await read_occupancy(conn, visit=visit, resources=resources, first=first, end=end)
    held: frozenset[tuple[str, date]] = frozenset()
    if rules.lotteries:
        held = await read_holds(conn, visit=visit, resources=resources, first=first, end=end)
    facilities = sorted({one.facility.code for one in placed})
    closed = await closed_times(conn, rules=rules, facilities=facilities, first=first, end=end)
    known = _Known(occupancy=occupancy, held=held, closed=closed)
    return {
        (one.space_id, day): _day(rules, visit=visit, placed=one, day=day, known=known)
        for one in placed
        for day in dates_between(first, end)
    }


def _day(rules: ServiceRules, *, visit: Visit, placed: PlacedSpace, day: date, known: _Known) -> tuple[SlotState, ...]:
    try:
        slots = offered_slots(rules, placed.space_id, day, visit.now)
    except SlotNotOffered:
        return ()
    if not slots:
        return ()
    held = (placed.resource_id, day) in known.held
    is_open = not held and placed.facility.bookable and _is_open(rules, visit=visit, placed=placed, day=day)
    return tuple(
        _state(rules, slot=slot, placed=placed, known=known, is_open=is_open, begun=visit.now >= slot.starts_at)
        for slot in slots
    )


def _is_open(rules: ServiceRules, *, visit: Visit, placed: PlacedSpace, day: date) -> bool:
    window = window_for(
        rules,
        space_id=placed.space_id,
        use_on=day,
        person=visit.person,
        channel=visit.channel,
        now=visit.now,
        actor=visit.actor,
    )
    return window.is_open


def _state(  # what a slot's mark follows from
    rules: ServiceRules, *, slot: Slot, placed: PlacedSpace, known: _Known, is_open: bool, begun: bool
) -> SlotState:
    capacity = placed.space.capacity
    free = free_surfaces(rules, slot=slot, placed=placed, occupancy=known.occupancy)
    closing = None if begun or free else known.closed.over(rules, placed, slot)
    mark = "closed" if closing else _mark(free, capacity, is_open=is_open and not begun)
    return SlotState(slot=slot, free=free, capacity=capacity, mark=mark, closing=closing)


def _mark(free: int, capacity: int, *, is_open: bool) -> Mark:
    if not is_open:
        return "outside"
    if free == 0:
        return "full"
    return "free" if free == capacity else "some"


def free_surfaces(rules: ServiceRules, *, slot: Slot, placed: PlacedSpace, occupancy: Occupancy) -> int:
    """The fewest surfaces that are free in any bucket of the slot."""
    total = rules.inventory.resources[placed.resource_id]
    capacity = placed.space.capacity
    free = capacity
    for day, bucket in _buckets(rules, slot, placed):
        taken = occupancy.taken(placed.resource_id, day, bucket)
        if not taken:
            continue
        if placed.named is not None:
            free = free if taken.isdisjoint(placed.named) else 0
        else:
            free = min(free, max(total - len(taken), 0) // placed.units)
    return free


def _buckets(rules: ServiceRules, slot: Slot, placed: PlacedSpace) -> Sequence[tuple[date, int]]:
    grain = rules.inventory.buckets[placed.resource_id]
    if grain == NIGHT_MINUTES:
        return ((slot.use_on, 0),)
    first = slot.starts_minute - slot.starts_minute % grain
    return [(slot.use_on, bucket) for bucket in range(first, min(slot.ends_minute, NIGHT_MINUTES), grain)]


async def chosen_units(  # which units, where, when
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, space_id: str, day: date, slots: Sequence[Slot]
) -> tuple[int, ...]:
    """Where the user may choose a surface: those (1, 2, …) that are free in all of these slots."""
    placed = rules.inventory.space(space_id)
    resources = [placed.resource_id]
    occupancy = await read_occupancy(conn, visit=visit, resources=resources, first=day, end=day + timedelta(days=1))
    taken = {
        unit
        for slot in slots
        for on, bucket in _buckets(rules, slot, placed)
        for unit in occupancy.taken(placed.resource_id, on, bucket)
    }
    return tuple(
        surface
        for surface in range(1, placed.space.capacity + 1)
        if taken.isdisjoint(range((surface - 1) * placed.units + 1, surface * placed.units + 1))
    )
