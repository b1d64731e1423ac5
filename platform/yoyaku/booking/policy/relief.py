"""Reductions and exemptions (減免) of a booking that was made: what can be asked for, and what it then costs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from yoyaku.booking.policy.case import made_act, open_case
from yoyaku.booking.policy.decide import write_plan
from yoyaku.booking.policy.form import take_form
from yoyaku.booking.policy.guests import check_guests
from yoyaku.booking.policy.life import decide_confirmation
from yoyaku.booking.policy.refusals import FeeOutstanding, NotConfirmable, ReliefNotOffered
from yoyaku.booking.policy.values import LIVE_STATES, BookedFacts, BookingPlan
from yoyaku.booking.rules import ServiceRules
from yoyaku.fee.terms import Relief


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedRelief:
    """A relief that can be asked for, and what the booking would cost with it, in whole yen."""

    terms: Relief
    less_yen: int
    total_yen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefPlan:
    """A booking as it is once a relief is granted; ``confirms``: nothing is left to pay, and that confirms it."""

    plan: BookingPlan
    less_yen: int
    confirms: bool


def offered_reliefs(rules: ServiceRules, booking: BookedFacts, *, now: datetime) -> tuple[OfferedRelief, ...]:
    """What can be asked for: reliefs that need approval, hold for the booking, and take something off.

    None where one was granted, or the booking has ended or its use is over.
    """
    if booking.state not in LIVE_STATES or booking.relief is not None or now >= booking.period.ends_at:
        return ()
    offers = []
    for relief in rules.fees.relief:
        if relief.approval == "required":
            total_yen = _priced(rules, booking, relief=relief.code).quote.total_yen
            if total_yen < booking.total_yen:
                less_yen = booking.total_yen - total_yen
                offers.append(OfferedRelief(terms=relief, less_yen=less_yen, total_yen=total_yen))
    return tuple(offers)


def require_offered(rules: ServiceRules, booking: BookedFacts, *, code: str, now: datetime) -> OfferedRelief:
    """The relief of that code.

    Raises:
        ReliefNotOffered: it cannot be asked for, or not any more.
    """
    offers = offered_reliefs(rules, booking, now=now)
    found = next((offer for offer in offers if offer.terms.code == code), None)
    if found is None:
        raise ReliefNotOffered(relief=code, allowed=[offer.terms.code for offer in offers])
    return found


def grant_relief(rules: ServiceRules, *, booking: BookedFacts, code: str, now: datetime) -> ReliefPlan:
    """The booking with a relief, priced anew by the rules and facts by which it was priced before.

    Raises:
        ReliefNotOffered: it does not hold (any longer), or takes nothing off.
    """
    require_offered(rules, booking, code=code, now=now)
    plan = _priced(rules, booking, relief=code)
    total_yen = plan.quote.total_yen
    confirms = booking.state == "tentative" and total_yen <= booking.paid_yen and _confirms(rules, booking, plan, now)
    state = "confirmed" if confirms else booking.state
    lapses_at = None if confirms else booking.lapses_at
    return ReliefPlan(
        plan=replace(plan, state=state, lapses_at=lapses_at),
        less_yen=booking.total_yen - total_yen,
        confirms=confirms,
    )


def _confirms(rules: ServiceRules, booking: BookedFacts, plan: BookingPlan, now: datetime) -> bool:
    """Whether a booking for which nothing is left to pay is confirmed by that: as if it had been paid."""
    if plan.state == "confirmed":
        return True
    with suppress(NotConfirmable, FeeOutstanding):
        free = replace(booking, total_yen=plan.quote.total_yen)
        return decide_confirmation(rules, booking=free, by="payment", now=now).state == "confirmed"
    return False


def _priced(rules: ServiceRules, booking: BookedFacts, *, relief: str) -> BookingPlan:
    """The booking as it was made, with a relief; nothing is claimed anew."""
    act = made_act(rules, booking)
    case, use = open_case(rules, request=booking.request, act=act, arisen=booking.arisen, relief=relief)
    check_guests(case, booking.request, use, required=False)
    form = take_form(case, booking.request.form, required=False)
    return write_plan(case, use, replace(booking.request, form=form), claims=())
