"""The fees of a service, with what can hold at a place sorted out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from yoyaku.facility.policy import PlacedSpace, may_hold
from yoyaku.facility.policy.memo import Memo
from yoyaku.fee.terms import Add, Base, FeeTerms, Price, Step
from yoyaku.rules.condition import Facts
from yoyaku.rules.paths import clause_paths
from yoyaku.rules.trace import ClauseUse, Plain
from yoyaku.rules.values import Clause, When

TIME_FACTS: Final = frozenset({"band", "starts_minute", "ends_minute", "minutes", "elapsed_minutes"})
"""Facts that differ from one unit of a use to the next; a table that names none is looked up once."""


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


def _rows(step: Base | Add, placed: PlacedSpace) -> tuple[tuple[Price, ...], bool]:
    rows = tuple(row for row in step.table if may_hold(row.when, placed.facts))
    return rows, any(not TIME_FACTS.isdisjoint(row.when) for row in rows)
