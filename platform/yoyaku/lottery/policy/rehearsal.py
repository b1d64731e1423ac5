"""A rehearsal: the same entries drawn many times under several settings, and what each setting would give to whom.

Nothing here is kept. The seeds of a rehearsal are made from a number, so that anybody gets the same averages again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate
from typing import Final, Protocol

from yoyaku.extension.draw import Cell, DrawApplicant, Drawn, DrawRules, Want
from yoyaku.lottery.terms import Tickets, Tier
from yoyaku.rules.condition import Facts, matches

MOST_APPLICANTS: Final = 20_000
MOST_WISHES: Final = 50
MOST_DRAWS: Final = 200
SKEWS: Final[Mapping[str, float]] = {"none": 0.0, "some": 0.5, "strong": 1.0}
"""How much more the most wanted uses are wished for: the weight of the n-th is 1/n to this power."""


class Drawing(Protocol):
    """A way to draw, as the engine and its plugins have it."""

    def __call__(
        self, *, applicants: Sequence[DrawApplicant], cells: Sequence[Cell], rules: DrawRules, seed: bytes
    ) -> Drawn:
        """The draw."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hopeful:
    """Somebody who enters a rehearsal: the wants of each entry in the order of the wishes, and facts of the user."""

    pseudonym: str
    entries: Sequence[Sequence[Want]]
    facts: Facts


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is drawn in a rehearsal: who wishes what, and what there is."""

    hopefuls: Sequence[Hopeful]
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Rules to draw by. ``entries_at_most`` cuts the wishes of each; ``tiers`` and ``tickets`` as in a scheme."""

    rules: DrawRules
    entries_at_most: int
    tiers: Sequence[Tier] = ()
    tickets: Sequence[Tickets] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A group of applicants: how many of them win anything, and their first wish; averages over the draws."""

    group: str
    people: int
    winning: float
    first: float

    @property
    def winning_percent(self) -> float:
        """How many of a hundred win anything."""
        return 100 * self.winning / self.people if self.people else 0.0

    @property
    def first_percent(self) -> float:
        """How many of a hundred win what they wished for most."""
        return 100 * self.first / self.people if self.people else 0.0


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a setting gives, on average over ``draws``.

    ``by_wishes`` and ``by_class`` divide ``everybody``; ``wins`` says how many people win so often. ``unused_percent``
    is the part of all units of all cells that nobody wins.
    """

    draws: int
    entries: int
    everybody: Rate
    by_wishes: tuple[Rate, ...]
    by_class: tuple[Rate, ...]
    wins: tuple[tuple[int, float], ...]
    unused_percent: float


@dataclass(frozen=True, kw_only=True)
class Synthetic:
    """Entries that nobody made: ``applicants`` with 1 to ``wishes`` each, from a seed ``number``.

    ``skew`` is one of :data:`SKEWS`; ``kinds`` are the facts that the applicants take in turn.
    """

    applicants: int
    wishes: int
    skew: str
    number: int
    kinds: Sequence[Facts]


def seeds_of(number: int, draws: int) -> list[bytes]:
    """The seeds of a rehearsal."""
    return [sha256(f"rehearsal|{number}|{draw}".encode()).digest() for draw in range(draws)]


def synthesise(wanted: Synthetic, *, uses: Sequence[Sequence[Want]], cells: Sequence[Cell]) -> Scene:
    """Applicants with different wishes among ``uses`` (the wants of each use that can be wished for)."""
    power = SKEWS[wanted.skew]
    places = sorted(range(len(uses)), key=lambda use: _lot(wanted.number, "use", use))
    sums = list(accumulate(1 / (place + 1) ** power for place in range(len(uses))))
    hopefuls = []
    for number in range(wanted.applicants):
        wishes = 1 + int(_lot(wanted.number, "wishes", number) * wanted.wishes)
        lots = (_lot(wanted.number, number, wish) * sums[-1] for wish in range(wishes))
        chosen = dict.fromkeys(places[min(bisect_right(sums, lot), len(uses) - 1)] for lot in lots)
        hopefuls.append(
            Hopeful(
                pseudonym=f"{number:010d}",
                entries=tuple(uses[one] for one in chosen),
                facts=wanted.kinds[number % len(wanted.kinds)] if wanted.kinds else {},
            )
        )
    return Scene(hopefuls=hopefuls, cells=cells)


