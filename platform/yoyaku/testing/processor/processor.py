"""The processor: its books, its clock, its webhooks, and what is to go wrong. Every act tells the merchant about itself."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from yoyaku.testing.processor.books import (
    AskedPayment,
    AskedRefund,
    Books,
    Line,
    Merchant,
    Payment,
    Refund,
    RefundState,
    instant,
)
from yoyaku.testing.processor.faults import Faults
from yoyaku.testing.processor.webhooks import Deliverer


@dataclass(kw_only=True)
class Processor:
    """The mind behind the port. ``kept_in``: the file that its books survive a restart in (``None``: they do not).

    ``next_refund`` is what becomes of refunds from now on; ``ahead_seconds`` how much its clock runs ahead.
    """

    merchants: dict[str, Merchant] = field(default_factory=dict)
    url: str = ""
    kept_in: Path | None = None
    books: Books = field(default_factory=Books)
    webhooks: Deliverer = field(default_factory=Deliverer)
    faults: Faults = field(default_factory=Faults)
    next_refund: RefundState = "succeeded"
    ahead_seconds: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """Read the books of an earlier run."""
        if self.kept_in is not None and self.kept_in.exists():
            self.books = msgspec.json.decode(self.kept_in.read_bytes(), type=Books)

    def now(self) -> datetime:
        """The processor's time."""
        return datetime.fromtimestamp(self.real_seconds(), tz=UTC) + timedelta(seconds=self.ahead_seconds)

    @staticmethod
    def real_seconds() -> float:
        """The time by which signatures are judged."""
        return time.time()

    def begin(self, asked: AskedPayment, merchant: Merchant) -> tuple[Payment, bool]:
        """Begin a payment once."""
        made, is_new = self.books.begin(asked, merchant, now=self.now())
        if is_new:
            self._keep()
        return made, is_new

    def cancel(self, merchant: str, order_id: str) -> Payment:
        """Stop a payment that is not over; a bank that is still thinking is not stopped."""
        payment = self.books.payment(merchant, order_id, now=self.now())
        if payment.state == "open" or payment.numbers:
            self.end(payment, "cancelled")
        return payment

    def pay(self, payment: Payment, *, amount: int | None = None, detail: Mapping[str, str] | None = None) -> None:
        """Take the money and tell it; a test may do so late, or with another amount."""
        with self.lock:
            self.books.pay(payment, now=self.now(), amount=amount, detail=detail or {})
            self._tell_payment(payment)

    def write_paid(self, merchant: str, order_id: str, *, amount: int, at: datetime) -> None:
        """Write a payment by card into the books as if it had been made then; nobody is told. Known already, it stays."""
        with self.lock:
            asked = AskedPayment(
                order_id=order_id,
                amount=amount,
                choice="card",
                description="見本",
                customer="demo",
                return_url=self.url,
                cancel_url=self.url,
                notify_url=self.url,
                expires_at=at + timedelta(minutes=15),
            )
            payment, is_new = self.books.begin(asked, self.merchants[merchant], now=at)
            if is_new:
                self.books.pay(payment, now=at, amount=None, detail={"brand": "Visa", "last_digits": "4242"})
                self._keep()

    def wait(self, payment: Payment, detail: Mapping[str, str]) -> None:
        """The bank has not answered yet."""
        with self.lock:
            payment.state, payment.detail = "pending", {**payment.detail, **detail}
            self._tell_payment(payment)

    def end(self, payment: Payment, state: Literal["failed", "cancelled"], *, reason: str | None = None) -> None:
        """End a payment without money, and tell it."""
        with self.lock:
            was = payment.state
            self.books.end(payment, state, reason=reason)
            if payment.state != was:
                self._tell_payment(payment)

    def refund(self, asked: AskedRefund, merchant: Merchant) -> tuple[Refund, bool]:
        """Give money back once, as refunds go at present."""
        made, is_new = self.books.refund(asked, merchant, now=self.now())
        if is_new:
            made.state = self.next_refund
            made.reason = "refund_rejected" if made.state == "failed" else None
            self._tell_refund(made)
        return made, is_new

    def settle_refund(self, refund: Refund, state: Literal["succeeded", "failed"]) -> None:
        """The bank has answered about a refund; one that had been made comes back."""
        with self.lock:
            if refund.state == "succeeded" and state == "failed":
                refund.state, refund.returned_at = state, self.now()
            else:
                refund.state, refund.made_at = state, self.now()
            refund.reason = "refund_rejected" if state == "failed" else None
            self._tell_refund(refund)

    def pay_out(self, merchant: str) -> None:
        """Transfer to a merchant what came and went since the last time, in full."""
        with self.lock:
            done = [line for payout in self.books.payouts.get(merchant, ()) for line in payout.lines]
            lines = [line for line in self.books.lines(merchant) if line not in done]
            amount, ref = (
                sum(line.amount if line.kind == "payment" else -line.amount for line in lines),
                f"out_{secrets.token_hex(8)}",
            )
            if lines and amount:
                made = Line(kind="payout", ref=ref, order_id="", amount=amount, at=self.now(), lines=lines)
                self.books.payouts.setdefault(merchant, []).append(made)
                self._keep()

    def held(self) -> dict[str, Any]:
        """What the processor's own books say: every yen it holds, per merchant, and each line of it."""
        with self.lock:
            return {merchant.id: self._held_for(merchant) for merchant in self.merchants.values()}

    def find(self, order_id: str, merchant: str | None = None) -> Payment | None:
        """The payment of an order, whoever's it is."""
        with self.lock:
            found: Iterable[Payment] = self.books.payments.values()
            fits = (one for one in found if one.order_id == order_id and merchant in {None, one.merchant})
            payment = next(fits, None)
            return None if payment is None else self.books.looked_at(payment, now=self.now())

    def find_refund(self, refund_id: str) -> Refund | None:
        """The refund of that id, whoever's it is."""
        with self.lock:
            return next((one for one in self.books.refunds.values() if one.refund_id == refund_id), None)

    def _held_for(self, merchant: Merchant) -> dict[str, Any]:
        lines = self.books.lines(merchant.id)
        came = sum(line.amount for line in lines if line.kind == "payment")
        went = sum(line.amount for line in lines if line.kind == "refund")
        return {
            "name": merchant.name,
            "paid_yen": came,
            "refunded_yen": went,
            "held_yen": came - went - sum(one.amount for one in self.books.payouts.get(merchant.id, ())),
            "lines": [{**msgspec.structs.asdict(line), "at": instant(line.at)} for line in lines],
        }

    def _tell_payment(self, payment: Payment) -> None:
        self._keep()
        self._tell(payment, {"type": "payment.changed", "order_id": payment.order_id, "ref": payment.payment_id})

    def _tell_refund(self, refund: Refund) -> None:
        self._keep()
        payment = self.books.payment(refund.merchant, refund.order_id, now=self.now())
        self._tell(payment, {"type": "refund.changed", "order_id": refund.refund_id, "ref": refund.refund_ref})

    def _tell(self, payment: Payment, event: dict[str, str]) -> None:
        merchant = self.merchants[payment.merchant]
        told = {"merchant": merchant.id, "made_at": instant(self.now()), **event}
        self.webhooks.tell(payment.notify_url, secret=merchant.webhook_secret, event=told)

    def _keep(self) -> None:
        if self.kept_in is not None:
            half = self.kept_in.with_suffix(".new")
            half.write_bytes(msgspec.json.encode(self.books))
            half.replace(self.kept_in)
