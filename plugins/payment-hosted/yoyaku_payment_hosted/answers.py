"""What the processor answers, and what it means. More than is written here is not looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from yoyaku.extension.payment import Found, State, StatementLine

Yen = Annotated[int, Meta(ge=0)]
Instant = Annotated[datetime, Meta(tz=True)]
STATES: Final[dict[str, State]] = {
    "open": "pending",
    "pending": "pending",
    "paid": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "expired": "expired",
}
REASONS: Final = frozenset(
    {
        "card_declined", "insufficient_funds", "expired_card", "three_d_secure_failed", "three_d_secure_unavailable",
        "bank_refused", "refund_rejected",
    }
)  # fmt: skip
"""The reasons that there are words for; any other is told as ``declined``."""
DETAILS: Final = frozenset({"brand", "last_digits", "store", "wallet", "bank", "three_d_secure"})


class PaymentAnswer(Struct, frozen=True, kw_only=True):
    """A payment, as the processor knows it."""

    payment_id: str
    order_id: str
    state: Literal["open", "pending", "paid", "failed", "cancelled", "expired"]
    amount: Yen
    page_url: str
    expires_at: Instant
    paid_amount: Yen = 0
    paid_at: Instant | None = None
    reason: str | None = None
    numbers: dict[str, str] = field(default_factory=dict)
    detail: dict[str, str] = field(default_factory=dict)

    def found(self) -> Found:
        """What became of it."""
        is_paid = self.state == "paid"
        return Found(
            state=STATES[self.state],
            amount_yen=self.paid_amount if is_paid else 0,
            at=self.paid_at if is_paid else None,
            ref=self.payment_id,
            reason=_reason(self.reason) if self.state == "failed" else None,
            detail={name: told for name, told in self.detail.items() if name in DETAILS},
        )


class RefundAnswer(Struct, frozen=True, kw_only=True):
    """A refund, as the processor knows it."""

    refund_ref: str
    refund_id: str
    state: Literal["pending", "succeeded", "failed"]
    amount: Yen
    made_at: Instant
    reason: str | None = None

    def found(self) -> Found:
        """What became of it."""
        is_made = self.state == "succeeded"
        return Found(
            state=self.state,
            amount_yen=self.amount if is_made else 0,
            at=self.made_at if is_made else None,
            ref=self.refund_ref,
            reason=_reason(self.reason) if self.state == "failed" else None,
        )


class LineAnswer(Struct, frozen=True, kw_only=True):
    """A line of the processor's books; a refund that came back is below zero. A payout has the lines that it is of."""

    kind: Literal["payment", "refund", "payout"]
    ref: str
    order_id: str
    amount: int
    at: Instant
    lines: list[LineAnswer] = field(default_factory=list)

    def line(self) -> StatementLine:
        """As the contract has it."""
        return StatementLine(
            kind=self.kind,
            ref=self.ref,
            attempt_id=self.order_id or None,
            amount_yen=self.amount,
            at=self.at,
            lines=tuple(one.line() for one in self.lines),
        )


class StatementAnswer(Struct, frozen=True, kw_only=True):
    """The processor's books of a day."""

    lines: list[LineAnswer]


class ErrorAnswer(Struct, frozen=True, kw_only=True):
    """Why something was not done."""

    error: str


class WebhookBody(Struct, frozen=True, kw_only=True):
    """An event: that something has changed, never what it has become."""

    event_id: Annotated[str, Meta(min_length=1, max_length=100)]
    merchant: str
    order_id: Annotated[str, Meta(min_length=1, max_length=64)]
    ref: Annotated[str, Meta(max_length=100)] | None = None


def _reason(told: str | None) -> str:
    return told if told in REASONS else "declined"
