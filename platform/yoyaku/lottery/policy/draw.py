"""The draws of the engine: ``rounds`` and ``per_slot``. Pure: the same input gives the same result on any machine.

The order of a round is by SHA-256 of the text ``seed|round|pseudonym`` (the seed in hexadecimal), lower tiers first; so
neither the order of the input, nor an id, nor how many wishes somebody has moves anybody's place. Of several tickets
(``…|1``, ``…|2`` behind the text) the lowest counts.

What is counted takes any units, what is named these: something fits as long as no unit is named twice and all that was
won together is no more than what is free. Whoever stores the wins places the named units first, then the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Final, Protocol

from yoyaku.extension.draw import Cell, Decision, DrawApplicant, Drawn, DrawRules, Want
from yoyaku.extension.registry import draw_plugin

ROUNDS: Final = "rounds"
PER_SLOT: Final = "per_slot"

Take = Callable[[Sequence[Want]], int]
"""Take all that an entry wants: -1; or take nothing and say which cell has too little."""


class Algorithm(Protocol):
    """A way to draw."""

    def __call__(
        self, *, applicants: Sequence[DrawApplicant], cells: Sequence[Cell], rules: DrawRules, seed: bytes
    ) -> Drawn:
        """The draw."""
        ...


def algorithm_of(name: str) -> Algorithm:
    """A way to draw by its name: one of the engine, else the plugin of that name.

    Raises:
        PluginUnknown: there is none of that name.
    """
    return _SHAPES[name] if name in _SHAPES else draw_plugin(name).draw


def draw(*, applicants: Sequence[DrawApplicant], cells: Sequence[Cell], rules: DrawRules, seed: bytes) -> Drawn:
    """Draw by the rules.

    Raises:
        PluginUnknown: nothing is installed that draws so.
        ValueError: the input is no lottery: a pseudonym twice, a unit wanted by name of a cell that only counts.
    """
    return algorithm_of(rules.algorithm)(applicants=applicants, cells=cells, rules=rules, seed=seed)


def draw_rounds(*, applicants: Sequence[DrawApplicant], cells: Sequence[Cell], rules: DrawRules, seed: bytes) -> Drawn:
    """A random order of all; each in turn takes the first of their remaining entries that still fits; then again.

    The next round is among those who still have undecided entries, until there are none.
    """
    take = _taker(applicants, cells)
    names = _names(applicants)
    most = rules.wins_at_most or 0
    made: list[list[Decision]] = [[] for _ in applicants]
    wins = [0] * len(applicants)
    rounds: list[list[int]] = []
    going = [place for place, one in enumerate(applicants) if one.entries]
    while going:
        number = len(rounds) + 1
        order = _order(going, applicants, names, prefix=_prefix(seed, number))
        for place, who in enumerate(order, 1):
            decisions, entries = made[who], applicants[who].entries
            for at in range(len(decisions), len(entries)):
                short = take(entries[at])
                if short < 0:
                    decisions.append(Decision("won", number, place, -1))
                    wins[who] += 1
                    if wins[who] == most:
                        decisions.extend([Decision("void", number, place, -1)] * (len(entries) - at - 1))
                    break
                decisions.append(Decision("lost", number, place, short))
        rounds.append(order)
        going = [who for who in going if len(made[who]) < len(applicants[who].entries)]
    return Drawn(decisions=made, rounds=rounds)


def draw_per_slot(
    *, applicants: Sequence[DrawApplicant], cells: Sequence[Cell], rules: DrawRules, seed: bytes
) -> Drawn:
    """Every entry is drawn by itself: one random order of all entries, each takes what it wants where that still fits.

    The text of an entry has its rank (from 1) behind the pseudonym: ``pseudonym#rank``.
    """
    take = _taker(applicants, cells)
    _names(applicants)
    owners = [(who, at) for who, one in enumerate(applicants) for at in range(len(one.entries))]
    singles = [
        DrawApplicant(f"{one.pseudonym}#{rank}", (entry,), one.tier, one.tickets)
        for one in applicants
        for rank, entry in enumerate(one.entries, 1)
    ]
    order = _order(range(len(singles)), singles, _names(singles), prefix=_prefix(seed, 1))
    most = rules.wins_at_most or 0
    made = [[_UNDECIDED] * len(one.entries) for one in applicants]
    wins = [0] * len(applicants)
    for place, entry in enumerate(order, 1):
        who, at = owners[entry]
        if most and wins[who] == most:
            made[who][at] = Decision("void", 1, place, -1)
            continue
        short = take(applicants[who].entries[at])
        made[who][at] = Decision("won" if short < 0 else "lost", 1, place, short)
        wins[who] += short < 0
    return Drawn(decisions=made, rounds=[order] if order else [])


_SHAPES: Final[dict[str, Algorithm]] = {ROUNDS: draw_rounds, PER_SLOT: draw_per_slot}
_UNDECIDED: Final = Decision("void", 1, 0, -1)


def _prefix(seed: bytes, number: int) -> bytes:
    return f"{seed.hex()}|{number}|".encode()


def _names(applicants: Sequence[DrawApplicant]) -> list[bytes]:
    names = [one.pseudonym.encode() for one in applicants]
    if len(set(names)) < len(names):
        raise ValueError("two applicants of a draw have the same pseudonym")
    return names


def _order(
    going: Sequence[int], applicants: Sequence[DrawApplicant], names: Sequence[bytes], *, prefix: bytes
) -> list[int]:
    """Those who are ``going``, by tier and then by the lowest hash of their tickets."""
    hashed: list[tuple[bytes, int]] = []
    for who in going:
        text = prefix + names[who]
        key = sha256(text).digest()
        tickets = applicants[who].tickets
        if tickets > 1:
            key = min(key, *(sha256(b"%b|%d" % (text, ticket)).digest() for ticket in range(1, tickets)))
        hashed.append((key, who))
    hashed.sort()
    order = [who for _, who in hashed]
    # Python's sorting is stable: those of one tier stay in the order of their hashes.
    order.sort(key=lambda who: applicants[who].tier)
    return order


def _taker(applicants: Sequence[DrawApplicant], cells: Sequence[Cell]) -> Take:
    """What takes from the cells; quick where everything is counted."""
    names = {place: set(cell.free) for place, cell in enumerate(cells) if not isinstance(cell.free, int)}
    left = [cell.free if isinstance(cell.free, int) else len(cell.free) for cell in cells]
    return _by_name(left, names) if names or _any_repeats(applicants) else _by_count(left)


def _any_repeats(applicants: Sequence[DrawApplicant]) -> bool:
    """Whether an entry wants twice of one cell."""
    return any(
        len(wants) > 1 and len(set(map(_CELL, wants))) < len(wants) for one in applicants for wants in one.entries
    )


_CELL: Final = itemgetter(0)


def _by_count(left: list[int]) -> Take:
    def take(wants: Sequence[Want]) -> int:
        for cell, units in wants:
            if left[cell] < units:  # type: ignore[operator]  # no cell has names
                return cell
        for cell, units in wants:
            left[cell] -= units  # type: ignore[operator]
        return -1

    return take


def _by_name(left: list[int], names: dict[int, set[int]]) -> Take:
    def take(wants: Sequence[Want]) -> int:
        for done, (cell, units) in enumerate(wants):
            count = units if isinstance(units, int) else len(units)
            if left[cell] < count or not (isinstance(units, int) or names[cell].issuperset(units)):
                for taken, back in wants[:done]:
                    _give_back(taken, back)
                return cell
            left[cell] -= count
            if not isinstance(units, int):
                names[cell].difference_update(units)
        return -1

    def _give_back(cell: int, units: int | tuple[int, ...]) -> None:
        if isinstance(units, int):
            left[cell] += units
        else:
            left[cell] += len(units)
            names[cell].update(units)

    return take
