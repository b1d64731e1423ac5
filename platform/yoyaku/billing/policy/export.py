"""The ledger's lines as the city's accounting reads them: one a row, in civil time, with the year they are income of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from yoyaku.billing.policy.years import income_year, refund_from
from yoyaku.kernel.spreadsheet import csv_text

COLUMNS: Final = (
    "payee", "fiscal_year", "income_year", "date", "time", "transaction", "line", "kind", "account", "held_by", "number",
    "debit_yen", "credit_yen", "note", "refunded_from",
)  # fmt: skip
"""The first row of the file."""
PAYMENT: Final = "payment"
"""Money that comes is income of the year in which it was due (enforcement order, article 142)."""


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """A line of a transaction; ``yen`` is positive in debit, ``due_at`` is when its charge was to be paid.

    ``of_payment_at`` is set for a refund: when the payment that it gives back had been posted.
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
    due_at: datetime | None
    note: str | None
    of_payment_at: datetime | None = None


def export_csv(lines: Iterable[LedgerLine], *, zone: ZoneInfo) -> str:
    """The file's text, with CR LF; amounts are whole yen. A cell that a spreadsheet would run stands behind an apostrophe."""
    return csv_text(COLUMNS, (_row(one, zone) for one in lines))


def _row(one: LedgerLine, zone: ZoneInfo) -> Sequence[str | int]:
    at = one.at.astimezone(zone)
    return (
        one.payee,
        one.fiscal_year,
        year_of(one, zone),
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
        source_of(one, zone),
    )


def year_of(one: LedgerLine, zone: ZoneInfo) -> int:
    """The fiscal year in whose books a line stands: a payment is income of it, a refund is taken from it."""
    if one.kind == PAYMENT:
        return _income_year(one, one.at, zone)
    if one.of_payment_at is not None and source_of(one, zone) == "income":
        return _income_year(one, one.of_payment_at, zone)
    return one.fiscal_year


def source_of(one: LedgerLine, zone: ZoneInfo) -> Literal["income", "expenditure", ""]:
    """From what a refund is paid; nothing for any other line."""
    if one.of_payment_at is None:
        return ""
    year = _income_year(one, one.of_payment_at, zone)
    return refund_from(income_of=year, refunded_on=one.at.astimezone(zone).date())


def _income_year(one: LedgerLine, received_at: datetime, zone: ZoneInfo) -> int:
    due_on = None if one.due_at is None else last_day(one.due_at, zone)
    return income_year(received_on=received_at.astimezone(zone).date(), due_on=due_on)


def last_day(end: datetime, zone: ZoneInfo) -> date:
    """The last day of a time that ends before an instant: 31 March for midnight of 1 April."""
    here = end.astimezone(zone)
    return date.fromordinal(here.date().toordinal() - 1) if here.hour == here.minute == 0 else here.date()
