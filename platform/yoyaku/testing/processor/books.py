"""The processor's books: payments, refunds, and what it holds for each merchant. Time is told by whoever asks.

Yen without exception. A payment is known by the merchant's order id, under which it exists once; a refund by its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, field

from yoyaku.testing.processor.numbers import numbers_for

Choice = Literal["card", "convenience", "pay_easy", "net_bank", "e_money"]
PaymentState = Literal["open", "pending", "paid", "failed", "cancelled", "expired"]
RefundState = Literal["pending", "succeeded", "failed"]
BY_NUMBERS: Final = frozenset({"convenience", "pay_easy"})
REFUNDABLE: Final = frozenset({"card", "e_money"})
OVER: Final = frozenset({"paid", "failed", "cancelled", "expired"})
ZONE: Final = ZoneInfo("Asia/Tokyo")
OrderId = Annotated[str, Meta(min_length=1, max_length=64)]
Amount = Annotated[int, Meta(ge=1, le=9_999_999)]
Address = Annotated[str, Meta(pattern=r"^https?://[^\s]+$", max_length=2000)]


class ApiRefused(Exception):
    """The processor refuses what it was asked: a code, and a status of HTTP."""

    def __init__(self, code: str, status: int = HTTPStatus.CONFLICT) -> None:
        """Name the error."""
        self.code, self.status = code, status
        super().__init__(code)


class Merchant(Struct, frozen=True, kw_only=True):
    """Who is paid. Its program signs with ``api_secret``; the processor signs webhooks with ``webhook_secret``."""

    id: str
    name: str
    api_secret: str
    webhook_secret: str
    reversal_days: int | None = 180

    def __repr__(self) -> str:
        return f"Merchant({self.id!r})"


class AskedPayment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a merchant's program sends to begin a payment."""

    order_id: OrderId
    amount: Amount
    choice: Choice
    description: Annotated[str, Meta(min_length=1, max_length=300)]
    customer: Annotated[str, Meta(min_length=1, max_length=64)]
    return_url: Address
    cancel_url: Address
    notify_url: Address
    expires_at: Annotated[datetime, Meta(tz=True)]
    language: Literal["ja", "en"] = "ja"
    reference: Annotated[str, Meta(max_length=32)] | None = None
    name: Annotated[str, Meta(max_length=200)] = ""
    kana: Annotated[str, Meta(max_length=200)] = ""
    email: Annotated[str, Meta(max_length=320)] | None = None
    phone: Annotated[str, Meta(max_length=32)] | None = None


