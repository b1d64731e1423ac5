"""The rule sets of the four services, each read once in a process however many modules ask for it."""

from functools import cache
from pathlib import Path

from yoyaku.rulebook.book import read_book

ROOT = Path(__file__).parents[1]


@cache
def city_book(name):
    """The rule set ``rulesets/<name>`` with its facilities."""
    return read_book(ROOT / "rulesets" / name)


def city_rules(name):
    """The same, compiled."""
    return city_book(name).need_compiled()
