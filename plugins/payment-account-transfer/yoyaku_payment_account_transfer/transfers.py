"""The file that asks the bank to pay into accounts (総合振込, kind of file 21), byte for byte.

Its header is that of account transfers with another kind and code; data and trailer are laid out as banks publish them
(全銀協制定ファイルフォーマット【総合振込】 of the Gunma Bank: data 1, 4, 15, 3, 15, 4, 1, 7, 30, 10, 1, 10, 10, 1, 1, 7; trailer 1, 6, 12,
101 bytes).
"""

from __future__ import annotations

from typing import Final

from yoyaku.extension.debit import FileRefused, TransferBatch, TransferRow
from yoyaku_payment_account_transfer.records import Field, Layout, write
from yoyaku_payment_account_transfer.request import LARGEST_YEN, account_values, finish_file, write_header
from yoyaku_payment_account_transfer.settings import TransferSettings

FILE_KIND: Final = "21"
TELEGRAPHIC: Final = "7"
"""電信扱い: there on the day that the file names."""
NOT_PAID_INTO: Final = "tax"
"""Deposits for taxes take no transfers."""

DATA: Final[Layout] = (
    Field("kind", 1, "N"),
    Field("bank_code", 4, "N"),
    Field("bank_name", 15, "C"),
    Field("branch_code", 3, "N"),
    Field("branch_name", 15, "C"),
    Field("clearing", 4, "N"),
    Field("account_kind", 1, "N"),
    Field("account_number", 7, "N"),
    Field("holder", 30, "C"),
    Field("amount", 10, "N"),
    Field("news", 1, "N"),
    Field("customer", 10, "N"),
    Field("customer_further", 10, "N"),
    Field("way", 1, "N"),
    Field("shows", 1, "C"),
    Field("rest", 7, "C"),
)
TRAILER: Final[Layout] = (
    Field("kind", 1, "N"),
    Field("count", 6, "N"),
    Field("total", 12, "N"),
    Field("rest", 101, "C"),
)


def write_transfers(settings: TransferSettings, batch: TransferBatch) -> bytes:
    """The request: header, one record for each row in order (its number from 1 as the customer's code), trailer, end.

    Raises:
        FileRefused: ``no_transfer_code``, ``nothing_to_transfer``, ``too_many``, or a row's amount or account, with its line.
    """
    if settings.transfer_code is None:
        raise FileRefused(reason="no_transfer_code")
    if not batch.rows:
        raise FileRefused(reason="nothing_to_transfer")
    data = [_data(settings, row, number) for number, row in enumerate(batch.rows, start=1)]
    total = sum(row.amount_yen for row in batch.rows)
    header = write_header(settings, file_kind=FILE_KIND, code=settings.transfer_code, day=batch.pay_on)
    return finish_file(settings, header, data, TRAILER, total)


def _data(settings: TransferSettings, row: TransferRow, number: int) -> bytes:
    line = number + 1
    if not 0 < row.amount_yen <= LARGEST_YEN:
        reason = "amount_too_large" if row.amount_yen > 0 else "amount_not_positive"
        raise FileRefused(reason=reason, line=line, place="amount", found=row.amount_yen, expected=LARGEST_YEN)
    if row.account.kind == NOT_PAID_INTO:
        raise FileRefused(reason="not_paid_into", line=line, place="kind")
    return write(
        DATA,
        {
            **account_values(settings, row.account, line=line),
            "amount": row.amount_yen,
            "customer": number,
            "way": TELEGRAPHIC,
        },
    )
