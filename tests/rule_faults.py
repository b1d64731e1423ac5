"""The catalogue of planted rule faults: each a kind, and the texts, the file and the line in which it stands.

Those of three files stand in ``tests/rules/planted``; the others are the invented town's rules with one thing changed.
"""

import re
from dataclasses import dataclass
from functools import cache

from tests.cities import ROOT

PLANTED = ROOT / "tests" / "rules" / "planted"
SMALL = (ROOT / "tests" / "rules" / "small.yaml").read_text(encoding="utf-8")
REGISTRATION = re.compile(r"^registration:\n(?:[ ].*\n|\n)*", re.MULTILINE)
CHANGED = [
    ("syntax", "  limits:\n", "  limits: ]\n"),
    ("tab", "language: 1", "language:\t1"),
    ("tag", "service: town", "service: !!str town"),
    ("alias", "service: town", "service: &a town"),
    ("merge_key", "seasons:\n", "<<: {}\nseasons:\n"),
    ("key_not_text", "seasons:\n", "[a]: 1\nseasons:\n"),
    ("second_document", "seasons:\n", "---\nseasons:\n"),
    ("forbidden_character", "青葉町の施設予約", "青葉町\x07"),
    ("too_deep", "service: town", "service: " + "[" * 60 + "]" * 60),
    ("fraction", "cap: 5", "cap: 5.5"),
    ("missing_key", "cap: 5", "note: x"),
    ("unknown_key", "cap: 5", "cap: 5, zzzzzz: 1"),
    ("wrong_type", "cap: 5", "cap: many"),
    ("schema_minimum", "cap: 5", "cap: -1"),
    ("schema_maximum", "at_most: 7, percent: 50", "at_most: 7, percent: 101"),
    ("not_among_guess", "unit: bookings", "unit: booking"),
    ("unknown_language", "{ja: 室料, en: Room}", "{ja: 室料, en: Room, xx: Raum}"),
    ("bad_number_format", '"{fiscal_year}-{sequence:05d}"', '"{fiscal_year}-{number}"'),
    ("tier_rises", "{at_least: 8, percent: 100}", "{at_least: 8, percent: 40}"),
    ("duplicate_code", "code: counter, name: {ja: 窓口", "code: web, name: {ja: 窓口"),
    ("unknown_code", "calendar: office,", "calendar: zzzzzz,"),
    ("unknown_fact", "when: {registration: registered}", "when: {zzzzzzzz: registered}"),
    ("nothing_waits", "language: 1", "staff: {late_after_days: {reliefs: 5}}\nlanguage: 1"),
    ("unknown_zone", "language: 1", "time_zone: Asia/Nowhere\nlanguage: 1"),
]
"""A kind, what stands in the rules without fault, and what is planted there instead."""


@dataclass(frozen=True)
class Planted:
    """One kind of fault and where it stands."""

    code: str
    file: str
    line: int
    files: tuple

    @property
    def name(self):
        """As a test is called."""
        return self.code


@cache
def catalogue():
    """Every kind, once."""
    town = REGISTRATION.sub("", SMALL, count=1)
    of_files = [
        *_announced("rules.yaml", ("rules.yaml", _read("faulty"))),
        *_announced("registration.yaml", ("registration.yaml", _read("registration")), ("rules.yaml", town)),
        *_announced("lottery.yaml", ("lottery.yaml", _read("lottery")), ("rules.yaml", SMALL)),
    ]
    found = {one.code: one for one in reversed([*of_files, *map(_changed, CHANGED)])}
    return sorted(found.values(), key=lambda one: one.code)


def _read(name):
    return (PLANTED / f"{name}.yaml").read_text(encoding="utf-8")


def _announced(file, *files):
    """The faults that a text announces of itself: ``# ✗ code``."""
    for number, line in enumerate(dict(files)[file].splitlines(), 1):
        mark = re.search(r"# ✗ (.*)$", line)
        for code in mark[1].split() if mark else ():
            yield Planted(code, file, number, files)


def _changed(change):
    code, was, becomes = change
    assert was in SMALL, was
    line = SMALL[: SMALL.index(was)].count("\n") + 1
    return Planted(code, "rules.yaml", line, (("rules.yaml", SMALL.replace(was, becomes, 1)),))
