"""The four records of 120 bytes, field by field: header (1), data (2), trailer (8), end (9).

Numbers stand right with noughts before them, characters left with spaces after them. Kind of file 91: account transfer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

ENCODING: Final = "cp932"
LENGTH: Final = 120
HEADER_KIND, DATA_KIND, TRAILER_KIND, END_KIND = "1", "2", "8", "9"
ACCOUNT_KINDS: Final = {"ordinary": "1", "current": "2", "tax": "3", "other": "9"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its name, how long it is, whether it holds a number (``N``) or characters (``C``)."""

    name: str
    length: int
    kind: Literal["N", "C"]


Layout = tuple[Field, ...]

HEADER: Final[Layout] = (
    Field("kind", 1, "N"),
    Field("file_kind", 2, "N"),
    Field("encoding", 1, "N"),
    Field("consignor_code", 10, "N"),
    Field("consignor_name", 40, "C"),
    Field("day", 4, "N"),
    Field("bank_code", 4, "N"),
    Field("bank_name", 15, "C"),
    Field("branch_code", 3, "N"),
    Field("branch_name", 15, "C"),
    Field("account_kind", 1, "N"),
    Field("account_number", 7, "N"),
    Field("rest", 17, "C"),
)
DATA: Final[Layout] = (
    Field("kind", 1, "N"),
    Field("bank_code", 4, "N"),
    Field("bank_name", 15, "C"),
    Field("branch_code", 3, "N"),
    Field("branch_name", 15, "C"),
    Field("clearing", 4, "C"),
    Field("account_kind", 1, "N"),
    Field("account_number", 7, "N"),
    Field("holder", 30, "C"),
    Field("amount", 10, "N"),
    Field("news", 1, "N"),
    Field("customer", 20, "C"),
    Field("result", 1, "C"),
    Field("rest", 8, "C"),
)
TRAILER: Final[Layout] = (
    Field("kind", 1, "N"),
    Field("count", 6, "N"),
    Field("total", 12, "N"),
    Field("done_count", 6, "N"),
    Field("done_total", 12, "N"),
    Field("failed_count", 6, "N"),
    Field("failed_total", 12, "N"),
    Field("rest", 65, "C"),
)
END: Final[Layout] = (Field("kind", 1, "N"), Field("rest", 119, "C"))
LAYOUTS: Final = {HEADER_KIND: HEADER, DATA_KIND: DATA, TRAILER_KIND: TRAILER, END_KIND: END}


def write(layout: Layout, values: Mapping[str, str | int]) -> bytes:
    """One record; fields without a value hold noughts or spaces. Values must fit: whoever calls has seen to that."""
    record = "".join(_fill(field, str(values.get(field.name, ""))) for field in layout).encode(ENCODING)
    if len(record) != LENGTH:
        raise ValueError(f"a record of {len(record)} bytes")
    return record


def place_of(layout: Layout, name: str) -> int:
    """At which byte of its record a field begins, counted from 1."""
    before = 0
    for field in layout:
        if field.name == name:
            return before + 1
        before += field.length
    raise KeyError(name)


def read(layout: Layout, record: str) -> dict[str, str]:
    """The fields of a record as they stand there, spaces and noughts included."""
    found: dict[str, str] = {}
    at = 0
    for field in layout:
        found[field.name] = record[at : at + field.length]
        at += field.length
    return found


def _fill(field: Field, value: str) -> str:
    return value.rjust(field.length, "0") if field.kind == "N" else value.ljust(field.length)
