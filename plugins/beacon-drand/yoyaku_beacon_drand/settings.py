"""Which drand network, and who may be asked for its values."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

Relay = Annotated[str, Meta(pattern=r"^https?://[^\s?#]+$", max_length=255)]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class DrandSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One network of the scheme ``bls-unchained-g1-rfc9380``: round *n* is made at genesis + (n − 1) × period.

    ``relays`` are asked in their order. ``public_key`` (compressed point of G2, hex) is what every value is verified
    with. Plain http is for this machine alone.
    """

    relays: Annotated[tuple[Relay, ...], Meta(min_length=1)]
    chain: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    public_key: Annotated[str, Meta(pattern="^[0-9a-f]{192}$")]
    genesis_time: Annotated[int, Meta(ge=0)]
    period_seconds: Annotated[int, Meta(ge=1)]
    timeout_seconds: Annotated[int, Meta(ge=1, le=30)] = 5

    def __post_init__(self) -> None:
        """Refuse what could be read or changed on the way."""
        for relay in self.relays:
            parts = urlsplit(relay)
            if parts.scheme != "https" and parts.hostname not in LOOPBACK:
                raise ValueError(f"{relay}: http is for this machine alone; use https")

    def round_after(self, instant: datetime) -> int:
        """The first round that is made after an instant."""
        return max(int(instant.timestamp()) - self.genesis_time, -1) // self.period_seconds + 2
