"""The file that asks the bank to debit, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from yoyaku.extension.debit import BankAccount, DebitBatch, DebitRow, FileRefused
from yoyaku_payment_account_transfer.accounts import account_for_file
from yoyaku_payment_account_transfer.kana import bank_kana
from yoyaku_payment_account_transfer.records import (
    ACCOUNT_KINDS,
    DATA,
    DATA_KIND,
    END,
    END_KIND,
    HEADER,
    HEADER_KIND,
    TRAILER,
    TRAILER_KIND,
    Layout,
    write,
)
from yoyaku_payment_account_transfer.settings import TransferSettings

FILE_KIND: Final = "91"
ENCODING_KIND: Final = "0"
"""The characters are those of JIS."""
LARGEST_YEN: Final = 9_999_999_999
LARGEST_TOTAL_YEN: Final = 999_999_999_999
MOST_ROWS: Final = 999_999
KEY: Final = re.compile("[0-9A-Z]{1,20}", re.ASCII)
LINE_ENDS: Final = {"crlf": b"\r\n", "none": b""}
RESULTS: Final = {"zero": "0", "blank": " "}


def write_request(settings: TransferSettings, batch: DebitBatch) -> bytes:
    """The request: header, one record for each row in order, trailer, end.

    Raises:
        FileRefused: ``no_rows``, ``too_many``, or a row's ``amount_not_positive``, ``amount_too_large``, ``key``,
            ``key_twice`` or account, with its line.
    """
    if not batch.rows:
        raise FileRefused(reason="no_rows")
    seen: set[str] = set()
    data = [_data(settings, row, line, seen) for line, row in enumerate(batch.rows, start=2)]
    total = sum(row.amount_yen for row in batch.rows)
    header = write_header(settings, file_kind=FILE_KIND, code=settings.consignor_code, day=batch.collect_on)
    return finish_file(settings, header, data, TRAILER, total)


def write_header(settings: TransferSettings, *, file_kind: str, code: str, day: date) -> bytes:
    """The first record: of which kind the file is, whose (by the bank's code for that kind), of which day."""
    return write(
        HEADER,
        {
            "kind": HEADER_KIND,
            "file_kind": file_kind,
            "encoding": ENCODING_KIND,
            "consignor_code": code,
            "consignor_name": bank_kana(settings.consignor_name, o_for_wo=settings.o_for_wo),
            "day": f"{day:%m%d}",
            "bank_code": settings.bank_code,
            "bank_name": bank_kana(settings.bank_name, o_for_wo=settings.o_for_wo),
            "branch_code": settings.branch_code,
            "branch_name": bank_kana(settings.branch_name, o_for_wo=settings.o_for_wo),
            "account_kind": ACCOUNT_KINDS[settings.account_kind],
            "account_number": settings.account_number,
        },
    )


def _data(settings: TransferSettings, row: DebitRow, line: int, seen: set[str]) -> bytes:
    _check(row, line, seen)
    return write(
        DATA,
        {
            **account_values(settings, row.account, line=line),
            "amount": row.amount_yen,
            "news": int(row.is_first),
            "customer": row.key,
            "result": RESULTS[settings.result_on_request],
        },
    )


def account_values(settings: TransferSettings, account: BankAccount, *, line: int) -> dict[str, str | int]:
    """What a data record says first, be it debited or paid into: its kind, and the account.

    Raises:
        FileRefused: as :func:`account_for_file`, with the line.
    """
    try:
        fit = account_for_file(account, o_for_wo=settings.o_for_wo)
    except FileRefused as refused:
        raise FileRefused(**{**refused.facts, "line": line}) from refused
    return {
        "kind": DATA_KIND,
        "bank_code": fit.bank_code,
        "bank_name": fit.bank_name,
        "branch_code": fit.branch_code,
        "branch_name": fit.branch_name,
        "account_kind": ACCOUNT_KINDS[fit.kind],
        "account_number": fit.number,
        "holder": fit.holder_kana,
    }


def finish_file(settings: TransferSettings, header: bytes, data: Sequence[bytes], trailer: Layout, total: int) -> bytes:
    """The bytes of a file: its records with their count and sum behind them, parted as the bank wants it.

    Raises:
        FileRefused: ``too_many`` rows or yen for the fields of the trailer.
    """
    if len(data) > MOST_ROWS or total > LARGEST_TOTAL_YEN:
        raise FileRefused(
            reason="too_many", found=f"{len(data)} / {total}", expected=f"{MOST_ROWS} / {LARGEST_TOTAL_YEN}"
        )
    sums = write(trailer, {"kind": TRAILER_KIND, "count": len(data), "total": total})
    records = (header, *data, sums, write(END, {"kind": END_KIND}))
    return b"".join(record + LINE_ENDS[settings.line_end] for record in records)


def _check(row: DebitRow, line: int, seen: set[str]) -> None:
    if row.amount_yen <= 0:
        raise FileRefused(reason="amount_not_positive", line=line, place="amount", found=row.amount_yen)
    if row.amount_yen > LARGEST_YEN:
        raise FileRefused(
            reason="amount_too_large", line=line, place="amount", found=row.amount_yen, expected=LARGEST_YEN
        )
    if not KEY.fullmatch(row.key):
        raise FileRefused(reason="key", line=line, place="customer", found=row.key)
    if row.key in seen:
        raise FileRefused(reason="key_twice", line=line, place="customer", found=row.key)
    seen.add(row.key)
