"""The use that somebody wants: whether such a time is offered, and of which slots it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yoyaku.facility.policy.inventory import PlacedSpace
from yoyaku.facility.policy.refusals import (
    ClosedDay,
    NotBookable,
    OutsideHours,
    SlotNotOffered,
    TooLong,
    TooShort,
)
from yoyaku.facility.policy.rules import FacilityRules
from yoyaku.facility.policy.slots import Slot, day_slots, minute_of_day, time_of_day, timetable_for
from yoyaku.facility.terms import BandTimetable, GridTimetable, NightTimetable, Timetable, TimetableUse
from yoyaku.kernel.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The time that somebody asks for: from–to, or bands, or nights from ``use_on`` on."""

    space_id: str
    use_on: date
    starts: str | None = None
    ends: str | None = None
    bands: tuple[str, ...] = ()
    nights: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A time that is offered: its period (half-open, UTC) and the elementary ``slots`` it is made of."""

    placed: PlacedSpace
    use_on: date
    period: Period
    slots: tuple[Slot, ...]
    entry: TimetableUse
    timetable: Timetable
    nights: int = 0

    @property
    def bands(self) -> tuple[str, ...]:
        """The codes of the bands, if it is cut in bands."""
        return tuple(slot.code for slot in self.slots if slot.code is not None)

    @property
    def starts_minute(self) -> int:
        """Minute of the day on which it starts."""
        return self.slots[0].starts_minute

    @property
    def ends_minute(self) -> int:
        """Minute of the first day at which it ends (the last night's for a stay)."""
        return self.slots[-1].ends_minute

    @property
    def minutes(self) -> int:
        """Length in minutes, gaps between joined bands included."""
        return self.period.minutes

    @property
    def buffer_minutes(self) -> int:
        """Minutes kept free after it."""
        return self.timetable.buffer_minutes if isinstance(self.timetable, GridTimetable) else 0


def locate_use(rules: FacilityRules, wish: Wish, now: datetime) -> Use:
    """The use that is wished for, as the timetable offers it.

    Raises:
        UnknownSpace, NotBookable: there is no such place, or it is not booked.
        ClosedDay: the facility is closed on that day, or on a night of the stay.
        SlotNotOffered, OutsideHours, TooLong, TooShort: the time does not fit.
    """
    placed = rules.inventory.space(wish.space_id)
    if not placed.facility.bookable:
        raise NotBookable(facility=placed.facility.code, space=placed.space.code)
    entry, timetable = timetable_for(rules, placed, wish.use_on, now)
    _check_open(rules, placed, wish, timetable)
    slots = day_slots(rules, placed, wish.use_on, timetable_code=entry.timetable, timetable=timetable)
    taken = _take(rules, timetable, slots, wish)
    return Use(
        placed=placed,
        use_on=wish.use_on,
        period=Period(taken[0].starts_at, taken[-1].ends_at),
        slots=taken,
        entry=entry,
        timetable=timetable,
        nights=wish.nights if isinstance(timetable, NightTimetable) else 0,
    )


def _check_open(rules: FacilityRules, placed: PlacedSpace, wish: Wish, timetable: Timetable) -> None:
    """A day of use must be open; so must each night of a stay, unless the timetable lets it go on over closed days."""
    calendar = rules.calendar_of(placed.facility.code)
    touches = isinstance(timetable, NightTimetable) and not timetable.may_touch_closed_days
    for offset in range(max(wish.nights, 1) if touches else 1):
        day = wish.use_on + timedelta(days=offset)
        if not calendar.is_open(day):
            raise ClosedDay(facility=placed.facility.code, use_on=day, next_open_day=calendar.next_open(day))


def _take(rules: FacilityRules, timetable: Timetable, slots: tuple[Slot, ...], wish: Wish) -> tuple[Slot, ...]:
    if isinstance(timetable, NightTimetable):
        return _stay(rules, timetable, slots[0], wish)
    if isinstance(timetable, BandTimetable):
        return _joined_bands(timetable, slots, wish)
    return _grid_steps(timetable, slots, wish)


def _stay(rules: FacilityRules, timetable: NightTimetable, first: Slot, wish: Wish) -> tuple[Slot, ...]:
    if wish.nights < 1:
        raise SlotNotOffered(use_on=wish.use_on, unit="nights")
    if wish.nights > timetable.maximum_nights:
        raise TooLong(maximum=timetable.maximum_nights, unit="nights")
    if wish.nights < timetable.minimum_nights:
        raise TooShort(minimum=timetable.minimum_nights, unit="nights")
    dates = [wish.use_on + timedelta(days=offset) for offset in range(wish.nights)]
    if not timetable.may_cross_month_end and dates[-1].month != wish.use_on.month:
        raise SlotNotOffered(use_on=dates[-1], unit="nights")
    return tuple(
        Slot(
            starts_at=rules.instant(day, first.starts_minute),
            ends_at=rules.instant(day, first.ends_minute),
            use_on=day,
            starts_minute=first.starts_minute,
            ends_minute=first.ends_minute,
        )
        for day in dates
    )


def _joined_bands(timetable: BandTimetable, slots: Sequence[Slot], wish: Wish) -> tuple[Slot, ...]:
    """Neighbouring bands, named by their codes or by the times from the first to the last."""
    codes = set(wish.bands)
    order = {band.code: index for index, band in enumerate(timetable.bands)}
    if wish.bands:
        taken = [slot for slot in slots if slot.code in codes]
    else:
        starts, ends = _wished_minutes(wish)
        taken = [slot for slot in slots if starts <= slot.starts_minute and slot.ends_minute <= ends]
        if not taken or taken[0].starts_minute != starts or taken[-1].ends_minute != ends:
            taken = []
    places = [order[slot.code] for slot in taken if slot.code is not None]
    whole = taken and (not codes or len(taken) == len(codes))
    if not whole or places != list(range(places[0], places[0] + len(places))):
        raise SlotNotOffered(use_on=wish.use_on, bands=list(order))
    if len(taken) > timetable.joined_at_most:
        raise TooLong(maximum=timetable.joined_at_most, unit="bands")
    return tuple(taken)


def _grid_steps(timetable: GridTimetable, slots: Sequence[Slot], wish: Wish) -> tuple[Slot, ...]:
    starts, ends = _wished_minutes(wish)
    if not slots or starts < slots[0].starts_minute or ends > slots[-1].ends_minute:
        raise _outside(slots, wish)
    step = timetable.step_minutes
    first, rest = divmod(starts - slots[0].starts_minute, step)
    count, more = divmod(ends - starts, step)
    allowed = timetable.starts_on_minutes
    if rest or more or (allowed is not None and starts % 60 not in allowed):
        raise SlotNotOffered(use_on=wish.use_on, step_minutes=step)
    _check_length(timetable, ends - starts)
    return tuple(slots[first : first + count])


def _check_length(timetable: GridTimetable, minutes: int) -> None:
    if timetable.maximum_minutes is not None and minutes > timetable.maximum_minutes:
        raise TooLong(maximum=timetable.maximum_minutes, unit="minutes")
    if timetable.minimum_minutes is not None and minutes < timetable.minimum_minutes:
        raise TooShort(minimum=timetable.minimum_minutes, unit="minutes")


def _outside(slots: Sequence[Slot], wish: Wish) -> OutsideHours:
    if not slots:
        return OutsideHours(use_on=wish.use_on, opens=None, closes=None)
    return OutsideHours(
        use_on=wish.use_on, opens=time_of_day(slots[0].starts_minute), closes=time_of_day(slots[-1].ends_minute)
    )


def _wished_minutes(wish: Wish) -> tuple[int, int]:
    if wish.starts is None or wish.ends is None:
        raise SlotNotOffered(use_on=wish.use_on)
    starts, ends = minute_of_day(wish.starts), minute_of_day(wish.ends)
    if ends <= starts:
        raise SlotNotOffered(use_on=wish.use_on)
    return starts, ends
