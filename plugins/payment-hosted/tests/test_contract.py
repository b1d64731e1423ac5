"""The contract's suite, for a method that is paid at the page and for one that is paid by numbers."""

import pytest

from yoyaku.testing.online_payment_contract import OnlinePaymentContract
from yoyaku.testing.processor.merchants import environment_of, merchants_of, settings_for
from yoyaku_payment_hosted import plugin

SECRETS = environment_of(merchants_of(["aoba"], secret="only-for-these-tests"))


class TestCard(OnlinePaymentContract):
    plugin = plugin
    secrets = SECRETS
    choice = "card"

    @pytest.fixture
    def usual(self, running):
        return {**settings_for("aoba", base_url=running.url), "choices": ["card", "e_money"]}

    @pytest.fixture
    def provider(self, provider):
        return provider


class TestConvenienceStore(OnlinePaymentContract):
    plugin = plugin
    secrets = SECRETS
    choice = "convenience"

    @pytest.fixture
    def usual(self, running):
        return {**settings_for("aoba", base_url=running.url), "choices": ["convenience", "pay_easy"]}

    @pytest.fixture
    def provider(self, provider):
        return provider
