"""What holds of every draw, whatever is entered."""

import random
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lottery.drawing import NAMES, Stock, applicant, outcomes, raffles, run, seed_of

from yoyaku.lottery.policy.draw import wins_of


def in_turn(applicants, drawn):
    """All decisions in the order in which they were made, with their entries."""
    return sorted(
        ((decision.round, decision.place, rank), one, decision, one.entries[rank])
        for one, decisions in zip(applicants, drawn.decisions, strict=True)
        for rank, decision in enumerate(decisions)
    )


@pytest.mark.fact("KS-056", "KS-064", "KS-065")
@given(raffles())
def test_what_won_fitted_and_what_lost_did_not_fit_at_its_turn(raffle):
    """So nothing is ever lent twice, a set has all of its parts or none, and who waits at the end could not have it."""
    applicants, cells, how = raffle
    drawn = run(applicants, cells, **how)
    stock = Stock(cells)

    for _, _, decision, entry in in_turn(applicants, drawn):
        if decision.outcome == "won":
            stock.take(entry)
        elif decision.outcome == "lost":
            assert decision.short in stock.lacks(entry)

    for _, _, decision, entry in in_turn(applicants, drawn):
        assert decision.outcome != "lost" or stock.lacks(entry)


@pytest.mark.fact("ML-025")
@given(raffles())
def test_nobody_wins_more_than_they_may_and_void_is_only_what_came_after(raffle):
    applicants, cells, how = raffle
    most = how["wins_at_most"]

    for made in outcomes(applicants, run(applicants, cells, **how)).values():
        assert most is None or made.count("won") <= most
        assert "void" not in made or made.count("won") == most


@given(raffles())
def test_every_entry_is_decided_in_a_round_and_at_a_place_of_its_owner(raffle):
    applicants, cells, how = raffle
    drawn = run(applicants, cells, **how)
    entrants = [
        one.pseudonym if how["algorithm"] == "rounds" else f"{one.pseudonym}#{rank}"
        for one in applicants
        for rank in (range(1, len(one.entries) + 1) if how["algorithm"] == "per_slot" else (0,))
    ]

    for one, decisions in zip(applicants, drawn.decisions, strict=True):
        assert len(decisions) == len(one.entries)
        for rank, decision in enumerate(decisions, 1):
            name = entrants[drawn.rounds[decision.round - 1][decision.place - 1]]
            assert name == (one.pseudonym if how["algorithm"] == "rounds" else f"{one.pseudonym}#{rank}")


@pytest.mark.fact("KS-050")
@given(raffles(), st.randoms(use_true_random=False))
def test_the_order_in_which_people_entered_plays_no_part(raffle, lots):
    applicants, cells, how = raffle
    shuffled = lots.sample(applicants, len(applicants))

    assert outcomes(applicants, run(applicants, cells, **how)) == outcomes(shuffled, run(shuffled, cells, **how))


@given(raffles())
def test_the_same_seed_draws_the_same_again(raffle):
    applicants, cells, how = raffle

    assert run(applicants, cells, **how) == run(applicants, cells, **how)


@pytest.mark.fact("KS-063", "KS-065")
@given(raffles())
def test_the_order_of_a_round_hangs_on_seed_round_and_code_alone(raffle):
    """Not on what is wished for, nor how much: tier first, then the lowest hash of the tickets."""
    applicants, cells, how = raffle
    drawn = run(applicants, cells, **how | {"algorithm": "rounds"})

    def key(number, one):
        text = f"{how['seed'].hex()}|{number}|{one.pseudonym}"
        texts = [text, *(f"{text}|{ticket}" for ticket in range(1, one.tickets))]
        return one.tier, min(sha256(each.encode()).hexdigest() for each in texts)

    for number, order in enumerate(drawn.rounds, 1):
        keys = [key(number, applicants[who]) for who in order]
        assert keys == sorted(keys)


@given(raffles(), st.integers(0, 5), st.integers(1, 4))
def test_further_wishes_for_what_nobody_else_wants_change_nothing_for_the_others(raffle, who, more):
    """Nobody's turn moves before another's by wishing more; they are only asked more often."""
    applicants, cells, how = raffle
    if not applicants:
        return
    who %= len(applicants)
    wider = list(applicants)
    added = tuple(((len(cells), 1),) for _ in range(more))
    wider[who] = applicants[who]._replace(entries=(*applicants[who].entries, *added))

    before = outcomes(applicants, run(applicants, [*cells, 9], **how))
    after = outcomes(wider, run(wider, [*cells, 9], **how))

    name = applicants[who].pseudonym
    if how["wins_at_most"] is None or how["algorithm"] == "rounds":
        assert after[name][: len(before[name])] == before[name]
        assert {other: made for other, made in after.items() if other != name} == {
            other: made for other, made in before.items() if other != name
        }


@given(raffles(), st.integers(0, 5), st.integers(0, 4))
def test_further_wishes_behind_a_win_change_nothing_where_one_win_is_all(raffle, who, cell):
    applicants, cells, how = raffle
    how |= {"wins_at_most": 1, "algorithm": "rounds"}
    before = outcomes(applicants, run(applicants, cells, **how))
    winners = [at for at, one in enumerate(applicants) if "won" in before[one.pseudonym]]
    if not winners:
        return
    who = winners[who % len(winners)]
    wider = list(applicants)
    wider[who] = applicants[who]._replace(entries=(*applicants[who].entries, ((cell % len(cells), 1),)))

    after = outcomes(wider, run(wider, cells, **how))

    assert after.pop(wider[who].pseudonym) == [*before.pop(wider[who].pseudonym), "void"]
    assert after == before


def test_how_many_wish_more_than_you_does_not_move_your_place():
    """Over many seeds the mean place of somebody with one wish among people with four is that of anybody."""
    lots = random.Random(7)
    crowd = [(name, tuple(((lots.randrange(3), 1),) for _ in range(4))) for name in NAMES[1:]]
    people = [applicant(NAMES[0], ((0, 1),)), *(applicant(name, *entries) for name, entries in crowd)]
    places = [run(people, [1, 1, 1], seed=seed_of(number)).rounds[0].index(0) for number in range(3000)]

    assert abs(sum(places) / len(places) - 2.5) < 0.1


@given(raffles())
def test_the_wins_are_told_in_the_order_in_which_they_were_decided(raffle):
    """Whether the decisions are written out, as a plugin's are, or not yet."""
    applicants, cells, how = raffle
    drawn = run(applicants, cells, **how)
    told = [
        (decision.round, decision.place, applicants.index(one), rank)
        for (_, _, rank), one, decision, _ in in_turn(applicants, drawn)
        if decision.outcome == "won"
    ]

    assert wins_of(drawn) == wins_of(replace(drawn, decisions=list(drawn.decisions))) == told
