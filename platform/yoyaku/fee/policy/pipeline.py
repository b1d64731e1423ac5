"""What a use costs: the pipeline of the section ``fees``, step by step, each line with the clauses that made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from yoyaku.fee.policy.relief import take_relief
from yoyaku.fee.policy.rules import FeeRules
from yoyaku.fee.policy.units import units_of
from yoyaku.fee.policy.values import FeeLine, NotPriced, Priced, Quote, Sum
from yoyaku.fee.terms import Add, Base, EquipmentFee, Multiply, Package, ReliefPlace, Round
from yoyaku.kernel.yen import percent_of, round_yen, tax_included
from yoyaku.rules.condition import matches
from yoyaku.rules.dated import amount_yen, factor_percent
from yoyaku.rules.values import Clause, When


def quote_fee(fees: FeeRules, priced: Priced) -> Quote:
    """The price of a use.

    Raises:
        NotPriced: a base table has no row for it.
    """
    so_far = Sum([], [])
    for step in fees.steps_at(priced.use.placed):
        when: When = getattr(step, "when", {})
        if not when or matches(when, priced.facts):
            _STEPS[type(step)](fees, step, priced, so_far)
    included = sum(line.yen for line in so_far.lines if line.tax == "included")
    tax = tax_included(max(included, 0), fees.terms.tax_rate_percent, rounding=fees.terms.tax_rounding)
    return Quote(tuple(so_far.lines), so_far.total_yen, tax, tuple(so_far.trace))


def _base(fees: FeeRules, step: Base, priced: Priced, so_far: Sum) -> None:
    yen = _table_yen(fees, step, priced, so_far)
    so_far.lines.append(FeeLine(step.code, step.name, yen, step.tax))


def _add(fees: FeeRules, step: Add, priced: Priced, so_far: Sum) -> None:
    cited = len(so_far.trace)
    yen = _table_yen(fees, step, priced, so_far)
    if len(so_far.trace) > cited:
        so_far.lines.append(FeeLine(step.code, step.name, yen, step.tax))


def _table_yen(fees: FeeRules, step: Base | Add, priced: Priced, so_far: Sum) -> int:
    rows, by_time = fees.rows_at(step, priced.use.placed)
    total = 0
    for unit in units_of(step.per, priced, by_time=by_time):
        row = next((row for row in rows if matches(row.when, unit.facts)), None)
        if row is None and isinstance(step, Base):
            raise NotPriced(
                step=step.code, facility=priced.use.placed.facility.code, space=priced.use.placed.space.code
            )
        if row is not None:
            yen = amount_yen(row.yen, {**priced.dates, "used": unit.used})
            so_far.trace.append(fees.cite(row, facts=unit.facts, outcome=f"{yen} × {unit.count}"))
            total += yen * unit.count
    counts_surfaces = step.times_surfaces and step.per != "guest_night"
    return total * priced.surfaces if counts_surfaces else total


def _package(fees: FeeRules, step: Package, priced: Priced, so_far: Sum) -> None:
    """Put the package price in the place of the line it replaces."""
    if set(step.bands) != set(priced.use.bands):
        return
    yen = amount_yen(step.yen, priced.dates) * priced.surfaces
    so_far.lines = [replace(line, name=step.name, yen=yen) if line.code == step.line else line for line in so_far.lines]
    so_far.trace.append(fees.cite(step, facts=priced.facts, outcome=yen))


def _multiply(fees: FeeRules, step: Multiply, priced: Priced, so_far: Sum) -> None:
    """Add the difference as a line of its own (one for each tax treatment), so that the price before it stays visible."""
    percent = factor_percent(step.percent, priced.dates)
    before = so_far.by_tax(step.lines)
    after = {
        tax: percent_of(yen, percent, rounding=step.rounding, unit_yen=step.unit_yen) for tax, yen in before.items()
    }
    outcome = f"{sum(before.values())} → {sum(after.values())}"
    so_far.trace.append(fees.cite(step, facts=priced.facts, outcome=outcome))
    so_far.lines += [
        FeeLine(step.code, step.name, after[tax] - yen, tax) for tax, yen in before.items() if after[tax] != yen
    ]


def _equipment(fees: FeeRules, step: EquipmentFee, priced: Priced, so_far: Sum) -> None:
    wanted = {code: pieces for code, pieces in priced.equipment.items() if pieces and code in step.prices}
    if not wanted:
        return
    yen = sum(
        amount_yen(step.prices[code], priced.dates) * pieces * _times_lent(step, priced, code)
        for code, pieces in wanted.items()
    )
    so_far.trace.append(fees.cite(step, facts=priced.facts, outcome=yen))
    so_far.lines.append(FeeLine(step.code, step.name, yen, step.tax))


def _times_lent(step: EquipmentFee, priced: Priced, code: str) -> int:
    """How often a price is charged: once, for each slot in which it is lent, or for each hour of that which is begun."""
    use = priced.use
    starts, ends = priced.lent.get(code, (use.starts_minute, use.ends_minute))
    if step.per == "slot":
        return sum(slot.starts_minute < ends and starts < slot.ends_minute for slot in use.slots)
    return -(-(ends - starts) // 60) if step.per == "hour" else 1


def _round(fees: FeeRules, step: Round, priced: Priced, so_far: Sum) -> None:
    before = so_far.total_yen
    after = round_yen(before, 1, rounding=step.rounding, unit_yen=step.unit_yen)
    so_far.trace.append(fees.cite(step, facts=priced.facts, outcome=f"{before} → {after}"))
    if after != before:
        so_far.lines.append(FeeLine(step.code, step.name, after - before, so_far.lines[0].tax))


_STEPS: Final[Mapping[type[Clause], Callable[..., None]]] = {
    Base: _base,
    Add: _add,
    Multiply: _multiply,
    Package: _package,
    EquipmentFee: _equipment,
    Round: _round,
    ReliefPlace: take_relief,
}
