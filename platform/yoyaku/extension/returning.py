"""What a way of payment can never give back, by the plugin's own word."""

from __future__ import annotations

from yoyaku.extension.payment import PaymentPlugin


def goes_back(plugin: PaymentPlugin, choice: str | None) -> bool:
    """Whether the provider can give back what was paid by a choice of its methods, whatever the settings.

    A plugin says which it cannot in ``no_refund``, a frozen set of choices; one without gives back all.
    """
    never: frozenset[str] = getattr(plugin, "no_refund", frozenset())
    return choice not in never
