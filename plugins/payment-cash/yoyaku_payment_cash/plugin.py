"""The plugin: a clerk takes the money and gives it back; the platform's own books say what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, NoReturn

from msgspec import Struct

from yoyaku.extension.payment import (
    CONTRACT,
    AtCounter,
    Capabilities,
    Found,
    NotSupported,
    Order,
    PaymentContext,
    PaymentRef,
    RefundOrder,
    StatementLine,
    WebhookRefused,
)


class CashSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cash needs none: who takes it, where and until when is the rule set's."""


class CashPayment:
    """Cash: nobody but the platform knows of it, so that nobody else can be asked."""

    name: ClassVar[str] = "payment-cash"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = CashSettings

    def capabilities(self, settings: CashSettings) -> Capabilities:
        """At the counter; what goes back goes back there, by a clerk, and not by this plugin."""
        del settings
        return Capabilities(way="counter")

    async def start(self, context: PaymentContext, order: Order) -> AtCounter:
        """Go to the counter."""
        del context, order
        return AtCounter()

    async def status(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """There is nobody who would know more than the platform's books."""
        del context, payment
        return Found(state="unknown")

    async def cancel(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """There is nothing to be stopped."""
        del context, payment
        return Found(state="unknown")

    async def refund(self, context: PaymentContext, order: RefundOrder) -> NoReturn:
        """A clerk gives it back.

        Raises:
            NotSupported: always.
        """
        del context, order
        raise NotSupported(what="refund")

    async def refund_status(self, context: PaymentContext, order: RefundOrder) -> Found:
        """There is nobody who would know more than the platform's books."""
        del context, order
        return Found(state="unknown")

    def read_webhook(self, context: PaymentContext, headers: Mapping[str, str], body: bytes) -> NoReturn:
        """Nobody may send one.

        Raises:
            WebhookRefused: always.
        """
        del context, headers, body
        raise WebhookRefused(reason="forged")

    async def statement(self, context: PaymentContext, day: date) -> Sequence[StatementLine]:
        """None: the till is closed every day and counted against the platform's books."""
        del context, day
        return ()
