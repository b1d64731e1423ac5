"""Chances, counted over many small draws with fixed seeds."""

from collections import Counter
from itertools import permutations

import pytest
from tests.unit.lottery.drawing import applicant, run, seed_of

A, B, C = "AAAAA-AAAAA", "BBBBB-BBBBB", "CCCCC-CCCCC"
CHI_SQUARE = {1: 10.83, 2: 13.82, 5: 20.52}
"""What is exceeded once in a thousand, by degrees of freedom (any table of the chi-square distribution)."""


def chi_square(counts, expected):
    return sum((counts[key] - wanted) ** 2 / wanted for key, wanted in expected.items())


@pytest.mark.fact("KS-063", "KS-064")
def test_each_order_is_equally_likely():
    people = [applicant(name, ((0, 1),)) for name in (A, B, C)]
    draws = 100_000

    counts = Counter(tuple(run(people, [1], seed=number.to_bytes(32, "big")).rounds[0]) for number in range(draws))

    assert chi_square(counts, dict.fromkeys(permutations(range(3)), draws / 6)) < CHI_SQUARE[5]


@pytest.mark.fact("KS-065")
def test_the_second_round_is_a_new_order():
    people = [applicant(name, ((0, 1),), ((0, 1),)) for name in (A, B)]
    draws = 10_000

    counts = Counter(
        first == second for first, second in (run(people, [4], seed=seed_of(number)).rounds for number in range(draws))
    )

    assert chi_square(counts, {True: draws / 2, False: draws / 2}) < CHI_SQUARE[1]


def test_the_chance_to_be_first_is_as_the_tickets():
    people = [applicant(name, ((0, 1),), tickets=tickets) for name, tickets in ((A, 1), (B, 2), (C, 3))]
    draws = 12_000

    counts = Counter(run(people, [1], seed=seed_of(number)).rounds[0][0] for number in range(draws))

    assert chi_square(counts, {who: draws * (who + 1) / 6 for who in range(3)}) < CHI_SQUARE[2]


def test_per_slot_gives_each_entry_the_same_chance():
    people = [applicant(A, ((0, 1),), ((0, 1),)), applicant(B, ((0, 1),))]
    draws = 12_000

    counts = Counter(
        run(people, [1], seed=seed_of(number), algorithm="per_slot").rounds[0][0] for number in range(draws)
    )

    assert chi_square(counts, dict.fromkeys(range(3), draws / 3)) < CHI_SQUARE[2]
