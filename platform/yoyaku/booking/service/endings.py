"""Ending a booking: cancelled by the resident or a clerk, revoked by the city, or lapsed by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.repository.attempts import has_open_payment
from yoyaku.booking.policy import (
    LIVE_STATES,
    BookedFacts,
    CancellationPlan,
    cancellation_schedule,
    decide_cancellation,
    decide_lapse,
)
from yoyaku.booking.repository import acts, bookings, claims
from yoyaku.booking.repository.rows import booked_facts
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.charged import return_excess
from yoyaku.booking.service.finding import lock_own, require_clerk, require_why
from yoyaku.booking.service.refusals import RefundChanged
from yoyaku.booking.views import BookingView, CancellationOffer
from yoyaku.booking.visit import Visit
from yoyaku.rules.refusal import Refusal

RESULT_PAUSE: Final = timedelta(minutes=1)
"""How long a lapse waits before it looks again for the result of a payment; the slot is kept meanwhile."""


def offer_cancellation(rules: ServiceRules, *, visit: Visit, booking: BookingView) -> CancellationOffer:
    """What cancelling would do now, or why it is refused, and what it would cost on each later day.

    The reason that a rule may ask for is taken as given here: the form asks for it.
    """
    facts = booked_facts(booking)
    schedule = (
        cancellation_schedule(rules, facts, visit.now, channel=visit.channel, actor=visit.actor)
        if booking.state in LIVE_STATES
        else ()
    )
    try:
        plan = _planned(rules, facts, visit)
    except Refusal as refusal:
        return CancellationOffer(plan=None, refusal=refusal, schedule=schedule)
    return CancellationOffer(plan=plan, refusal=None, schedule=schedule)


def plan_cancellation(rules: ServiceRules, *, visit: Visit, booking: BookingView) -> CancellationPlan | None:
    """What cancelling would do now; ``None`` where it is refused. A reason that is asked for is taken as given."""
    try:
        return _planned(rules, booked_facts(booking), visit)
    except Refusal:
        return None


def _planned(rules: ServiceRules, facts: BookedFacts, visit: Visit) -> CancellationPlan:
    return decide_cancellation(
        rules, booking=facts, actor=visit.actor, channel=visit.channel, now=visit.now, reason="?"
    )


async def cancel_booking(  # noqa: PLR0913  # what a cancellation consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    booking_id: UUID,
    reason: str | None,
    grounds: str | None = None,
    expected_refund_yen: int | None = None,
) -> BookingView:
    """End a booking by the rules under which it was made.

    Raises:
        BookingNotFound: there is none of that id, or it is another's.
        NotCancellable, ReasonMissing: by the rules.
        RefundChanged: what was shown as going back is not what goes back now.
    """
    booking = await lock_own(conn, visit=visit, booking_id=booking_id)
    plan = decide_cancellation(
        rules,
        booking=booked_facts(booking),
        actor=visit.actor,
        channel=visit.channel,
        now=visit.now,
        reason=reason,
        grounds=grounds,
    )
    if expected_refund_yen is not None and expected_refund_yen != plan.refund_yen:
        raise RefundChanged(expected_yen=expected_refund_yen, refund_yen=plan.refund_yen)
    kind = "booking_revoked" if plan.ends_as == "revoked" else "booking_cancelled"
    changes = _ended(plan, reason, grounds)
    ended = await _end(conn, visit=visit, booking=booking, kind=kind, changes=changes, why=reason)
    await return_excess(conn, visit=visit, rules=rules, booking_id=booking_id)
    return ended


async def revoke_booking(  # what a revocation consists of
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, booking_id: UUID, grounds: str, why: str
) -> BookingView:
    """The city ends a booking on its own grounds (rain, a closure): by the clause of the rules that names them.

    Raises:
        NotAllowed: only clerks revoke.
        BookingNotFound, NotCancellable, WhyMissing.
    """
    require_clerk(visit)
    return await cancel_booking(
        conn, visit=visit, rules=rules, booking_id=booking_id, reason=require_why(why), grounds=grounds
    )


@dataclass(frozen=True, kw_only=True)
class Lapse:
    """The outcome of meeting a deadline: settled, or to be met again (``again_at``; ``None``: in a moment)."""

    settled: bool
    again_at: datetime | None = None


class PinnedRules(Protocol):
    """Finds the rules that a booking keeps."""

    async def __call__(self, *, version: int, inventory_version: int) -> ServiceRules:
        """The rules in these versions."""


async def lapse_booking(conn: AsyncConnection, *, visit: Visit, booking_id: UUID, rules_of: PinnedRules) -> Lapse:
    """End a tentative booking whose deadline has passed; done again, it changes nothing.

    Where somebody acts on the booking this moment it is left to them; where a payment is not decided yet, its result is
    waited for (T-C2). Where it has ended, or was confirmed, there is nothing to do.
    """
    booking = await bookings.lock_booking_unless_locked(conn, visit=visit, booking_id=booking_id)
    if booking is None:
        return Lapse(settled=False)
    rules = await rules_of(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    plan = decide_lapse(rules, booking=booked_facts(booking), now=visit.now)
    if plan is None:
        again_at = booking.lapses_at if booking.state == "tentative" else None
        return Lapse(settled=again_at is None, again_at=again_at)
    if await has_open_payment(conn, charge_id=booking_id):
        return Lapse(settled=False, again_at=visit.now + RESULT_PAUSE)
    changes = {
        "state": plan.state,
        "ended_at": plan.lapsed_at,
        "bans_same_slot": plan.bans_same_slot,
        "kept_yen": 0,
        "refund_yen": booking.paid_yen,
    }
    await _end(conn, visit=visit, booking=booking, kind="booking_lapsed", changes=changes, why=None)
    await return_excess(conn, visit=visit, rules=rules, booking_id=booking_id)
    return Lapse(settled=True)


def _ended(plan: CancellationPlan, reason: str | None, grounds: str | None) -> dict[str, Any]:
    return {
        "state": plan.ends_as,
        "kept_yen": plan.kept_yen,
        "refund_yen": plan.refund_yen,
        "bans_same_slot": plan.bans_same_slot,
        "end_reason": reason,
        "grounds": grounds,
        "kept_tax": plan.kept_tax,
    }


async def _end(  # what an end consists of
    conn: AsyncConnection, *, visit: Visit, booking: BookingView, kind: str, changes: dict[str, Any], why: str | None
) -> BookingView:
    """Write the end and free the slot, in this transaction."""
    facts = {
        "number": booking.number,
        "state": changes["state"],
        "refund_yen": changes["refund_yen"],
        "kept_yen": changes["kept_yen"],
        "reason": changes.get("end_reason"),
        "grounds": changes.get("grounds"),
    }
    act = acts.Act(booking_id=booking.booking_id, kind=kind, facts=facts, why=why)
    changes = {"ended_at": visit.now, **changes}
    await acts.update_booking(conn, visit=visit, booking_id=booking.booking_id, changes=changes, act=act)
    await claims.release(conn, visit=visit, booking_ids=[booking.booking_id])
    ended = await bookings.read_booking(conn, visit=visit, booking_id=booking.booking_id, owner=None)
    return ended or booking
