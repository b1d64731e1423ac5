"""Tables as files that spreadsheets open: CSV of which no cell is run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""With what a cell begins that a spreadsheet would reckon out, in either width; a negative number is none."""


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Heads and rows with CR LF; what a spreadsheet would run stands behind an apostrophe."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_plain(str(cell)) for cell in row] for row in (heads, *rows))
    return text.getvalue()


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """The same as a file: UTF-8 with its mark, by which spreadsheets know it."""
    return csv_text(heads, rows).encode("utf-8-sig")


def _plain(cell: str) -> str:
    is_number = cell.removeprefix("-").replace(",", "").isdecimal()
    return f"'{cell}" if cell.startswith(FORMULA) and not is_number else cell
