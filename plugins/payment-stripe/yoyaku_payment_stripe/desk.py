"""Talking to Stripe for one question: what is asked, what is read of the answer, and which errors mean what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, TypeVar

import msgspec
import stripe
from stripe import ListObject, SearchResultObject, StripeClient, StripeObject
from stripe.params import PaymentIntentCreateParams, RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from yoyaku.extension.payment import PaymentContext, ProviderFailed
from yoyaku_payment_stripe.outcome import ATTEMPT, epoch
from yoyaku_payment_stripe.seen import BalanceLine, Intent, Payout, Refund, Session
from yoyaku_payment_stripe.settings import StripeSettings
from yoyaku_payment_stripe.transport import Transport

LATELY: Final = timedelta(hours=25)
"""A page of Stripe's is open for 24 hours at most: an older one was paid, or never will be."""
MANY: Final = 100
ABSENT: Final = "resource_missing"
FOR_GOOD: Final = frozenset({400, 402, 404})
SERVER_ERROR: Final = 500
T = TypeVar("T")


class Refused(Exception):
    """Stripe will not do that, however often it is asked (``code``: its word for why)."""

    def __init__(self, code: str) -> None:
        """Say why."""
        self.code = code
        super().__init__(code)


class KeyTaken(Exception):
    """The idempotency key stands for something else by now: for other particulars, or for an error of Stripe's own."""


@dataclass(frozen=True)
class Desk:
    """Stripe, as one account sees it."""

    context: PaymentContext

    @property
    def settings(self) -> StripeSettings:
        """The account's."""
        settings: StripeSettings = self.context.settings
        return settings

    @cached_property
    def client(self) -> StripeClient:
        """The official library's; it asks once: the platform asks again."""
        return StripeClient(
            self.context.secret(self.settings.api_key),
            stripe_account=self.settings.account,
            base_addresses={"api": self.settings.api_base},
            max_network_retries=0,
            http_client=Transport(timeout_seconds=self.settings.timeout_seconds),
        )

    async def open_page(self, particulars: SessionCreateParams, *, key: str) -> Session:
        """Make a Checkout Session, once for the key."""
        sessions = self.client.v1.checkout.sessions
        return await _asked(sessions.create_async(particulars, {"idempotency_key": key}), Session)

    async def give_numbers(self, particulars: PaymentIntentCreateParams, *, key: str) -> Intent:
        """Make a PaymentIntent, once for the key."""
        intents = self.client.v1.payment_intents
        return await _asked(intents.create_async(particulars, {"idempotency_key": key}), Intent)

    async def give_back(self, particulars: RefundCreateParams, *, key: str) -> Refund:
        """Make a refund, once for the key."""
        return await _asked(self.client.v1.refunds.create_async(particulars, {"idempotency_key": key}), Refund)

    async def paper(self, ref: str) -> Session | Intent | None:
        """What a reference of ours stands for, with its intent and its charge; ``None`` where Stripe knows none."""
        try:
            if ref.startswith("pi_"):
                intents = self.client.v1.payment_intents
                return await _asked(intents.retrieve_async(ref, {"expand": ["latest_charge"]}), Intent)
            sessions = self.client.v1.checkout.sessions
            expanded = {"expand": ["payment_intent.latest_charge"]}
            return await _asked(sessions.retrieve_async(ref, expanded), Session)  # type: ignore[arg-type]
        except Refused as refused:
            if refused.code == ABSENT:
                return None
            raise ProviderFailed(reason=refused.code) from None

    async def close(self, paper: Session | Intent) -> None:
        """Ask that nobody can pay it any more; whether that came in time is to be looked at afterwards."""
        try:
            if isinstance(paper, Intent):
                await _asked(self.client.v1.payment_intents.cancel_async(paper.id), Intent)
            else:
                await _asked(self.client.v1.checkout.sessions.expire_async(paper.id), Session)
        except Refused:
            return  # it was paid, or over, just before

    async def ref_of(self, attempt_id: str) -> str | None:
        """By which reference Stripe knows an attempt whose reference never reached us.

        Lists are right at once, but for how long nobody would look through them; the search is a minute late, but finds
        whatever was paid, however long ago.
        """
        since = epoch(self.context.now - LATELY)
        lately: Any = {"created": {"gte": since}, "limit": MANY}
        if "card" in self.settings.choices:
            async for page in _each(self.client.v1.checkout.sessions.list_async(lately), Session):
                if page.client_reference_id == attempt_id:
                    return page.id
        async for intent in self._intents(attempt_id, lately):
            return await self._page_of(intent.id) or intent.id
        return None

    async def _intents(self, attempt_id: str, lately: Any) -> AsyncIterator[Intent]:  # noqa: ANN401  # parameters
        intents = self.client.v1.payment_intents
        if "konbini" in self.settings.choices:
            async for intent in _each(intents.list_async(lately), Intent):
                if intent.metadata.get(ATTEMPT) == attempt_id:
                    yield intent
        wanted = f"metadata['{ATTEMPT}']:'{attempt_id}'"
        async for intent in _each(intents.search_async({"query": wanted, "limit": MANY}), Intent):
            yield intent

    async def _page_of(self, intent_id: str) -> str | None:
        sessions = self.client.v1.checkout.sessions
        async for page in _each(sessions.list_async({"payment_intent": intent_id, "limit": 1}), Session):
            return page.id
        return None

    def refunds_of(self, intent_id: str) -> AsyncIterator[Refund]:
        """Every refund of a payment."""
        return _each(self.client.v1.refunds.list_async({"payment_intent": intent_id, "limit": MANY}), Refund)

    async def refund(self, ref: str) -> Refund:
        """A refund by Stripe's own id."""
        try:
            return await _asked(self.client.v1.refunds.retrieve_async(ref), Refund)
        except Refused as refused:
            raise ProviderFailed(reason=refused.code) from None

    def lines(self, starts: datetime, ends: datetime) -> AsyncIterator[BalanceLine]:
        """The lines of the balance in yen from ``starts`` until before ``ends``."""
        between: Any = {
            "created": {"gte": epoch(starts), "lt": epoch(ends)},
            "currency": "jpy",
            "expand": ["data.source"],
            "limit": MANY,
        }
        return _each(self.client.v1.balance_transactions.list_async(between), BalanceLine)

    def payouts(self, starts: datetime, ends: datetime) -> AsyncIterator[Payout]:
        """What arrived at the bank from ``starts`` until before ``ends``."""
        arrived: Any = {
            "arrival_date": {"gte": epoch(starts), "lt": epoch(ends)},
            "status": "paid",
            "limit": MANY,
        }
        return _each(self.client.v1.payouts.list_async(arrived), Payout)

    def lines_of(self, payout: Payout) -> AsyncIterator[BalanceLine]:
        """The lines of the balance that a payout is of; its own is among them."""
        among: Any = {"payout": payout.id, "expand": ["data.source"], "limit": MANY}
        return _each(self.client.v1.balance_transactions.list_async(among), BalanceLine)


