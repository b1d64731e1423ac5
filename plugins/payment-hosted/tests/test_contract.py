"""The contract's suite, for a method that is paid at the page and for one that is paid by numbers."""

import pytest

from yoyaku.testing.online_payment_contract import OnlinePaymentContract
from yoyaku.testing.processor.server import API_SECRET, WEBHOOK_SECRET
from yoyaku_payment_hosted import plugin

SECRETS = {API_SECRET: "the-secret-of-the-program", WEBHOOK_SECRET: "the-secret-of-the-webhooks"}


class TestCard(OnlinePaymentContract):
    plugin = plugin
    secrets = SECRETS
    choice = "card"

    @pytest.fixture
    def usual(self, running):
        return running.settings("aoba", choices=["card", "e_money"])

    @pytest.fixture
    def provider(self, provider):
        return provider


class TestConvenienceStore(OnlinePaymentContract):
    plugin = plugin
    secrets = SECRETS
    choice = "convenience"

    @pytest.fixture
    def usual(self, running):
        return running.settings("aoba", choices=["convenience", "pay_easy"])

    @pytest.fixture
    def provider(self, provider):
        return provider
