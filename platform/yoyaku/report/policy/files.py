"""Tables as files that spreadsheets open: UTF-8 with its mark, and no cell that one would run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet would reckon out; a negative number is none."""


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file: heads, rows, CR LF."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in (heads, *rows))
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    is_number = cell.removeprefix("-").replace(",", "").isdecimal()
    return f"'{cell}" if cell.startswith(FORMULA) and not is_number else cell
