"""Plots of the report: bars as SVG, drawn without scripts or styles; everything they show stands in a table too."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDE: Final = 360
"""The width in units of its own: about that of a telephone, so that words keep their size there."""
ROW: Final = 46
BAR_TOP: Final = 22
BAR: Final = 14
BAR_WIDE: Final = 268
LABEL_MOST: Final = 46
"""How many half-width letters fit on one line."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: whose, how long (0 to 1; ``None``: withheld), and what it says in words."""

    label: str
    share: float | None
    said: str


@dataclass(frozen=True, kw_only=True)
class PlacedBar:
    """A bar at its place."""

    y: int
    label: str
    width: float | None
    said: str
    said_x: float


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A plot, ready to be written down."""

    height: int
    bars: Sequence[PlacedBar]
    desc: str
    wide: int = WIDE
    bar: int = BAR
    bar_wide: int = BAR_WIDE
    bar_top: int = BAR_TOP


def plot_of(bars: Sequence[Bar]) -> Plot:
    """Bars below each other, the words above each and the number beside it; the description reads them all."""
    placed = [
        PlacedBar(
            y=place * ROW,
            label=fit(bar.label, LABEL_MOST),
            width=None if bar.share is None else round(min(bar.share, 1) * BAR_WIDE, 1),
            said=bar.said,
            said_x=BAR_WIDE + 8,
        )
        for place, bar in enumerate(bars)
    ]
    return Plot(height=len(bars) * ROW, bars=placed, desc=" / ".join(f"{bar.label}: {bar.said}" for bar in bars))


def fit(text: str, most: int) -> str:
    """A text cut to so many half-width letters, with a sign that it was."""
    if sum(map(_width, text)) <= most:
        return text
    kept, used = "", 2
    for letter in text:
        used += _width(letter)
        if used > most:
            break
        kept += letter
    return f"{kept}…"


def _width(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WFA" else 1
