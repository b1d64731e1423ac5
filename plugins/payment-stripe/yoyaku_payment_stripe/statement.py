"""Stripe's own books of one day: its balance, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from yoyaku.extension.payment import StatementLine
from yoyaku_payment_stripe.desk import Desk
from yoyaku_payment_stripe.outcome import ATTEMPT, REFUND, at
from yoyaku_payment_stripe.seen import BalanceLine, Payout, Source

JAPAN: Final = ZoneInfo("Asia/Tokyo")
"""Stripe has no civil day; accounts in yen are Japanese."""
CAME: Final = frozenset({"charge", "payment"})
WENT: Final = frozenset(
    {"refund", "payment_refund", "refund_failure", "payment_failure_refund", "payment_reversal", "adjustment"}
)
"""What payers got back; one that failed comes back and is below zero; an adjustment is a payment that was disputed."""


OWN: Final = frozenset({"payout", "payout_failure", "payout_cancel"})
"""A payout's own lines."""
FEES: Final = frozenset({"stripe_fee", "tax_fee", "payout_minimum_balance_fee"})
"""What Stripe keeps that is no payment's."""


async def statement_of(desk: Desk, day: date) -> Sequence[StatementLine]:
    """What came from payers, what went back to them, and what arrived at the city's bank on that day."""
    starts = datetime.combine(day, time.min, JAPAN)
    ends = starts + timedelta(days=1)
    lines = [_line(one) async for one in desk.lines(starts, ends)]
    oldest_first = reversed([line for line in lines if line is not None])
    payouts = [await _payout(desk, one) async for one in desk.payouts(starts, ends)]
    return sorted([*oldest_first, *payouts], key=lambda line: line.at)


async def _payout(desk: Desk, payout: Payout) -> StatementLine:
    """A payout with all that it is of; of one that was made by hand Stripe cannot say, so that a person has to."""
    parts = [one async for one in desk.lines_of(payout) if one.type not in OWN] if payout.automatic else []
    return StatementLine(
        kind="payout",
        ref=payout.id,
        attempt_id=None,
        amount_yen=payout.amount,
        at=at(payout.arrival_date),
        lines=tuple(_line(one) or _unknown(one) for one in parts if one.type not in FEES),
        fee_yen=sum(one.fee - one.amount for one in parts if one.type in FEES),
    )


def _line(one: BalanceLine) -> StatementLine | None:
    source = one.source if isinstance(one.source, Source) else None
    ref, ours = (source.id, source.metadata) if source else (one.id, {})
    when = at(one.created)
    if one.type in CAME:
        attempt_id = ours.get(ATTEMPT)
        return StatementLine(
            kind="payment", ref=ref, attempt_id=attempt_id, amount_yen=one.amount, at=when, fee_yen=one.fee
        )
    if one.type in WENT:
        attempt_id = ours.get(REFUND)
        return StatementLine(
            kind="refund", ref=ref, attempt_id=attempt_id, amount_yen=-one.amount, at=when, fee_yen=one.fee
        )
    return None


def _unknown(one: BalanceLine) -> StatementLine:
    """Something in a payout that is neither: no line of ours is like it."""
    return StatementLine(kind="payment", ref=one.id, attempt_id=None, amount_yen=one.amount, at=at(one.created))
