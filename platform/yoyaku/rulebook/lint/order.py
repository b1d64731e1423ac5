"""Lists in which the first entry that holds counts: what stands behind one that always holds before it is dead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from yoyaku.booking.terms import Cancellation, Lifecycle
from yoyaku.facility.terms import TimetableUse
from yoyaku.fee.terms import Add
from yoyaku.rulebook.book import Book
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.rules.values import DatedFactor, DatedYen, FactorByDate, Match, Range, When, YenByDate


def check_order(book: Book) -> Iterator[Fault]:
    """Entries that are never reached, and dated amounts out of order."""
    booking = book.rules.booking
    uses = [None if _begins_later(use) else use.when for use in book.rules.timetable_use]
    yield from _dead(book, ("timetable_use",), uses, [use.when for use in book.rules.timetable_use])
    lives: list[Lifecycle] = booking.lifecycle
    yield from _dead(book, ("booking", "lifecycle"), [life.when for life in lives], [life.when for life in lives])
    yield from _dead_ways(book, booking.cancellation)
    for index, step in enumerate(book.rules.fees.steps):
        if isinstance(step, Add):
            rows = [row.when for row in step.table]
            yield from _dead(book, ("fees", "steps", index, "table"), rows, rows)
    yield from _dates(book)


def _begins_later(use: TimetableUse) -> bool:
    return use.since is not None or use.from_days_before_use is not None


def _dead(book: Book, path: KeyPath, hiding: Sequence[When | None], entries: Sequence[When]) -> Iterator[Fault]:
    """Entries behind one whose condition holds wherever theirs does; ``None`` hides nothing."""
    for index, when in enumerate(entries):
        if any(earlier is not None and implies(when, earlier) for earlier in hiding[:index]):
            yield book.fault("never_reached", (*path, index), level="warning")


def _dead_ways(book: Book, ways: Sequence[Cancellation]) -> Iterator[Fault]:
    for index, way in enumerate(ways):
        for earlier in ways[:index]:
            same_end = earlier.until is None or earlier.until == way.until
            if same_end and set(way.by) <= set(earlier.by) and implies(way.when, earlier.when):
                yield book.fault("never_reached", ("booking", "cancellation", index), level="warning")
                break


def implies(when: When, other: When) -> bool:
    """Whether ``other`` holds wherever ``when`` does, as far as the lines show."""
    return all(name in when and _within(when[name], allowed) for name, allowed in other.items())


def may_meet(when: When, other: When) -> bool:
    """Whether both can hold of one thing, as far as the lines show: no fact has to be two things at once."""
    return all(_share(allowed, other[name]) for name, allowed in when.items() if name in other)


def _share(one: Match, other: Match) -> bool:
    if isinstance(one, Range) or isinstance(other, Range):
        return True
    return not set(_options(one)).isdisjoint(_options(other))


def _within(inner: Match, outer: Match) -> bool:
    if isinstance(inner, Range) or isinstance(outer, Range):
        return inner == outer
    return set(_options(inner)) <= set(_options(outer))


def _options(match: str | int | bool | list[str | int]) -> list[tuple[type, str | int]]:  # noqa: FBT001
    return [(type(option), option) for option in (match if isinstance(match, list) else [match])]


def _dates(book: Book) -> Iterator[Fault]:
    """Dated tables stand in order, and begin no later than the rule set."""
    applies = book.rules.applies
    tables: list[tuple[KeyPath, YenByDate | FactorByDate]] = [
        *book.structs_of(YenByDate),
        *book.structs_of(FactorByDate),
    ]
    for path, dated in tables:
        starts = _starts(dated)
        for index, (earlier, later) in enumerate(pairwise(starts), start=1):
            if later <= earlier:
                facts: dict[str, Any] = {"found": later, "allowed": earlier}
                yield book.fault("dates_out_of_order", (*path, "values", index, "from"), **facts)
        first = min(starts)
        if dated.by == applies.by and first > applies.since:
            facts = {"found": first, "allowed": applies.since}
            yield book.fault("dated_too_late", (*path, "values", 0, "from"), **facts)


def _starts(dated: YenByDate | FactorByDate) -> list[str]:
    entries: Sequence[DatedYen | DatedFactor] = dated.values
    return [entry.since for entry in entries]
