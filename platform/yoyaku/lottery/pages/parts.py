"""The uses of an entry on their way through the pages: as text in addresses and hidden fields, so that no script is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from yoyaku.booking.pages.answers import PREFIX
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import is_within_reach

PART: Final = "part"
LONGEST: Final = 2_000
MOST: Final = 40
"""More than any set has; what comes after them was not made by these pages."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A use as these pages write it."""

    facility: str
    space: str
    use_on: date
    starts: str | None = None
    ends: str | None = None
    bands: tuple[str, ...] = ()
    nights: int = 0
    surfaces: int = 1
    unit: int | None = None
    activity: str | None = None
    guests: tuple[dict[str, int], ...] = ()
    preferences: dict[str, bool] = {}


def write_part(request: BookingRequest) -> str:
    """A use as text."""
    part = _Part(**{name: getattr(request, name) for name in _Part.__struct_fields__})
    return msgspec.json.encode(part).decode()


def texts_of(form: Mapping[str, Any], name: str) -> list[str]:
    """All that stands under a name in a form or the query of an address."""
    found: list[object] = form.getall(name, []) if hasattr(form, "getall") else []
    return [str(one) for one in found]


def carried_answers(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was typed into the questions, as hidden fields."""
    return [(name, str(value)) for name, value in form.items() if name.startswith(PREFIX) and str(value)]


def read_parts(texts: Iterable[str]) -> list[BookingRequest]:
    """The uses that were written, each once; what these pages did not write is left out."""
    found: list[BookingRequest] = []
    for text in list(texts)[:MOST]:
        request = _read(text)
        if request is not None and request not in found:
            found.append(request)
    return found


def _read(text: str) -> BookingRequest | None:
    if len(text) > LONGEST:
        return None
    try:
        part = msgspec.json.decode(text, type=_Part)
    except msgspec.MsgspecError:
        return None
    if not is_within_reach(part.use_on):
        return None
    return BookingRequest(**{name: getattr(part, name) for name in _Part.__struct_fields__})


def carried_parts(requests: Iterable[BookingRequest]) -> list[tuple[str, str]]:
    """The uses as hidden fields."""
    return [(PART, write_part(request)) for request in requests]


def part_query(requests: Iterable[BookingRequest]) -> Mapping[str, list[str]]:
    """The uses as a query of an address; nothing where there is none."""
    parts = [write_part(request) for request in requests]
    return {PART: parts} if parts else {}
