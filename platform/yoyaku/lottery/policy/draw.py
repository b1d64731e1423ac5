"""The draws of the engine: ``rounds`` and ``per_slot``. Pure: the same input gives the same result on any machine.

The order of a round is by SHA-256 of the text ``seed|round|pseudonym`` (the seed in hexadecimal), lower tiers first; so
neither the order of the input, nor an id, nor how many wishes somebody has moves anybody's place. Of several tickets
(``…|1``, ``…|2`` behind the text) the lowest counts.

What is counted takes any units, what is named these: something fits as long as no unit is named twice and all that was
won together is no more than what is free. Whoever stores the wins places the named units first, then the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Any, Final, NamedTuple, Protocol, overload

from yoyaku.extension.draw import Cell, Decision, DrawApplicant, Drawn, DrawRules, Want
from yoyaku.extension.registry import draw_plugin
from yoyaku.lottery.terms import DrawTerms

ROUNDS: Final = "rounds"
PER_SLOT: Final = "per_slot"

Turn = Callable[[Sequence[Sequence[Want]], list[int]], bool]
"""Somebody's turn: of their entries the first undecided one that fits takes what it wants; whether any did.

What became of each entry that was looked at is added to the list (see :class:`_Decisions`).
"""


class Win(NamedTuple):
    """Round and place (from 1) of a win; whose it is, and which entry: places (from 0) in the lists of the input."""

    round: int
    place: int
    who: int
    entry: int


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


def rules_of(terms: DrawTerms) -> DrawRules:
    """The parameters of a draw as a rule set writes them."""
    return DrawRules(algorithm=terms.algorithm, wins_at_most=terms.wins_at_most, settings=terms.settings)


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
    order_of = _orders(applicants, seed=seed)
    turn = _turns(applicants, cells)
    entries_of = [one.entries for one in applicants]
    shorts_of: list[list[int]] = [[] for _ in applicants]
    wins = [0] * len(applicants)
    rounds: list[list[int]] = []
    going = [who for who, entries in enumerate(entries_of) if entries]
    while going:
        order = order_of(going, len(rounds) + 1)
        going = []
        for who in order:
            entries, shorts = entries_of[who], shorts_of[who]
            if turn(entries, shorts) and len(shorts) < len(entries):
                wins[who] += 1
                if wins[who] == rules.wins_at_most:
                    shorts += [_VOID] * (len(entries) - len(shorts))
                else:
                    going.append(who)
        rounds.append(order)
    return Drawn(decisions=_Decisions(shorts_of, rounds), rounds=rounds)


def draw_per_slot(
    *, applicants: Sequence[DrawApplicant], cells: Sequence[Cell], rules: DrawRules, seed: bytes
) -> Drawn:
    """Every entry is drawn by itself: one random order of all entries, each takes what it wants where that still fits.

    The text of an entry has its rank (from 1) behind the pseudonym: ``pseudonym#rank``.
    """
    turn = _turns(applicants, cells)
    owners = [who for who, one in enumerate(applicants) for _ in one.entries]
    singles = [
        DrawApplicant(f"{one.pseudonym}#{rank}", (entry,), one.tier, one.tickets)
        for one in applicants
        for rank, entry in enumerate(one.entries, 1)
    ]
    order = _orders(singles, seed=seed)(range(len(singles)), 1)
    shorts_of: list[list[int]] = [[] for _ in singles]
    wins = [0] * len(applicants)
    for entry in order:
        who = owners[entry]
        if wins[who] == rules.wins_at_most:
            shorts_of[entry].append(_VOID)
        else:
            wins[who] += turn(singles[entry].entries, shorts_of[entry])
    each = iter(_Decisions(shorts_of, [order]))
    decisions = [[decision for _ in one.entries for decision in next(each)] for one in applicants]
    return Drawn(decisions=decisions, rounds=[order] if order else [])


def wins_of(drawn: Drawn) -> list[Win]:
    """The wins of a draw in the order in which they were decided."""
    if isinstance(drawn.decisions, _Decisions):
        return sorted(drawn.decisions.wins())
    return sorted(
        Win(one.round, one.place, who, rank)
        for who, decisions in enumerate(drawn.decisions)
        for rank, one in enumerate(decisions)
        if one.outcome == "won"
    )


_SHAPES: Final[dict[str, Algorithm]] = {ROUNDS: draw_rounds, PER_SLOT: draw_per_slot}
_WON: Final = -1
_VOID: Final = -2


class _Decisions(Sequence[Sequence[Decision]]):
    """The decisions of all, each written out when it is read: a million of them take longer to make than the draw.

    ``shorts_of`` has for each entry of each the cell with too little left, else ``_WON`` or ``_VOID``. A turn ends with
    a win, so that the wins before an entry tell its round, and the order of the round its place.
    """

    def __init__(self, shorts_of: Sequence[Sequence[int]], rounds: Sequence[Sequence[int]]) -> None:
        self._shorts_of = shorts_of
        self._places = [[0] * len(shorts_of) for _ in rounds]
        for places, order in zip(self._places, rounds, strict=True):
            for place, who in enumerate(order, 1):
                places[who] = place

    def __len__(self) -> int:
        return len(self._shorts_of)

    @overload
    def __getitem__(self, index: int) -> Sequence[Decision]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sequence[Decision]]: ...
    def __getitem__(self, index: int | slice) -> Sequence[Decision] | Sequence[Sequence[Decision]]:
        if isinstance(index, slice):
            return [self[who] for who in range(*index.indices(len(self)))]
        return self._decided(index)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(map(tuple, self)))

    def wins(self) -> Iterator[Win]:
        """The wins of all, without writing out what was lost."""
        for who, shorts in enumerate(self._shorts_of):
            entry = -1
            for number in range(shorts.count(_WON)):
                entry = shorts.index(_WON, entry + 1)
                yield Win(number + 1, self._places[number][who], who, entry)

    def _decided(self, who: int) -> list[Decision]:
        decisions: list[Decision] = []
        number, place, won = 0, 0, True
        for short in self._shorts_of[who]:
            if won and (short != _VOID or number == 0):
                place = self._places[number][who]
                number += 1
            won = short == _WON
            if short >= 0:
                decisions.append(Decision("lost", number, place, short))
            else:
                decisions.append(Decision("won" if won else "void", number, place, -1))
        return decisions


def _orders(applicants: Sequence[DrawApplicant], *, seed: bytes) -> Callable[[Sequence[int], int], list[int]]:
    """What puts those who are still ``going`` into the order of a round."""
    names = [one.pseudonym.encode() for one in applicants]
    if len(set(names)) < len(names):
        raise ValueError("two applicants of a draw have the same pseudonym")
    tickets = {who: one.tickets for who, one in enumerate(applicants) if one.tickets > 1}
    tiers = [one.tier for one in applicants]
    tiered = len(set(tiers)) > 1

    def order_of(going: Sequence[int], number: int) -> list[int]:
        prefix = f"{seed.hex()}|{number}|".encode()
        keys = [sha256(prefix + names[who]).hexdigest() for who in going]
        if tickets:
            keys = [_best(key, prefix + names[who], tickets.get(who, 1)) for key, who in zip(keys, going, strict=True)]
        by_key = dict(zip(keys, going, strict=True))
        order = [by_key[key] for key in sorted(keys)]
        # Python's sorting is stable: those of one tier stay in the order of their hashes.
        return sorted(order, key=tiers.__getitem__) if tiered else order

    return order_of


def _best(key: str, text: bytes, tickets: int) -> str:
    """The lowest hash of somebody's tickets, the first of which has the ``key``."""
    return min([key, *(sha256(b"%b|%d" % (text, ticket)).hexdigest() for ticket in range(1, tickets))])


