"""What a schema cannot prove: every check across the sections of a rule set, each in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from yoyaku.extension.profiles import Installation
from yoyaku.rulebook.book import Book, open_book
from yoyaku.rulebook.lint.arrears import check_arrears
from yoyaku.rulebook.lint.conditions import check_conditions
from yoyaku.rulebook.lint.examples import check_example_list
from yoyaku.rulebook.lint.fees import check_fees
from yoyaku.rulebook.lint.installation import check_installation
from yoyaku.rulebook.lint.lives import check_lives
from yoyaku.rulebook.lint.lotteries import check_lotteries
from yoyaku.rulebook.lint.lottery_days import check_lottery_days
from yoyaku.rulebook.lint.methods import check_methods
from yoyaku.rulebook.lint.moments import check_moments
from yoyaku.rulebook.lint.order import check_order
from yoyaku.rulebook.lint.payees import check_payees
from yoyaku.rulebook.lint.references import check_references
from yoyaku.rulebook.lint.registration_codes import check_registration_codes
from yoyaku.rulebook.lint.registration_form import check_registration_form
from yoyaku.rulebook.lint.registration_life import check_registration_life
from yoyaku.rulebook.lint.spans import check_spans
from yoyaku.rulebook.lint.staff import check_staff
from yoyaku.rulebook.lint.tiers import check_tiers
from yoyaku.rulebook.lint.timetables import check_timetables
from yoyaku.rulebook.source import Source, read_source
from yoyaku.rules.fault import DocumentRefused, Fault, in_reading_order

CHECKS: Final[Sequence[Callable[[Book], Iterator[Fault]]]] = (
    check_conditions,
    check_references,
    check_registration_codes,
    check_registration_form,
    check_registration_life,
    check_tiers,
    check_timetables,
    check_moments,
    check_spans,
    check_order,
    check_fees,
    check_payees,
    check_methods,
    check_arrears,
    check_lives,
    check_staff,
    check_lotteries,
    check_lottery_days,
    check_example_list,
)


def check_rule_set(path: Path, *, tenants: Path | None = None, installation: Installation | None = None) -> list[Fault]:
    """Every fault of a rule set and the facilities it speaks of, in reading order.

    Args:
        path: the rule set.
        tenants: the folder of the tenant folders (``None``: beside the rule sets).
        installation: where it is to run, if that is to be checked, too.
    """
    try:
        source = read_source(path, tenants=tenants)
    except DocumentRefused as refused:
        return in_reading_order(refused.faults)
    around = () if installation is None else check_installation(source, installation)
    return in_reading_order([*source.faults, *lint(source), *around])


def lint(source: Source) -> Iterator[Fault]:
    """What the checks find; nothing is said about parts that were repaired to be read at all."""
    book = open_book(source)
    if book is None:
        return
    own_files = {place.file for place in source.document.places.values()}
    for check in CHECKS:
        for fault in check(book):
            if fault.place.file not in own_files or not source.checked.was_repaired(fault.path):
                yield fault
