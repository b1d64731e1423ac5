"""Shapes that other towns publish: small rule sets without fault, whose examples come out."""

from __future__ import annotations

from pathlib import Path

import pytest

from yoyaku.rulebook.book import read_book
from yoyaku.rulebook.examples import try_example
from yoyaku.rulebook.lint import check_rule_set

TOWNS = sorted(Path(__file__).parent.glob("*.yaml"))
BOOKS = {path.stem: read_book(path) for path in TOWNS}
EXAMPLES = [
    pytest.param(town, index, id=f"{town}: {example.name}")
    for town, book in BOOKS.items()
    for index, example in enumerate(book.rules.examples)
]


@pytest.mark.parametrize("path", TOWNS, ids=lambda path: path.stem)
def test_a_towns_rules_are_without_fault(path: Path):
    assert check_rule_set(path) == []


@pytest.mark.parametrize(("town", "index"), EXAMPLES)
def test_a_towns_example_comes_out_as_it_says(town: str, index: int):
    book = BOOKS[town]
    outcome = try_example(book.need_compiled(), book.rules.examples[index])
    assert outcome.passed, (outcome.differences, outcome.decision.error)
