"""What every payment plugin without a provider to ask answers alike: the platform's own books are all there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NoReturn

from yoyaku.extension.payment import (
    Found,
    NotSupported,
    PaymentContext,
    PaymentRef,
    RefundOrder,
    StatementLine,
    WebhookRefused,
)

__all__ = ["WithoutProvider"]


class WithoutProvider:
    """The part of the contract that is about a provider, for plugins that have none."""

    async def status(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """There is nobody who would know more than the platform's books."""
        del context, payment
        return Found(state="unknown")

    async def cancel(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """There is nothing to be stopped."""
        del context, payment
        return Found(state="unknown")

    async def refund(self, context: PaymentContext, order: RefundOrder) -> NoReturn:
        """What goes back, a clerk gives back.

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
        """None: nobody else keeps books."""
        del context, day
        return ()
