"""The plugin: a clerk takes the money and gives it back; the platform's own books say what became of it."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from yoyaku.extension.offline import WithoutProvider
from yoyaku.extension.payment import CONTRACT, AtCounter, Capabilities, Order, PaymentContext


class CashSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cash needs none: who takes it, where and until when is the rule set's."""


class CashPayment(WithoutProvider):
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
