"""An error as it is stored: what is needed to say it later, in any language, and nothing that it said in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from yoyaku.kernel.errors import YoyakuError

DATE_LETTERS: Final = len("2027-02-01")
PLAIN: Final = (str, int, float, date, dict)
"""Kinds of facts that can be stored, and said again."""


def keep_error(error: YoyakuError) -> dict[str, Any]:
    """An error that can be explained: its code (with its variant), its title and its facts."""
    code = error.code if error.variant is None else f"{error.code}.{error.variant}"
    facts = {name: _plain(value) for name, value in error.facts.items()}
    return {"code": code, "title": error.title, "facts": {name: one for name, one in facts.items() if one is not None}}


def read_error(stored: Mapping[str, Any]) -> YoyakuError:
    """The error that was stored, so that it can be said in words."""
    error = YoyakuError(**{name: _read(value) for name, value in stored["facts"].items()})
    vars(error).update(code=stored["code"], title=stored["title"])
    return error


def _plain(value: object) -> object:
    """A fact that can be stored, a list of texts as one text; ``None`` for any other."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, PLAIN) else None


def _read(value: object) -> object:
    """A fact as it was: days and instants were stored as text."""
    if not isinstance(value, str) or not value[:4].isdigit():
        return value
    try:
        return date.fromisoformat(value) if len(value) == DATE_LETTERS else datetime.fromisoformat(value)
    except ValueError:
        return value
