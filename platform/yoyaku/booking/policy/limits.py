"""What one person, or one facility, may have at most; and who may not book the same time again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from yoyaku.booking.policy.case import Case, act_facts
from yoyaku.booking.policy.refusals import LimitReached, SameSlotBanned
from yoyaku.booking.policy.values import HeldBooking
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Limit
from yoyaku.facility.policy import day_slots, timetable_for, use_facts
from yoyaku.kernel.fiscal import fiscal_year
from yoyaku.rules.condition import Facts, matches

MINUTES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Which earlier bookings a decision must be told of; what is false needs neither loading nor locking."""

    own: bool
    facility: bool
    service: bool


def needed_history(rules: ServiceRules, space_id: str) -> History:
    """What limits and bans at a space look at: the registrant's own bookings, the facility's, the whole service's.

    Limits within one booking or one submission look at nothing earlier.
    """
    placed = rules.inventory.space(space_id)
    scopes = {limit.scope for limit in rules.limits_at(placed) if limit.per not in ("booking", "application")}
    return History(
        own=bool(rules.bans_at(placed)) or not scopes.isdisjoint({"registrant", "group"}),
        facility="facility" in scopes,
        service="service" in scopes,
    )


def check_bans(case: Case, candidate: HeldBooking, held: Iterable[HeldBooking]) -> None:
    """Let pass who did not end a booking of the same place and time.

    Raises:
        SameSlotBanned: who did.
    """
    bans = [ban for ban in case.rules.bans_at(case.placed) if matches(ban.when, case.facts)]
    for ban in bans:
        for other in held:
            same = other.by_self and other.space_id == candidate.space_id and other.period.overlaps(candidate.period)
            if same and other.state in ban.after:
                raise SameSlotBanned(ended_as=other.state, trace=case.ended_by(ban, other.state))


def check_limits(case: Case, candidate: HeldBooking, held: Sequence[HeldBooking]) -> None:
    """Let pass a booking with which no limit is passed.

    Raises:
        LimitReached: by the first limit that would be.
    """
    for limit in case.rules.limits_at(case.placed):
        if not matches(limit.when, case.facts):
            continue
        counted = [other for other in held if _counts(case, limit, candidate, other)]
        used = sum(_amount(case, limit, other) for other in _once_a_day(limit, counted))
        added = _added(case, limit, candidate, counted)
        cap = limit.cap * MINUTES if limit.unit == "hours" else limit.cap
        if used + added > cap:
            raise LimitReached(
                limit=limit.code,
                name=limit.name,
                cap=limit.cap,
                unit=limit.unit,
                per=limit.per,
                used=used // MINUTES if limit.unit == "hours" else used,
                trace=case.ended_by(limit, f"{used} + {added} > {cap}"),
            )
        case.note(limit, f"{used} + {added} ≤ {cap}")


def share_of(case: Case, limit: Limit, booking: HeldBooking) -> int | None:
    """What the booking of a case counts towards a limit; ``None`` where the limit's condition does not hold for it."""
    is_meant = booking.state in limit.states and matches(limit.when, case.facts)
    return _amount(case, limit, booking) if is_meant else None


def stretch_of(limit: Limit, use_on: date) -> Hashable:
    """What the days have in common that a limit counts together; all of them where it looks at no calendar."""
    stretch = _CALENDAR_STRETCHES.get(limit.per)
    return None if stretch is None else stretch(use_on)


def _added(case: Case, limit: Limit, candidate: HeldBooking, counted: Iterable[HeldBooking]) -> int:
    if limit.unit == "days" and any(other.use_on == candidate.use_on for other in counted):
        return 0
    return _amount(case, limit, candidate)


def _once_a_day(limit: Limit, counted: Sequence[HeldBooking]) -> Iterable[HeldBooking]:
    """Days are counted once, however many bookings fall on them."""
    return {other.use_on: other for other in counted}.values() if limit.unit == "days" else counted


