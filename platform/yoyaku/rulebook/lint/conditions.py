"""Conditions: every fact is known, known at that place, and can be what the line allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from yoyaku.booking.terms import Window
from yoyaku.facility.policy import may_hold
from yoyaku.fee.terms import Price
from yoyaku.lottery.terms import EntryMost, LotteryScheme
from yoyaku.rulebook.book import Book, facility_fault
from yoyaku.rulebook.registration_facts import facts_of_clause, registration_facts
from yoyaku.rulebook.vocabulary import BY_THE_UNIT, DAY, OF_ENTRANTS, PAST, PLACE, Fact, vocabulary
from yoyaku.rulebook.walk import when_of
from yoyaku.rules.check import shown
from yoyaku.rules.condition import NONE
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.rules.shapes import closest
from yoyaku.rules.values import Match, Range, When

Finding = tuple[str, KeyPath, Mapping[str, Any]]

PLACE_AND_DAY: Final = PLACE | DAY
LOTTERY_COVERS: Final = PLACE_AND_DAY | {"timetable"}
BEFORE_PRICE: Final = frozenset({"form", "limits"})
"""Parts of the section ``booking`` that are asked while a booking is being made, before its price is known."""


def check_conditions(book: Book) -> Iterator[Fault]:
    """Faults of every ``when`` in the rule set and in the facilities' opening hours."""
    known = vocabulary(book)
    for path, clause in book.structs:
        if path[:1] in {("inventory",), ("examples",)} or not when_of(clause):
            continue
        yield from _told(book, _of_clause(book, path, clause, known))
        if (
            path[0] != "registration"
            and book.spaces
            and not any(may_hold(when_of(clause), at.facts) for at in book.spaces)
        ):
            yield book.fault("holds_nowhere", (*path, "when"), level="warning")
    for at in book.facilities:
        for index, hours in enumerate(at.facility.hours):
            path = ("hours", index, "when")
            for code, where, facts in _findings(hours.when, path, known, PLACE_AND_DAY):
                yield facility_fault(at, code, where, **facts)


def condition_faults(book: Book, path: KeyPath, when: When, *, key: str) -> Iterator[Fault]:
    """Faults of a condition that stands under another key than ``when``."""
    known = vocabulary(book)
    yield from _told(book, _findings(when, (*path, key), known, facts_at(path, None, known)))


def _told(book: Book, findings: Iterator[Finding]) -> Iterator[Fault]:
    for code, where, facts in findings:
        place = book.key_fault if code.startswith(("unknown_fact", "fact_not_here")) else book.fault
        yield place(code, where, **facts)


def _of_clause(book: Book, path: KeyPath, clause: object, known: Mapping[str, Fact]) -> Iterator[Finding]:
    """What is wrong with a clause's condition; registration has facts of its own."""
    terms = book.rules.registration
    when = (*path, "when")
    if path[0] == "registration":
        return _findings(when_of(clause), when, registration_facts(terms), facts_of_clause(path, clause, terms))
    return _findings(when_of(clause), when, known, facts_at(path, clause, known))


def facts_at(path: KeyPath, clause: object, known: Mapping[str, Fact]) -> frozenset[str]:
    """The facts that a clause can look at: a timetable knows place and day, a fee no cancellation."""
    everything = frozenset(known)
    if path[0] == "timetable_use":
        return PLACE_AND_DAY
    if path[0] == "lottery" and not isinstance(clause, EntryMost):
        return LOTTERY_COVERS if isinstance(clause, LotteryScheme) else OF_ENTRANTS
    without = frozenset() if isinstance(clause, Price) else BY_THE_UNIT
    return everything - without - _not_yet(path, clause)


def _not_yet(path: KeyPath, clause: object) -> frozenset[str]:
    """Facts of an existing booking that are not known where the clause is asked.

    A booking is priced before it begins its life, and begins it before its methods of payment are asked for.
    """
    if path[0] == "payment":
        return PAST - {"paid", "state"}
    if path[:2] == ("booking", "lifecycle"):
        return PAST - {"paid"}
    asked_first = path[0] in {"fees", "lottery"} or path[1] in BEFORE_PRICE or _is_booking_window(clause)
    return PAST if asked_first else frozenset()


def _is_booking_window(clause: object) -> bool:
    return isinstance(clause, Window) and clause.action == "book"


def _findings(
    when: Mapping[str, Match], path: KeyPath, known: Mapping[str, Fact], here: frozenset[str]
) -> Iterator[Finding]:
    for name, allowed in when.items():
        where = (*path, name)
        if name not in known:
            guess = closest(name, known)
            code = "unknown_fact" if guess is None else "unknown_fact_guess"
            yield code, where, {"found": name, "allowed": sorted(known), "guess": guess}
        elif name not in here:
            yield "fact_not_here", where, {"found": name, "allowed": sorted(here)}
        else:
            yield from _value_findings(allowed, where, known[name])


def _value_findings(allowed: Match, where: KeyPath, fact: Fact) -> Iterator[Finding]:
    if isinstance(allowed, Range):
        if fact.kind != "number":
            yield "not_a_number_fact", where, {"found": where[-1]}
        elif allowed.at_least is not None and allowed.at_most is not None and allowed.at_least > allowed.at_most:
            yield "empty_range", where, {"found": f"{allowed.at_least}–{allowed.at_most}"}
        return
    if allowed == []:
        yield "empty_choice", where, {"found": "[]"}
    options = allowed if isinstance(allowed, list) else [allowed]
    for index, option in enumerate(options):
        place = (*where, index) if isinstance(allowed, list) else where
        yield from _option_findings(option, place, fact)


def _option_findings(option: str | int | bool, where: KeyPath, fact: Fact) -> Iterator[Finding]:  # noqa: FBT001
    if option == NONE:
        return
    fits = {
        "number": isinstance(option, int) and not isinstance(option, bool),
        "boolean": isinstance(option, bool),
        "text": isinstance(option, str),
    }[fact.kind]
    if not fits:
        yield f"not_{fact.kind}", where, {"found": shown(option)}
    elif fact.values is not None and option not in fact.values:
        facts: dict[str, object] = {"found": shown(option), "allowed": sorted(fact.values)}
        guess = closest(str(option), fact.values)
        yield (
            ("unknown_value", where, facts)
            if guess is None
            else ("unknown_value_guess", where, {**facts, "guess": guess})
        )
