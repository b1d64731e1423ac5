"""Fees: every combination that can be booked has a price, and one only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace, equipment_resource, may_hold
from yoyaku.facility.policy.inventory import NIGHT_MINUTES
from yoyaku.fee.terms import Base, EquipmentFee, Package, Relief, ReliefPlace
from yoyaku.rulebook.book import Book, facility_fault
from yoyaku.rulebook.domains import combinations, timetables_at
from yoyaku.rules.condition import Value, holds, matches
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.rules.values import Amount, YenByDate

MOST_COMBINATIONS: Final = 20_000
MOST_NAMED: Final = 10


def check_fees(book: Book) -> Iterator[Fault]:
    """What nobody priced, what is priced twice, and what comes off without an amount or a place."""
    yield from _reliefs(book)
    yield from _packages(book)
    if book.compiled is None:
        return
    bases = [(index, step) for index, step in enumerate(book.rules.fees.steps) if isinstance(step, Base)]
    for index, step in bases:
        path: KeyPath = ("fees", "steps", index, "table")
        for placed in _different_places(book, book.compiled, step):
            yield from _table(book, book.compiled, path, step, placed)
    yield from _without_base(book, [step for _, step in bases])
    yield from _equipment(book)
    yield from _lending(book, book.compiled)


def _different_places(book: Book, rules: ServiceRules, step: Base) -> Iterator[PlacedSpace]:
    """One space for each set of rows and timetables that can hold."""
    seen: set[object] = set()
    for placed in book.spaces:
        if not _may_apply(rules, step, placed):
            continue
        rows = tuple(may_hold(row.when, placed.facts) for row in step.table)
        space = placed.space
        sign = (rows, tuple(timetables_at(rules, placed)), space.capacity, space.people, tuple(space.activities))
        if sign not in seen:
            seen.add(sign)
            yield placed


def _table(book: Book, rules: ServiceRules, path: KeyPath, step: Base, placed: PlacedSpace) -> Iterator[Fault]:
    conditions = [step.when, *(row.when for row in step.table)]
    unpriced: list[str] = []
    twice: dict[tuple[int, int], list[str]] = {}
    for choice in combinations(rules, placed, conditions, step.per, at_most=MOST_COMBINATIONS):
        facts = {**placed.facts, **choice}
        if not matches(step.when, facts):
            continue
        rows = [index for index, row in enumerate(step.table) if matches(row.when, facts)]
        if not rows:
            unpriced.append(in_words(placed, choice))
        elif len(rows) > 1:
            twice.setdefault((rows[0], rows[1]), []).append(in_words(placed, choice))
    if unpriced:
        yield book.key_fault("unpriced", path, found=unpriced[0], more=len(unpriced) - 1)
    for (first, second), found in twice.items():
        line = book.source.document.place((*path, first)).line
        yield book.fault("priced_twice", (*path, second), found=found[0], more=len(found) - 1, first_line=line)


def in_words(placed: PlacedSpace, choice: Mapping[str, Value]) -> str:
    """A combination as a fault shows it."""
    return ", ".join([placed.space_id, *(f"{name}: {_value(value)}" for name, value in choice.items())])


def _value(value: Value) -> str:
    if value is None or value == frozenset():
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else "+".join(sorted(map(str, value)))


def _without_base(book: Book, bases: Sequence[Base]) -> Iterator[Fault]:
    """Spaces that no base fee speaks of, told once."""
    rules = book.need_compiled()
    free = [placed.space_id for placed in book.spaces if not any(_may_apply(rules, step, placed) for step in bases)]
    if free:
        more = len(free) - MOST_NAMED
        found = [*free[:MOST_NAMED], f"+{more}"] if more > 0 else free
        yield book.key_fault("no_base_fee", ("fees", "steps"), level="warning", found=found)


def _may_apply(rules: ServiceRules, step: Base, placed: PlacedSpace) -> bool:
    """Whether a base fee can apply at a place: by its place, and by the timetables that cut it."""
    cuts = step.when.get("timetable")
    cut = cuts is None or any(holds(cuts, code) for code in timetables_at(rules, placed))
    return cut and may_hold(step.when, placed.facts)


def _equipment(book: Book) -> Iterator[Fault]:
    steps = [step for step in book.rules.fees.steps if isinstance(step, EquipmentFee)]
    priced = {code for step in steps for code in step.prices}
    for at in book.facilities:
        for index, item in enumerate(at.facility.equipment):
            if item.code not in priced:
                yield facility_fault(at, "equipment_unpriced", ("equipment", index), level="warning", found=item.code)


def _lending(book: Book, rules: ServiceRules) -> Iterator[Fault]:
    """Steps of lending that are finer than the time that is kept: whoever comes next would find the pieces taken."""
    step = book.rules.booking.lending_minutes
    for at in book.facilities if step is not None else ():
        for index, item in enumerate(at.facility.equipment):
            grain = rules.inventory.buckets.get(equipment_resource(at.facility.code, item.code), step)
            if step is not None and grain is not None and grain != NIGHT_MINUTES and step % grain:
                path = ("equipment", index)
                yield facility_fault(
                    at, "lending_too_fine", path, level="warning", found=item.code, allowed=grain, minutes=step
                )


def _reliefs(book: Book) -> Iterator[Fault]:
    """Each relief says how much comes off, in one way, and the order of the steps says when."""
    fees = book.rules.fees
    if fees.relief and not any(isinstance(step, ReliefPlace) for step in fees.steps):
        yield book.key_fault("relief_without_place", ("fees", "relief"))
    for index, relief in enumerate(fees.relief):
        if (relief.percent is None) == (relief.yen is None):
            yield book.fault("relief_amount", ("fees", "relief", index), found=_amounts_of(relief))


def _amounts_of(relief: Relief) -> str:
    return "none" if relief.percent is None else f"percent: {relief.percent}, yen: {relief.yen}"


def _packages(book: Book) -> Iterator[Fault]:
    """A package for nothing in the place of bands that cost something is a slip."""
    for index, step in enumerate(book.rules.fees.steps):
        if isinstance(step, Package) and 0 in _yen_of(step.yen):
            yield book.key_fault("package_for_nothing", ("fees", "steps", index, "yen"))


def _yen_of(amount: Amount) -> list[int]:
    return [value.yen for value in amount.values] if isinstance(amount, YenByDate) else [amount]
