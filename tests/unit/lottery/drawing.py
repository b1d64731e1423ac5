"""Draws for tests: strategies of Hypothesis, seeds by number, and a replay that trusts nothing the draw says."""

from hashlib import sha256

from hypothesis import strategies as st

from yoyaku.extension.draw import Cell, DrawApplicant, DrawRules
from yoyaku.lottery.policy.draw import draw

NAMES = ["ABCDE-00001", "ABCDE-00002", "FGHJK-00003", "MNPQR-00004", "STVWX-00005", "YZ012-00006"]


def seed_of(number):
    return sha256(f"test {number}".encode()).digest()


def applicant(name, *entries, tier=0, tickets=1):
    """``entries``: wants of each, as ``(cell, units)``."""
    return DrawApplicant(name, entries, tier, tickets)


def run(applicants, cells, *, seed, algorithm="rounds", wins_at_most=None):
    rules = DrawRules(algorithm=algorithm, wins_at_most=wins_at_most)
    return draw(
        applicants=applicants, cells=[Cell(f"c{at}", free) for at, free in enumerate(cells)], rules=rules, seed=seed
    )


def outcomes(applicants, drawn):
    return {
        one.pseudonym: [decision.outcome for decision in decisions]
        for one, decisions in zip(applicants, drawn.decisions, strict=True)
    }


def seed_with_order(names, round_number=1):
    """A seed that puts the names into this order."""
    return seed_with_orders({round_number: names})


def seed_with_orders(wanted):
    """A seed that puts the names of each round into their order: ``wanted`` by the round's number."""

    def order(number, round_number, names):
        start = f"{seed_of(number).hex()}|{round_number}|"
        return sorted(names, key=lambda name: sha256((start + name).encode()).digest())

    def fits(number):
        return all(order(number, at, names) == list(names) for at, names in wanted.items())

    return next(seed_of(number) for number in range(100_000) if fits(number))


@st.composite
def frees(draw_from):
    """What cells have free: counts, and numbers of units."""
    numbers = st.sets(st.integers(1, 4)).map(lambda units: tuple(sorted(units)))
    return draw_from(st.lists(st.one_of(st.integers(0, 3), numbers), min_size=1, max_size=5))


@st.composite
def wants(draw_from, cells):
    chosen = draw_from(st.lists(st.integers(0, len(cells) - 1), min_size=1, max_size=3, unique=True))
    units = {at: _units(cells[at]) for at in chosen}
    return tuple((at, draw_from(units[at])) for at in chosen)


def _units(free):
    counted = st.integers(1, 2)
    if isinstance(free, int):
        return counted
    return st.one_of(counted, st.sets(st.integers(1, 4), min_size=1, max_size=2).map(lambda one: tuple(sorted(one))))


@st.composite
def raffles(draw_from):
    """Applicants, what cells have free, and keywords of :func:`run`."""
    cells = draw_from(frees())
    names = draw_from(st.permutations(NAMES))[: draw_from(st.integers(0, len(NAMES)))]
    applicants = [
        DrawApplicant(
            name,
            tuple(draw_from(st.lists(wants(cells), max_size=4))),
            draw_from(st.sampled_from([0, 0, 1, 2])),
            draw_from(st.sampled_from([1, 1, 2, 5])),
        )
        for name in names
    ]
    how = {
        "seed": seed_of(draw_from(st.integers(0, 10**6))),
        "algorithm": draw_from(st.sampled_from(["rounds", "per_slot"])),
        "wins_at_most": draw_from(st.sampled_from([None, 1, 2])),
    }
    return applicants, cells, how


class Stock:
    """What is left, unit by unit: something fits if numbered units can be handed out to all that was won."""

    def __init__(self, cells):
        self.counts = [free if isinstance(free, int) else len(free) for free in cells]
        self.names = [None if isinstance(free, int) else set(free) for free in cells]

    def lacks(self, entry):
        """The cells of an entry that have too little left for it."""
        return [
            at
            for at, units in entry
            if (units if isinstance(units, int) else len(units)) > self.counts[at]
            or (not isinstance(units, int) and not set(units) <= self.names[at])
        ]

    def take(self, entry):
        assert self.lacks(entry) == []
        for at, units in entry:
            self.counts[at] -= units if isinstance(units, int) else len(units)
            if not isinstance(units, int):
                self.names[at] -= set(units)
