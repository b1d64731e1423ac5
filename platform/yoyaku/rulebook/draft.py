"""A rule set that is being written: its texts in memory, the facilities as they are stored.

What the files of a folder go through when they are loaded, the texts of a draft go through as they are typed: the same
reading, the same checks, the same examples, the same faults at the same lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.terms import Facility
from yoyaku.rulebook.book import Book, open_book
from yoyaku.rulebook.examples import Outcome, try_examples
from yoyaku.rulebook.lint import lint
from yoyaku.rulebook.source import FacilitySource, Source, put_together
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.check import check
from yoyaku.rules.document import Document, read_document
from yoyaku.rules.fault import DocumentRefused, Fault, KeyPath, Term, in_reading_order

LONGEST_KEPT: Final = 200_000
"""Characters of a file that is kept as it was read, so that the next check need not read it again."""
Texts = Mapping[str, str]
"""A rule set's files: their YAML by file name (``booking.yaml``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChecked:
    """What is wrong with a draft.

    ``source`` is ``None`` where a text cannot be read at all, ``book`` where no rule set could be built from what was
    read. Examples are tried only where there is no error; ``outcomes`` are in their order.
    """

    source: Source | None
    book: Book | None
    faults: tuple[Fault, ...]
    outcomes: tuple[Outcome, ...] = ()

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults with which it cannot be published; failing examples are among them."""
        return tuple(fault for fault in self.faults if fault.level == "error")

    @property
    def rules(self) -> ServiceRules | None:
        """The rules, compiled, where there is no error."""
        return None if self.errors or self.book is None else self.book.compiled


@lru_cache(maxsize=64)
def _read_short(text: str, file: str) -> Document:
    return read_document(text, file=file)


def _read(text: str, file: str) -> Document:
    """A file; of those that stayed as they were while another was typed in, what was read before."""
    return _read_short(text, file) if len(text) <= LONGEST_KEPT else read_document(text, file=file)


def read_draft(texts: Texts, facilities: Sequence[Facility], *, name: str) -> Source:
    """The source of a rule set's texts; faults name the files.

    Args:
        texts: the files.
        facilities: those of the tenant, as stored; those of other services are left out.
        name: of the rule set.

    Raises:
        DocumentRefused: a text cannot be read at all.
    """
    document = put_together((_read(texts[file], file) for file in sorted(texts)), file=name)
    checked = check(document, RuleSet)
    rule_set = checked.value
    service = "" if rule_set is None else rule_set.service
    inline = [] if rule_set is None else rule_set.inventory
    found = [FacilitySource(facility, document, ("inventory", index)) for index, facility in enumerate(inline)]
    stored = Document(value=None, places={}, key_places={}, file="facilities")
    found += [FacilitySource(facility, stored, ("facilities", index)) for index, facility in enumerate(facilities)]
    return Source(
        name=name,
        path=Path(name),
        document=document,
        checked=checked,
        facilities=tuple(each for each in found if each.facility.service == service),
        faults=checked.faults,
        has_tenant=True,
    )


def check_draft(texts: Texts, facilities: Sequence[Facility], *, name: str, with_examples: bool = True) -> DraftChecked:
    """Every fault of a draft in reading order, and how its examples come out; nothing is raised for bad input."""
    try:
        source = read_draft(texts, facilities, name=name)
    except DocumentRefused as refused:
        return DraftChecked(source=None, book=None, faults=tuple(in_reading_order(refused.faults)))
    faults = in_reading_order([*source.faults, *lint(source)])
    book = open_book(source)
    found = DraftChecked(source=source, book=book, faults=tuple(faults))
    if book is None or found.rules is None or not with_examples:
        return found
    outcomes = tuple(try_examples(found.rules, book.rules.examples))
    faults = in_reading_order([*faults, *example_faults(source, outcomes)])
    return DraftChecked(source=source, book=book, faults=tuple(faults), outcomes=outcomes)


def example_faults(source: Source, outcomes: Sequence[Outcome]) -> Iterator[Fault]:
    """The examples that come out otherwise: a rule set whose own examples do not hold is not published."""
    for index, outcome in enumerate(outcomes):
        if not outcome.passed:
            path: KeyPath = ("examples", index)
            differing = [Term(f"example.{difference.key}") for difference in outcome.differences]
            facts = {"found": outcome.example.name, "differing": differing}
            yield Fault(code="example_fails", place=source.document.place(path), path=path, facts=facts)
