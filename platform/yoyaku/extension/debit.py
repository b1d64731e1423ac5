"""What a payment plugin offers besides where money is collected by a file to the bank. Version 1, as ``payment``.

Its three functions are pure and quick: nobody is asked, so that they may be called inside a transaction, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol, runtime_checkable

from yoyaku.extension.payment import PaymentContext, PaymentPlugin
from yoyaku.kernel.errors import YoyakuError

__all__ = [
    "BankAccount",
    "DebitBatch",
    "DebitOutcome",
    "DebitResult",
    "DebitRow",
    "FilePaymentPlugin",
    "FileRefused",
    "TransferBatch",
    "TransferPlugin",
    "TransferRow",
]


class FileRefused(YoyakuError):
    """A file of the bank is refused whole (``reason``, ``line``, ``place``, ``found``, ``expected`` where known).

    Words: ``error.bank_file_refused.<reason>``. ``also`` are further faults that were found beside it, each with its place.
    """

    also: tuple[FileRefused, ...] = ()

    status = 422
    code = "bank_file_refused"
    title = "The file was not accepted; nothing was changed."

    @property
    def variant(self) -> str | None:
        """The reason."""
        return str(self.facts["reason"]) if "reason" in self.facts else None


@dataclass(frozen=True, kw_only=True)
class BankAccount:
    """An account that may be debited: 4 and 3 digits, a kind of deposit, 7 digits, the holder in kana as the bank has it.

    As somebody types it, Japan Post Bank's symbol (5 digits) and number may stand for branch and number.
    """

    bank_code: str
    branch_code: str
    kind: Literal["ordinary", "current", "tax", "other"]
    number: str = field(repr=False)
    holder_kana: str = field(repr=False)
    bank_name: str = ""
    branch_name: str = ""


@dataclass(frozen=True, kw_only=True)
class DebitRow:
    """One debit: our key (at most 20 characters, unique in the file), how much, from which account, whether the first."""

    key: str
    amount_yen: int
    account: BankAccount
    is_first: bool = False


@dataclass(frozen=True, kw_only=True)
class DebitBatch:
    """One file to the bank: the day of the debit (a bank day) and its rows in order."""

    collect_on: date
    rows: tuple[DebitRow, ...]


@dataclass(frozen=True, kw_only=True)
class DebitOutcome:
    """What became of one debit; ``reason`` is a code with words under ``payment.failed.<reason>``."""

    key: str
    amount_yen: int
    succeeded: bool
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class DebitResult:
    """A result file that agrees in itself and with what was asked for."""

    collect_on: date
    outcomes: tuple[DebitOutcome, ...]


@dataclass(frozen=True, kw_only=True)
class TransferRow:
    """One transfer: how much, into which account."""

    amount_yen: int
    account: BankAccount


@dataclass(frozen=True, kw_only=True)
class TransferBatch:
    """One file of transfers to the bank (総合振込): the day on which they are paid (a bank day) and its rows in order."""

    pay_on: date
    rows: tuple[TransferRow, ...]


class FilePaymentPlugin(PaymentPlugin, Protocol):
    """A plugin whose ``way`` is ``file``: what is owed is collected by a file to the bank, and its answer read back."""

    def check_account(self, context: PaymentContext, account: BankAccount) -> BankAccount:
        """The account as it goes into a file.

        Raises:
            FileRefused: a character or a length that the bank cannot take, with the field (``place``); those of the other
                fields in ``also``, so that whoever typed them mends all at once.
        """
        ...

    def write_request(self, context: PaymentContext, batch: DebitBatch) -> bytes:
        """The file for the bank, byte for byte.

        Raises:
            FileRefused: a row that must not go out (an amount of zero or too large, a key twice), with its place.
        """
        ...

    def read_result(self, context: PaymentContext, content: bytes, asked: DebitBatch) -> DebitResult:
        """The bank's answer to exactly that batch.

        Raises:
            FileRefused: cut, in the wrong encoding, a wrong total, an unknown customer, another day: whole, with the place.
        """
        ...


@runtime_checkable
class TransferPlugin(Protocol):
    """What a plugin that works by file may offer besides: money that goes back, by a file of transfers."""

    def makes_transfers(self, context: PaymentContext) -> bool:
        """Whether its settings say all that such a file needs."""
        ...

    def write_transfers(self, context: PaymentContext, batch: TransferBatch) -> bytes:
        """The file for the bank, byte for byte; each row's number from 1 stands in it.

        Raises:
            FileRefused: a row that must not go out, with its place.
        """
        ...
