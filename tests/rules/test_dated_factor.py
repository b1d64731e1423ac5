"""A factor may change on a date, by a named basis."""

from __future__ import annotations

from datetime import date

import pytest

from yoyaku.rules.dated import NotYetPriced, factor_percent
from yoyaku.rules.values import DatedFactor, FactorByDate

DOUBLED_FROM_APRIL = FactorByDate(
    by="used",
    values=[DatedFactor(since="2025-04-01", percent=200), DatedFactor(since="2020-04-01", percent=100)],
)


@pytest.mark.parametrize(
    ("used", "percent"), [(date(2020, 4, 1), 100), (date(2025, 3, 31), 100), (date(2025, 4, 1), 200)]
)
def test_the_factor_with_the_latest_start_is_in_force(used: date, percent: int) -> None:
    assert factor_percent(DOUBLED_FROM_APRIL, {"used": used}) == percent


def test_a_plain_factor_asks_for_no_date() -> None:
    assert factor_percent(150, {}) == 150


def test_a_use_before_the_first_factor_has_none() -> None:
    with pytest.raises(NotYetPriced):
        factor_percent(DOUBLED_FROM_APRIL, {"used": date(2020, 3, 31)})


def test_a_basis_that_is_not_known_here_has_none() -> None:
    with pytest.raises(NotYetPriced):
        factor_percent(DOUBLED_FROM_APRIL, {"made": date(2026, 1, 1)})
