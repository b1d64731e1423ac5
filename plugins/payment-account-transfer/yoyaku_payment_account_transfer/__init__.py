"""Account transfer: files to the bank and back, in the format of the banks' association."""

from yoyaku_payment_account_transfer.plugin import AccountTransfer
from yoyaku_payment_account_transfer.settings import TransferSettings

plugin = AccountTransfer()

__all__ = ["AccountTransfer", "TransferSettings", "plugin"]
