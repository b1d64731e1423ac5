"""The draws of the engine, on examples that can be followed by hand."""

import pytest
from tests.unit.lottery.drawing import applicant, outcomes, run, seed_of, seed_with_order, seed_with_orders

from yoyaku.extension.draw import Cell, Decision, DrawRules
from yoyaku.extension.registry import PluginUnknown
from yoyaku.lottery.policy.draw import algorithm_of, draw, draw_per_slot, draw_rounds

A, B, C = "AAAAA-AAAAA", "BBBBB-BBBBB", "CCCCC-CCCCC"
HALL_13_15, HALL_15_16, TAKUMA, AKITA, NANBU, HALL_ANOTHER_DAY = range(6)


@pytest.mark.fact("KS-T15", "KS-063", "KS-064", "KS-065", "KS-066")
def test_the_city_s_own_example_comes_out_as_in_its_guide():
    users = [
        applicant(A, [(AKITA, 1)], [(NANBU, 1)]),
        applicant(B, [(HALL_13_15, 1), (HALL_15_16, 1)]),
        applicant(C, [(HALL_13_15, 1)], [(TAKUMA, 1)], [(NANBU, 1)]),
    ]

    drawn = run(users, [1, 1, 1, 1, 1], seed=seed_with_order([B, C, A]))

    assert drawn.rounds[0] == [1, 2, 0]
    assert drawn.decisions[1] == [Decision("won", 1, 1, -1)]
    assert drawn.decisions[2][:2] == [Decision("lost", 1, 2, HALL_13_15), Decision("won", 1, 2, -1)]
    assert drawn.decisions[0][0] == Decision("won", 1, 3, -1)
    assert sorted(drawn.rounds[1]) == [0, 2]
    assert {drawn.decisions[0][1].round, drawn.decisions[2][2].round} == {2}
    assert {drawn.decisions[0][1].outcome, drawn.decisions[2][2].outcome} == {"won", "lost"}


@pytest.mark.fact("KS-065", "KS-067")
def test_the_guide_s_second_round_draws_a_new_order_of_those_with_wishes_left_and_goes_on_with_their_next():
    users = [
        applicant(A, [(AKITA, 1)], [(NANBU, 1)], [(HALL_ANOTHER_DAY, 1)]),
        applicant(B, [(HALL_13_15, 1), (HALL_15_16, 1)]),
        applicant(C, [(HALL_13_15, 1)], [(TAKUMA, 1)], [(NANBU, 1)]),
    ]

    drawn = run(users, [1] * 6, seed=seed_with_orders({1: [B, C, A], 2: [A, C]}))

    assert drawn.rounds == [[1, 2, 0], [0, 2], [0]]
    assert list(drawn.decisions) == [
        [Decision("won", 1, 3, -1), Decision("won", 2, 1, -1), Decision("won", 3, 1, -1)],
        [Decision("won", 1, 1, -1)],
        [Decision("lost", 1, 2, HALL_13_15), Decision("won", 1, 2, -1), Decision("lost", 2, 2, NANBU)],
    ]


@pytest.mark.fact("KS-056")
def test_a_set_takes_all_of_its_parts_or_none():
    seed = seed_with_order([A, B, C])
    users = [applicant(A, [(0, 1)]), applicant(B, [(1, 1), (0, 1)]), applicant(C, [(1, 1)])]

    assert outcomes(users, run(users, [1, 1], seed=seed)) == {A: ["won"], B: ["lost"], C: ["won"]}


@pytest.mark.fact("ML-025")
def test_whoever_has_won_what_they_may_is_not_looked_at_again():
    users = [applicant(A, [(0, 1)], [(1, 1)], [(2, 1)]), applicant(B, [(1, 1)])]
    seed = seed_with_order([A, B])

    drawn = run(users, [1, 1, 1], seed=seed, wins_at_most=1)

    assert list(drawn.decisions) == [
        [Decision("won", 1, 1, -1), Decision("void", 1, 1, -1), Decision("void", 1, 1, -1)],
        [Decision("won", 1, 2, -1)],
    ]
    assert len(drawn.rounds) == 1


def test_who_still_has_wishes_is_drawn_again_until_all_are_decided():
    users = [applicant(A, [(0, 1)], [(1, 1)], [(2, 1)])]

    drawn = run(users, [1, 1, 1], seed=seed_of(1))

    assert [(one.outcome, one.round) for one in drawn.decisions[0]] == [("won", 1), ("won", 2), ("won", 3)]
    assert drawn.rounds == [[0], [0], [0]]


