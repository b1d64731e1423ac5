"""For which part of the booked time equipment is lent (MG-039)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from yoyaku.booking.policy.case import Case
from yoyaku.booking.policy.refusals import LentTimeWrong
from yoyaku.booking.policy.values import BookingRequest
from yoyaku.facility.policy import TimesOfDay, Use, minute_of_day, time_of_day


def lending_times(use: Use, step_minutes: int) -> list[str]:
    """The times of day at which lending can begin or end: both ends of the use, and every step between them."""
    inner = range(use.starts_minute, use.ends_minute, step_minutes)
    return [time_of_day(minute) for minute in (*inner, use.ends_minute)]


def take_lent(case: Case, request: BookingRequest, use: Use) -> BookingRequest:
    """The request with times of lending within the booked time, in the steps that the rules give; the whole time is none.

    Raises:
        LentTimeWrong: any other, or where equipment is always lent for the whole time.
    """
    wanted = {code: times for code, times in request.lent.items() if request.equipment.get(code)}
    if not wanted:
        return replace(request, lent={}) if request.lent else request
    step = case.rules.booking.lending_minutes
    times = [] if step is None or use.nights else lending_times(use, step)
    whole = (time_of_day(use.starts_minute), time_of_day(use.ends_minute))
    for code, (starts, ends) in wanted.items():
        if (starts, ends) == whole:
            continue
        if starts not in times or ends not in times or minute_of_day(starts) >= minute_of_day(ends):
            raise LentTimeWrong(
                equipment=code,
                name=case.rules.inventory.equipment(case.placed.space_id)[code].name,
                starts=starts,
                ends=ends,
                within="–".join(whole),
                trace=tuple(case.trace),
            )
    return replace(request, lent={code: times for code, times in wanted.items() if tuple(times) != whole})


def within_use(request: BookingRequest, use: Use) -> BookingRequest:
    """The request with its lending inside a use whose time has changed; what no longer is in it is not lent."""
    if not request.lent:
        return request
    kept: dict[str, TimesOfDay] = {}
    equipment: Mapping[str, int] = request.equipment
    for code, (starts, ends) in request.lent.items():
        first, last = max(minute_of_day(starts), use.starts_minute), min(minute_of_day(ends), use.ends_minute)
        if first >= last:
            equipment = {**equipment, code: 0}
        elif (first, last) != (use.starts_minute, use.ends_minute):
            kept[code] = (time_of_day(first), time_of_day(last))
    return replace(request, lent=kept, equipment=equipment)
