"""Stripe's own books of one day: its balance, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from yoyaku.extension.payment import StatementLine
from yoyaku_payment_stripe.desk import Desk
from yoyaku_payment_stripe.outcome import ATTEMPT, REFUND, at
from yoyaku_payment_stripe.seen import BalanceLine, Source

JAPAN: Final = ZoneInfo("Asia/Tokyo")
"""Stripe has no civil day; accounts in yen are Japanese."""
CAME: Final = frozenset({"charge", "payment"})
WENT: Final = frozenset(
    {"refund", "payment_refund", "refund_failure", "payment_failure_refund", "payment_reversal", "adjustment"}
)
"""What payers got back; one that failed comes back and is below zero; an adjustment is a payment that was disputed."""


async def statement_of(desk: Desk, day: date) -> Sequence[StatementLine]:
    """What came from payers and went back to them; pay-outs to the city and Stripe's own fees are left out."""
    starts = datetime.combine(day, time.min, JAPAN)
    lines = [_line(one) async for one in desk.lines(starts, starts + timedelta(days=1))]
    oldest_first = reversed([line for line in lines if line is not None])
    return sorted(oldest_first, key=lambda line: line.at)


def _line(one: BalanceLine) -> StatementLine | None:
    source = one.source if isinstance(one.source, Source) else None
    ref, ours = (source.id, source.metadata) if source else (one.id, {})
    if one.type in CAME:
        return StatementLine(
            kind="payment", ref=ref, attempt_id=ours.get(ATTEMPT), amount_yen=one.amount, at=at(one.created)
        )
    if one.type in WENT:
        return StatementLine(
            kind="refund", ref=ref, attempt_id=ours.get(REFUND), amount_yen=-one.amount, at=at(one.created)
        )
    return None
