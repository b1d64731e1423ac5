"""The plugin for facilities that are free: there is nothing to pay, and no money is ever begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, NoReturn

from msgspec import Struct

from yoyaku.extension.payment import (
    CONTRACT,
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


class NullSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is free needs no settings."""


class NoPayment:
    """Whoever asks it for money has made a mistake, and is told so."""

    name: ClassVar[str] = "payment-null"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = NullSettings

    def capabilities(self, settings: NullSettings) -> Capabilities:
        """Nothing to do."""
        del settings
        return Capabilities(way="none")

    async def start(self, context: PaymentContext, order: Order) -> NoReturn:
        """What is free is not paid.

        Raises:
            NotSupported: always.
        """
        del context, order
        raise NotSupported(what="start")

    async def status(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """No payment was ever begun."""
        del context, payment
        return Found(state="unknown")

    async def cancel(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """There is nothing to be stopped."""
        del context, payment
        return Found(state="unknown")

    async def refund(self, context: PaymentContext, order: RefundOrder) -> NoReturn:
        """Nothing was paid that could go back.

        Raises:
            NotSupported: always.
        """
        del context, order
        raise NotSupported(what="refund")

    async def refund_status(self, context: PaymentContext, order: RefundOrder) -> Found:
        """No refund was ever begun."""
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
        """None."""
        del context, day
        return ()
