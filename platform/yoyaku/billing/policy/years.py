"""To which fiscal year money belongs.

Local Autonomy Act, articles 208 and 235-5; its enforcement order, article 142 (income) and articles 165-6 and 165-7
(corrections after the books are closed).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from yoyaku.kernel.fiscal import fiscal_year

BOOKS_CLOSE: Final = (5, 31)
"""Month and day of the following year until which a year's money is taken into its books."""


@dataclass(frozen=True, kw_only=True)
class Years:
    """The fiscal year in whose books money stands, and from what a refund is paid (``None``: it is none)."""

    income_year: int
    refunded_from: Literal["income", "expenditure"] | None = None


def books_close_on(year: int) -> date:
    """The last day on which money of a fiscal year is taken into its books."""
    return date(year + 1, *BOOKS_CLOSE)


def income_year(*, received_on: date, due_on: date | None = None, noticed_on: date | None = None) -> int:
    """The year that a payment is income of: of the fixed due date, else of the notice, else of the day it came (T-F3).

    Once that year's books are closed it is income of the year in which it came.
    """
    year = fiscal_year(due_on or noticed_on or received_on)
    return year if received_on <= books_close_on(year) else fiscal_year(received_on)


def refund_from(*, income_of: int, refunded_on: date) -> Literal["income", "expenditure"]:
    """From what a refund is paid: out of the year's income (戻出) while its books are open, else as an expense."""
    return "income" if refunded_on <= books_close_on(income_of) else "expenditure"


def years_of_payment(*, at: datetime, due_at: datetime | None, zone: ZoneInfo) -> Years:
    """Of which year a payment is income that comes at an instant for a charge that was due at another."""
    due_on = None if due_at is None else last_day(due_at, zone)
    return Years(income_year=income_year(received_on=at.astimezone(zone).date(), due_on=due_on))


def years_of_refund(*, at: datetime, income_of: int, zone: ZoneInfo) -> Years:
    """Out of which year a refund is paid at an instant: the year of its payment while that one's books are open."""
    day = at.astimezone(zone).date()
    source = refund_from(income_of=income_of, refunded_on=day)
    return Years(income_year=income_of if source == "income" else fiscal_year(day), refunded_from=source)


def last_day(end: datetime, zone: ZoneInfo) -> date:
    """The last day of a time that ends before an instant: 31 March for midnight of 1 April."""
    here = end.astimezone(zone)
    return date.fromordinal(here.date().toordinal() - 1) if here.hour == here.minute == 0 else here.date()
