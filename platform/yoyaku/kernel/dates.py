"""Dates as people type them: 1978-06-16, 19780616, 1978年6月16日, 昭和53年6月16日, S53.6.16; digits of any width.

Eras by their first days (eras.go.jp): 令和 2019-05-01, 平成 1989-01-08, 昭和 1926-12-25, 大正 1912-07-30, 明治 1868-10-23.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from yoyaku.kernel.text import fold_width

_ERAS: Final = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("明治", "M", date(1868, 10, 23)),
)
_SIGN: Final = "[-/.年月]"
_WESTERN: Final = re.compile(rf"([0-9]{{4}}){_SIGN}([0-9]{{1,2}}){_SIGN}([0-9]{{1,2}})日?")
_DIGITS: Final = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")
_ERA: Final = re.compile(
    rf"(令和|平成|昭和|大正|明治|[RHSTM])([0-9]{{1,2}}|元){_SIGN}([0-9]{{1,2}}){_SIGN}([0-9]{{1,2}})日?"
)
_HYPHENS: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))  # signs that look like a hyphen


def read_date(text: str) -> date | None:
    """The date that somebody typed; ``None`` where there is no such day, or not in that era."""
    plain = "".join(fold_width(text).translate(_HYPHENS).split()).upper()
    western = _WESTERN.fullmatch(plain) or _DIGITS.fullmatch(plain)
    if western:
        return _day(*map(int, western.groups()))
    found = _ERA.fullmatch(plain)
    return None if found is None else _era_day(found[1], 1 if found[2] == "元" else int(found[2]), found)


def _era_day(name: str, year: int, found: re.Match[str]) -> date | None:
    place = next(place for place, era in enumerate(_ERAS) if name in era[:2])
    begins = _ERAS[place][2]
    ends = _ERAS[place - 1][2] if place else date.max
    day = _day(begins.year + year - 1, int(found[3]), int(found[4])) if year else None
    return day if day is not None and begins <= day < ends else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
