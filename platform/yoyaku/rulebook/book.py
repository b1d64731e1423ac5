"""One rule set as a whole: read, checked, linted, compiled."""

from __future__ import annotations

from pathlib import Path

from yoyaku.rulebook.source import read_source
from yoyaku.rules.fault import DocumentRefused, Fault, in_reading_order


def check_rule_set(path: Path, *, tenants: Path | None = None) -> list[Fault]:
    """Every fault of a rule set and the facilities it speaks of, in reading order."""
    try:
        source = read_source(path, tenants=tenants)
    except DocumentRefused as refused:
        return in_reading_order(refused.faults)
    return in_reading_order(source.faults)
