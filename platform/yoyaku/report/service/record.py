"""The record of acts as files: CSV for spreadsheets, JSON Lines for programs; both with the place in the seals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.engine import encode_json
from yoyaku.kernel.spreadsheet import csv_file
from yoyaku.report.repository.record import RecordQuery, RecordRow, search_record
from yoyaku.ui.formats import JAPAN

COLUMNS: Final = (
    "at", "actor", "staff_name", "act", "subject_kind", "subject_id", "number", "registrant_id", "purpose", "why", "source", "facts",
    "entry_id", "batch", "place",
)  # fmt: skip
"""The first row of the file; the words of a program, for it reads them again."""
ALL: Final = 10_000_000
"""More acts than any service has."""

Span = tuple[datetime | None, datetime | None]


def span_of(first: date | None, last: date | None) -> Span:
    """From the beginning of the first day to the end of the last, in Japan; without one, without bound."""
    return (
        None if first is None else datetime.combine(first, time(0), JAPAN),
        None if last in {None, date.max} else datetime.combine(last + timedelta(days=1), time(0), JAPAN),
    )


def record_csv(rows: Sequence[RecordRow]) -> bytes:
    """The acts as CSV that a spreadsheet opens as it is."""
    return csv_file(COLUMNS, ([_cell(one, name) for name in COLUMNS] for one in rows))


def record_lines(rows: Sequence[RecordRow]) -> list[str]:
    """The acts as JSON, one on each line."""
    return [encode_json({name: getattr(one, name) for name in COLUMNS}) for one in rows]


async def export_lines(conn: AsyncConnection, *, span: Span) -> list[str]:
    """The acts of a span by whomever, the oldest first, as JSON."""
    rows = await search_record(conn, wanted=RecordQuery(by="all", first=span[0], after=span[1]), at_most=ALL)
    return record_lines(rows[::-1])


def _cell(one: RecordRow, name: str) -> str:
    value = getattr(one, name)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(JAPAN).isoformat()
    return encode_json(value) if name == "facts" else str(value)
