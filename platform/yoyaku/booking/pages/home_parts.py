"""What others put on my page: whoever has something of a resident's own says so here, and is asked each time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from yoyaku.booking.pages.here import Here


@dataclass(frozen=True, kw_only=True)
class Todo:
    """Something to be done now: what, why, and the page on which it is done."""

    title: str
    hint: str
    path: str
    button: str


@dataclass(frozen=True, kw_only=True)
class HomePart:
    """A section of my page in words: heading, what it is for, button and where that leads; ``badge`` where something waits."""

    code: str
    heading: str
    lead: str
    button: str
    path: str
    badge: str | None = None
    todos: Sequence[Todo] = ()


Source = Callable[[Here], Awaitable[HomePart | None]]
_SOURCES: list[Source] = []


def add_home_part(source: Source) -> None:
    """Make a source known; once is enough."""
    if source not in _SOURCES:
        _SOURCES.append(source)


async def home_parts(here: Here) -> list[HomePart]:
    """The parts that have something for whoever is logged in."""
    found = [await source(here) for source in _SOURCES]
    return [part for part in found if part is not None]
