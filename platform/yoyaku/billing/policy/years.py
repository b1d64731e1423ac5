"""To which fiscal year money belongs.

Local Autonomy Act, articles 208 and 235-5; its enforcement order, article 142 (income) and articles 165-6 and 165-7
(corrections after the books are closed).
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from yoyaku.kernel.fiscal import fiscal_year

BOOKS_CLOSE: Final = (5, 31)
"""Month and day of the following year until which a year's money is taken into its books."""


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
