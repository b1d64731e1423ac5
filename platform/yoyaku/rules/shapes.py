"""The few textual shapes of the language: how each is called, what it looks like, and whether a text has it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date
from typing import Final, get_args

from yoyaku.rules.values import Code, DateText, InstantText, MonthDay, TimeOfDay

LEAP_YEAR: Final = "2000"


def _pattern(shape: object) -> str:
    return str(get_args(shape)[1].pattern)


SHAPES: Final = {
    _pattern(Code): "code",
    _pattern(TimeOfDay): "time_of_day",
    _pattern(DateText): "date",
    _pattern(MonthDay): "month_day",
    _pattern(InstantText): "instant",
}
"""From a pattern of the schema to the name by which the wording speaks of it."""

SAMPLES: Final = {
    "code": "sample",
    "time_of_day": "00:00",
    "date": "2000-01-01",
    "month_day": "01-01",
    "instant": "2000-01-01T00:00",
}


def shape_of(pattern: str) -> str:
    """The name of a pattern's shape; ``text`` for a pattern that only one place uses."""
    return SHAPES.get(pattern, "text")


def has_shape(text: str, pattern: str) -> bool:
    """Whether the text fits the pattern and, for dates, exists in the calendar ("02-29" does as a day of the year)."""
    if re.search(pattern, text) is None:
        return False
    shape = shape_of(pattern)
    if shape in {"date", "instant"}:
        return _exists(text[:10])
    return shape != "month_day" or _exists(f"{LEAP_YEAR}-{text}")


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def _exists(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
