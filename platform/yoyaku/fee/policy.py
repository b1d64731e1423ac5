"""What a use costs: the pipeline of the section ``fees``, step by step, each line with the clauses that made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final

from yoyaku.facility.policy import PlacedSpace, Use, may_hold
from yoyaku.facility.policy.memo import Memo
from yoyaku.fee.terms import Add, Base, EquipmentFee, FeeTerms, Multiply, Package, Per, Price, Round, Step, Tax
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.yen import percent_of, round_yen, tax_included
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.dated import amount_yen, factor_percent
from yoyaku.rules.paths import clause_paths
from yoyaku.rules.trace import ClauseUse, Plain, Trace
from yoyaku.rules.values import Basis, Clause, Text, When

TIME_FACTS: Final = frozenset({"band", "starts_minute", "ends_minute", "minutes", "elapsed_minutes"})
"""Facts that differ from one unit of a use to the next; a table that names none is looked up once."""


class NotPriced(YoyakuError):
    """Nobody gave a price for this combination: a fault of the rule set, which the lint finds."""

    status = 500
    code = "not_priced"
    title = "There is no price for this use."


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line of a price: whole yen, tax included where ``tax`` says so; reductions are negative."""

    code: str
    name: Text
    yen: int
    tax: Tax


@dataclass(frozen=True, slots=True)
class Quote:
    """A price: its lines, their sum, the consumption tax inside it, and the clauses that made it."""

    lines: tuple[FeeLine, ...]
    total_yen: int
    tax_yen: int
    trace: Trace = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What is to be priced.

    ``facts`` are those of the whole booking; ``nights`` those of the day for each night of a stay. ``guests`` counts
    by age group for each night. ``dates`` are the bases by which dated amounts are chosen.
    """

    use: Use
    facts: Facts
    dates: Mapping[Basis, date]
    surfaces: int = 1
    nights: Sequence[Facts] = ()
    guests: Sequence[Mapping[str, int]] = ()
    equipment: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit that a table is asked for: ``count`` times the amount, by these facts and on this day."""

    facts: Facts
    used: date
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class FeeRules:
    """The fees of a service; what can hold at a place is sorted out once."""

    terms: FeeTerms
    memo: Memo = field(default_factory=Memo, compare=False, repr=False)

    @cached_property
    def paths(self) -> Mapping[int, str]:
        """The path of each clause, by its id."""
        return clause_paths({"fees": self.terms})

    def steps_at(self, placed: PlacedSpace) -> tuple[Step, ...]:
        """The steps that can hold at a place."""
        return self.memo.get(
            ("steps", placed.space_id),
            lambda: tuple(step for step in self.terms.steps if may_hold(getattr(step, "when", {}), placed.facts)),
        )

    def rows_at(self, step: Base | Add, placed: PlacedSpace) -> tuple[tuple[Price, ...], bool]:
        """The rows of a table that can hold at a place, and whether any asks for the time of the unit."""
        return self.memo.get((id(step), placed.space_id), lambda: _rows(step, placed))

    def cite(self, clause: Clause, *, facts: Facts, outcome: Plain) -> ClauseUse:
        """That this clause, looking at these facts, gave this amount."""
        when: When = getattr(clause, "when", {})
        inputs = {name: facts.get(name) for name in when}
        return ClauseUse(self.paths.get(id(clause), ""), clause.reference, inputs, outcome)


@dataclass
class _Sum:
    """The price while it is being made."""

    lines: list[FeeLine]
    trace: list[ClauseUse]

    @property
    def total_yen(self) -> int:
        return sum(line.yen for line in self.lines)


def quote_fee(fees: FeeRules, priced: Priced) -> Quote:
    """The price of a use.

    Raises:
        NotPriced: a base table has no row for it.
    """
    so_far = _Sum([], [])
    for step in fees.steps_at(priced.use.placed):
        when: When = getattr(step, "when", {})
        if not when or matches(when, priced.facts):
            _STEPS[type(step)](fees, step, priced, so_far)
    included = sum(line.yen for line in so_far.lines if line.tax == "included")
    tax = tax_included(max(included, 0), fees.terms.tax_rate_percent, rounding=fees.terms.tax_rounding)
    return Quote(tuple(so_far.lines), so_far.total_yen, tax, tuple(so_far.trace))


def _rows(step: Base | Add, placed: PlacedSpace) -> tuple[tuple[Price, ...], bool]:
    rows = tuple(row for row in step.table if may_hold(row.when, placed.facts))
    return rows, any(not TIME_FACTS.isdisjoint(row.when) for row in rows)


def _base(fees: FeeRules, step: Base, priced: Priced, so_far: _Sum) -> None:
    yen = _table_yen(fees, step, priced, so_far)
    so_far.lines.append(FeeLine(step.code, step.name, yen, step.tax))


def _add(fees: FeeRules, step: Add, priced: Priced, so_far: _Sum) -> None:
    cited = len(so_far.trace)
    yen = _table_yen(fees, step, priced, so_far)
    if len(so_far.trace) > cited:
        so_far.lines.append(FeeLine(step.code, step.name, yen, step.tax))


