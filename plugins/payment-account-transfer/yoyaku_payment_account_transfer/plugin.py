"""The plugin: nothing to be done by the payer; a file asks, a file answers, and the platform's books know the rest."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from yoyaku.extension.debit import BankAccount, DebitBatch, DebitResult, TransferBatch
from yoyaku.extension.offline import WithoutProvider
from yoyaku.extension.payment import CONTRACT, Capabilities, InNextFile, Order, PaymentContext
from yoyaku_payment_account_transfer.accounts import account_for_file
from yoyaku_payment_account_transfer.request import write_request
from yoyaku_payment_account_transfer.result import read_result
from yoyaku_payment_account_transfer.settings import TransferSettings
from yoyaku_payment_account_transfer.transfers import write_transfers


class AccountTransfer(WithoutProvider):
    """Account transfer (口座振替) in the format of the banks' association."""

    name: ClassVar[str] = "payment-account-transfer"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = TransferSettings

    def capabilities(self, settings: TransferSettings) -> Capabilities:
        """By file. Banks give nothing back by it: what goes back is the counter's."""
        del settings
        return Capabilities(way="file")

    def check_account(self, context: PaymentContext, account: BankAccount) -> BankAccount:
        """The account as it goes into a file; Japan Post Bank's symbol and number may stand for branch and number.

        Raises:
            FileRefused: digits that are none, or a character that no bank's file holds, with the field.
        """
        return account_for_file(account, o_for_wo=_settings(context).o_for_wo)

    def write_request(self, context: PaymentContext, batch: DebitBatch) -> bytes:
        """The request, byte for byte.

        Raises:
            FileRefused: a row that must not go out.
        """
        return write_request(_settings(context), batch)

    def read_result(self, context: PaymentContext, content: bytes, asked: DebitBatch) -> DebitResult:
        """The bank's answer to exactly that batch.

        Raises:
            FileRefused: anything in it that does not agree, with its place.
        """
        return read_result(_settings(context), content, asked)

    def makes_transfers(self, context: PaymentContext) -> bool:
        """Whether the bank has a code for files of transfers."""
        return _settings(context).transfer_code is not None

    def write_transfers(self, context: PaymentContext, batch: TransferBatch) -> bytes:
        """The file of transfers, byte for byte.

        Raises:
            FileRefused: a row that must not go out.
        """
        return write_transfers(_settings(context), batch)

    async def start(self, context: PaymentContext, order: Order) -> InNextFile:
        """The next file takes it."""
        del context, order
        return InNextFile()


def _settings(context: PaymentContext) -> TransferSettings:
    settings: TransferSettings = context.settings
    return settings
