"""From files to a version that may be published: no errors, and every example as it should be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from yoyaku.kernel.errors import YoyakuError
from yoyaku.rulebook.book import open_book
from yoyaku.rulebook.examples import Outcome, try_examples
from yoyaku.rulebook.lint import lint
from yoyaku.rulebook.source import read_source
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.fault import DocumentRefused, Fault, in_reading_order
from yoyaku.ruleset.service import Checked


class ExamplesFail(YoyakuError):
    """Examples of the rule set come out otherwise (``examples``: their names)."""

    status = 422
    code = "examples_fail"
    title = "Examples of the rule set come out otherwise."


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A rule set that may be published, and what the checks warn of."""

    rule_set: RuleSet
    checked: Checked
    warnings: tuple[Fault, ...]


def prepare_publication(path: Path, *, tenants: Path | None = None) -> Publication:
    """Read, check and try a rule set.

    Raises:
        DocumentRefused: it has errors.
        ExamplesFail: examples come out otherwise.
    """
    source = read_source(path, tenants=tenants)
    faults = in_reading_order([*source.faults, *lint(source)])
    errors = [fault for fault in faults if fault.level == "error"]
    book = open_book(source)
    if errors or book is None or book.compiled is None:
        raise DocumentRefused(errors)
    failed = [outcome for outcome in try_examples(book.compiled, book.rules.examples) if not outcome.passed]
    if failed:
        names = [outcome.example.name for outcome in failed]
        raise ExamplesFail(f"{path}: {_told(failed)}", examples=names, rule_set=source.name)
    rules = book.rules
    checked = Checked(
        document=msgspec.json.encode(rules).decode(),
        applies_by=rules.applies.by,
        applies_from=date.fromisoformat(rules.applies.since),
    )
    return Publication(rule_set=rules, checked=checked, warnings=tuple(faults))


def _told(failed: list[Outcome]) -> str:
    return "; ".join(
        f"{outcome.example.name}: {difference.key} {difference.expected!r} ≠ {difference.found!r}"
        for outcome in failed
        for difference in outcome.differences
    )
