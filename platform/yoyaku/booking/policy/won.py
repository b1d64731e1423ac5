"""A use that was won in a lottery, as the booking that it becomes."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from yoyaku.booking.policy.case import Act, Case, open_case
from yoyaku.booking.policy.decide import candidate_of, claims_of, write_plan
from yoyaku.booking.policy.form import take_form
from yoyaku.booking.policy.guests import check_activity, check_equipment, check_guests, check_surfaces
from yoyaku.booking.policy.refusals import AlreadyStarted, StageMayNotBook
from yoyaku.booking.policy.values import Arisen, BookingPlan, BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import Use


def decide_won(
    rules: ServiceRules, *, request: BookingRequest, act: Act, arisen: Arisen, application_id: Hashable = None
) -> BookingPlan:
    """The booking as it would be made now.

    Windows, limits and bans are those of first come: what may be won was decided when it was entered. What the system
    books by itself it books whatever the form still lacks.

    Raises:
        Refusal: the form lacks something, the use has begun, or the registration may not book (any longer).
    """
    case, use = open_case(rules, request=request, act=act, arisen=arisen)
    by_person = act.actor != "system"
    if by_person:
        _check_stage(case)
        _check_start(case, use)
    check_surfaces(case, request)
    check_activity(case, request)
    check_guests(case, request, use, required=by_person)
    form = take_form(case, request.form, required=by_person)
    check_equipment(case, request)
    candidate = candidate_of(case, use, request, application_id)
    claims = claims_of(rules, candidate, buffer_minutes=use.buffer_minutes)
    return write_plan(case, use, replace(request, form=form), claims=claims)


def _check_stage(case: Case) -> None:
    """Let pass whose registration may still book; a clerk may take it for others, who then come to the counter."""
    stage = case.rules.stages.get(str(case.facts.get("registration")))
    if case.act.actor == "resident" and stage is not None and not stage.may_book:
        trace = case.ended_by(stage, "may not book")
        raise StageMayNotBook(stage=stage.code, name=stage.name, next_step=stage.next_step, trace=trace)


def _check_start(case: Case, use: Use) -> None:
    if case.act.now >= (use.period.starts_at if case.act.actor == "resident" else use.period.ends_at):
        raise AlreadyStarted(started_at=use.period.starts_at, trace=tuple(case.trace))
