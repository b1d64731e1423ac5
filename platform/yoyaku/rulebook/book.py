"""One rule set as a whole: read, checked, linted, compiled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import InventoryWrong, PlacedSpace
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.source import FacilitySource, Source, read_source
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.walk import Kind, structs
from yoyaku.rules.fault import DocumentRefused, Fault, KeyPath, Level, add_words

add_words(Path(__file__).parent / "wording")

NOWHERE: Final[KeyPath] = ()


@dataclass(frozen=True, kw_only=True)
class Book:
    """A rule set with its facilities, ready to be examined; ``compiled`` where the facilities fit together."""

    source: Source
    rules: RuleSet
    compiled: ServiceRules | None
    inventory_fault: InventoryWrong | None = None

    @property
    def facilities(self) -> Sequence[FacilitySource]:
        """The facilities of the service, with their places."""
        return self.source.facilities

    @property
    def spaces(self) -> tuple[PlacedSpace, ...]:
        """Every space of a facility that is booked."""
        if self.compiled is None:
            return ()
        return tuple(placed for placed in self.compiled.inventory.spaces.values() if placed.facility.bookable)

    @cached_property
    def structs(self) -> Sequence[tuple[KeyPath, Struct]]:
        """Every struct of the rules, outer before inner: gone through once, however many checks ask."""
        return list(structs(self.rules))

    def structs_of(self, kind: type[Kind]) -> Iterator[tuple[KeyPath, Kind]]:
        """Every struct of one kind in the rules."""
        return ((path, struct) for path, struct in self.structs if isinstance(struct, kind))

    def need_compiled(self) -> ServiceRules:
        """The compiled rules.

        Raises:
            InventoryWrong: the facilities contradict each other.
        """
        if self.compiled is None:
            raise self.inventory_fault or InventoryWrong
        return self.compiled

    def fault(self, code: str, path: KeyPath, *, level: Level = "error", **facts: object) -> Fault:
        """Something wrong at a path of the rule set."""
        return Fault(code=code, place=self.source.document.place(path), path=path, level=level, facts=facts)

    def key_fault(self, code: str, path: KeyPath, *, level: Level = "error", **facts: object) -> Fault:
        """Something wrong with a key of the rule set."""
        return Fault(code=code, place=self.source.document.key_place(path), path=path, level=level, facts=facts)


def facility_fault(
    at: FacilitySource, code: str, path: KeyPath = NOWHERE, *, level: Level = "error", **facts: object
) -> Fault:
    """Something wrong in a facility; ``path`` begins at the facility."""
    whole = (*at.path, *path)
    return Fault(code=code, place=at.document.place(whole), path=whole, level=level, facts=facts)


def open_book(source: Source) -> Book | None:
    """The book of what was read; ``None`` where no rule set could be built."""
    rules = source.rule_set
    if rules is None:
        return None
    try:
        compiled = compile_rules(_in_known_zone(rules), [at.facility for at in _not_inline(source)])
    except InventoryWrong as wrong:
        return Book(source=source, rules=rules, compiled=None, inventory_fault=wrong)
    return Book(source=source, rules=rules, compiled=compiled)


def _in_known_zone(rules: RuleSet) -> RuleSet:
    """The rules, in the zone of Japan where theirs does not exist (which the lint tells), so that checking goes on."""
    return rules if is_zone(rules.time_zone) else msgspec.structs.replace(rules, time_zone="Asia/Tokyo")


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def read_book(path: Path, *, tenants: Path | None = None) -> Book:
    """The book of a rule set that has no fault of reading or shape.

    Raises:
        DocumentRefused: with every such fault.
    """
    source = read_source(path, tenants=tenants)
    book = open_book(source)
    if source.faults or book is None:
        raise DocumentRefused(source.faults)
    return book


def read_rules(path: Path, *, tenants: Path | None = None) -> ServiceRules:
    """The compiled rules of a rule set.

    Raises:
        DocumentRefused: as :func:`read_book`.
        InventoryWrong: the facilities contradict each other.
    """
    return read_book(path, tenants=tenants).need_compiled()


def _not_inline(source: Source) -> Iterator[FacilitySource]:
    return (at for at in source.facilities if at.path[0] != "inventory")
