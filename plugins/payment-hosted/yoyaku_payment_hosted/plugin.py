"""The plugin: a payment is begun at the processor's page or by its numbers, and only the processor says what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any, ClassVar, Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from yoyaku.extension.payment import (
    CONTRACT,
    Capabilities,
    Found,
    GoTo,
    Notice,
    NotSupported,
    Order,
    PayBy,
    PaymentContext,
    PaymentRef,
    ProviderFailed,
    RefundOrder,
    StatementLine,
    WebhookRefused,
)
from yoyaku_payment_hosted.answers import PaymentAnswer, RefundAnswer, StatementAnswer, WebhookBody
from yoyaku_payment_hosted.client import Client, Refused
from yoyaku_payment_hosted.settings import BY_NUMBERS, NOT_REFUNDABLE, REFUNDABLE, HostedSettings
from yoyaku_payment_hosted.signing import WEBHOOK_HEADER, check_webhook

LONGEST_DESCRIPTION: Final = 300
CANNOT: Final = frozenset({"not_refundable", "reversal_too_late", "more_than_paid", "not_paid"})
"""Refunds that the processor will never make."""


class HostedPayment:
    """A processor that is talked to over HTTP; the payer's card is its business alone."""

    name: ClassVar[str] = "payment-hosted"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = HostedSettings
    no_refund: ClassVar[frozenset[str]] = NOT_REFUNDABLE

    def capabilities(self, settings: HostedSettings) -> Capabilities:
        """What was paid in cash or from an account cannot be given back by the processor: ``no_refund`` names it."""
        refunds = not REFUNDABLE.isdisjoint(settings.choices)
        return Capabilities(
            way="page",
            choices=settings.choices,
            refunds=refunds,
            partial_refund=refunds and settings.partial_refund,
            reversal_days=settings.reversal_days if refunds else None,
        )

    async def start(self, context: PaymentContext, order: Order) -> GoTo | PayBy:
        """Begin a payment, or find the one that was begun for this attempt.

        Raises:
            ProviderFailed, SecretMissing: nobody knows whether it was begun; ask ``status``.
            NotSupported: ``choice`` is none of the settings'.
        """
        settings: HostedSettings = context.settings
        choice = order.choice or settings.choices[0]
        if choice not in settings.choices:
            raise NotSupported(what="choice", choice=choice)
        try:
            begun = await Client(context=context).ask("POST", "/v1/payments", PaymentAnswer, told=_asked(order, choice))
        except Refused as refused:
            raise ProviderFailed(reason=refused.code) from refused
        _check_same(begun.order_id, order.attempt_id, begun.amount == order.amount_yen)
        if not begun.page_url.startswith(settings.pages):
            raise ProviderFailed(reason="page_elsewhere")
        if choice in BY_NUMBERS:
            return PayBy(ref=begun.payment_id, numbers=begun.numbers, pay_by=begun.expires_at, url=begun.page_url)
        return GoTo(url=begun.page_url, ref=begun.payment_id)

    async def status(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """What became of a payment.

        Raises:
            ProviderFailed, SecretMissing: nobody knows; ask again later.
        """
        return await _payment(context, "GET", payment, "")

    async def cancel(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """Stop a payment; what was paid meanwhile is paid.

        Raises:
            ProviderFailed, SecretMissing: nobody knows.
        """
        return await _payment(context, "POST", payment, "/cancel")

    async def refund(self, context: PaymentContext, order: RefundOrder) -> Found:
        """Give back, or find what was given back under this id.

        Raises:
            ProviderFailed, SecretMissing: ask ``refund_status`` before anything else.
            NotSupported: more than was paid and is left, too late, or a method that cannot (``why``).
        """
        settings: HostedSettings = context.settings
        if order.amount_yen < order.payment.amount_yen and not settings.partial_refund:
            raise NotSupported(what="partial_refund")
        told = {
            "refund_id": order.refund_id,
            "order_id": order.payment.attempt_id,
            "amount": order.amount_yen,
            "reason": order.reason[:200],
        }
        try:
            made = await Client(context=context).ask("POST", "/v1/refunds", RefundAnswer, told=told)
        except Refused as refused:
            if refused.code in CANNOT:
                raise NotSupported(what="refund", why=refused.code) from refused
            raise ProviderFailed(reason=refused.code) from refused
        _check_same(made.refund_id, order.refund_id, made.amount == order.amount_yen)
        return made.found()

    async def refund_status(self, context: PaymentContext, order: RefundOrder) -> Found:
        """What became of a refund.

        Raises:
            ProviderFailed, SecretMissing: nobody knows; ask again later.
        """
        target = f"/v1/refunds/{quote(order.refund_id, safe='')}"
        try:
            made = await Client(context=context).ask("GET", target, RefundAnswer)
        except Refused as refused:
            return _unknown(refused, "unknown_refund")
        _check_same(made.refund_id, order.refund_id, made.amount == order.amount_yen)
        return made.found()

    def read_webhook(self, context: PaymentContext, headers: Mapping[str, str], body: bytes) -> Sequence[Notice]:
        """The one notice of a webhook, signed by the processor lately, for this merchant.

        Raises:
            WebhookRefused: ``malformed``, ``forged``, ``stale``.
            SecretMissing: nobody set the secret.
        """
        settings: HostedSettings = context.settings
        check_webhook(
            [context.secret(variable) for variable in settings.webhook_secrets],
            header=headers.get(WEBHOOK_HEADER, ""),
            body=body,
            seconds=context.now.timestamp(),
            tolerance=settings.tolerance_seconds,
        )
        try:
            told = msgspec.json.decode(body, type=WebhookBody)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise WebhookRefused(reason="malformed") from error
        if told.merchant != settings.merchant:
            raise WebhookRefused(reason="forged")
        return (Notice(event_id=told.event_id, attempt_id=told.order_id, ref=told.ref),)

    async def statement(self, context: PaymentContext, day: date) -> Sequence[StatementLine]:
        """The processor's books of one civil day in Japan.

        Raises:
            ProviderFailed, SecretMissing.
        """
        try:
            told = await Client(context=context).ask("GET", f"/v1/statement?day={day.isoformat()}", StatementAnswer)
        except Refused as refused:
            raise ProviderFailed(reason=refused.code) from refused
        return tuple(line.line() for line in told.lines)


def _asked(order: Order, choice: str) -> dict[str, Any]:
    """What the processor must know, and no more: names only where a method needs them."""
    until = (choice in BY_NUMBERS and order.numbers_until) or order.expires_at
    told: dict[str, Any] = {
        "order_id": order.attempt_id,
        "amount": order.amount_yen,
        "choice": choice,
        "description": order.description[:LONGEST_DESCRIPTION],
        "customer": order.payer.customer,
        "return_url": order.return_url,
        "cancel_url": order.cancel_url,
        "notify_url": order.notify_url,
        "expires_at": until.astimezone(UTC),
        "language": "ja" if order.payer.language == "ja" else "en",
        "reference": order.collection_number,
    }
    if choice in BY_NUMBERS:
        told |= {"name": order.payer.name, "kana": order.payer.kana, "phone": order.payer.phone}
    return told


async def _payment(context: PaymentContext, method: str, payment: PaymentRef, act: str) -> Found:
    target = f"/v1/payments/{quote(payment.attempt_id, safe='')}{act}"
    try:
        told = await Client(context=context).ask(method, target, PaymentAnswer)
    except Refused as refused:
        return _unknown(refused, "unknown_order")
    _check_same(told.order_id, payment.attempt_id, told.amount == payment.amount_yen)
    return told.found()


def _unknown(refused: Refused, code: str) -> Found:
    """The processor knows none of that id; any other refusal says nothing about it."""
    if refused.code != code:
        raise ProviderFailed(reason=refused.code) from refused
    return Found(state="unknown")


def _check_same(told: str, asked: str, is_amount_right: bool) -> None:  # noqa: FBT001  # read as the sentence that it is
    """An answer about something else is none."""
    if told != asked or not is_amount_right:
        raise ProviderFailed(reason="about_another")