async def _asked(answer: Awaitable[StripeObject], kind: type[T]) -> T:
    """The answer, read.

    Raises:
        Refused, KeyTaken, ProviderFailed.
    """
    try:
        return _read(await answer, kind)
    except stripe.StripeError as error:
        raise _meaning(error) from None  # what Stripe says may repeat what it was told of the payer


async def _each(
    first: Awaitable[ListObject[Any]] | Awaitable[SearchResultObject[Any]], kind: type[T]
) -> AsyncIterator[T]:
    try:
        async for one in (await first).auto_paging_iter():
            yield _read(one, kind)
    except stripe.StripeError as error:
        told = _meaning(error)
        raise (told if isinstance(told, ProviderFailed) else ProviderFailed(reason=str(told))) from None


def _read(answer: object, kind: type[T]) -> T:
    if not isinstance(answer, StripeObject):
        raise ProviderFailed(reason="answer")
    try:
        return msgspec.convert(answer.to_dict(), kind)
    except msgspec.ValidationError as error:
        raise ProviderFailed(reason="answer", why=str(error)) from None


def _meaning(error: stripe.StripeError) -> Exception:
    status, replayed = error.http_status or 0, (error.headers or {}).get("idempotent-replayed") == "true"
    if isinstance(error, stripe.IdempotencyError) or (replayed and status >= SERVER_ERROR):
        return KeyTaken()
    if status in FOR_GOOD and not isinstance(error, stripe.RateLimitError):
        return Refused(error.code or getattr(error, "param", None) or type(error).__name__)
    return ProviderFailed(reason=type(error).__name__, status=status, request=error.request_id)
