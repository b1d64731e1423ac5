"""Cards and convenience stores through Stripe."""

from yoyaku_payment_stripe.plugin import StripePayment, plugin
from yoyaku_payment_stripe.settings import StripeSettings

__all__ = ["StripePayment", "StripeSettings", "plugin"]
