"""Booking numbers in the city's own format."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from yoyaku.booking.terms import NumberFormat
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.fiscal import fiscal_year

_PART: Final = re.compile(r"\{(fiscal_year|year|sequence|number_code)(?::0(\d{1,2})d)?\}")


class NumberFormatWrong(YoyakuError):
    """The format asks for something that a number is not made of: a fault of the rule set."""

    status = 500
    code = "number_format_wrong"
    title = "The format of the booking number cannot be used."


def format_number(terms: NumberFormat, *, made_on: date, sequence: int, number_code: str | None = None) -> str:
    """The number of a booking made on a civil day, with its place in the sequence.

    ``number_code`` is the facility's, and stays empty where it has none.

    Raises:
        NumberFormatWrong: the format has an unknown part.
    """
    parts: dict[str, int | str] = {
        "fiscal_year": fiscal_year(made_on),
        "year": made_on.year,
        "sequence": sequence,
        "number_code": number_code or "",
    }
    number = _PART.sub(lambda part: str(parts[part[1]]).zfill(int(part[2] or 0)), terms.format)
    if "{" in number or "}" in number:
        raise NumberFormatWrong(format=terms.format)
    return number


def number_scope(terms: NumberFormat, made_on: date) -> str:
    """The sequence that a booking made on a civil day takes its number from; a new one begins at ``begins_at``."""
    if terms.restarts == "fiscal_year":
        return f"fiscal_year {fiscal_year(made_on)}"
    return f"year {made_on.year}" if terms.restarts == "year" else "all"
