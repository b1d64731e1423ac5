"""A use that was won in a lottery, as the booking that it becomes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple, TypeVar

from yoyaku.booking.policy.case import Act, Case, open_case
from yoyaku.booking.policy.decide import candidate_of, claims_of, write_plan
from yoyaku.booking.policy.form import take_form
from yoyaku.booking.policy.guests import check_activity, check_guests, check_surfaces, take_equipment
from yoyaku.booking.policy.refusals import AlreadyStarted, StageMayNotBook, WonDiffers
from yoyaku.booking.policy.values import Arisen, BookingPlan, BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import Claim, Use

Place = tuple[str, date, int]
"""A resource, a day and a bucket."""
Id = TypeVar("Id", bound=Hashable)


class Unit(NamedTuple):
    """A unit in a bucket of a resource."""

    resource_id: str
    use_on: date
    bucket: int
    unit: int


def share_units(units: Sequence[Unit], claims: Mapping[Id, Sequence[Claim]]) -> dict[Unit, Id]:
    """Whose each unit of a win becomes: named units first, then as many of the others as each booking claims.

    Raises:
        WonDiffers: what was won is not what the bookings claim.
    """
    left: dict[Place, list[int]] = {}
    for one in sorted(units):
        left.setdefault(one[:3], []).append(one.unit)
    shared: dict[Unit, Id] = {}
    by_name_first = sorted(
        ((owner, claim) for owner, wanted in claims.items() for claim in wanted), key=lambda pair: pair[1].named is None
    )
    for owner, claim in by_name_first:
        there = left.get((claim.resource_id, claim.use_on, claim.bucket), [])
        wanted = list(claim.named) if claim.named is not None else there[: claim.units]
        if len(wanted) < claim.units or not set(wanted) <= set(there):
            raise WonDiffers(resource=claim.resource_id, use_on=claim.use_on)
        for unit in wanted:
            there.remove(unit)
            shared[Unit(claim.resource_id, claim.use_on, claim.bucket, unit)] = owner
    over = next((place for place, spare in left.items() if spare), None)
    if over is not None:
        raise WonDiffers(resource=over[0], use_on=over[1])
    return shared


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
    request = take_equipment(case, request, use)
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
