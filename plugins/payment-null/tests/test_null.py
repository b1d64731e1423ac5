from yoyaku.testing.payment_contract import PaymentPluginContract
from yoyaku_payment_null import plugin


class TestContract(PaymentPluginContract):
    plugin = plugin
