"""The plugin: nothing to be done by the payer; a file asks, a file answers, and the platform's books know the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, NoReturn

from msgspec import Struct

from yoyaku.extension.debit import BankAccount, DebitBatch, DebitResult
from yoyaku.extension.payment import (
    CONTRACT,
    Capabilities,
    Found,
    InNextFile,
    NotSupported,
    Order,
    PaymentContext,
    PaymentRef,
    RefundOrder,
    StatementLine,
    WebhookRefused,
)
from yoyaku_payment_account_transfer.accounts import account_for_file
from yoyaku_payment_account_transfer.request import write_request
from yoyaku_payment_account_transfer.result import read_result
from yoyaku_payment_account_transfer.settings import TransferSettings


class AccountTransfer:
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

    async def start(self, context: PaymentContext, order: Order) -> InNextFile:
        """The next file takes it."""
        del context, order
        return InNextFile()

    async def status(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """No bank can be asked before its file comes back."""
        del context, payment
        return Found(state="unknown")

    async def cancel(self, context: PaymentContext, payment: PaymentRef) -> Found:
        """What is in no file yet is left out of it by the platform itself; what was sent cannot be called back."""
        del context, payment
        return Found(state="unknown")

    async def refund(self, context: PaymentContext, order: RefundOrder) -> NoReturn:
        """A bank gives nothing back by these files.

        Raises:
            NotSupported: always.
        """
        del context, order
        raise NotSupported(what="refund")

    async def refund_status(self, context: PaymentContext, order: RefundOrder) -> Found:
        """None was ever begun."""
        del context, order
        return Found(state="unknown")

    def read_webhook(self, context: PaymentContext, headers: Mapping[str, str], body: bytes) -> NoReturn:
        """Banks send files, never webhooks.

        Raises:
            WebhookRefused: always.
        """
        del context, headers, body
        raise WebhookRefused(reason="forged")

    async def statement(self, context: PaymentContext, day: date) -> Sequence[StatementLine]:
        """None: each result file is compared with what was asked for, whole, when it is read."""
        del context, day
        return ()


def _settings(context: PaymentContext) -> TransferSettings:
    settings: TransferSettings = context.settings
    return settings
