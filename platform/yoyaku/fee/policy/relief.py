"""Reductions and exemptions (減免): which one holds, and what it takes off."""

from __future__ import annotations

from yoyaku.fee.policy.rules import FeeRules
from yoyaku.fee.policy.values import FeeLine, Priced, Sum
from yoyaku.fee.terms import Relief, ReliefPlace, Tax
from yoyaku.kernel.yen import percent_of, round_yen
from yoyaku.rules.condition import matches

ALL_PERCENT = 100


def take_relief(fees: FeeRules, _place: ReliefPlace, priced: Priced, so_far: Sum) -> None:
    """Take off what the best of the reliefs gives that hold: the one that was granted, and those without approval.

    Each tax treatment has a line of its own; the price before stays visible.
    """
    holding = [
        (relief, less)
        for relief in fees.terms.relief
        if (relief.approval == "none" or relief.code == priced.relief) and matches(relief.when, priced.facts)
        for less in [_less(relief, so_far)]
    ]
    if not holding:
        return
    relief, less = max(holding, key=lambda pair: sum(pair[1].values()))
    before = so_far.total_yen
    so_far.lines += [FeeLine(relief.code, relief.name, -yen, tax) for tax, yen in less.items() if yen]
    so_far.trace.append(fees.cite(relief, facts=priced.facts, outcome=f"{before} → {so_far.total_yen}"))


def _less(relief: Relief, so_far: Sum) -> dict[Tax, int]:
    """What comes off, in yen, for each tax treatment."""
    sums = so_far.by_tax(relief.lines)
    if relief.lines is None:
        sums.pop("out_of_scope", None)
    left = relief.yen or 0
    less: dict[Tax, int] = {}
    for tax, yen in sums.items():
        if relief.percent is None:
            rest = round_yen(max(yen - left, 0), 1, rounding=relief.rounding, unit_yen=relief.unit_yen)
        else:
            rest = percent_of(yen, ALL_PERCENT - relief.percent, rounding=relief.rounding, unit_yen=relief.unit_yen)
        less[tax] = yen - min(rest, yen)
        left = max(left - less[tax], 0)
    return less
