"""Plots as SVG, bars and heat maps, drawn without scripts or styles; everything they show stands in a table too."""

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


HEAT_LEFT: Final = 52
HEAT_TOP: Final = 26
HEAT_ROW: Final = 26
HEAT_NAME: Final = 22
"""What a name above its cells takes."""
PALEST: Final = 0.06
DARKEST: Final = 0.5
"""How strong the darkest cell is: the number in it stays legible on it."""


@dataclass(frozen=True, kw_only=True)
class HeatCell:
    """A cell at its place: how strong its colour is, and its number, which says the same without the colour."""

    x: float
    y: int
    strength: float
    said: str


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """A heat map, ready to be written down."""

    height: int
    cell: float
    columns: Sequence[tuple[float, str]]
    rows: Sequence[tuple[int, str]]
    cells: Sequence[HeatCell]
    desc: str
    wide: int = WIDE
    row: int = HEAT_ROW


def heat_map_of(
    columns: Sequence[str], rows: Sequence[tuple[str, Sequence[float | None]]], *, desc: str, above: bool = False
) -> HeatMap:
    """A heat map of shares (0 to 1; ``None``: nothing is offered there), each with its number in per cent.

    ``above``: names too long to stand beside their cells stand above them.
    """
    left, pitch = (0, HEAT_ROW + HEAT_NAME) if above else (HEAT_LEFT, HEAT_ROW)
    cell = (WIDE - left) / max(len(columns), 1)
    places = [round(left + place * cell, 1) for place in range(len(columns))]
    tops = [HEAT_TOP + line * pitch for line in range(len(rows))]
    cells = [
        HeatCell(
            x=x, y=top + pitch - HEAT_ROW, strength=_strength(share), said="" if share is None else f"{share * 100:.0f}"
        )
        for top, (_, shares) in zip(tops, rows, strict=True)
        for x, share in zip(places, shares, strict=True)
    ]
    return HeatMap(
        height=HEAT_TOP + len(rows) * pitch,
        cell=round(cell, 1),
        columns=[(round(x + cell / 2, 1), name) for x, name in zip(places, columns, strict=True)],
        rows=[(top, fit(name, LABEL_MOST)) for top, (name, _) in zip(tops, rows, strict=True)],
        cells=cells,
        desc=desc,
    )


def _strength(share: float | None) -> float:
    return 0 if share is None else round(PALEST + min(share, 1) * (DARKEST - PALEST), 2)


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
