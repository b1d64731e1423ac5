"""Nothing to pay."""

from yoyaku_payment_null.plugin import NoPayment, NullSettings

plugin = NoPayment()

__all__ = ["NoPayment", "NullSettings", "plugin"]
