"""Times in the middle of a booking in which it could not be used (rain, a fault): they are not paid (KS-101)."""

from __future__ import annotations

from dataclasses import replace

from yoyaku.booking.policy.case import Case
from yoyaku.booking.policy.refusals import NotChangeable
from yoyaku.booking.policy.values import BookingRequest
from yoyaku.facility.policy import TimesOfDay, Use, minute_of_day, time_of_day


def take_unused(case: Case, request: BookingRequest, use: Use) -> BookingRequest:
    """The request with its unused times in order and joined; those that a shorter booking no longer has are gone.

    What was lost at an end is no unused time: the booking then begins later or ends earlier.

    Raises:
        NotChangeable: a time that begins or ends within a slot, or nothing is left: then the booking is ended.
    """
    if not request.unused:
        return request
    edges = {edge for slot in use.slots for edge in (slot.starts_minute, slot.ends_minute)}
    joined: list[tuple[int, int]] = []
    for starts, ends in sorted((minute_of_day(starts), minute_of_day(ends)) for starts, ends in request.unused):
        first, last = max(starts, use.starts_minute), min(ends, use.ends_minute)
        if first >= last:
            continue
        if first not in edges or last not in edges:
            raise NotChangeable(kinds=["shorter"], until=None, trace=tuple(case.trace))
        if joined and first <= joined[-1][1]:
            first, last = joined[-1][0], max(last, joined.pop()[1])
        joined.append((first, last))
    if joined == [(use.starts_minute, use.ends_minute)]:
        raise NotChangeable(kinds=["shorter"], until=None, trace=tuple(case.trace))
    kept: tuple[TimesOfDay, ...] = tuple((time_of_day(first), time_of_day(last)) for first, last in joined)
    return replace(request, unused=kept)
