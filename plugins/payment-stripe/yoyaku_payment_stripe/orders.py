"""What is told to Stripe of an order: no more than it needs, and the same whenever it is told again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from stripe.params import PaymentIntentCreateParams, RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from yoyaku.extension.payment import NotSupported, Order, RefundOrder
from yoyaku_payment_stripe.outcome import ATTEMPT, REFUND, UNTIL, epoch
from yoyaku_payment_stripe.seen import Metadata
from yoyaku_payment_stripe.settings import Choice, StripeSettings

LIMITS_YEN: Final[dict[Choice, tuple[int, int]]] = {"card": (50, 99_999_999), "konbini": (120, 300_000)}
"""The least and the most that Stripe takes at once."""
SHORTEST: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=24)
SPARE: Final = timedelta(minutes=2)
LONGEST_DESCRIPTION: Final = 250
LONGEST_AT_STORE: Final = 22


def choice_of(order: Order, settings: StripeSettings) -> Choice:
    """By what it is to be paid.

    Raises:
        NotSupported: by something that is not offered (``choice``), or an amount that Stripe does not take
            (``amount``, with ``least_yen`` and ``most_yen``), or without the address that Stripe needs (``email``).
    """
    choice = next((one for one in settings.choices if one == (order.choice or settings.choices[0])), None)
    if choice is None:
        raise NotSupported(what="choice", choice=order.choice)
    least, most = LIMITS_YEN[choice]
    if not least <= order.amount_yen <= most:
        raise NotSupported(what="amount", least_yen=least, most_yen=most)
    if choice == "konbini" and not order.payer.email:
        raise NotSupported(what="email")
    return choice


def page_of(order: Order, settings: StripeSettings, *, now: datetime) -> SessionCreateParams:
    """A page of Stripe's for cards.

    It stays open for 30 minutes at least, by Stripe's own rule; the platform closes it when the order's time is over.
    """
    written = _written(order, until=order.expires_at)
    page: SessionCreateParams = {
        "mode": "payment",
        "allowed_payment_method_types": ["card"],
        "payment_method_options": {"card": {"request_three_d_secure": settings.three_d_secure}},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "jpy",  # has no smaller unit: the amount is in yen
                    "unit_amount": order.amount_yen,
                    "product_data": {"name": order.description[:LONGEST_DESCRIPTION]},
                },
            }
        ],
        "adaptive_pricing": {"enabled": False},
        "wallet_options": {"link": {"display": "never"}},
        "client_reference_id": order.attempt_id,
        "metadata": written,
        "payment_intent_data": {"metadata": written},
        "locale": "ja" if order.payer.language == "ja" else "en",
        "success_url": order.return_url,
        "cancel_url": order.cancel_url,
        "expires_at": epoch(min(order.expires_at + SHORTEST, now + LONGEST - SPARE)),
    }
    if order.payer.email:
        page["customer_email"] = order.payer.email
    return page


def numbers_of(order: Order, *, now: datetime) -> PaymentIntentCreateParams:
    """Numbers to pay by at convenience stores, good to the second until when the order says, 30 minutes at least."""
    until = order.numbers_until or order.expires_at
    store: dict[str, int | str] = {"expires_at": epoch(max(until, now + SHORTEST + SPARE))}
    if order.collection_number and order.collection_number.isascii():
        store["product_description"] = order.collection_number[:LONGEST_AT_STORE]
    return {
        "amount": order.amount_yen,
        "currency": "jpy",
        "confirm": True,
        "allowed_payment_method_types": ["konbini"],
        "return_url": order.return_url,
        "payment_method_data": {
            "type": "konbini",
            "billing_details": {"name": order.payer.name, "email": order.payer.email or ""},
        },
        "payment_method_options": {"konbini": store},  # type: ignore[typeddict-item]
        "description": order.description[:LONGEST_DESCRIPTION],
        "metadata": _written(order, until=until),
    }


def refund_of(order: RefundOrder, *, intent_id: str) -> RefundCreateParams:
    """A refund of a part or all of a payment."""
    return {
        "payment_intent": intent_id,
        "amount": order.amount_yen,
        "reason": "requested_by_customer",
        "metadata": {REFUND: order.refund_id, ATTEMPT: order.payment.attempt_id},
    }


def _written(order: Order, *, until: datetime) -> Metadata:
    written = {ATTEMPT: order.attempt_id, UNTIL: str(epoch(until))}
    return {**written, "collection_number": order.collection_number} if order.collection_number else written
