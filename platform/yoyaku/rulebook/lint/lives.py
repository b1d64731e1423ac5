"""The life of a booking: whatever can be booked begins in some state."""

from __future__ import annotations

from collections.abc import Iterator

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace, may_hold
from yoyaku.rulebook.book import Book
from yoyaku.rulebook.domains import combinations, timetables_at
from yoyaku.rulebook.lint.fees import MOST_COMBINATIONS, in_words
from yoyaku.rules.condition import matches
from yoyaku.rules.fault import Fault


def check_lives(book: Book) -> Iterator[Fault]:
    """Combinations for which no entry of ``lifecycle`` says how a booking begins."""
    if book.compiled is None:
        return
    rules = book.compiled
    missing = [words for placed in _different_places(book, rules) for words in _without_entry(rules, placed)]
    if missing:
        yield book.key_fault("no_lifecycle", ("booking", "lifecycle"), found=missing[0], more=len(missing) - 1)


def _different_places(book: Book, rules: ServiceRules) -> Iterator[PlacedSpace]:
    """One space for each set of entries and timetables that can hold."""
    seen: set[object] = set()
    for placed in book.spaces:
        entries = tuple(may_hold(entry.when, placed.facts) for entry in rules.booking.lifecycle)
        sign = (entries, tuple(timetables_at(rules, placed)))
        if sign not in seen:
            seen.add(sign)
            yield placed


def _without_entry(rules: ServiceRules, placed: PlacedSpace) -> list[str]:
    entries = [entry.when for entry in rules.booking.lifecycle]
    return [
        in_words(placed, choice)
        for choice in combinations(rules, placed, entries, "booking", at_most=MOST_COMBINATIONS)
        if not any(matches(when, {**placed.facts, **choice}) for when in entries)
    ]
