"""``editor``: the check that the rule editor asks for while somebody types, beside bare parsing of the same YAML.

The longest rule set there is, of which one line is changed before each check, as typing does.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import yaml

from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.source import find_rule_sets, read_source
from yoyaku.rules.loaders import PARSER

RULE_SETS: Final = Path(__file__).parents[1] / "rulesets"
MOST_MILLISECONDS: Final = 300
LINES: Final = 1000
TYPED_IN: Final = "booking.yaml"


def run(rounds: int) -> int:
    """Measure and print; 0 where the check is quick enough, more lines than a thousand as it reads."""
    texts_of = {
        path: {file.name: file.read_text() for file in path.glob("*.yaml")} for path in find_rule_sets(RULE_SETS)
    }
    path, texts = max(texts_of.items(), key=lambda one: sum(map(len, one[1].values())))
    facilities = [at.facility for at in read_source(path).facilities]
    lines = {name: text.count("\n") for name, text in texts.items()}
    bare, checks = [], []
    for number in range(rounds + 1):
        typed = {**texts, TYPED_IN: f"# {number}\n{texts[TYPED_IN]}"}
        bare.append(_milliseconds(partial(_parse, texts)))
        checks.append(_milliseconds(partial(check_draft, typed, facilities, name=path.name, with_examples=False)))
    ours, floor = statistics.median(checks[1:]), statistics.median(bare[1:])
    per_thousand = ours * LINES / sum(lines.values())
    print(f"{path.name}: {sum(lines.values())} lines, of which examples {lines.get('examples.yaml', 0)}")
    print(f"first check of a process: {checks[0]:.0f} ms")
    print(f"check while typing: {ours:.0f} ms (median of {rounds}), {per_thousand:.0f} ms for {LINES} lines")
    print(f"bare parsing: {floor:.0f} ms, so {ours / floor:.1f} times that")
    return 0 if ours <= MOST_MILLISECONDS else 1


def _parse(texts: Mapping[str, str]) -> None:
    for text in texts.values():
        for _ in yaml.parse(text, Loader=PARSER):
            pass


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
