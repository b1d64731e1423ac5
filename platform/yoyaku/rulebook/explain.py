"""A decision in words: what came of it, and the clauses that made it, each with its line in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from yoyaku.rulebook.examples import Decision
from yoyaku.rulebook.source import Source
from yoyaku.rules.fault import KeyPath, Place
from yoyaku.rules.trace import ClauseUse, trace_to_json

_STEP: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Explained:
    """A clause of a decision and where it stands; no place where it follows from no line."""

    use: ClauseUse
    place: Place | None


def explained(decision: Decision, source: Source) -> list[Explained]:
    """The clauses of a decision, in the order in which they counted."""
    return [Explained(use, place_of(source, use.path)) for use in decision.trace]


def place_of(source: Source, path: str) -> Place | None:
    """Where the clause at ``booking.windows[2]`` or ``facilities.<code>.spaces[0]`` stands."""
    steps = key_path(path)
    if not steps:
        return None
    if steps[0] == "facilities":
        at = next((at for at in source.facilities if at.facility.code == steps[1]), None)
        return None if at is None else at.document.place((*at.path, *steps[2:]))
    return source.document.place(steps)


def key_path(path: str) -> KeyPath:
    """The steps of a path in words."""
    return tuple(int(index) if index else name for index, name in _STEP.findall(path))


def found_in_words(found: Mapping[str, Any], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """What came of a decision, key by key; instants as the municipality's clocks show them."""
    for key, value in found.items():
        if value is not None:
            yield key, in_words(value, zone)


def in_words(value: object, zone: ZoneInfo) -> str:
    """A value as people of the municipality write it."""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {in_words(part, zone)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(in_words(part, zone) for part in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else str(value)


def to_json(decision: Decision, source: Source, zone: ZoneInfo) -> dict[str, Any]:
    """The decision for machines."""
    places = [each.place for each in explained(decision, source)]
    return {
        "found": dict(found_in_words(decision.found, zone)),
        "trace": [
            {**use, "place": None if place is None else str(place)}
            for use, place in zip(trace_to_json(decision.trace), places, strict=True)
        ],
    }
