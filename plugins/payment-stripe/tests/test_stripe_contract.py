"""The plugin keeps the contract of all that talk to a provider, for cards and for stores."""

from contextlib import contextmanager

import pytest

from yoyaku.testing.online_payment_contract import OnlinePaymentContract
from yoyaku.testing.payment_contract import order_with
from yoyaku_payment_stripe import plugin

SECRETS = {"STRIPE_API_KEY": "rk_test_invented", "STRIPE_WEBHOOK_SECRET": "whsec_invented"}


class Stripe:
    """The other side, in the hands of the suite."""

    def __init__(self, town):
        self.town = town

    async def pay(self, order, started):
        assert self.town.pay(started.url).headers["location"] == order.return_url

    def webhook(self, order):
        about = {"id": "cs_test_1", "object": "checkout.session", "metadata": {"attempt_id": order.attempt_id}}
        event = {"id": "evt_1", "object": "event", "type": "checkout.session.completed", "data": {"object": about}}
        return self.town.stripe.events.signed(event)

    @contextmanager
    def down(self):
        self.town.stripe.faults = ["down"] * 20
        yield
        self.town.stripe.faults.clear()


class TestContract(OnlinePaymentContract):
    plugin = plugin
    secrets = SECRETS
    choice = "card"

    @pytest.fixture
    def usual(self, town):
        return {"api_base": town.stripe.url, "choices": ["card", "konbini"]}

    @pytest.fixture
    def provider(self, town):
        return Stripe(town)


async def test_orders_of_the_suite_can_be_paid_at_stores_too(town):
    started = await plugin.start(town.context(), order_with(choice="konbini"))

    assert started.numbers
