"""How much could be used: the unit-hours that facilities offer, by weekday and hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace
from yoyaku.facility.policy.refusals import SlotNotOffered
from yoyaku.facility.policy.slots import day_slots, timetable_for
from yoyaku.report.policy.counts import UseCount
from yoyaku.report.policy.span import Span
from yoyaku.ruleset.policy import Days, NoRuleSetInForce, VersionHead, choose_version

NIGHT: Final = -1
"""Stands for the hour where one stays the night."""
WEEKDAYS: Final = range(7)

Cell = tuple[str, int, int]
"""Facility, weekday (Monday 0), hour."""


@dataclass(frozen=True, kw_only=True)
class Heat:
    """Shares of what was offered: for each hour, by weekday; ``None``: nothing was offered. And the whole.

    ``days``: for each hour, of all weekdays together.
    """

    hours: Sequence[tuple[int, Sequence[float | None]]]
    days: Mapping[int, float | None]
    used: float
    offered: float

    @property
    def share(self) -> float | None:
        """The share of all that was offered."""
        return None if self.offered <= 0 else min(self.used / self.offered, 1)


def units_of(rules: ServiceRules) -> Mapping[str, int]:
    """How much of its floor each space takes."""
    return {placed.space_id: placed.units for placed in rules.inventory.spaces.values()}


def grains_of(rules: ServiceRules, *, facilities: Sequence[str] = ()) -> Mapping[str, int]:
    """The minutes of each floor's pieces of time (1440: nights), of these facilities or of all."""
    floors = {one.resource_id for one in rules.inventory.spaces.values() if _counts(one, facilities)}
    return {floor: rules.inventory.buckets[floor] for floor in sorted(floors)}


def opening_of(rules: ServiceRules, *, span: Span) -> Mapping[Cell, float]:
    """The unit-hours (unit-nights) that are offered in a span, by these rules; closed days have none."""
    offered: dict[Cell, float] = {}
    days: dict[str, list[tuple[date, int]]] = {}
    for spaces in _by_floor(rules, span.facilities):
        code = spaces[0].facility.code
        units = rules.inventory.resources[spaces[0].resource_id]
        if code not in days:
            days[code] = _open_days(rules, code, span)
        for day, times in days[code]:
            for hour, share in _hours(rules, spaces, day):
                cell = (code, day.weekday(), hour)
                offered[cell] = offered.get(cell, 0) + share * units * times
    return offered


def spans_of(span: Span, inventories: Sequence[tuple[int, date]]) -> list[tuple[int, Span]]:
    """The parts of a span, each with the inventory that was in force.

    Args:
        span: what is counted.
        inventories: their numbers, oldest first, and the day from which on each was in force; before the first there
            was none, so that it stands for those days too.
    """
    found = []
    for place, (number, since) in enumerate(inventories):
        later = [day for _, day in inventories[place + 1 :]]
        first = span.first if place == 0 else max(span.first, since)
        end = min([span.end, *later])
        if first < end:
            found.append((number, replace(span, first=first, end=end)))
    return found


def parts_of(
    span: Span, *, today: date, versions: Sequence[VersionHead], inventories: Sequence[tuple[int, date]]
) -> list[tuple[int, int, Span]]:
    """The parts of a span, each with the version of the rules and the inventory that were in force on its days.

    Days to come go by what decides about a booking made today; days before the first version, by that one.
    """
    found = []
    for inventory, part in spans_of(span, inventories):
        changes = {one.applies_from for one in versions if part.first < one.applies_from < part.end}
        begins = [part.first, *sorted(changes)]
        for first, end in zip(begins, [*begins[1:], part.end], strict=True):
            version = _version_on(versions, first, today)
            found.append((version, inventory, replace(part, first=first, end=end)))
    return found


def _version_on(versions: Sequence[VersionHead], day: date, today: date) -> int:
    try:
        return choose_version(versions, Days(made_on=min(day, today), used_on=day)).version
    except NoRuleSetInForce:
        return min(versions, key=lambda one: one.version).version


def _open_days(rules: ServiceRules, facility: str, span: Span) -> list[tuple[date, int]]:
    """The days on which a facility is open: one of each sort that rules can tell apart, and how many there are."""
    calendar = rules.calendar_of(facility)
    sorts: dict[tuple[object, ...], list[date]] = {}
    for day in _days(span):
        if calendar.is_open(day):
            sorts.setdefault((day.weekday(), *rules.day_facts(day).values()), []).append(day)
    return [(found[0], len(found)) for found in sorts.values()]


def heat_of(
    uses: Sequence[UseCount], *, offered: Mapping[Cell, float], closed: Sequence[UseCount], facility: str | None = None
) -> Heat:
    """What was used of what was offered and not closed: of one facility, or of all together."""
    used = _summed(uses, facility)
    open_hours: dict[tuple[int, int], float] = {}
    for (code, weekday, hour), units in offered.items():
        if facility in (None, code):
            open_hours[weekday, hour] = open_hours.get((weekday, hour), 0) + units
    for place, units in _summed(closed, facility).items():
        open_hours[place] = max(open_hours.get(place, 0) - units, 0)
    hours = sorted({hour for (_, hour), units in open_hours.items() if units > 0})
    rows = [
        (hour, [_share(used.get((day, hour), 0), open_hours.get((day, hour), 0)) for day in WEEKDAYS]) for hour in hours
    ]
    days = {hour: _share(_of_hour(used, hour), _of_hour(open_hours, hour)) for hour in hours}
    return Heat(hours=rows, days=days, used=sum(used.values()), offered=sum(open_hours.values()))


def _of_hour(units: Mapping[tuple[int, int], float], hour: int) -> float:
    return sum(units.get((day, hour), 0) for day in WEEKDAYS)


def _summed(counts: Sequence[UseCount], facility: str | None) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for one in counts:
        if facility in (None, one.facility):
            found[one.weekday, one.hour] = found.get((one.weekday, one.hour), 0) + one.used
    return found


def _share(used: float, offered: float) -> float | None:
    return None if offered <= 0 else min(used / offered, 1)


def _by_floor(rules: ServiceRules, facilities: Sequence[str]) -> list[list[PlacedSpace]]:
    """Spaces that stand on one floor, together."""
    floors: dict[str, list[PlacedSpace]] = {}
    for placed in rules.inventory.spaces.values():
        if _counts(placed, facilities):
            floors.setdefault(placed.resource_id, []).append(placed)
    return list(floors.values())


def _counts(placed: PlacedSpace, facilities: Sequence[str]) -> bool:
    return placed.facility.bookable and (not facilities or placed.facility.code in facilities)


def _days(span: Span) -> Iterator[date]:
    return (span.first + timedelta(days=count) for count in range((span.end - span.first).days))


def _hours(rules: ServiceRules, spaces: Sequence[PlacedSpace], day: date) -> list[tuple[int, float]]:
    """The hours of a day on which a floor is offered, each by how much of it: by the first space that is."""
    for placed in spaces:
        try:
            entry, timetable = timetable_for(rules, placed, day, rules.instant(day, 0))
        except SlotNotOffered:
            continue
        slots = day_slots(rules, placed, day, timetable_code=entry.timetable, timetable=timetable)
        if placed.by_night:
            return [(NIGHT, 1.0)] if slots else []
        found: dict[int, float] = {}
        for slot in slots:
            for hour in range(slot.starts_minute // 60, -(-slot.ends_minute // 60)):
                inside = min(slot.ends_minute, hour * 60 + 60) - max(slot.starts_minute, hour * 60)
                found[hour] = min(found.get(hour, 0) + inside / 60, 1.0)
        if found:
            return sorted(found.items())
    return []
