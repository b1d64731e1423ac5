"""How a tentative booking is confirmed, and when it lapses."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from yoyaku.booking.policy.cancellation import bans_same_slot
from yoyaku.booking.policy.case import made_case
from yoyaku.booking.policy.decide import lifecycle_of
from yoyaku.booking.policy.refusals import FeeOutstanding, NotConfirmable
from yoyaku.booking.policy.values import BookedFacts, ConfirmationPlan, LapsePlan
from yoyaku.booking.rules import ServiceRules

Confirmer = Literal["payment", "counter", "approval"]


def decide_confirmation(
    rules: ServiceRules,
    *,
    booking: BookedFacts,
    by: Confirmer,
    now: datetime,
    fee_taken_yen: int = 0,
    paid_by: str | None = None,
) -> ConfirmationPlan:
    """The tentative booking, confirmed: by a payment, by the procedure at the counter, or by approval.

    It lives by the entry that held when it was made, whatever was paid since.

    ``fee_taken_yen`` is what comes in with it, by the method ``paid_by``.

    Raises:
        NotConfirmable: it is not tentative, has lapsed, or is not confirmed this way.
        FeeOutstanding: a payment confirms it, and does not cover the fee.
    """
    case = made_case(rules, booking)
    lapsed = booking.lapses_at is not None and now >= booking.lapses_at
    if booking.state != "tentative" or lapsed:
        raise NotConfirmable(state=booking.state, lapses_at=booking.lapses_at, trace=tuple(case.trace))
    entry = lifecycle_of(case)
    confirmed_by: list[str] = list(entry.confirmed_by)
    if by not in confirmed_by:
        raise NotConfirmable(state=booking.state, confirmed_by=confirmed_by, trace=case.ended_by(entry, by))
    paid_yen = booking.paid_yen + fee_taken_yen
    if by == "payment" and paid_yen < booking.total_yen:
        raise FeeOutstanding(outstanding_yen=booking.total_yen - paid_yen, trace=case.ended_by(entry, paid_yen))
    case.note(entry, f"confirmed by {by}")
    methods = booking.paid_by | ({paid_by} if paid_by is not None and fee_taken_yen else frozenset())
    return ConfirmationPlan(state="confirmed", paid_yen=paid_yen, paid_by=methods, trace=tuple(case.trace))


def lapse_deadline(rules: ServiceRules, booking: BookedFacts) -> datetime | None:
    """When a tentative booking lapses by the rules under which it was made; ``None`` where it never does by itself."""
    case = made_case(rules, booking)
    entry = lifecycle_of(case)
    if entry.initial != "tentative" or entry.lapses is None:
        return None
    return case.moment(entry.lapses)


def decide_lapse(rules: ServiceRules, *, booking: BookedFacts, now: datetime) -> LapsePlan | None:
    """The tentative booking, lapsed; ``None`` while it stands (deciding again gives the same)."""
    if booking.state != "tentative" or booking.lapses_at is None or now < booking.lapses_at:
        return None
    case = made_case(rules, booking)
    entry = lifecycle_of(case)
    case.note(entry, f"lapsed {booking.lapses_at.isoformat()}")
    return LapsePlan(
        state="lapsed",
        lapsed_at=booking.lapses_at,
        bans_same_slot=bans_same_slot(case, "lapsed"),
        trace=tuple(case.trace),
    )
