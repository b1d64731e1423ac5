"""From ticked slots to what is asked for: neighbouring steps of a grid become one booking, bands where the rules join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import Slot, minute_of_day, offered_slots, time_of_day, timetable_for
from yoyaku.facility.terms import BandTimetable, GridTimetable


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What is chosen beside the time, for one space."""

    surfaces: int = 1
    unit: int | None = None
    activity: str | None = None


def tick_value(space: str, slot: Slot) -> str:
    """Return what a tick box sends: the space, and the band or the hours."""
    return f"{space}|{slot.code or f'{time_of_day(slot.starts_minute)}-{time_of_day(slot.ends_minute)}'}"


def requests_from_ticks(
    rules: ServiceRules,
    *,
    facility: str,
    use_on: date,
    ticks: Iterable[str],
    extras: Mapping[str, Extras],
    now: datetime,
) -> list[BookingRequest]:
    """Turn ticks of one day into requests, in the order of the day; what is not offered is left out.

    Steps of a grid that touch are one request. Bands that follow each other are joined, as many as the timetable
    allows in one booking.
    """
    wanted = set(ticks)
    requests: list[BookingRequest] = []
    for space in rules.inventory.facility(facility).spaces:
        slots = offered_slots(rules, f"{facility}.{space.code}", use_on, now)
        chosen = [at for at, slot in enumerate(slots) if tick_value(space.code, slot) in wanted]
        if not chosen:
            continue
        placed = rules.inventory.space(f"{facility}.{space.code}")
        _, timetable = timetable_for(rules, placed, use_on, now)
        extra = extras.get(space.code, Extras())
        base = BookingRequest(
            facility=facility,
            space=space.code,
            use_on=use_on,
            surfaces=extra.surfaces,
            unit=extra.unit,
            activity=extra.activity,
        )
        for run in _runs(chosen):
            for part in _parts(run, timetable.joined_at_most if isinstance(timetable, BandTimetable) else None):
                by_grid = isinstance(timetable, GridTimetable)
                requests.append(_at_times(base, [slots[at] for at in part], by_grid=by_grid))
    return requests


def by_time(rules: ServiceRules, requests: Iterable[BookingRequest], *, now: datetime) -> list[BookingRequest]:
    """Requests in the order in which they take place; at one time as they came."""

    def starts(one: BookingRequest) -> tuple[date, int]:
        if one.starts is not None:
            return one.use_on, minute_of_day(one.starts)
        slots = offered_slots(rules, one.space_id, one.use_on, now) if one.space_id in rules.inventory.spaces else ()
        return one.use_on, next((slot.starts_minute for slot in slots if slot.code in one.bands), 0)

    return sorted(requests, key=starts)


def _runs(chosen: Sequence[int]) -> list[list[int]]:
    """Split places into stretches without a gap."""
    return [[at for _, at in run] for _, run in groupby(enumerate(chosen), key=lambda pair: pair[1] - pair[0])]


def _parts(run: list[int], at_most: int | None) -> list[list[int]]:
    size = at_most or len(run)
    return [run[first : first + size] for first in range(0, len(run), size)]


def _at_times(base: BookingRequest, slots: Sequence[Slot], *, by_grid: bool) -> BookingRequest:
    if by_grid:
        starts, ends = time_of_day(slots[0].starts_minute), time_of_day(slots[-1].ends_minute)
        return replace(base, starts=starts, ends=ends)
    return replace(base, bands=tuple(slot.code for slot in slots if slot.code is not None))