def _lot(*of: object) -> float:
    """A number from 0 (inclusive) to 1 that follows from what it is of, by SHA-256: the same everywhere, always."""
    digest = sha256("|".join(map(str, of)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def applicants_under(scene: Scene, setting: Setting) -> list[DrawApplicant]:
    """The applicants as they are drawn under a setting."""
    return [
        DrawApplicant(
            pseudonym=one.pseudonym,
            entries=one.entries[: setting.entries_at_most],
            tier=next((tier.tier for tier in setting.tiers if matches(tier.when, one.facts)), 0),
            tickets=next((more.tickets for more in setting.tickets if matches(more.when, one.facts)), 1),
        )
        for one in scene.hopefuls
    ]


def compare(
    scene: Scene,
    settings: Sequence[Setting],
    *,
    seeds: Iterable[bytes],
    drawings: Sequence[Drawing],
    may_go_on: Callable[[], bool],
) -> tuple[Measured, ...]:
    """Draw the scene under each setting (by its own way to draw), with each seed, until time is up; at least once."""
    tallies = [_Tally(scene=scene, applicants=applicants_under(scene, setting)) for setting in settings]
    for seed in seeds:
        for tally, setting, draw in zip(tallies, settings, drawings, strict=True):
            tally.add(draw(applicants=tally.applicants, cells=scene.cells, rules=setting.rules, seed=seed))
        if not may_go_on():
            break
    return tuple(tally.measured() for tally in tallies)


@dataclass(kw_only=True)
class _Tally:
    """Counts over the draws of one setting."""

    scene: Scene
    applicants: Sequence[DrawApplicant]
    draws: int = 0
    taken: int = 0
    winning: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: Counter[tuple[str, str]] = field(default_factory=Counter)
    wins: Counter[int] = field(default_factory=Counter)

    def add(self, drawn: Drawn) -> None:
        """Count one draw."""
        self.draws += 1
        for hopeful, applicant, decisions in zip(self.scene.hopefuls, self.applicants, drawn.decisions, strict=True):
            won = [place for place, decision in enumerate(decisions) if decision.outcome == "won"]
            self.wins[len(won)] += 1
            self.taken += sum(_units(want) for place in won for want in applicant.entries[place])
            if won:
                groups = _groups(hopeful, applicant)
                self.winning.update(groups)
                self.first.update(groups if won[0] == 0 else ())

    def measured(self) -> Measured:
        """The averages."""
        people = Counter(
            group
            for hopeful, applicant in zip(self.scene.hopefuls, self.applicants, strict=True)
            for group in _groups(hopeful, applicant)
        )
        capacity = sum(one.free if isinstance(one.free, int) else len(one.free) for one in self.scene.cells)
        draws = self.draws or 1
        return Measured(
            draws=self.draws,
            entries=sum(len(one.entries) for one in self.applicants),
            everybody=self._rate(("all", ""), people),
            by_wishes=self._rates("wishes", people),
            by_class=self._rates("class", people),
            wins=tuple((times, self.wins[times] / draws) for times in sorted(self.wins)),
            unused_percent=100 * (1 - self.taken / draws / capacity) if capacity else 0.0,
        )

    def _rates(self, kind: str, people: Mapping[tuple[str, str], int]) -> tuple[Rate, ...]:
        """Groups of a kind, numbers before words and in their order."""
        found = sorted((group for group in people if group[0] == kind), key=lambda one: (len(one[1]), one[1]))
        return tuple(self._rate(group, people) for group in found)

    def _rate(self, group: tuple[str, str], people: Mapping[tuple[str, str], int]) -> Rate:
        draws = self.draws or 1
        return Rate(
            group=group[1],
            people=people.get(group, 0),
            winning=self.winning[group] / draws,
            first=self.first[group] / draws,
        )


def _units(want: Want) -> int:
    wanted = want[1]
    return wanted if isinstance(wanted, int) else len(wanted)


def _groups(hopeful: Hopeful, applicant: DrawApplicant) -> tuple[tuple[str, str], ...]:
    """The groups that somebody is counted in."""
    kind = hopeful.facts.get("user_class")
    return ("all", ""), ("wishes", str(len(applicant.entries))), ("class", kind if isinstance(kind, str) else "")
