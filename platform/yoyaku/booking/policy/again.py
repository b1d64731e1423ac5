"""A booking that was made, decided once more: by other rules, as of the day on which it was made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yoyaku.booking.policy.case import Act, Case, booked_case, made_act, open_case
from yoyaku.booking.policy.decide import candidate_of, check_person, check_start, write_plan
from yoyaku.booking.policy.form import take_form
from yoyaku.booking.policy.guests import check_activity, check_guests, check_surfaces, take_equipment
from yoyaku.booking.policy.limits import check_limits, share_of
from yoyaku.booking.policy.refusals import StageMayNotBook
from yoyaku.booking.policy.values import BookedFacts, BookingPlan, ChangeKind, HeldBooking
from yoyaku.booking.policy.windows import check_window
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Limit
from yoyaku.facility.policy import Use
from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.condition import matches
from yoyaku.rules.trace import ClauseUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What these rules make of it: the plan (``None`` where there is no such use or price), and why they would refuse it.

    ``unanswered`` is the refusal for want of answers that the form asks for; the plan is made without them.
    """

    plan: BookingPlan | None
    refusal: YoyakuError | None
    unanswered: YoyakuError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """Until when something may be changed (``None``: as long as the booking stands), and by which clause."""

    until: datetime | None
    clause: ClauseUse


def decide_again(rules: ServiceRules, booking: BookedFacts, *, beside: Sequence[HeldBooking] | None) -> Again:
    """The booking as these rules would have decided it when it was made.

    ``beside`` are the person's other bookings that limits count (``None``: limits are left out). Bans on the same time and
    what is free play no part: the booking has its place already.
    """
    act = _act_of(rules, booking)
    try:
        case, use = open_case(rules, request=booking.request, act=act, arisen=booking.arisen, relief=booking.relief)
    except YoyakuError as refusal:
        return Again(plan=None, refusal=refusal)
    refused = _refusal_of(lambda: _check_permitted(case, use, booking))
    plan: BookingPlan | None = None
    unanswered: YoyakuError | None = None
    try:
        check_surfaces(case, booking.request)
        check_activity(case, booking.request)
        check_guests(case, booking.request, use, required=False)
        unanswered = _refusal_of(lambda: _require_answers(case, booking))
        form = take_form(case, booking.request.form, required=False)
        request = take_equipment(case, booking.request, use)
        if beside is not None and booking.arisen is None:
            candidate = candidate_of(case, use, booking.request, booking.application_id)
            refused = refused or _refusal_of(lambda: check_limits(case, candidate, beside))
        plan = write_plan(case, use, replace(request, form=form), claims=())
    except YoyakuError as refusal:
        refused = refused or refusal
    return Again(plan=plan, refusal=refused, unanswered=unanswered)


def limit_shares(
    rules: ServiceRules, booking: BookedFacts, held: HeldBooking, limits: Collection[Limit]
) -> Sequence[tuple[Limit, int]]:
    """What a booking counts towards each of these limits at its place, as of when it was made."""
    try:
        case, _ = open_case(rules, request=booking.request, act=_act_of(rules, booking), arisen=booking.arisen)
    except YoyakuError:  # there is no such use by these rules, which is told of the booking itself
        return ()
    here = [limit for limit in rules.limits_at(case.placed) if limit in limits]
    shares = [(limit, share_of(case, limit, held)) for limit in here]
    return [(limit, share) for limit, share in shares if share is not None]


def rights_to_change(
    rules: ServiceRules, booking: BookedFacts, *, channel: str, now: datetime
) -> Mapping[ChangeKind, Right]:
    """What a resident may change in a booking now or later, each until when; the first clause that holds counts."""
    case = booked_case(rules, booking, act=Act(person=booking.person, channel=channel, actor="resident", now=now))
    found: dict[ChangeKind, Right] = {}
    for entry in rules.changes_at(case.placed):
        if "resident" in entry.by and matches(entry.when, case.facts):
            until = None if entry.until is None else case.moment(entry.until)
            cited = case.cite(entry, None if until is None else until.isoformat())
            for kind in entry.allows:
                found.setdefault(kind, Right(until=until, clause=cited))
    return {kind: right for kind, right in found.items() if right.until is None or now < right.until}


def _act_of(rules: ServiceRules, booking: BookedFacts) -> Act:
    act = made_act(rules, booking)
    return replace(act, actor="system") if booking.channel == "system" else act


def _check_permitted(case: Case, use: Use, booking: BookedFacts) -> None:
    """Whoever booked, when they did; what was won was permitted when it was entered, but for the registration."""
    if booking.arisen is None:
        check_person(case)
        check_start(case, use)
        check_window(case, "book")
        return
    stage = case.rules.stages.get(str(case.facts.get("registration")))
    if case.act.actor == "resident" and stage is not None and not stage.may_book:
        trace = case.ended_by(stage, "may not book")
        raise StageMayNotBook(stage=stage.code, name=stage.name, next_step=stage.next_step, trace=trace)


def _require_answers(case: Case, booking: BookedFacts) -> None:
    """Whether everything that the form asks for was answered; the case is left as it is."""
    take_form(replace(case, facts=dict(case.facts), trace=list(case.trace)), booking.request.form, required=True)


def _refusal_of(check: Callable[[], None]) -> YoyakuError | None:
    try:
        check()
    except YoyakuError as refusal:
        return refusal
    return None
