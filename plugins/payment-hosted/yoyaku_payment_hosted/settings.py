"""Which processor, as which merchant, and by which of its methods one may pay."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args
from urllib.parse import urlsplit

from msgspec import Meta, Struct

Url = Annotated[str, Meta(pattern=r"^https?://[^\s?#]+$", max_length=255)]
Variable = Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_]*$", max_length=100)]
Choice = Literal["card", "convenience", "pay_easy", "net_bank", "e_money"]
REFUNDABLE: Final = frozenset({"card", "e_money"})
"""What the processor can give back by itself; the rest was paid in cash or from an account."""
NOT_REFUNDABLE: Final = frozenset(get_args(Choice)) - REFUNDABLE
BY_NUMBERS: Final = frozenset({"convenience", "pay_easy"})
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class HostedSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One processor, and this merchant of it.

    ``api_secret`` names the variable of the environment that requests are signed with, ``webhook_secrets`` those of
    which one must have signed a webhook (two while a secret is being changed). A webhook whose signature is older or
    newer than ``tolerance_seconds`` is refused. ``choices`` are the processor's methods. A payer is sent to addresses
    below ``page_url`` alone (``None``: below ``base_url``). ``reversal_days``: how long after a payment the processor
    gives back. Plain http is for this machine alone.
    """

    base_url: Url
    merchant: Annotated[str, Meta(pattern="^[0-9A-Za-z._-]{1,64}$")]
    api_secret: Variable
    webhook_secrets: Annotated[tuple[Variable, ...], Meta(min_length=1, max_length=2)]
    page_url: Url | None = None
    choices: Annotated[tuple[Choice, ...], Meta(min_length=1)] = ("card",)
    tolerance_seconds: Annotated[int, Meta(ge=30, le=900)] = 300
    timeout_seconds: Annotated[int, Meta(ge=1, le=30)] = 10
    reversal_days: Annotated[int, Meta(ge=1)] | None = 180
    partial_refund: bool = True

    def __post_init__(self) -> None:
        """Refuse what could be read or changed on the way."""
        for url in (self.base_url, self.page_url):
            parts = urlsplit(url) if url is not None else None
            if parts is not None and parts.scheme != "https" and parts.hostname not in LOOPBACK:
                raise ValueError(f"{url}: http is for this machine alone; use https")

    @property
    def api(self) -> str:
        """Where the API stands, without a stroke at the end."""
        return self.base_url.rstrip("/")

    @property
    def pages(self) -> str:
        """Below which addresses a payer may be sent, with a stroke at the end."""
        return f"{(self.page_url or self.base_url).rstrip('/')}/"
