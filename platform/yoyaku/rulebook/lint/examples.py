"""Examples: a rule set carries some, and each shows a few facts, not a hundred."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from yoyaku.rulebook.book import Book
from yoyaku.rules.fault import Fault

MOST_FACTS: Final = 5


def check_example_list(book: Book) -> Iterator[Fault]:
    """No examples, two of one name, or too many facts on one."""
    if not book.rules.examples:
        yield book.key_fault("no_examples", ("examples",), level="warning")
    names: set[str] = set()
    for index, example in enumerate(book.rules.examples):
        if example.name in names:
            yield book.fault("example_twice", ("examples", index, "name"), found=example.name)
        names.add(example.name)
        if len(example.facts) > MOST_FACTS:
            facts: dict[str, Any] = {"found": len(example.facts), "allowed": MOST_FACTS}
            yield book.fault("too_many_facts", ("examples", index, "facts"), **facts)
