"""Whether a booking may be made, how it begins, what it costs, and what it occupies."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import datetime

from yoyaku.billing.policy import DueDays, Dues, payee_of, payment_dues
from yoyaku.booking.policy.case import Act, Case, open_case
from yoyaku.booking.policy.form import take_form
from yoyaku.booking.policy.guests import check_activity, check_guests, check_surfaces, take_equipment
from yoyaku.booking.policy.limits import check_bans, check_limits
from yoyaku.booking.policy.pricing import price
from yoyaku.booking.policy.refusals import (
    AlreadyStarted,
    EquipmentShort,
    MailNotVerified,
    NotRegistered,
    SlotTaken,
    StageMayNotBook,
)
from yoyaku.booking.policy.values import LIVE_STATES, BookingPlan, BookingRequest, HeldBooking, Person
from yoyaku.booking.policy.windows import check_window
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Actor, Lifecycle, State
from yoyaku.facility.policy import (
    Claim,
    NotBookable,
    Occupation,
    Shortage,
    Use,
    claims_for,
    equipment_resource,
    find_shortage,
)
from yoyaku.fee.policy import Quote
from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.policy.mail import may_book_by
from yoyaku.rules.condition import matches


class NoLifecycle(YoyakuError):
    """No entry says how this booking begins: a fault of the rule set, which the lint finds."""

    status = 500
    code = "no_lifecycle"
    title = "The rules do not say how this booking begins."


def decide_booking(  # noqa: PLR0913 - who asks, by which way, when, for what, beside what: facts of their own
    rules: ServiceRules,
    *,
    request: BookingRequest,
    person: Person | None,
    channel: str,
    actor: Actor,
    held: Sequence[HeldBooking],
    now: datetime,
    check_form: bool = True,
    application_id: Hashable = None,
) -> BookingPlan:
    """The booking as it would be made now.

    Args:
        rules: of the service, in the version that counts.
        request: what is asked for.
        person: who it is for; ``None`` is somebody without a registration.
        channel: code of the channel.
        actor: who types.
        held: bookings that are there already, as far as ``needed_history`` asks for them, and those of the same
            submission; what occupies time is seen too, though only the database can promise it.
        now: business time, aware.
        check_form: false while the form is still to be filled in; what it lacks is then passed over.
        application_id: of the submission, for limits on it.

    Raises:
        Refusal: with the clauses, the refusing one last.
    """
    act = Act(person=person, channel=channel, actor=actor, now=now)
    case, use = open_case(rules, request=request, act=act)
    check_person(case)
    check_start(case, use)
    check_window(case, "book")
    return finish_plan(case, use, request, held=held, check_form=check_form, application_id=application_id)


def finish_plan(
    case: Case,
    use: Use,
    request: BookingRequest,
    *,
    held: Sequence[HeldBooking],
    check_form: bool,
    application_id: Hashable = None,
) -> BookingPlan:
    """The plan of a booking whose window is open: everything but who and when."""
    check_surfaces(case, request)
    check_activity(case, request)
    check_guests(case, request, use, required=check_form)
    form = take_form(case, request.form, required=check_form)
    request = take_equipment(case, request, use)
    candidate = candidate_of(case, use, request, application_id)
    check_bans(case, candidate, held)
    check_limits(case, candidate, held)
    claims = claims_of(case.rules, candidate, buffer_minutes=use.buffer_minutes)
    check_free(case, claims, _beside(case, candidate, held, buffer_minutes=use.buffer_minutes))
    return write_plan(case, use, replace(request, form=form), claims=claims)


def write_plan(case: Case, use: Use, request: BookingRequest, *, claims: tuple[Claim, ...]) -> BookingPlan:
    """The plan of a booking that may be made: its price, how it begins, until when it is paid."""
    quote = price(case, use, request)
    state, lapses_at = _begin(case)
    dues = _dues(case, quote)
    return BookingPlan(
        request=request,
        placed=case.placed,
        period=use.period,
        use_on=use.use_on,
        bands=use.bands,
        claims=claims,
        state=state,
        lapses_at=lapses_at,
        payment=dues.methods,
        quote=quote,
        facts=case.facts,
        trace=(*case.trace, *quote.trace, *dues.trace),
        payee=payee_of(case.rules.payment.payees, case.facts),
    )


def check_person(case: Case) -> None:
    """Residents book with a registration, at a stage that may; clerks also for people without one."""
    person = case.act.person
    if person is None:
        if case.act.actor == "resident":
            raise NotRegistered(trace=tuple(case.trace))
        return
    stage = case.rules.stages.get(str(case.facts.get("registration")))
    if stage is not None and not stage.may_book:
        trace = case.ended_by(stage, "may not book")
        raise StageMayNotBook(stage=stage.code, name=stage.name, next_step=stage.next_step, trace=trace)
    mail, channel = case.rules.registration.mail, case.act.channel
    if person.facts.get("mail_verified") is False and not may_book_by(mail, channel):
        raise MailNotVerified(channel=channel, trace=case.ended_by(mail, "mail not verified"))


def check_start(case: Case, use: Use) -> None:
    """Residents book what has not begun on spaces that are online; clerks also what is going on."""
    by_resident = case.act.actor == "resident"
    if by_resident and not case.placed.space.online:
        raise NotBookable(
            facility=case.placed.facility.code,
            space=case.placed.space.code,
            trace=case.ended_by(case.placed.space, None),
        )
    if case.act.now >= (use.period.starts_at if by_resident else use.period.ends_at):
        raise AlreadyStarted(started_at=use.period.starts_at, trace=tuple(case.trace))


def candidate_of(case: Case, use: Use, request: BookingRequest, application_id: Hashable = None) -> HeldBooking:
    """The booking that is asked for, as if it were there already."""
    return HeldBooking(
        booking_id=None,
        space_id=case.placed.space_id,
        period=use.period,
        use_on=use.use_on,
        state="tentative",
        made_at=case.made_at,
        nights=use.nights,
        surfaces=request.surfaces,
        unit=request.unit,
        equipment=request.equipment,
        lent=request.lent,
        application_id=application_id,
    )


def claims_of(rules: ServiceRules, booking: HeldBooking, *, buffer_minutes: int = 0) -> tuple[Claim, ...]:
    """What a booking occupies, in the order in which it is locked."""
    occupation = Occupation(
        placed=rules.inventory.space(booking.space_id),
        use_on=booking.use_on,
        period=booking.period,
        nights=booking.nights,
        surfaces=booking.surfaces,
        unit=booking.unit,
        equipment=booking.equipment,
        lent=booking.lent,
        buffer_minutes=buffer_minutes,
    )
    return claims_for(rules, occupation)


def _beside(case: Case, candidate: HeldBooking, held: Sequence[HeldBooking], *, buffer_minutes: int) -> list[Claim]:
    """What bookings that are there occupy near the one asked for; far ones need no look."""
    return [
        claim
        for other in held
        if other.state in LIVE_STATES
        and other.space_id in case.rules.inventory.spaces
        and abs((other.use_on - candidate.use_on).days) <= max(other.nights, candidate.nights)
        for claim in claims_of(case.rules, other, buffer_minutes=buffer_minutes)
    ]


def check_free(case: Case, claims: Sequence[Claim], beside: Sequence[Claim]) -> None:
    """Let pass claims that fit beside others.

    Raises:
        SlotTaken, EquipmentShort: they do not.
    """
    shortage = find_shortage(case.rules, claims, beside) if beside else None
    if shortage is not None:
        raise taken(case, shortage)


def taken(case: Case, shortage: Shortage) -> SlotTaken | EquipmentShort:
    """The refusal for what is short: a place, or pieces of equipment."""
    resource = shortage.claim.resource_id
    facility = case.placed.facility
    for item in facility.equipment:
        if equipment_resource(facility.code, item.code) == resource:
            return EquipmentShort(
                equipment=item.code,
                name=item.name,
                counted_in=item.unit_name,
                wanted=shortage.claim.units,
                free=shortage.free,
                stock=item.stock,
                trace=case.ended_by(item, shortage.free),
            )
    return SlotTaken(free=shortage.free // case.placed.units, trace=tuple(case.trace))


def lifecycle_of(case: Case) -> Lifecycle:
    """The entry by which a booking lives: the first that holds.

    Raises:
        NoLifecycle: none does.
    """
    for entry in case.rules.lifecycles_at(case.placed):
        if matches(entry.when, case.facts):
            return entry
    raise NoLifecycle(facility=case.placed.facility.code, space=case.placed.space.code)


def _begin(case: Case) -> tuple[State, datetime | None]:
    entry = lifecycle_of(case)
    lapses_at = None
    if entry.initial == "tentative" and entry.lapses is not None:
        lapses_at = case.moment(entry.lapses)
    case.facts["state"] = entry.initial
    case.note(entry, entry.initial if lapses_at is None else f"{entry.initial} {lapses_at.isoformat()}")
    return entry.initial, lapses_at


def _dues(case: Case, quote: Quote) -> Dues:
    return payment_dues(
        case.rules.methods_at(case.placed),
        total_yen=quote.total_yen,
        facts=case.facts,
        days=DueDays(instant=case.moment, zone=case.rules.zone, now=case.act.now),
        cite=case.cite,
    )
