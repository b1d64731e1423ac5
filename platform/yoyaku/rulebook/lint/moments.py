"""Moments: each hangs on something that is known where it stands, and exists in every month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from yoyaku.rulebook.book import Book
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.rules.values import Anchor, Moment

OF_THE_DAY: Final[frozenset[Anchor]] = frozenset({"use_day", "use_month", "use_fiscal_year"})
OF_THE_USE: Final[frozenset[Anchor]] = OF_THE_DAY | {"use_start", "use_end"}
OF_THE_MAKING: Final[frozenset[Anchor]] = OF_THE_USE | {"made", "applied", "tentative_since", "registered", "now"}
OF_THE_WIN: Final[frozenset[Anchor]] = frozenset({"announced", "drawn", "won", "accepted"})
"""What only bookings have that arose from a lottery."""
OF_WON: Final = frozenset({("booking", "lifecycle"), ("payment", "methods")})
"""Lists whose entries may speak of such bookings alone, and then count from these."""

KNOWN_ANCHORS: Final[Mapping[tuple[str, ...], frozenset[Anchor]]] = {
    ("timetable_use",): OF_THE_DAY,
    ("booking", "windows"): OF_THE_USE | {"registered", "now"},
    ("booking", "lifecycle"): OF_THE_MAKING,
    ("booking", "cancellation"): OF_THE_MAKING | {"paid"},
    ("booking", "change"): OF_THE_MAKING | {"paid"},
    ("payment", "arrears"): OF_THE_MAKING | {"due", "step"},
    ("payment",): OF_THE_MAKING,
    ("lottery", "win"): frozenset({"use_month", "announced", "won"}),
    ("lottery",): frozenset({"use_month"}),
}
"""By the place of a moment, what it can hang on."""

SHORTEST_MONTH: Final = 28


def check_moments(book: Book) -> Iterator[Fault]:
    """Moments on what is not known there, and days that short months do not have."""
    for path, moment in book.structs_of(Moment):
        known = _known_at(path) | (OF_THE_WIN if _speaks_of_won(book, path) else frozenset())
        if moment.anchor not in known:
            yield book.fault("anchor_not_here", (*path, "from"), found=f'"{moment.anchor}"', allowed=sorted(known))
        day = moment.day
        if isinstance(day, int) and day > SHORTEST_MONTH and moment.month_end == "clamp":
            yield book.fault("past_month_end", (*path, "day"), level="warning", found=day)


def _speaks_of_won(book: Book, path: KeyPath) -> bool:
    """Whether a moment stands in an entry that holds only for what was won by lot."""
    if path[:2] not in OF_WON:
        return False
    lives, methods = book.rules.booking.lifecycle, book.rules.payment.methods
    when = (methods if path[0] == "payment" else lives)[int(path[2])].when
    return when.get("arose") in ("lottery", ["lottery"])


def _known_at(path: KeyPath) -> frozenset[Anchor]:
    if path[:2] == ("lottery", "schemes"):
        path = ("lottery", *path[3:])
    for beginning, known in KNOWN_ANCHORS.items():
        if path[: len(beginning)] == beginning:
            return known
    return OF_THE_MAKING