class AskedRefund(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a merchant's program sends to give money back."""

    refund_id: OrderId
    order_id: OrderId
    amount: Amount
    reason: Annotated[str, Meta(max_length=200)] = ""


class Payment(Struct, kw_only=True):
    """A payment, from its beginning; of who pays and by which card, nothing is kept but the brand and four digits."""

    payment_id: str
    page_key: str
    merchant: str
    order_id: str
    amount: int
    choice: Choice
    description: str
    return_url: str
    cancel_url: str
    notify_url: str
    begun_at: datetime
    expires_at: datetime
    language: Literal["ja", "en"] = "ja"
    reference: str | None = None
    state: PaymentState = "open"
    paid_amount: int = 0
    paid_at: datetime | None = None
    reason: str | None = None
    numbers: dict[str, str] = field(default_factory=dict)
    detail: dict[str, str] = field(default_factory=dict)
    challenged: dict[str, str] = field(default_factory=dict)


class Refund(Struct, kw_only=True):
    """A refund of a part of a payment, or of all."""

    refund_ref: str
    merchant: str
    refund_id: str
    order_id: str
    amount: int
    made_at: datetime
    state: RefundState = "succeeded"
    reason: str | None = None
    returned_at: datetime | None = None
    """When it came back after it had been made: the books then have a second line, below zero."""


class Line(Struct, frozen=True, kw_only=True):
    """A line of the books: money that came (``payment``), went back (``refund``), was handed on (``payout``, of ``lines``)."""

    kind: Literal["payment", "refund", "payout"]
    ref: str
    order_id: str
    amount: int
    at: datetime
    lines: list[Line] = field(default_factory=list)


class Books(Struct, kw_only=True):
    """All payments and refunds, by merchant and id; payouts by merchant."""

    payments: dict[str, Payment] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    payouts: dict[str, list[Line]] = field(default_factory=dict)

    def begin(self, asked: AskedPayment, merchant: Merchant, *, now: datetime) -> tuple[Payment, bool]:
        """The payment of that order, and whether it is new.

        Raises:
            ApiRefused: ``order_conflict`` (the id stands for something else), ``too_late``.
        """
        key = _key(merchant.id, asked.order_id)
        known = self.payments.get(key)
        if known is not None:
            if (known.amount, known.choice) != (asked.amount, asked.choice):
                raise ApiRefused("order_conflict")
            return self.looked_at(known, now=now), False
        if asked.expires_at <= now:
            raise ApiRefused("too_late")
        made = Payment(
            payment_id=f"pay_{secrets.token_hex(10)}",
            page_key=secrets.token_urlsafe(24),
            merchant=merchant.id,
            begun_at=now,
            state="pending" if asked.choice in BY_NUMBERS else "open",
            numbers=numbers_for(asked.choice),
            **{name: getattr(asked, name) for name in _TAKEN_OVER},
        )
        self.payments[key] = made
        return made, True

    def payment(self, merchant: str, order_id: str, *, now: datetime) -> Payment:
        """The payment of an order.

        Raises:
            ApiRefused: ``unknown_order``.
        """
        found = self.payments.get(_key(merchant, order_id))
        if found is None:
            raise ApiRefused("unknown_order", HTTPStatus.NOT_FOUND)
        return self.looked_at(found, now=now)

    def of_page(self, page_key: str, *, now: datetime) -> Payment | None:
        """The payment whose page has that address."""
        found = (payment for payment in self.payments.values() if payment.page_key == page_key)
        payment = next(found, None)
        return None if payment is None else self.looked_at(payment, now=now)

    def looked_at(self, payment: Payment, *, now: datetime) -> Payment:
        """The same, ended if its time is over; what waits for a bank's answer does not end by itself."""
        waits_for_payer = payment.state == "open" or (payment.state == "pending" and payment.choice in BY_NUMBERS)
        if waits_for_payer and now >= payment.expires_at:
            payment.state, payment.reason = "expired", "expired"
        return payment

    def pay(self, payment: Payment, *, now: datetime, amount: int | None, detail: Mapping[str, str]) -> None:
        """Take the money; a test may do so late, or with another amount."""
        payment.state, payment.reason = "paid", None
        payment.paid_amount, payment.paid_at = payment.amount if amount is None else amount, now
        payment.detail = {**payment.detail, **detail}

    def end(self, payment: Payment, state: Literal["failed", "cancelled"], *, reason: str | None = None) -> None:
        """End a payment that is not over yet; one that is stays what it is."""
        if payment.state not in OVER:
            payment.state, payment.reason = state, reason

    def refund(self, asked: AskedRefund, merchant: Merchant, *, now: datetime) -> tuple[Refund, bool]:
        """The refund of that id, and whether it is new.

        Raises:
            ApiRefused: ``refund_conflict``, ``unknown_order``, ``not_paid``, ``not_refundable``, ``reversal_too_late``,
                ``more_than_paid``.
        """
        key = _key(merchant.id, asked.refund_id)
        known = self.refunds.get(key)
        if known is not None:
            if (known.order_id, known.amount) != (asked.order_id, asked.amount):
                raise ApiRefused("refund_conflict")
            return known, False
        payment = self.payment(merchant.id, asked.order_id, now=now)
        self._check_refund(asked, payment, merchant, now=now)
        made = Refund(
            refund_ref=f"ref_{secrets.token_hex(10)}",
            merchant=merchant.id,
            refund_id=asked.refund_id,
            order_id=asked.order_id,
            amount=asked.amount,
            made_at=now,
        )
        self.refunds[key] = made
        return made, True

    def refund_of(self, merchant: str, refund_id: str) -> Refund:
        """The refund of that id.

        Raises:
            ApiRefused: ``unknown_refund``.
        """
        found = self.refunds.get(_key(merchant, refund_id))
        if found is None:
            raise ApiRefused("unknown_refund", HTTPStatus.NOT_FOUND)
        return found

    def lines(self, merchant: str) -> list[Line]:
        """All money that came and went for a merchant, in order of time."""
        came = [
            Line(kind="payment", ref=one.payment_id, order_id=one.order_id, amount=one.paid_amount, at=one.paid_at)
            for one in self.payments.values()
            if one.merchant == merchant and one.paid_at is not None
        ]
        went = [
            Line(kind="refund", ref=one.refund_ref, order_id=one.refund_id, amount=one.amount, at=one.made_at)
            for one in self.refunds.values()
            if one.merchant == merchant and (one.state == "succeeded" or one.returned_at is not None)
        ]
        again = [
            Line(kind="refund", ref=one.refund_ref, order_id=one.refund_id, amount=-one.amount, at=one.returned_at)
            for one in self.refunds.values()
            if one.merchant == merchant and one.returned_at is not None
        ]
        return sorted(came + went + again, key=lambda line: (line.at, line.kind, line.ref))

    def statement(self, merchant: str, day: date) -> list[Line]:
        """The lines of one civil day in Japan."""
        lines = [*self.lines(merchant), *self.payouts.get(merchant, ())]
        return [line for line in lines if line.at.astimezone(ZONE).date() == day]

    def _check_refund(self, asked: AskedRefund, payment: Payment, merchant: Merchant, *, now: datetime) -> None:
        if payment.state != "paid" or payment.paid_at is None:
            raise ApiRefused("not_paid")
        if payment.choice not in REFUNDABLE:
            raise ApiRefused("not_refundable")
        days = (now.astimezone(ZONE).date() - payment.paid_at.astimezone(ZONE).date()).days
        if merchant.reversal_days is not None and days > merchant.reversal_days:
            raise ApiRefused("reversal_too_late")
        back = sum(
            one.amount
            for one in self.refunds.values()
            if (one.merchant, one.order_id) == (merchant.id, asked.order_id) and one.state != "failed"
        )
        if back + asked.amount > payment.paid_amount:
            raise ApiRefused("more_than_paid")


_TAKEN_OVER: Final = (
    "order_id", "amount", "choice", "description", "return_url", "cancel_url", "notify_url", "expires_at", "language",
    "reference",
)  # fmt: skip


def instant(at: datetime) -> str:
    """An instant as the processor writes it: ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _key(merchant: str, order_id: str) -> str:
    return f"{merchant}/{order_id}"
