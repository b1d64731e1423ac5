"""How a day is cut: the timetable in force, the opening hours, and the elementary slots that are offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from yoyaku.facility.policy.inventory import PlacedSpace
from yoyaku.facility.policy.refusals import SlotNotOffered
from yoyaku.facility.policy.rules import FacilityRules
from yoyaku.facility.terms import BandTimetable, GridTimetable, NightTimetable, Timetable, TimetableUse
from yoyaku.rules.calendar import ClosedReason
from yoyaku.rules.condition import Value, matches
from yoyaku.rules.values import Text

WHOLE_DAY: Final = (0, 1440)
TimesOfDay = tuple[str, str]
"""From when to when on the day of a use, ``("13:00", "15:00")``: the second not included."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The smallest piece that can be booked: a band, a step of the grid, a night.

    ``starts_minute`` and ``ends_minute`` are minutes of the day ``use_on`` (for a night: check-in, and check-out on
    the next day, beyond 1440). ``code`` and ``name`` are the band's.
    """

    starts_at: datetime
    ends_at: datetime
    use_on: date
    starts_minute: int
    ends_minute: int
    code: str | None = None
    name: Text | None = None


def minute_of_day(time_of_day: str) -> int:
    """``"09:30"`` is 570, ``"24:00"`` is 1440."""
    return int(time_of_day[:2]) * 60 + int(time_of_day[3:])


def time_of_day(minute: int) -> str:
    """570 is ``"09:30"``; beyond midnight the hours go on."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def use_facts(rules: FacilityRules, placed: PlacedSpace, use_on: date) -> dict[str, Value]:
    """What place and day alone say; a fresh mapping that the caller may add to."""
    return {**placed.facts, **rules.day_facts(use_on)}


def closed_reason(rules: FacilityRules, space_id: str, use_on: date) -> ClosedReason | None:
    """Why the facility is closed on that day, or ``None``."""
    placed = rules.inventory.space(space_id)
    return rules.calendar_of(placed.facility.code).closed_reason(use_on)


def opening_minutes(rules: FacilityRules, placed: PlacedSpace, use_on: date) -> tuple[int, int]:
    """Opening and closing minute of the day; the whole day where no hours are declared."""
    facts = use_facts(rules, placed, use_on)
    for hours in rules.at_place("hours", placed.facility.hours, placed):
        if matches(hours.when, facts):
            return minute_of_day(hours.opens), minute_of_day(hours.closes)
    return WHOLE_DAY


def timetable_for(
    rules: FacilityRules, placed: PlacedSpace, use_on: date, now: datetime
) -> tuple[TimetableUse, Timetable]:
    """The timetable by which the space is cut on that day, as seen now.

    Raises:
        SlotNotOffered: no timetable holds for it.
    """
    facts = use_facts(rules, placed, use_on)
    for entry in rules.at_place("timetable_use", rules.timetable_use, placed):
        if matches(entry.when, facts) and _begun(rules, entry, placed, use_on, now):
            return entry, rules.timetables[entry.timetable]
    raise SlotNotOffered(facility=placed.facility.code, space=placed.space.code, use_on=use_on)


def _begun(rules: FacilityRules, entry: TimetableUse, placed: PlacedSpace, use_on: date, now: datetime) -> bool:
    days = entry.from_days_before_use
    if days is not None and (use_on - rules.civil_date(now)).days > days:
        return False
    if entry.since is None:
        return True
    return now >= rules.moment(entry.since, placed=placed, use_on=use_on, anchors={"use_day": use_on})


def offered_slots(rules: FacilityRules, space_id: str, use_on: date, now: datetime) -> tuple[Slot, ...]:
    """The elementary slots of a space on a day, in order; none on a closed day.

    Whether they are free, or open for booking, is asked elsewhere.
    """
    placed = rules.inventory.space(space_id)
    if not rules.calendar_of(placed.facility.code).is_open(use_on):
        return ()
    entry, timetable = timetable_for(rules, placed, use_on, now)
    return day_slots(rules, placed, use_on, timetable_code=entry.timetable, timetable=timetable)


def day_slots(
    rules: FacilityRules, placed: PlacedSpace, use_on: date, *, timetable_code: str, timetable: Timetable
) -> tuple[Slot, ...]:
    """All slots of a day by one timetable, closed day or not."""
    return rules.memo.get(
        ("slots", placed.space_id, use_on, timetable_code), lambda: _cut(rules, placed, use_on, timetable)
    )


def _cut(rules: FacilityRules, placed: PlacedSpace, use_on: date, timetable: Timetable) -> tuple[Slot, ...]:
    if isinstance(timetable, NightTimetable):
        return (_night(rules, timetable, use_on),)
    opening = opening_minutes(rules, placed, use_on)
    if isinstance(timetable, BandTimetable):
        return _bands(rules, timetable, use_on, opening)
    return _steps(rules, timetable, use_on, opening)


def _night(rules: FacilityRules, timetable: NightTimetable, use_on: date) -> Slot:
    check_in = minute_of_day(timetable.check_in)
    check_out = minute_of_day(timetable.check_out)
    return Slot(
        starts_at=rules.instant(use_on, check_in),
        ends_at=rules.instant(use_on + timedelta(days=1), check_out),
        use_on=use_on,
        starts_minute=check_in,
        ends_minute=1440 + check_out,
    )


def _bands(rules: FacilityRules, timetable: BandTimetable, use_on: date, opening: tuple[int, int]) -> tuple[Slot, ...]:
    spans = [(band, minute_of_day(band.starts), minute_of_day(band.ends)) for band in timetable.bands]
    return tuple(
        Slot(
            starts_at=rules.instant(use_on, starts),
            ends_at=rules.instant(use_on, ends),
            use_on=use_on,
            starts_minute=starts,
            ends_minute=ends,
            code=band.code,
            name=band.name,
        )
        for band, starts, ends in spans
        if opening[0] <= starts and ends <= opening[1]
    )


def _steps(rules: FacilityRules, timetable: GridTimetable, use_on: date, opening: tuple[int, int]) -> tuple[Slot, ...]:
    first, last = minute_of_day(timetable.opens), minute_of_day(timetable.closes)
    step = timetable.step_minutes
    return tuple(
        Slot(
            starts_at=rules.instant(use_on, starts),
            ends_at=rules.instant(use_on, starts + step),
            use_on=use_on,
            starts_minute=starts,
            ends_minute=starts + step,
        )
        for starts in range(first, last - step + 1, step)
        if opening[0] <= starts and starts + step <= opening[1]
    )
