"""What a draw is made from and what it gives; the contract of a plugin that brings another way to draw. Version 1.

A draw is a pure function of (applicants, cells, rules, seed): the same input gives the same result on any machine.
A *cell* is a piece of time of something that is lent (a floor, a room type, a night) with what is free of it. An entry
*wants* units of cells and takes all of them or none. The order in a round is by SHA-256 of seed, round and pseudonym.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal, NamedTuple, Protocol

from msgspec import Struct

CONTRACT: Final = 1

Free = int | tuple[int, ...]
"""How many units are free; or which, by number, where some are asked for by name."""

Want = tuple[int, Free]
"""The place of a cell in the list of cells, and how many units, or which, are wanted."""

Outcome = Literal["won", "lost", "void"]
"""``void``: not looked at, since the applicant had all they may win."""


class Cell(NamedTuple):
    """``key`` is readable and unique: ``<resource>|<date>|<from>-<to>``; a night has no times."""

    key: str
    free: Free


class DrawApplicant(NamedTuple):
    """One applicant: the pseudonym (receipt code), and the wants of each entry in the order of the wishes.

    ``tier`` 0 is drawn before 1; ``tickets`` are in the drum, of which the best counts.
    """

    pseudonym: str
    entries: Sequence[Sequence[Want]]
    tier: int = 0
    tickets: int = 1


@dataclass(frozen=True, kw_only=True)
class DrawRules:
    """The parameters of a draw. ``settings`` are those of a plugin, as the rule set writes them (``draw.settings``).

    They are sealed with the list, so that nobody can change them once entries are known.
    """

    algorithm: str
    wins_at_most: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


class Decision(NamedTuple):
    """What became of an entry: in which ``round`` and at which ``place`` of that round's order (both from 1).

    ``short`` is the place of the first cell with too little left, of an entry that lost, else -1.
    """

    outcome: Outcome
    round: int
    place: int
    short: int


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The result: of each applicant the decisions on their entries, both in the order of the input.

    ``rounds`` are the orders: places in the list of applicants (``per_slot``: of entries, counted through).
    """

    decisions: Sequence[Sequence[Decision]]
    rounds: Sequence[Sequence[int]]


class DrawPlugin(Protocol):
    """Another way to draw. It must be deterministic, and fair in what it says it is.

    ``settings_type`` is the shape of its settings, with ``forbid_unknown_fields``; ``None`` or absent: it has none.
    """

    name: ClassVar[str]
    contract: ClassVar[int]
    settings_type: ClassVar[type[Struct] | None]

    def draw(
        self, *, applicants: Sequence[DrawApplicant], cells: Sequence[Cell], rules: DrawRules, seed: bytes
    ) -> Drawn:
        """The draw."""
        ...