def _table_yen(fees: FeeRules, step: Base | Add, priced: Priced, so_far: _Sum) -> int:
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


def units_of(per: Per, priced: Priced, *, by_time: bool) -> list[Unit]:
    """The units by which a table is charged.

    Hours and half hours that are begun count whole. Guests are those of the whole booking, whatever the rooms. Where
    no row asks for the time of the unit, equal units are one with a count.
    """
    use, day = priced.use, priced.use.use_on
    match per:
        case "booking":
            return [Unit(priced.facts, day)]
        case "slot":
            return _slot_units(priced) if by_time else [Unit(priced.facts, day, len(use.slots))]
        case "hour":
            return _time_units(priced, 60, by_time=by_time)
        case "half_hour":
            return _time_units(priced, 30, by_time=by_time)
        case "guest_night":
            return _guest_units(priced)
        case _:
            return _night_units(priced) or [Unit(priced.facts, day)] * (per == "day")


def _slot_units(priced: Priced) -> list[Unit]:
    return [
        Unit(
            {
                **priced.facts,
                "band": slot.code,
                "starts_minute": slot.starts_minute,
                "ends_minute": slot.ends_minute,
                "minutes": slot.ends_minute - slot.starts_minute,
                "elapsed_minutes": slot.starts_minute - priced.use.starts_minute,
            },
            slot.use_on,
        )
        for slot in priced.use.slots
    ]


def _time_units(priced: Priced, minutes: int, *, by_time: bool) -> list[Unit]:
    use = priced.use
    starts = range(use.starts_minute, use.starts_minute + use.minutes, minutes)
    if not by_time:
        return [Unit(priced.facts, use.use_on, len(starts))]
    return [_time_unit(priced, start, minutes) for start in starts]


def _time_unit(priced: Priced, start: int, minutes: int) -> Unit:
    """One hour or half hour; ``elapsed_minutes`` lie between the beginning of the use and its own."""
    times = {"starts_minute": start, "ends_minute": start + minutes, "minutes": minutes}
    elapsed = {"elapsed_minutes": start - priced.use.starts_minute}
    return Unit({**priced.facts, **times, **elapsed}, priced.use.use_on)


def _night_units(priced: Priced) -> list[Unit]:
    return [
        Unit({**priced.facts, **night}, slot.use_on)
        for slot, night in zip(priced.use.slots, priced.nights, strict=False)
    ]


def _guest_units(priced: Priced) -> list[Unit]:
    return [
        Unit({**unit.facts, "age_group": group}, unit.used, count)
        for unit, guests in zip(_night_units(priced), priced.guests, strict=True)
        for group, count in guests.items()
        if count
    ]


def _package(fees: FeeRules, step: Package, priced: Priced, so_far: _Sum) -> None:
    """Put the package price in the place of the line it replaces."""
    if set(step.bands) != set(priced.use.bands):
        return
    yen = amount_yen(step.yen, priced.dates) * priced.surfaces
    so_far.lines = [replace(line, name=step.name, yen=yen) if line.code == step.line else line for line in so_far.lines]
    so_far.trace.append(fees.cite(step, facts=priced.facts, outcome=yen))


def _multiply(fees: FeeRules, step: Multiply, priced: Priced, so_far: _Sum) -> None:
    """Add the difference as a line of its own, so that the price before it stays visible."""
    lines = [line for line in so_far.lines if step.lines is None or line.code in step.lines]
    before = sum(line.yen for line in lines)
    percent = factor_percent(step.percent, priced.dates)
    after = percent_of(before, percent, rounding=step.rounding, unit_yen=step.unit_yen)
    so_far.trace.append(fees.cite(step, facts=priced.facts, outcome=f"{before} → {after}"))
    if lines and after != before:
        so_far.lines.append(FeeLine(step.code, step.name, after - before, lines[0].tax))


def _equipment(fees: FeeRules, step: EquipmentFee, priced: Priced, so_far: _Sum) -> None:
    times = len(priced.use.slots) if step.per == "slot" else 1
    wanted = {code: pieces for code, pieces in priced.equipment.items() if pieces and code in step.prices}
    if not wanted:
        return
    yen = sum(amount_yen(step.prices[code], priced.dates) * pieces * times for code, pieces in wanted.items())
    so_far.trace.append(fees.cite(step, facts=priced.facts, outcome=yen))
    so_far.lines.append(FeeLine(step.code, step.name, yen, step.tax))


def _round(fees: FeeRules, step: Round, priced: Priced, so_far: _Sum) -> None:
    before = so_far.total_yen
    after = round_yen(before, 1, rounding=step.rounding, unit_yen=step.unit_yen)
    so_far.trace.append(fees.cite(step, facts=priced.facts, outcome=f"{before} → {after}"))
    if after != before:
        so_far.lines.append(FeeLine(step.code, step.code, after - before, so_far.lines[0].tax))


_STEPS: Final[Mapping[type[Clause], Callable[..., None]]] = {
    Base: _base,
    Add: _add,
    Multiply: _multiply,
    Package: _package,
    EquipmentFee: _equipment,
    Round: _round,
}
