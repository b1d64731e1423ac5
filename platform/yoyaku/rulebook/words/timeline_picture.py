"""The picture of a month: bars and signs over its days, as SVG that needs no colour and fits a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from yoyaku.rulebook.words.timeline import Lane, Mark, Timeline

WIDE: Final = 360
LEFT: Final = 4
LETTERS_OF_A_LINE: Final = 27
LINE: Final = 16
BAR: Final = 14
HEAD: Final = 30
GAP: Final = 12
EVERY: Final = 5
NEVER_FIRST: Final = "）」、。）"
"""Letters that no line begins with."""
NARROW: Final = 0x2000
"""Letters below this code are half as wide as Japanese ones."""


def timeline_svg(shown: Timeline, *, ident: str = "timeline") -> Markup:
    """The picture; its title and description are read by screen readers, the tables say the same."""
    lanes, y = [], HEAD
    for lane in shown.lanes:
        lines = list(_broken(lane.name))
        lanes.append(_lane(lane, lines, shown, y))
        y += LINE * len(lines) + BAR + GAP
    height = y + (0 if lanes else GAP)
    parts = [
        Markup(
            '<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {height}" role="img" '
            'aria-labelledby="{id}-title {id}-desc" focusable="false">'
        ).format(wide=WIDE, height=height, id=ident),
        Markup('<title id="{0}-title">{1}</title><desc id="{0}-desc">{2}</desc>').format(
            ident, shown.title, shown.desc
        ),
        _axis(shown, height),
        *lanes,
        Markup("</svg>"),
    ]
    return Markup("").join(parts)


def _day_width(shown: Timeline) -> float:
    return (WIDE - 2 * LEFT) / shown.last_day


def _x(shown: Timeline, day: int) -> float:
    """The left edge of a day."""
    return round(LEFT + (day - 1) * _day_width(shown), 1)


def _axis(shown: Timeline, height: int) -> Markup:
    """The days: a line for every fifth and its number; holidays have a dot."""
    days = [day for day in range(1, shown.last_day + 1) if day == 1 or day % EVERY == 0]
    lines = Markup("").join(
        Markup(
            '<path class="plot-grid" d="M{x} {top}V{bottom}" stroke="currentColor" stroke-opacity="0.25"/>'
            '<text x="{middle}" y="12" text-anchor="middle" font-size="12">{day}</text>'
        ).format(x=_x(shown, day), top=HEAD - 12, bottom=height, middle=_x(shown, day) + _day_width(shown) / 2, day=day)
        for day in days
    )
    dots = Markup("").join(
        Markup('<circle cx="{}" cy="22" r="2.5" fill="currentColor"><title>{}</title></circle>').format(
            round(_x(shown, day) + _day_width(shown) / 2, 1), name
        )
        for day, name in shown.holidays
    )
    return lines + dots


def _lane(lane: Lane, lines: list[str], shown: Timeline, y: int) -> Markup:
    texts = Markup("").join(
        Markup('<text x="{}" y="{}" font-size="13">{}</text>').format(LEFT, y + LINE * index + 12, line)
        for index, line in enumerate(lines)
    )
    top = y + LINE * len(lines) + 2
    track = Markup('<rect class="plot-track" fill="#f2f2f2" x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
        LEFT, top, WIDE - 2 * LEFT, BAR - 2
    )
    bars = Markup("").join(_bar(mark, shown, top) for mark in lane.marks if mark.kind != "happens")
    points = Markup("").join(_point(mark, shown, top) for mark in lane.marks if mark.kind == "happens")
    return texts + track + bars + points


def _bar(mark: Mark, shown: Timeline, top: int) -> Markup:
    x = _x(shown, mark.first)
    width = round(_x(shown, mark.last + 1) - x, 1)
    bar = Markup(
        '<rect class="plot-bar" fill="#1d4f91" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>'
    ).format(x, top, width, BAR - 2, mark.label)
    signs = []
    if mark.begins:
        signs.append(_sign("begins", x + _day_width(shown) / 2, top))
    if mark.ends and mark.last > mark.first:
        signs.append(_sign("ends", x + width - _day_width(shown) / 2, top))
    return bar + Markup("").join(signs)


def _sign(kind: str, middle: float, top: int) -> Markup:
    """A sign on the bar, so that beginning and end are told without colour: ▶ and ■."""
    height = top + (BAR - 2) / 2
    if kind == "begins":
        drawn = f"M{middle - 3:.1f} {height - 4:.1f}L{middle + 4:.1f} {height:.1f}L{middle - 3:.1f} {height + 4:.1f}Z"
    else:
        drawn = f"M{middle - 3:.1f} {height - 3:.1f}h6v6h-6Z"
    return Markup('<path d="{}" fill="#fff" aria-hidden="true"/>').format(drawn)


def _point(mark: Mark, shown: Timeline, top: int) -> Markup:
    """A single day: a diamond with a white edge, which stands out on a bar and beside it: ◆."""
    middle, height = _x(shown, mark.first) + _day_width(shown) / 2, top + (BAR - 2) / 2
    drawn = f"M{middle:.1f} {height - 7:.1f}l6 7l-6 7l-6 -7Z"
    return Markup('<path d="{}" fill="currentColor" stroke="#fff"><title>{}</title></path>').format(drawn, mark.label)


def _broken(name: str) -> Iterator[str]:
    """A name in lines that fit the picture, broken at spaces in English and anywhere in Japanese."""
    line, width = "", 0.0
    for word in name.split(" ") if name.isascii() else name:
        piece = f" {word}" if name.isascii() and line else word
        wide = sum(0.55 if ord(letter) < NARROW else 1.0 for letter in piece)
        if line and width + wide > LETTERS_OF_A_LINE and word not in NEVER_FIRST:
            yield line
            line, width, piece = "", 0.0, word
            wide = sum(0.55 if ord(letter) < NARROW else 1.0 for letter in word)
        line, width = line + piece, width + wide
    yield line
