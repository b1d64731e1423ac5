from yoyaku.testing.payment_contract import PaymentPluginContract
from yoyaku_payment_cash import plugin


class TestContract(PaymentPluginContract):
    plugin = plugin
