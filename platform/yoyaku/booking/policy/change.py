"""What may be changed in a booking that was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from yoyaku.booking.policy.case import Act, Case, booked_case, open_case
from yoyaku.booking.policy.decide import finish_plan
from yoyaku.booking.policy.lending import within_use
from yoyaku.booking.policy.refusals import NotChangeable
from yoyaku.booking.policy.unused import take_unused
from yoyaku.booking.policy.values import (
    LIVE_STATES,
    BookedFacts,
    BookingRequest,
    ChangeKind,
    ChangePlan,
    HeldBooking,
)
from yoyaku.booking.policy.windows import check_window_if_any
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Actor, Change
from yoyaku.facility.policy import TimesOfDay, minute_of_day
from yoyaku.rules.condition import matches

CHANGEABLE: Final[Mapping[str, str]] = {
    "nights": "nights",
    "guests": "guests",
    "preference": "preferences",
    "preferences": "preferences",
    "form": "form",
    "surfaces": "surfaces",
    "from": "starts",
    "to": "ends",
    "bands": "bands",
    "equipment": "equipment",
    "lent": "lent",
    "unused": "unused",
}
"""Names under which changes are asked for, and the part of the request that each replaces."""


def apply_changes(request: BookingRequest, changes: Mapping[str, Any]) -> BookingRequest:
    """The request as it would read after the changes; answers and pieces that are not named stay.
    A time of lending that is ``None`` is taken back.

    Fewer nights take the last away, with their guests.

    Raises:
        NotChangeable: something else than can be changed at all.
    """
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise NotChangeable(kinds=unknown, until=None)
    values: dict[str, Any] = {CHANGEABLE[name]: value for name, value in changes.items()}
    for part in ("form", "equipment", "lent", "preferences"):
        if part in values:
            values[part] = {**getattr(request, part), **values[part]}
    if "lent" in values:
        values["lent"] = {code: tuple(times) for code, times in values["lent"].items() if times is not None}
    for part in ("guests", "bands", "unused"):
        if part in values:
            values[part] = tuple(values[part])
    changed = replace(request, **values)
    return replace(changed, guests=changed.guests[: changed.nights]) if "nights" in values else changed


def decide_change(  # noqa: PLR0913 - who changes what, by which way, when, beside what: facts of their own
    rules: ServiceRules,
    *,
    booking: BookedFacts,
    changes: Mapping[str, Any],
    actor: Actor,
    channel: str,
    now: datetime,
    held: Sequence[HeldBooking] = (),
    grounds: str | None = None,
) -> ChangePlan:
    """The booking as it would be after the changes, priced anew by the rules under which it was made.

    ``held`` are bookings that are there already; the one that is changed is left out by its id. On ``grounds``, only
    entries that name them are looked at; without, only those that need none.

    Raises:
        NotChangeable: not in this state, not this, not by this actor, not any more, or not to a lower price.
        OutsideWindow, ChannelNotOpen: the rule set has windows for changing, and none is open.
        Refusal: what the booking would become is refused.
    """
    act = Act(person=booking.person, channel=channel, actor=actor, now=now)
    request = apply_changes(booking.request, changes)
    kinds = kinds_of_change(booking.request, request)
    before = booked_case(rules, booking, act=act)
    if grounds is None and request.unused != booking.request.unused:
        raise NotChangeable(kinds=["shorter"], until=None, trace=tuple(before.trace))
    entries = _entries(before, booking, kinds, grounds)
    check_window_if_any(before, "change")
    case, use = open_case(
        rules, request=request, act=act, made_at=booking.made_at, arisen=booking.arisen, relief=booking.relief
    )
    request = take_unused(case, request, use)
    request = request if "lent" in changes else within_use(request, use)
    case.facts |= {"state": booking.state, "paid": booking.paid, "paid_by": booking.paid_by}
    others = [other for other in held if other.booking_id != booking.booking_id]
    plan = finish_plan(case, use, request, held=others, check_form=True, application_id=booking.application_id)
    more_yen = plan.quote.total_yen - booking.total_yen
    keeping = next((entry for entry in entries if entry.total == "not_less"), None)
    if keeping is not None and more_yen < 0:
        raise NotChangeable(kinds=list(kinds), less_yen=-more_yen, until=None, trace=before.ended_by(keeping, more_yen))
    kept = replace(plan, state=booking.state, lapses_at=booking.lapses_at)
    return ChangePlan(kinds=kinds, plan=kept, more_yen=more_yen, trace=(*before.trace, *plan.trace))


def open_changes(
    rules: ServiceRules, *, booking: BookedFacts, actor: Actor, channel: str, now: datetime
) -> frozenset[ChangeKind]:
    """What may be changed in a booking by somebody now; whether a certain change is granted, :func:`decide_change` says."""
    if booking.state not in LIVE_STATES:
        return frozenset()
    case = booked_case(rules, booking, act=Act(person=booking.person, channel=channel, actor=actor, now=now))
    found: dict[ChangeKind, bool] = {}
    for entry in rules.changes_at(case.placed):
        if actor in entry.by and not entry.grounds and matches(entry.when, case.facts):
            is_open = entry.until is None or now < case.moment(entry.until)
            for kind in entry.allows:
                found.setdefault(kind, is_open)
    return frozenset(kind for kind, is_open in found.items() if is_open)


def open_grounds(rules: ServiceRules, *, booking: BookedFacts, actor: Actor, now: datetime) -> tuple[str, ...]:
    """On which grounds a part of a booking's time may be taken out of it now, by whoever acts at the counter."""
    if booking.state not in LIVE_STATES:
        return ()
    case = booked_case(rules, booking, act=Act(person=booking.person, channel="counter", actor=actor, now=now))
    found = [
        code
        for entry in rules.changes_at(case.placed)
        if actor in entry.by and "shorter" in entry.allows and matches(entry.when, case.facts)
        and (entry.until is None or now < case.moment(entry.until))
        for code in entry.grounds
    ]  # fmt: skip
    return tuple(dict.fromkeys(found))


