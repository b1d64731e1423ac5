"""What was paid for a booking that the city had to end pays for another of the same person (振替)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.crediting import CreditRefused, LostUse, OtherUse, credit_yen
from yoyaku.billing.service.beginning import Account, look_at_account
from yoyaku.billing.service.crediting import left_of, move_credit, open_both
from yoyaku.billing.views import AttemptView
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.finding import get_booking, list_bookings, lock_own, require_clerk, require_why
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import minute_of_day


@dataclass(frozen=True, kw_only=True)
class CreditOffer:
    """Another booking of the same person, and how much would move to it, or why nothing does."""

    booking: BookingView
    yen: int
    refusal: CreditRefused | None


def may_be_credited(rules: ServiceRules, booking: BookingView) -> bool:
    """Whether its rules let what was paid for a booking pay for another at all."""
    credits_ = rules.payment.credits
    return credits_ is not None and booking.grounds in credits_.grounds and booking.paid_yen > 0


async def offer_credit(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, act: MoneyAct, booking_id: UUID
) -> Sequence[CreditOffer]:
    """The bookings to come of the same person for which something is owed, each with what would move.

    Raises:
        NotAllowed: only clerks.
        BookingNotFound: there is none of that id.
    """
    require_clerk(visit)
    lost = await get_booking(conn, visit=visit, booking_id=booking_id)
    source = await look_at_account(conn, act=act, charge_id=booking_id)
    of_person = replace(visit, registrant_id=lost.contact.registrant_id)
    offers = []
    for other in await list_bookings(conn, visit=of_person, states=("tentative", "confirmed")):
        if other.total_yen > other.paid_yen:
            target = await look_at_account(conn, act=act, charge_id=other.booking_id)
            offers.append(_offer(rules, (lost, source), (other, target), act))
    return offers


async def credit_booking(  # noqa: PLR0913  # from which to which, by whose rules, and why
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    act: MoneyAct,
    booking_id: UUID,
    to_booking_id: UUID,
    why: str,
) -> AttemptView:
    """Let what was paid for one booking pay for another, as far as the other still costs; the rest is given back later.

    Raises:
        NotAllowed: only clerks.
        BookingNotFound, WhyMissing.
        CreditRefused: by the rules (KS-103).
        PaymentUnderWay: a payment of the other is not decided yet.
    """
    require_clerk(visit)
    reason = require_why(why)
    for one in sorted((booking_id, to_booking_id)):
        await lock_own(conn, visit=visit, booking_id=one)
    source, target = await open_both(conn, act=act, from_charge=booking_id, to_charge=to_booking_id)
    lost = await get_booking(conn, visit=visit, booking_id=booking_id)
    other = await get_booking(conn, visit=visit, booking_id=to_booking_id)
    offer = _offer(rules, (lost, source), (other, target), act)
    if offer.refusal is not None:
        raise offer.refusal
    return await move_credit(conn, act=act, source=source, target=target, yen=offer.yen, why=reason)


def _offer(
    rules: ServiceRules, of: tuple[BookingView, Account], to: tuple[BookingView, Account], act: MoneyAct
) -> CreditOffer:
    (lost, source), (other, target) = of, to
    left = left_of(source, act)
    lost_use = LostUse(
        person=str(lost.contact.registrant_id),
        payee=source.charge.payee,
        grounds=lost.grounds,
        minutes=_minutes(lost),
        fee_yen=lost.total_yen,
        left_yen=sum(left.values()) - source.charge.owed_yen,
        methods={one.method for one in source.attempts if one.attempt_id in left},
    )
    other_use = OtherUse(
        person=str(other.contact.registrant_id),
        payee=target.charge.payee,
        is_live=target.subject.is_live,
        minutes=_minutes(other),
        fee_yen=other.total_yen,
        outstanding_yen=target.charge.outstanding_yen,
    )
    try:
        yen = credit_yen(rules.payment.credits, lost=lost_use, other=other_use)
    except CreditRefused as refusal:
        return CreditOffer(booking=other, yen=0, refusal=refusal)
    return CreditOffer(booking=other, yen=yen, refusal=None)


def _minutes(booking: BookingView) -> int:
    """How long a use is that is paid, over all its surfaces."""
    unused = sum(minute_of_day(ends) - minute_of_day(starts) for starts, ends in booking.request.unused)
    return (booking.period.minutes - unused) * booking.surfaces
