"""The plugin: cards at Stripe's page, convenience stores by numbers, refunds; the platform never sees a card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar, Final, TypeVar

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
)
from yoyaku_payment_stripe.desk import Desk, KeyTaken, Refused
from yoyaku_payment_stripe.orders import choice_of, numbers_of, page_of, refund_of
from yoyaku_payment_stripe.outcome import ATTEMPT, REFUND, at, is_late, payment_found, refund_found
from yoyaku_payment_stripe.seen import Intent, Refund, Session
from yoyaku_payment_stripe.settings import StripeSettings
from yoyaku_payment_stripe.statement import statement_of
from yoyaku_payment_stripe.webhook import read_notices

REVERSAL_DAYS: Final = 180
OVER: Final = frozenset({"expired", "failed", "cancelled"})
T = TypeVar("T")


class StripePayment:
    """One account at Stripe."""

    name: ClassVar[str] = "payment-stripe"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = StripeSettings

    def capabilities(self, settings: StripeSettings) -> Capabilities:
        """At Stripe's page or by numbers; refunds whole or in part; stores need an address to mail to."""
        return Capabilities(
            way="page",
            choices=settings.choices,
            refunds=True,
            partial_refund=True,
            reversal_days=REVERSAL_DAYS,
            needs_email="konbini" in settings.choices,
        )

    async def start(self, context: PaymentContext, order: Order) -> GoTo | PayBy:
        """Open a page or give out numbers, once for the attempt.

        Raises:
            ProviderFailed, SecretMissing: ask ``status`` before anything else.
            NotSupported: what Stripe does not take (``what``: ``choice``, ``amount``, ``email``, ``provider_refused``).
        """
        desk, key = Desk(context), order.attempt_id
        choice = choice_of(order, desk.settings)

        async def begin(key: str) -> Session | Intent:
            if choice == "card":
                return await desk.open_page(page_of(order, desk.settings, now=context.now), key=key)
            return await desk.give_numbers(numbers_of(order, now=context.now), key=key)

        async def begun() -> Session | Intent | None:
            ref = await desk.ref_of(order.attempt_id)
            return await desk.paper(ref) if ref else None

        paper = await _once(key, do=begin, done=begun)
        if isinstance(paper, Session):
            return GoTo(url=paper.url or order.return_url, ref=paper.id)
        return _numbers(paper, order)

    async def status(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """What became of a payment; one whose time is over is closed first.

        Raises:
            ProviderFailed, SecretMissing: nobody knows.
        """
        desk = Desk(context)
        paper = await _paper(desk, payment)
        if paper is None:
            return Found(state="unknown")
        found = payment_found(paper)
        if found.state == "pending" and is_late(paper, now=context.now):
            return await _closed(desk, paper)
        return found

    async def cancel(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """Close the page or the numbers, and say what became of the payment.

        Raises:
            ProviderFailed, SecretMissing: nobody knows.
        """
        desk = Desk(context)
        paper = await _paper(desk, payment)
        if paper is None:
            return Found(state="unknown")
        found = payment_found(paper)
        if found.state != "pending":
            return found
        found = await _closed(desk, paper)
        return replace(found, state="cancelled", reason=None) if found.state in OVER else found

    async def refund(self, context: PaymentContext, order: RefundOrder) -> Found:
        """Give back; what was given back already under that id is not given back again, however long ago.

        Raises:
            ProviderFailed, SecretMissing: ask ``refund_status`` before anything else.
            NotSupported: nothing was paid (``what``: ``payment``), or Stripe will not (``provider_refused``).
        """
        desk = Desk(context)
        intent_id = await _intent_id(desk, order.payment)
        if intent_id is None:
            raise NotSupported(what="payment")
        made = await _made(desk, order, intent_id)
        if made is not None:
            return refund_found(made)
        particulars = refund_of(order, intent_id=intent_id)
        return refund_found(
            await _once(
                order.refund_id,
                do=lambda key: desk.give_back(particulars, key=key),
                done=lambda: _made(desk, order, intent_id),
            )
        )

    async def refund_status(self, context: PaymentContext, order: RefundOrder) -> Found:
        """What became of a refund.

        Raises:
            ProviderFailed, SecretMissing: nobody knows.
        """
        desk = Desk(context)
        if order.ref is not None:
            return refund_found(await desk.refund(order.ref))
        intent_id = await _intent_id(desk, order.payment)
        made = await _made(desk, order, intent_id) if intent_id else None
        return refund_found(made) if made else Found(state="unknown")

    def read_webhook(self, context: PaymentContext, headers: Mapping[str, str], body: bytes) -> Sequence[Notice]:
        """Which attempt an event of Stripe's is about.

        Raises:
            WebhookRefused: its signature, its time or its shape is wrong.
            SecretMissing: there is no secret to verify it by.
        """
        settings: StripeSettings = context.settings
        secret = context.secret(settings.webhook_secret)
        tolerance = timedelta(seconds=settings.webhook_tolerance_seconds)
        return read_notices(headers, body, secret=secret, now=context.now, tolerance=tolerance)

    async def statement(self, context: PaymentContext, day: date) -> Sequence[StatementLine]:
        """Stripe's own books of one day in Japan.

        Raises:
            ProviderFailed, SecretMissing: they could not be read.
        """
        return await statement_of(Desk(context), day)


plugin: Final = StripePayment()


async def _once(key: str, *, do: Callable[[str], Awaitable[T]], done: Callable[[], Awaitable[T | None]]) -> T:
    """Do it once for the key.

    Stripe repeats what it said first, for a day, even if that was an error of its own: then it is looked whether it was
    done all the same, and only if not, done under a second key.
    """
    try:
        try:
            return await do(key)
        except KeyTaken:
            already = await done()
            return already if already is not None else await do(f"{key}:again")
    except KeyTaken:
        raise ProviderFailed(reason="idempotency") from None
    except Refused as refused:
        raise NotSupported(what="provider_refused", code=refused.code) from None


async def _paper(desk: Desk, payment: PaymentRef) -> Session | Intent | None:
    ref = payment.ref or await desk.ref_of(payment.attempt_id)
    paper = await desk.paper(ref) if ref else None
    if paper is not None and paper.metadata.get(ATTEMPT) != payment.attempt_id:
        raise ProviderFailed(reason="foreign")
    return paper


async def _closed(desk: Desk, paper: Session | Intent) -> Found:
    """What became of it once nobody could pay it any more, or although somebody just had."""
    await desk.close(paper)
    after = await desk.paper(paper.id)
    return payment_found(after or paper)


async def _intent_id(desk: Desk, payment: PaymentRef) -> str | None:
    paper = await _paper(desk, payment)
    if isinstance(paper, Intent) or paper is None:
        return paper.id if paper else None
    return paper.payment_intent.id if isinstance(paper.payment_intent, Intent) else paper.payment_intent


async def _made(desk: Desk, order: RefundOrder, intent_id: str) -> Refund | None:
    async for refund in desk.refunds_of(intent_id):
        if refund.metadata.get(REFUND) == order.refund_id:
            return refund
    return None


def _numbers(intent: Intent, order: Order) -> PayBy:
    voucher = intent.next_action.konbini_display_details if intent.next_action else None
    until = order.numbers_until or order.expires_at
    if voucher is None:
        return PayBy(ref=intent.id, numbers={}, pay_by=until)
    numbers = {}
    for store, codes in voucher.stores.items():
        if codes is not None:
            numbers[f"{store}_payment_code"] = codes.payment_code
            if codes.confirmation_number:
                numbers[f"{store}_confirmation_number"] = codes.confirmation_number
    pay_by = min(until, at(voucher.expires_at))
    return PayBy(ref=intent.id, numbers=numbers, pay_by=pay_by, url=voucher.hosted_voucher_url)
