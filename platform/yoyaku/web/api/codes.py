"""Values of the platform as JSON carries them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime


def plain(value: object) -> object:
    """A fact in JSON: instants and dates in ISO 8601, sets as sorted lists, anything unknown as text."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(part) for part in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return str(value)
