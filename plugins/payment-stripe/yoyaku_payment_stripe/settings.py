"""What the plugin is told: one account at Stripe, and how payments there look."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

Choice = Literal["card", "konbini"]
Variable = Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_]*$")]
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class StripeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One account at Stripe.

    ``api_key`` and ``webhook_secret`` name the variables of the environment that hold them; a restricted key that may
    write Checkout Sessions, PaymentIntents and Refunds and read Charges, Payouts and Balance transactions is enough.
    ``account`` is a connected account in whose name is asked. ``choices`` are what is offered: ``card`` at Stripe's page,
    ``konbini`` by numbers that the platform shows. ``three_d_secure``: ``automatic`` where the bank or Stripe demands
    it, ``any`` and ``challenge`` more often. Plain http is for this machine alone.
    """

    api_key: Variable = "STRIPE_API_KEY"
    webhook_secret: Variable = "STRIPE_WEBHOOK_SECRET"  # noqa: S105  # the name of a variable
    account: Annotated[str, Meta(pattern="^acct_[0-9A-Za-z]+$")] | None = None
    choices: Annotated[tuple[Choice, ...], Meta(min_length=1)] = ("card",)
    three_d_secure: Literal["automatic", "any", "challenge"] = "automatic"
    api_base: Annotated[str, Meta(pattern=r"^https?://[^\s/?#]+$", max_length=255)] = "https://api.stripe.com"
    timeout_seconds: Annotated[int, Meta(ge=1, le=30)] = 8
    webhook_tolerance_seconds: Annotated[int, Meta(ge=30, le=900)] = 300

    def __post_init__(self) -> None:
        """Refuse what would send secrets in clear."""
        parts = urlsplit(self.api_base)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ValueError(f"{self.api_base}: http is for this machine alone; use https")
