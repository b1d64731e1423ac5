"""What a table of figures consists of: cells as people read them and as a file holds them, and the plot above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from yoyaku.lottery.policy.hiding import Hidden, Shown
from yoyaku.ui.formats import yen
from yoyaku.ui.plots import Bar, HeatMap, Plot, plot_of
from yoyaku.ui.words import Words

NOTHING = "―"


class Cell(NamedTuple):
    """A cell: on the page, and in a file (a number without signs between its digits). Words are set to the left."""

    text: str
    plain: str
    is_word: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A figure: its heads, its rows (the first cell heads each), and its plot, bars or a heat map.

    ``idle`` are rows that say nothing but nought, and are folded away: facilities that nobody used.
    """

    code: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    idle: Sequence[Sequence[Cell]] = ()
    plot: Plot | None = None
    heat: HeatMap | None = None


def word(text: str) -> Cell:
    """A name."""
    return Cell(text, text, is_word=True)


def number(count: Shown, words: Words) -> Cell:
    """A count, or what stands in its place."""
    if isinstance(count, Hidden):
        told = words.say(f"lottery_report.{count.value}")
        return Cell(told, told)
    return Cell(f"{count:,}", str(count))


def decimal(value: float) -> Cell:
    """Hours, to one place."""
    return Cell(f"{value:,.1f}", f"{value:.1f}")


def percent(rate: float | None) -> Cell:
    """A share; a dash where it may not be said, or of nothing."""
    return Cell(NOTHING, "") if rate is None else Cell(f"{rate * 100:.1f}%", f"{rate * 100:.1f}")


def money(amount: int | None, words: Words) -> Cell:
    """Yen; a dash where they may not be said."""
    return Cell(NOTHING, "") if amount is None else Cell(yen(amount, words.language), str(amount))


def rate_of(part: Shown, whole: Shown) -> float | None:
    """A share of what is shown."""
    return None if isinstance(part, Hidden) or isinstance(whole, Hidden) or whole == 0 else part / whole


def bars(values: Sequence[tuple[str, float | None, str]], *, whole: float | None = None) -> Plot | None:
    """Bars as long as their values are to the greatest: label, value (``None``: withheld), what it says.

    Of shares, ``whole`` is 1: a full bar says all, not the greatest.
    """
    most = whole or max((value for _, value, _ in values if value is not None), default=0)
    return plot_of(
        [
            Bar(
                label=label, share=None if value is None else (value / most if most > 0 and value > 0 else 0), said=said
            )
            for label, value, said in values
        ]
    )
