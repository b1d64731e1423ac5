"""Stripe's webhooks: verified by Stripe's own library, then read no further than which of our attempts to ask about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import stripe

from yoyaku.extension.payment import Notice, WebhookRefused
from yoyaku_payment_stripe.outcome import ATTEMPT, REFUND
from yoyaku_payment_stripe.seen import Event


def read_notices(headers: Mapping[str, str], body: bytes, *, secret: str, tolerance_seconds: int) -> Sequence[Notice]:
    """The attempt that a webhook is about; none where it is about something else of the same account.

    Raises:
        WebhookRefused: ``forged``, ``stale`` or ``malformed``.
    """
    signature = headers.get("stripe-signature", "")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise WebhookRefused(reason="malformed") from error
    if not signature.isascii() or not _is_signed(text, signature, secret=secret, tolerance_seconds=None):
        raise WebhookRefused(reason="forged")
    if not _is_signed(text, signature, secret=secret, tolerance_seconds=tolerance_seconds):
        raise WebhookRefused(reason="stale")
    try:
        event = msgspec.json.decode(body, type=Event)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WebhookRefused(reason="malformed") from error
    about = event.data.object
    ours = about.metadata or {}
    attempt_id = ours.get(REFUND) or ours.get(ATTEMPT)
    return [Notice(event_id=event.id, attempt_id=attempt_id, ref=about.id)] if attempt_id else []


def _is_signed(text: str, signature: str, *, secret: str, tolerance_seconds: int | None) -> bool:
    try:
        stripe.WebhookSignature.verify_header(text, signature, secret, tolerance_seconds)
    except stripe.SignatureVerificationError:
        return False
    return True