def _counts(case: Case, limit: Limit, candidate: HeldBooking, other: HeldBooking) -> bool:
    """Whether a booking that is there counts towards a limit on the one that is asked for."""
    in_scope = {
        "registrant": other.by_self,
        "group": other.by_self,
        "facility": _facility(other.space_id) == _facility(candidate.space_id),
        "service": True,
    }[limit.scope]
    return (
        in_scope
        and other.state in limit.states
        and _same_stretch(case, limit, candidate, other)
        and _holds_for(case, limit, other)
    )


def _same_stretch(case: Case, limit: Limit, candidate: HeldBooking, other: HeldBooking) -> bool:
    if limit.per in _CALENDAR_STRETCHES:
        stretch = _CALENDAR_STRETCHES[limit.per]
        return stretch(candidate.use_on) == stretch(other.use_on)
    if limit.per == "application":
        return _same_application(candidate.application_id, other.application_id)
    if limit.per == "outstanding":
        return other.period.ends_at > case.act.now
    return limit.per == "at_once" and other.period.overlaps(candidate.period)


_CALENDAR_STRETCHES: Final[Mapping[str, Callable[[date], Hashable]]] = {
    "day": lambda day: day,
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
    "fiscal_year": fiscal_year,
}
"""What two days have in common that fall in the same stretch of the calendar; weeks begin on Monday."""


def _same_application(mine: Hashable, theirs: Hashable) -> bool:
    return mine is not None and mine == theirs


def _holds_for(case: Case, limit: Limit, other: HeldBooking) -> bool:
    """Whether the limit's condition holds for a booking that is there, as far as that is known of it."""
    return not limit.when or (
        other.space_id in case.rules.inventory.spaces and matches(limit.when, _facts_of(case, other))
    )


def _facts_of(case: Case, booking: HeldBooking) -> Facts:
    """The facts of a booking that is there; what is not known of it is taken to be as in the case."""
    placed = case.rules.inventory.space(booking.space_id)
    starts = int((booking.period.starts_at - case.rules.instant(booking.use_on, 0)).total_seconds()) // MINUTES
    return {
        **case.facts,
        **use_facts(case.rules, placed, booking.use_on),
        **act_facts(case.rules, case.act, booking.use_on),
        "surfaces": booking.surfaces,
        "nights": booking.nights,
        "minutes": booking.period.minutes,
        "starts_minute": starts,
        "ends_minute": starts + booking.period.minutes,
    }


def _amount(case: Case, limit: Limit, booking: HeldBooking) -> int:
    """What a booking counts for a limit: its units, as often as the first weight that holds says."""
    units = _units(case.rules, limit, booking)
    if not limit.weights or booking.space_id not in case.rules.inventory.spaces:
        return units
    facts = _facts_of(case, booking)
    return units * next((weight.times for weight in limit.weights if matches(weight.when, facts)), 1)


def _units(rules: ServiceRules, limit: Limit, booking: HeldBooking) -> int:
    match limit.unit:
        case "slots":
            return count_slots(rules, booking)
        case "hours" | "minutes":
            return booking.period.minutes
        case "nights":
            return booking.nights
        case "surfaces":
            return booking.surfaces
        case _:
            return 1


def count_slots(rules: ServiceRules, booking: HeldBooking) -> int:
    """The elementary slots of a booking, by the timetable under which it was made; one for what no slot fits."""
    placed = rules.inventory.spaces.get(booking.space_id)
    if placed is None or booking.nights:
        return max(booking.nights, 1)
    entry, timetable = timetable_for(rules, placed, booking.use_on, booking.made_at)
    slots = day_slots(rules, placed, booking.use_on, timetable_code=entry.timetable, timetable=timetable)
    return max(sum(slot.starts_at in booking.period for slot in slots), 1)


def _facility(space_id: str) -> str:
    return space_id.partition(".")[0]
