"""Why an entry won or lost: when its turn came, who had come before, and what they had left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from yoyaku.extension.draw import Free
from yoyaku.lottery.policy.cells import Piece
from yoyaku.lottery.policy.entry_state import Decided
from yoyaku.lottery.policy.wants import Units, Wanted
from yoyaku.rules.values import Text

Of = Literal["applicants", "entries"]
"""Whose order it was: of people who each have a turn, or of single entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """A win whose turn came before: under which receipt code, when, and the units it took of the cell."""

    receipt: str
    round: int
    place: int
    units: Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What became of an entry, and why.

    ``waiting`` and ``withdrawn`` have nothing else. ``place`` of ``of_how_many`` was its turn in the order of ``round``.
    An entry that lost has the ``cell`` with too little left: ``free`` before the draw, ``taken_by`` those before, in
    their order, ``left`` then, and ``wanted``. ``names`` are those of the facility and space. ``shared``: it
    is counted in parts of a floor; ``asked`` are then the courts or rooms that were asked for (0: not of one size).
    """

    outcome: Literal["waiting", "withdrawn", "won", "lost", "void"]
    round: int = 0
    place: int = 0
    of_how_many: int = 0
    of: Of = "applicants"
    cell: Piece | None = None
    names: tuple[Text, Text] | None = None
    shared: bool = False
    asked: int = 0
    wanted: Units | None = None
    free: Free | None = None
    taken_by: tuple[Taker, ...] = ()
    left: Free | None = None


def units_in(cell: Piece, wants: Iterable[Wanted]) -> Units | None:
    """The units of a cell that wants ask for, or ``None`` where they ask for none."""
    found = [
        want.units
        for want in wants
        if (want.resource_id, want.day) == cell[:2] and want.starts <= cell.starts and cell.ends <= want.ends
    ]
    if not found:
        return None
    counted = sum(units for units in found if isinstance(units, int))
    named = tuple(sorted(unit for units in found if not isinstance(units, int) for unit in units))
    return counted + len(named) if counted or not named else named


def left_of(free: Free, taken: Sequence[Units]) -> Free:
    """What is left of a cell: how many; or which, as long as nobody took any without a name."""
    if isinstance(free, int):
        return free - sum(how_many(units) for units in taken)
    gone = {unit for units in taken if not isinstance(units, int) for unit in units}
    counted = sum(units for units in taken if isinstance(units, int))
    named = tuple(unit for unit in free if unit not in gone)
    return max(len(named) - counted, 0) if counted else named


def how_many(units: Free) -> int:
    """The number of units."""
    return units if isinstance(units, int) else len(units)


def explain_lost(  # what a loss follows from
    decided: Decided, *, cell: Piece, wants: Sequence[Wanted], free: Free, before: Sequence[Taker]
) -> Why:
    """Why an entry lost: ``free`` is what the cell had before the draw, ``before`` the wins whose turn came earlier."""
    return Why(
        outcome="lost",
        round=decided[1],
        place=decided[2],
        cell=cell,
        wanted=units_in(cell, wants),
        free=free,
        taken_by=tuple(before),
        left=left_of(free, [one.units for one in before]),
    )
