"""How a merchant's program and the processor prove to each other who speaks: HMAC-SHA256 with a time, in hexadecimal.

A request is signed over ``<unix seconds>.<METHOD>.<path with query>.<body>`` and carries ``x-merchant``,
``x-timestamp`` and ``x-signature``. A webhook is signed over ``<unix seconds>.<body>`` and carries
``x-processor-signature: t=<unix seconds>,v1=<signature>``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from yoyaku.testing.processor.books import ApiRefused, Merchant

TOLERANCE_SECONDS: Final = 300
WEBHOOK_HEADER: Final = "x-processor-signature"


def sign_request(secret: str, *, timestamp: int, method: str, target: str, body: bytes) -> str:
    """The signature of a request."""
    return _signature(secret, f"{timestamp}.{method}.{target}.".encode() + body)


def sign_webhook(secret: str, *, timestamp: int, body: bytes) -> str:
    """The header of a webhook."""
    return f"t={timestamp},v1={_signature(secret, f'{timestamp}.'.encode() + body)}"


def merchant_of(
    merchants: Mapping[str, Merchant],
    headers: Mapping[str, str],
    *,
    method: str,
    target: str,
    body: bytes,
    seconds: float,
) -> Merchant:
    """The merchant who signed the request. ``seconds`` is the processor's own time.

    Raises:
        ApiRefused: ``not_signed``.
    """
    merchant = merchants.get(headers.get("x-merchant", ""))
    written = headers.get("x-timestamp", "")
    if merchant is None or not (written.isascii() and written.isdigit()):
        raise ApiRefused("not_signed", HTTPStatus.UNAUTHORIZED)
    right = sign_request(merchant.api_secret, timestamp=int(written), method=method, target=target, body=body)
    given = headers.get("x-signature", "")
    if not hmac.compare_digest(right.encode(), given.encode()) or abs(seconds - int(written)) > TOLERANCE_SECONDS:
        raise ApiRefused("not_signed", HTTPStatus.UNAUTHORIZED)
    return merchant


def _signature(secret: str, told: bytes) -> str:
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
