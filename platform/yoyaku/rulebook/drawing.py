"""Examples that draw: the given entries on a table, drawn by the algorithm that the rules name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from yoyaku.booking.policy import claims_of
from yoyaku.extension.draw import Cell, DrawApplicant, Drawn
from yoyaku.lottery.policy.cells import cut_cells
from yoyaku.lottery.policy.cover import Cover
from yoyaku.lottery.policy.draw import PER_SLOT, draw, rules_of
from yoyaku.lottery.policy.entry_values import EntryPlan
from yoyaku.rulebook.lotteries import accept, cover_of, decline, enter, held_entries, plan_entry, read_days
from yoyaku.rulebook.scene import Decision, ExampleIncomplete, Scene, to_request
from yoyaku.rulebook.terms import GivenEntry

SEEDS_TRIED: Final = 100_000
SEED_BYTES: Final = 32


def _draw(scene: Scene) -> Decision:
    """The given entries, drawn."""
    table = _Table(scene)
    drawn, (_, cells) = table.drawn, table.prepared
    outcomes = zip(table.entries, (one for each in drawn.decisions for one in each), strict=True)
    decided = {entry.id: decision for entry, decision in outcomes}
    scheme = table.cover.scheme
    found = {
        "outcome": "allowed",
        "results": {code: decision.outcome for code, decision in decided.items()},
        "rounds": {code: decision.round for code, decision in decided.items()},
        "orders": table.orders(drawn),
        "short": {code: cells[one.short].key for code, one in decided.items() if one.short >= 0},
    }
    return Decision(found, (scene.rules.cite(scheme.draw, facts={}, outcome=scheme.draw.algorithm),))


@dataclass(frozen=True)
class _Table:
    """The given entries on the table: by people in the order in which they first appear."""

    scene: Scene

    @cached_property
    def people(self) -> Mapping[str, Sequence[GivenEntry]]:
        """The entries by whose they are."""
        found: dict[str, list[GivenEntry]] = {}
        for entry in self.scene.example.given.lottery_entries:
            found.setdefault(entry.by, []).append(entry)
        return found

    @property
    def entries(self) -> Sequence[GivenEntry]:
        """All entries, person by person."""
        return [entry for entries in self.people.values() for entry in entries]

    @cached_property
    def cover(self) -> Cover:
        """The lottery that the first entry is in."""
        if not self.people:
            raise ExampleIncomplete(missing="lottery_entries")
        return cover_of(self.scene, to_request(self.entries[0]))

    @cached_property
    def drawn(self) -> Drawn:
        """The draw, with the seed that the example names or the first that gives its orders."""
        applicants, cells = self.prepared
        rules = rules_of(self.cover.scheme.draw)
        wanted = self.scene.example.when.orders
        for seed in self._seeds():
            drawn = draw(applicants=applicants, cells=cells, rules=rules, seed=seed)
            if self.orders(drawn)[: len(wanted)] == wanted:
                return drawn
        raise ExampleIncomplete(missing="orders")

    def orders(self, drawn: Drawn) -> list[list[str]]:
        """The order of each round: people, or entries where each is drawn by itself."""
        single = self.cover.scheme.draw.algorithm == PER_SLOT
        names = [entry.id for entry in self.entries] if single else [*self.people]
        return [[names[place] for place in order] for order in drawn.rounds]

    def _seeds(self) -> Iterator[bytes]:
        act = self.scene.example.when
        if act.seed is not None:
            yield bytes.fromhex(act.seed)
            return
        yield from (number.to_bytes(SEED_BYTES, "big") for number in range(SEEDS_TRIED if act.orders else 1))

    @cached_property
    def prepared(self) -> tuple[Sequence[DrawApplicant], Sequence[Cell]]:
        """Who draws for what, and the cells that they draw."""
        plans = {name: [*self._plans(entries)] for name, entries in self.people.items()}
        cut = cut_cells({plan.wants for each in plans.values() for plan in each}, self._free)
        applicants = [
            DrawApplicant(name, [cut.wants[plan.wants] for plan in each], each[0].tier, each[0].tickets)
            for name, each in plans.items()
        ]
        return applicants, cut.cells

    def _plans(self, entries: Sequence[GivenEntry]) -> Iterator[EntryPlan]:
        """The entries of one person, made one after the other when the lottery opens."""
        scene, opens_at = self.scene, self.cover.times.opens_at
        person = scene.person if entries[0].user is None else scene.person_of(entries[0].user)
        for place, entry in enumerate(entries):
            held = held_entries(scene, entries[:place])
            yield plan_entry(scene, [entry, *entry.also], person=person, held=held, rank=None, now=opens_at, form=False)

    def _free(self, resource: str, day: str, starts: int, ends: int) -> frozenset[int]:
        """The units of a resource that no given booking has in any part of a time."""
        rules = self.scene.rules
        named: set[int] = set()
        counted: dict[int, int] = {}
        for claim in (claim for held in self.scene.held for claim in claims_of(rules, held)):
            grain = rules.inventory.buckets[claim.resource_id]
            within = claim.bucket < ends and starts < claim.bucket + grain
            if claim.resource_id != resource or claim.use_on.isoformat() != day or not within:
                continue
            named.update(claim.named or ())
            counted[claim.bucket] = counted.get(claim.bucket, 0) + (0 if claim.named else claim.units)
        free = sorted(set(range(1, rules.inventory.resources[resource] + 1)) - named)
        return frozenset(free[max(counted.values(), default=0) :])


LOTTERY_ACTIONS: Final[Mapping[str, Callable[[Scene], Decision]]] = {
    "lottery": read_days,
    "enter": enter,
    "draw": _draw,
    "accept": accept,
    "decline": decline,
}