def _turns(applicants: Sequence[DrawApplicant], cells: Sequence[Cell]) -> Turn:
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


def _by_count(left: list[Any]) -> Turn:
    def turn(entries: Sequence[Sequence[Want]], shorts: list[int]) -> bool:
        for entry in entries[len(shorts) :]:
            for cell, units in entry:
                if left[cell] < units:
                    shorts.append(cell)
                    break
            else:
                for cell, units in entry:
                    left[cell] -= units
                shorts.append(_WON)
                return True
        return False

    return turn


def _by_name(left: list[int], names: dict[int, set[int]]) -> Turn:
    def turn(entries: Sequence[Sequence[Want]], shorts: list[int]) -> bool:
        for entry in entries[len(shorts) :]:
            shorts.append(_take(entry, left, names))
            if shorts[-1] == _WON:
                return True
        return False

    return turn


def _take(wants: Sequence[Want], left: list[int], names: dict[int, set[int]]) -> int:
    """Take one after the other; where one does not fit, give back what was taken, and say which."""
    for done, (cell, units) in enumerate(wants):
        count = units if isinstance(units, int) else len(units)
        if left[cell] < count or not (isinstance(units, int) or names[cell].issuperset(units)):
            _give_back(wants[:done], left, names)
            return cell
        left[cell] -= count
        if not isinstance(units, int):
            names[cell].difference_update(units)
    return _WON


def _give_back(wants: Sequence[Want], left: list[int], names: dict[int, set[int]]) -> None:
    for cell, units in wants:
        if isinstance(units, int):
            left[cell] += units
        else:
            left[cell] += len(units)
            names[cell].update(units)
