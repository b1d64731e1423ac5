"""One's own data as one reads them: parts in a steady order, days and times as people write them, codes by their names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec

from yoyaku.registration.policy.form import find_class
from yoyaku.registration.terms import RegistrationTerms
from yoyaku.ui.formats import long_date, moment
from yoyaku.ui.words import Words

Rows = list[tuple[str, str]]

_FIRST: Final = ("registration", "login", "sessions", "passkeys", "identity_checks", "members", "groups", "bookings")
"""The parts that come first, in this order; the others follow as they are."""
_UNTOLD: Final = frozenset({"registrant_id"})
"""A number of the database says nothing to a reader; in the file it stands."""
_SHORTEST_MOMENT: Final = len("2026-11-21T10:57:41")


def parts_of(held: Mapping[str, Any], terms: RegistrationTerms, words: Words) -> list[tuple[str, list[Rows]]]:
    """For reading: each part by name with its entries, each a list of column and text; what is empty is left out."""
    names = [*(name for name in _FIRST if name in held), *(name for name in held if name not in _FIRST)]
    parts = []
    for name in names:
        entries = held[name] if isinstance(held[name], list) else [held[name]]
        rows = [_rows(entry, terms, words) for entry in entries if isinstance(entry, dict)]
        parts.append((name, [row for row in rows if row]))
    return parts


def _rows(entry: Mapping[str, Any], terms: RegistrationTerms, words: Words) -> Rows:
    told = {name: value for name, value in entry.items() if name not in _UNTOLD and value not in (None, "", [], {})}
    return [(name, _named(name, value, terms, words) or _plain(value, words)) for name, value in told.items()]


def _named(column: str, value: object, terms: RegistrationTerms, words: Words) -> str | None:
    """What the rules or the wording call a code; ``None`` where it is no code."""
    if column == "consents" and isinstance(value, dict):
        said = {one.code: words.text(one.text) for one in terms.consents}
        return words.say("register.comma").join(
            f"{said.get(code, code)} {_plain(at, words)}" for code, at in value.items()
        )
    if not isinstance(value, str):
        return None
    if column == "stage":
        return next((words.text(one.name) for one in terms.stages if one.code == value), None)
    if column == "step":
        return next((words.text(one.name) for one in terms.identity if one.code == value), None)
    if column == "user_class":
        chosen = find_class(terms, value)
        return words.text(chosen.name) if chosen else None
    return words.maybe(f"life.value.{column}.{value}")


def _plain(value: object, words: Words) -> str:
    if not isinstance(value, str):
        return msgspec.json.encode(value).decode()
    try:
        if len(value) >= _SHORTEST_MOMENT and value[10] == "T":
            return moment(datetime.fromisoformat(value), words.language)
        return long_date(date.fromisoformat(value), words.language) if len(value) == len("2026-11-21") else value
    except ValueError:  # a text that only looks like a day
        return value
