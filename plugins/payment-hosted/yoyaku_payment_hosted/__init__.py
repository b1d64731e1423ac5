"""Payment at a processor's own page, or by the numbers that it gives out."""

from yoyaku_payment_hosted.plugin import HostedPayment
from yoyaku_payment_hosted.settings import HostedSettings

plugin = HostedPayment()

__all__ = ["HostedPayment", "HostedSettings", "plugin"]
