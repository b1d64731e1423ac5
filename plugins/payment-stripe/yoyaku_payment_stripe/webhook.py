"""Stripe's webhooks: verified by Stripe's own library, then read no further than which of our attempts to ask about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
import stripe

from yoyaku.extension.payment import Notice, WebhookRefused
from yoyaku_payment_stripe.outcome import ATTEMPT, REFUND, at
from yoyaku_payment_stripe.seen import Event

_SIGNED_AT: Final = re.compile(r"(?:^|,)t=([0-9]{1,11})(?:,|$)")


def read_notices(
    headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime, tolerance: timedelta
) -> Sequence[Notice]:
    """The attempt that a webhook is about; none where it is about something else of the same account.

    Raises:
        WebhookRefused: ``forged``, ``stale`` (or from the future) or ``malformed``.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise WebhookRefused(reason="malformed") from error
    signature = headers.get("stripe-signature", "")
    signed_at = _SIGNED_AT.search(signature)
    if signed_at is None or not signature.isascii() or not _is_signed(text, signature, secret=secret):
        raise WebhookRefused(reason="forged")
    if abs(now - at(int(signed_at[1]))) > tolerance:
        raise WebhookRefused(reason="stale")
    try:
        event = msgspec.json.decode(body, type=Event)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WebhookRefused(reason="malformed") from error
    about = event.data.object
    ours = about.metadata or {}
    attempt_id = ours.get(REFUND) or ours.get(ATTEMPT)
    return [Notice(event_id=event.id, attempt_id=attempt_id, ref=about.id)] if attempt_id else []


def _is_signed(text: str, signature: str, *, secret: str) -> bool:
    """Whether Stripe signed it, whenever; how long ago is measured by the context's clock, not by the library's."""
    try:
        stripe.WebhookSignature.verify_header(text, signature, secret)
    except stripe.SignatureVerificationError:
        return False
    return True
