"""Cash at a counter."""

from yoyaku_payment_cash.plugin import CashPayment, CashSettings

plugin = CashPayment()

__all__ = ["CashPayment", "CashSettings", "plugin"]
