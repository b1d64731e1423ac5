"""Which counts of people a public table withholds, so that nobody can be found behind a small one.

One to four is shown as "fewer than five". Where the sum of a group is known, further counts are withheld until no
hidden one follows from the sum and the shown ones.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from enum import Enum
from math import inf
from typing import Final

LEAST: Final = 5
"""Counts from here on are shown."""


class Hidden(Enum):
    """What stands in place of a count: from one to four; or withheld for the sake of another."""

    FEW = "few"
    HELD = "held"


Shown = int | Hidden
_BOUNDS: Final = {Hidden.FEW: (1, LEAST - 1), Hidden.HELD: (LEAST, inf)}


def shown(count: int) -> Shown:
    """A count that stands by itself."""
    return Hidden.FEW if 0 < count < LEAST else count


def hide(counts: Sequence[int], groups: Iterable[Sequence[int]] | None = None) -> list[Shown]:
    """The counts as a table shows them. ``groups`` are places of counts whose sums are known (absent: all of them)."""
    hidden: dict[int, Hidden] = {place: Hidden.FEW for place, count in enumerate(counts) if 0 < count < LEAST}
    sums = [list(range(len(counts)))] if groups is None else [list(group) for group in groups]
    changed = bool(hidden)
    while changed:
        changed = False
        for group in sums:
            changed |= _protect(group, counts, hidden)
    return [hidden.get(place, count) for place, count in enumerate(counts)]


def groups_by(keys: Sequence[Hashable]) -> list[list[int]]:
    """The places of equal keys, as groups for :func:`hide`."""
    found: dict[Hashable, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return list(found.values())


def _protect(group: Sequence[int], counts: Sequence[int], hidden: dict[int, Hidden]) -> bool:
    """Withhold more of a group until nothing follows from its sum; whether anything was.

    Where nothing is left to withhold, what is few is only said to be withheld.
    """
    others = sorted((place for place in group if counts[place] and place not in hidden), key=lambda at: -counts[at])
    changed = False
    while others and _follows(group, counts, hidden):
        hidden[others.pop()] = Hidden.HELD
        changed = True
    inside = [place for place in group if place in hidden]
    few = [place for place in inside if hidden[place] is Hidden.FEW]
    if few and len(inside) > 1 and _follows(group, counts, hidden):
        hidden.update(dict.fromkeys(few, Hidden.HELD))
        changed = True
    return changed


def _follows(group: Sequence[int], counts: Sequence[int], hidden: Mapping[int, Hidden]) -> bool:
    """Whether the sum of a group leaves a hidden count of it no two values."""
    inside = [place for place in group if place in hidden]
    total = sum(counts[place] for place in inside)
    bounds = [_bounds(counts[place], hidden[place]) for place in inside]
    least, finite = sum(low for low, _ in bounds), sum(high for _, high in bounds if high < inf)
    endless = sum(high == inf for _, high in bounds)

    def span(low: float, high: float) -> float:
        """How far apart the least and the greatest are that one of them can be."""
        others = inf if endless > (high == inf) else finite - (high if high < inf else 0)
        return min(high, total - (least - low)) - max(low, total - others)

    return any(span(low, high) < 1 for low, high in set(bounds))


def _bounds(count: int, hidden: Hidden) -> tuple[float, float]:
    """What a reader knows of a hidden count; a small one that is only withheld is not known to be small."""
    low, high = _BOUNDS[hidden]
    return (1, high) if count < LEAST and hidden is Hidden.HELD else (low, high)
