"""A server of this machine that answers as Stripe documents it, and what the tests say to it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from yoyaku.extension.payment import Order, Payer, PaymentContext, PaymentRef
from yoyaku.testing.stripe_api.api import StripeApi
from yoyaku.testing.stripe_api.server import RunningStripe
from yoyaku_payment_stripe import StripeSettings, plugin


@dataclass(kw_only=True)
class Town:
    """A city whose residents pay through Stripe."""

    stripe: StripeApi
    browser: httpx.Client
    now: datetime

    def context(self, *, later: timedelta = timedelta(), **settings: Any) -> PaymentContext:
        secrets = {"STRIPE_API_KEY": self.stripe.api_key, "STRIPE_WEBHOOK_SECRET": self.stripe.events.secret}
        told = {"api_base": self.stripe.url, "choices": ["card", "konbini"], "timeout_seconds": 5, **settings}
        read = msgspec.convert(told, StripeSettings)
        return PaymentContext(settings=read, now=self.now + later, secret=secrets.__getitem__)

    def order(self, **other: Any) -> Order:
        usual = {
            "attempt_id": str(uuid4()),
            "amount_yen": 2100,
            "description": "2027-000012 見本会館",
            "payer": Payer(customer="c1", name="髙橋　さくら", email="sakura@example.jp", phone="09012345678"),
            "return_url": "https://yoyaku.example.jp/payments/back",
            "cancel_url": "https://yoyaku.example.jp/payments/back?given_up=1",
            "notify_url": "https://yoyaku.example.jp/payments/hook",
            "expires_at": self.now + timedelta(minutes=15),
            "numbers_until": self.now + timedelta(days=3, seconds=7),
            "choice": "card",
            "collection_number": "01220261121000012",
        }
        return Order(**{**usual, **other})

    def pay(self, url: str, card: str = "4242424242424242", **typed: str) -> httpx.Response:
        return self.browser.post(url, data={"card": card, **typed})

    def pay_at_store(self, ref: str) -> None:
        means = {"type": "konbini", "konbini": {"store": {"chain": "lawson"}}}
        self.stripe.books.succeed(self.stripe.books.kept[ref], means)

    async def paid(self, choice: str = "card", **other: Any) -> PaymentRef:
        order = self.order(choice=choice, **other)
        started = await plugin.start(self.context(), order)
        if choice == "card":
            self.pay(started.url)
        else:
            self.pay_at_store(started.ref)
        return ref_of(order, started.ref)


def ref_of(order: Order, ref: str | None) -> PaymentRef:
    return PaymentRef(attempt_id=order.attempt_id, amount_yen=order.amount_yen, ref=ref)


@pytest.fixture(scope="module")
def browser():
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def town(browser):
    with RunningStripe(StripeApi()) as running:
        yield Town(stripe=running.api, browser=browser, now=datetime.now(tz=UTC))


@pytest.fixture
def ref():
    return ref_of
