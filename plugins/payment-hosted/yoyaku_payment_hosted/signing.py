"""Requests are signed, and webhooks are believed, by HMAC-SHA256 with a time (hexadecimal)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

from yoyaku.extension.payment import WebhookRefused

WEBHOOK_HEADER: Final = "x-processor-signature"
_SIGNATURE: Final = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})\Z", re.ASCII)


def request_headers(secret: str, *, merchant: str, seconds: int, asked: tuple[str, str], body: bytes) -> dict[str, str]:
    """The headers of a request; ``asked`` are its method and its path with query."""
    method, target = asked
    told = f"{seconds}.{method}.{target}.".encode() + body
    return {"x-merchant": merchant, "x-timestamp": str(seconds), "x-signature": _signed(secret, told)}


def check_webhook(secrets: Sequence[str], *, header: str, body: bytes, seconds: float, tolerance: int) -> None:
    """Believe a webhook that one of the secrets signed, lately. ``seconds`` is now.

    Raises:
        WebhookRefused: ``malformed``, ``forged``, or ``stale``.
    """
    found = _SIGNATURE.match(header)
    if found is None:
        raise WebhookRefused(reason="malformed" if header else "forged")
    told = f"{found[1]}.".encode() + body
    # All are compared, so that the time that it takes tells nothing.
    if not any(hmac.compare_digest(_signed(secret, told), found[2]) for secret in secrets):
        raise WebhookRefused(reason="forged")
    if abs(seconds - int(found[1])) > tolerance:
        raise WebhookRefused(reason="stale")


def _signed(secret: str, told: bytes) -> str:
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
