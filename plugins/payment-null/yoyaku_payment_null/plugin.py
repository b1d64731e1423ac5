"""The plugin for facilities that are free: there is nothing to pay, and no money is ever begun."""

from __future__ import annotations

from typing import ClassVar, NoReturn

from msgspec import Struct

from yoyaku.extension.offline import WithoutProvider
from yoyaku.extension.payment import CONTRACT, Capabilities, NotSupported, Order, PaymentContext


class NullSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is free needs no settings."""


class NoPayment(WithoutProvider):
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
