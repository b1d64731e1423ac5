"""The fiscal year begins on 1 April (Local Autonomy Act, article 208)."""

from __future__ import annotations

from datetime import date

APRIL = 4


def fiscal_year(day: date) -> int:
    """The year in which the fiscal year of ``day`` began: 2027-03-31 is of 2026."""
    return day.year if day.month >= APRIL else day.year - 1
