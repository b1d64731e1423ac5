"""What a price is made from, and what it consists of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from yoyaku.facility.policy import Use
from yoyaku.fee.terms import Tax
from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.condition import Facts
from yoyaku.rules.trace import ClauseUse, Trace
from yoyaku.rules.values import Basis, Text


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
    by age group for each night. ``dates`` are the bases by which dated amounts are chosen. ``lent`` are the
    minutes of the day between which equipment is lent, where that is not the whole use. ``unused``
    are minutes of the day between which the use could not be had. ``relief`` is the code of one that was granted.
    """

    use: Use
    facts: Facts
    dates: Mapping[Basis, date]
    surfaces: int = 1
    nights: Sequence[Facts] = ()
    guests: Sequence[Mapping[str, int]] = ()
    equipment: Mapping[str, int] = field(default_factory=dict)
    lent: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    unused: Sequence[tuple[int, int]] = ()
    relief: str | None = None

    def is_lost(self, starts_minute: int, ends_minute: int) -> bool:
        """Whether all of a time lies where the use could not be had."""
        return any(first <= starts_minute and ends_minute <= last for first, last in self.unused)


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit that a table is asked for: ``count`` times the amount, by these facts and on this day."""

    facts: Facts
    used: date
    count: int = 1


@dataclass
class Sum:
    """A price while it is being made."""

    lines: list[FeeLine]
    trace: list[ClauseUse]

    @property
    def total_yen(self) -> int:
        """The lines so far."""
        return sum(line.yen for line in self.lines)

    def by_tax(self, codes: Collection[str] | None) -> dict[Tax, int]:
        """The sum of the lines of these codes (all where none are named) for each tax treatment, as they first come."""
        sums: dict[Tax, int] = {}
        for line in self.lines:
            if codes is None or line.code in codes:
                sums[line.tax] = sums.get(line.tax, 0) + line.yen
        return sums