def test_an_earlier_tier_is_drawn_first_in_every_round():
    users = [applicant(A, [(0, 1)], [(0, 1)], tier=1), applicant(B, [(0, 1)], [(0, 1)])]

    for number in range(20):
        drawn = run(users, [3], seed=seed_of(number))
        assert drawn.rounds == [[1, 0], [1, 0]]


def test_per_slot_draws_every_entry_by_itself():
    users = [applicant(A, [(0, 1)], [(1, 1)]), applicant(B, [(0, 1)], [(1, 1)])]
    seed = seed_with_order([f"{B}#2", f"{A}#2", f"{A}#1", f"{B}#1"])

    drawn = run(users, [1, 1], seed=seed, algorithm="per_slot")

    assert drawn.rounds == [[3, 1, 0, 2]]
    assert list(drawn.decisions) == [
        [Decision("won", 1, 3, -1), Decision("lost", 1, 2, 1)],
        [Decision("lost", 1, 4, 0), Decision("won", 1, 1, -1)],
    ]


def test_per_slot_ends_with_the_wins_one_may_have():
    users = [applicant(A, [(0, 1)], [(1, 1)])]
    seed = seed_with_order([f"{A}#2", f"{A}#1"])

    drawn = run(users, [1, 1], seed=seed, algorithm="per_slot", wins_at_most=1)

    assert list(drawn.decisions) == [[Decision("void", 1, 2, -1), Decision("won", 1, 1, -1)]]


@pytest.mark.parametrize("algorithm", ["rounds", "per_slot"])
def test_without_entries_there_is_no_round(algorithm):
    assert run([], [1], seed=seed_of(1), algorithm=algorithm).rounds == []
    assert run([applicant(A)], [1], seed=seed_of(1), algorithm=algorithm).rounds == []


def test_halves_that_are_named_and_halves_that_are_counted_share_a_room():
    """The second half is free for whoever asks for any, as long as one is left."""
    order = seed_with_order([A, B, C])
    users = [applicant(A, [(0, 1)]), applicant(B, [(0, (1,))]), applicant(C, [(0, (2,))])]

    assert outcomes(users, run(users, [(1, 2)], seed=order)) == {A: ["won"], B: ["won"], C: ["lost"]}


def test_what_was_taken_of_a_set_that_does_not_fit_is_given_back():
    users = [
        applicant(A, [(1, 1)]),
        applicant(B, [(0, (1,)), (2, 1), (1, 1)]),
        applicant(C, [(0, (1,)), (2, 1)]),
    ]

    drawn = run(users, [(1,), 1, 1], seed=seed_with_order([A, B, C]))

    assert outcomes(users, drawn) == {A: ["won"], B: ["lost"], C: ["won"]}
    assert drawn.decisions[1][0].short == 1


def test_wanting_twice_of_one_cell_adds_up():
    users = [applicant(A, [(0, 1), (0, 1)])]

    assert outcomes(users, run(users, [1], seed=seed_of(1))) == {A: ["lost"]}
    assert outcomes(users, run(users, [2], seed=seed_of(1))) == {A: ["won"]}


def test_decisions_can_be_read_in_slices_and_compared():
    users = [applicant(A, [(0, 1)]), applicant(B, [(1, 1)])]
    drawn, again = (run(users, [1, 1], seed=seed_of(1)) for _ in range(2))

    assert drawn == again
    assert hash(drawn.decisions) == hash(again.decisions)
    assert drawn.decisions[:1] == [drawn.decisions[0]]
    assert drawn.decisions != 7


def test_two_applicants_of_one_pseudonym_are_refused():
    with pytest.raises(ValueError, match="same pseudonym"):
        run([applicant(A, [(0, 1)]), applicant(A, [(0, 1)])], [1], seed=seed_of(1))


def test_algorithms_go_by_their_names():
    assert algorithm_of("rounds") is draw_rounds
    assert algorithm_of("per_slot") is draw_per_slot
    with pytest.raises(PluginUnknown):
        draw(applicants=[], cells=[Cell("c", 1)], rules=DrawRules(algorithm="unheard_of"), seed=seed_of(1))


def test_a_plugin_may_bring_another_way_to_draw(monkeypatch):
    class Plugin:
        draw = staticmethod(draw_per_slot)

    monkeypatch.setattr("yoyaku.lottery.policy.draw.draw_plugin", {"by_moonlight": Plugin}.__getitem__)

    assert algorithm_of("by_moonlight") is draw_per_slot
