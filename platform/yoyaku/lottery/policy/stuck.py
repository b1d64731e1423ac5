"""A win that could not become a booking by itself: why, kept so that it can be said later, in any language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from yoyaku.kernel.errors import YoyakuError

DATE_LETTERS: Final = len("2027-02-01")
PLAIN: Final = (str, int, float, date, dict)
"""Kinds of facts that can be stored, and said again."""


class WinNotBooked(YoyakuError):
    """What kept a win from becoming a booking was no rule but a failure (``error``: its kind; never what it said)."""

    code = "win_not_booked"
    title = "The booking could not be written. Ask whoever runs the system."


def kept(error: Exception) -> dict[str, Any]:
    """An error as it is stored: its code (with its variant) and facts. Of one that is no sentence, its kind only."""
    known = error if isinstance(error, YoyakuError) else WinNotBooked(error=type(error).__name__)
    code = known.code if known.variant is None else f"{known.code}.{known.variant}"
    facts = {name: value for name, value in known.facts.items() if isinstance(value, PLAIN)}
    return {"code": code, "title": known.title, "facts": facts}


def told(stored: Mapping[str, Any]) -> YoyakuError:
    """The error that was stored, so that it can be said in words."""
    error = YoyakuError(**{name: _read(value) for name, value in stored["facts"].items()})
    vars(error).update(code=stored["code"], title=stored["title"])
    return error


def _read(value: object) -> object:
    """A fact as it was: days and instants were stored as text."""
    if not isinstance(value, str) or not value[:4].isdigit():
        return value
    try:
        return date.fromisoformat(value) if len(value) == DATE_LETTERS else datetime.fromisoformat(value)
    except ValueError:
        return value
