"""Money is whole yen as ``int``; these are the only places where a fraction is decided."""

from __future__ import annotations

from enum import StrEnum


class Rounding(StrEnum):
    """What happens to a fraction of the unit."""

    DOWN = "down"
    UP = "up"
    HALF_UP = "half_up"


def round_yen(numerator: int, denominator: int, *, rounding: Rounding, unit_yen: int = 1) -> int:
    """``numerator / denominator`` yen, rounded to a multiple of ``unit_yen``; both non-negative.

    Raises:
        ValueError: a negative amount or a unit below one yen.
    """
    if numerator < 0 or denominator <= 0 or unit_yen < 1:
        raise ValueError("rounding needs a non-negative amount and a positive unit")
    step = denominator * unit_yen
    quotient, rest = divmod(numerator, step)
    up = rest > 0 if rounding is Rounding.UP else rounding is Rounding.HALF_UP and 2 * rest >= step
    return (quotient + up) * unit_yen


def percent_of(amount_yen: int, percent: int, *, rounding: Rounding, unit_yen: int = 1) -> int:
    """``percent`` % of ``amount_yen``, rounded to a multiple of ``unit_yen``."""
    return round_yen(amount_yen * percent, 100, rounding=rounding, unit_yen=unit_yen)


def tax_included(gross_yen: int, rate_percent: int, *, rounding: Rounding = Rounding.DOWN) -> int:
    """The consumption tax inside ``gross_yen`` (T-I1: 2,250 at 10 % is 204)."""
    return round_yen(gross_yen * rate_percent, 100 + rate_percent, rounding=rounding)