def kinds_of_change(before: BookingRequest, after: BookingRequest) -> tuple[ChangeKind, ...]:
    """What differs between two requests, in the words of the section ``change``.

    What is moved becomes longer at one end and shorter at the other; more surfaces are an extension.
    """
    earlier, later = _minutes(before), _minutes(after)
    dropped, added = set(before.bands) - set(after.bands), set(after.bands) - set(before.bands)
    differs: dict[ChangeKind, bool] = {
        "fewer_nights": after.nights < before.nights,
        "extension": after.nights > before.nights
        or after.surfaces > before.surfaces
        or bool(added)
        or later[0] < earlier[0]
        or later[1] > earlier[1],
        "shorter": bool(dropped) or after.unused != before.unused or later[0] > earlier[0] or later[1] < earlier[1],
        "guests": after.guests != before.guests[: after.nights],
        "preference": dict(after.preferences) != dict(before.preferences),
        "form": dict(after.form) != dict(before.form),
        "fewer_surfaces": after.surfaces < before.surfaces,
        "equipment": _lending(after) != _lending(before),
    }
    return tuple(kind for kind, changed in differs.items() if changed)


def _minutes(request: BookingRequest) -> tuple[int, int]:
    if request.starts is None or request.ends is None:
        return 0, 0
    return minute_of_day(request.starts), minute_of_day(request.ends)


def _lending(request: BookingRequest) -> dict[str, tuple[int, TimesOfDay | None]]:
    return {code: (pieces, request.lent.get(code)) for code, pieces in request.equipment.items() if pieces}


def _entries(case: Case, booking: BookedFacts, kinds: Sequence[ChangeKind], grounds: str | None) -> list[Change]:
    """For each kind the first entry that holds and allows it, all of them still open."""
    if booking.state not in LIVE_STATES or not kinds:
        raise NotChangeable(kinds=list(kinds), state=booking.state, until=None, trace=tuple(case.trace))
    holding = [
        entry
        for entry in case.rules.changes_at(case.placed)
        if case.act.actor in entry.by and matches(entry.when, case.facts) and _speaks_of(entry, grounds)
    ]
    allowing = {kind: next((entry for entry in holding if kind in entry.allows), None) for kind in kinds}
    refused = [kind for kind, entry in allowing.items() if entry is None]
    if refused:
        raise NotChangeable(kinds=refused, until=None, trace=tuple(case.trace))
    entries = {entry.code: entry for entry in allowing.values() if entry is not None}
    for entry in entries.values():
        until = None if entry.until is None else case.moment(entry.until)
        if until is not None and case.act.now >= until:
            raise NotChangeable(
                kinds=list(kinds), until=until, trace=case.ended_by(entry, f"until {until.isoformat()}")
            )
        case.note(entry, ", ".join(kind for kind in kinds if kind in entry.allows))
    return list(entries.values())


def _speaks_of(entry: Change, grounds: str | None) -> bool:
    return not entry.grounds if grounds is None else grounds in entry.grounds
