"""Dated values: the one with the latest start not after the date is in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.values import Amount, Basis, DatedFactor, DatedYen, FactorByDate

DatedEntry = TypeVar("DatedEntry", DatedYen, DatedFactor)


class NotYetPriced(YoyakuError):
    """A dated table begins after the date that is asked for."""

    code = "not_yet_priced"
    title = "No amount is in force on that date."


def amount_yen(amount: Amount, dates: Mapping[Basis, date]) -> int:
    """The yen in force.

    Args:
        amount: whole yen, or a table with the basis by which its date is chosen.
        dates: the date of each basis known here (``used``: of use; ``made``: of booking).

    Raises:
        NotYetPriced: the table begins later, or its basis is not known here.
    """
    if isinstance(amount, int):
        return amount
    on = dates.get(amount.by)
    entry = None if on is None else entry_in_force(amount.values, on)
    if entry is None:
        raise NotYetPriced(basis=amount.by, on=on)
    return entry.yen


def factor_percent(factor: int | FactorByDate, dates: Mapping[Basis, date]) -> int:
    """The percent in force; arguments and error as :func:`amount_yen`."""
    if isinstance(factor, int):
        return factor
    on = dates.get(factor.by)
    entry = None if on is None else entry_in_force(factor.values, on)
    if entry is None:
        raise NotYetPriced(basis=factor.by, on=on)
    return entry.percent


def entry_in_force(values: Sequence[DatedEntry], on: date) -> DatedEntry | None:
    """The entry with the latest start not after ``on``, in whatever order they stand; ``None`` before the first."""
    begun = [entry for entry in values if entry.since <= on.isoformat()]
    return max(begun, key=lambda entry: entry.since, default=None)
