"""The ledger's lines as the city's accounting reads them: one a row, in civil time, with the year they are income of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from yoyaku.kernel.spreadsheet import csv_text

COLUMNS: Final = (
    "payee", "fiscal_year", "income_year", "date", "time", "transaction", "line", "kind", "account", "held_by", "number",
    "debit_yen", "credit_yen", "note", "refunded_from",
)  # fmt: skip
"""The first row of the file."""


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """A line of a transaction; ``yen`` is positive in debit.

    ``income_year`` is the year in whose books it stands, ``refunded_from`` from what a refund is paid.
    """

    at: datetime
    kind: str
    key: str
    line: int
    payee: str
    account: str
    provider: str | None
    yen: int
    number: str | None
    fiscal_year: int
    income_year: int
    refunded_from: Literal["income", "expenditure"] | None
    note: str | None


def export_csv(lines: Iterable[LedgerLine], *, zone: ZoneInfo) -> str:
    """The file's text, with CR LF; amounts are whole yen. A cell that a spreadsheet would run stands behind an apostrophe."""
    return csv_text(COLUMNS, (_row(one, zone) for one in lines))


def _row(one: LedgerLine, zone: ZoneInfo) -> Sequence[str | int]:
    at = one.at.astimezone(zone)
    return (
        one.payee,
        one.fiscal_year,
        one.income_year,
        at.date().isoformat(),
        f"{at:%H:%M:%S}",
        one.key,
        one.line,
        one.kind,
        one.account,
        one.provider or "",
        one.number or "",
        max(one.yen, 0),
        max(-one.yen, 0),
        one.note or "",
        one.refunded_from or "",
    )
