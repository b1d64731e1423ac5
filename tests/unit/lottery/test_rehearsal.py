"""A rehearsal measures what rules would give; the same number gives the same again."""

import pytest

from yoyaku.extension.draw import Cell, Decision, Drawn, DrawRules
from yoyaku.lottery.policy.rehearsal import (
    Hopeful,
    Scene,
    Setting,
    Synthetic,
    applicants_under,
    compare,
    seeds_of,
    synthesise,
)
from yoyaku.lottery.terms import Tickets, Tier

CELLS = [Cell("hall|2027-02-01|540-720", 1), Cell("hall|2027-02-01|720-900", 1)]
RESIDENT, OUTSIDER = {"user_class": "resident"}, {"user_class": "outsider"}
BOTH = [((0, 1),), ((1, 1),)]
"""Two wishes: either time."""


def by_tier(*, applicants, cells, rules, seed):
    """A draw that needs no luck: by tier and name, each the first wish that is left, one win at most where it says so."""
    left = [cell.free for cell in cells]
    decisions = {}
    for one in sorted(applicants, key=lambda one: (one.tier, one.pseudonym if seed[0] % 2 else one.pseudonym[::-1])):
        wins, mine = 0, []
        for wants in one.entries:
            fits = all(left[cell] >= units for cell, units in wants)
            ended = rules.wins_at_most is not None and wins >= rules.wins_at_most
            outcome = "void" if ended else "won" if fits else "lost"
            mine.append(Decision(outcome, 1, 1, -1))
            if outcome == "won":
                wins += 1
                for cell, units in wants:
                    left[cell] -= units
        decisions[one.pseudonym] = mine
    return Drawn(decisions=[decisions[one.pseudonym] for one in applicants], rounds=[])


def scene(*hopefuls):
    return Scene(
        hopefuls=[Hopeful(pseudonym=name, entries=entries, facts=facts) for name, entries, facts in hopefuls],
        cells=CELLS,
    )


def setting(at_most=10, wins=None, **more):
    return Setting(rules=DrawRules(algorithm="rounds", wins_at_most=wins), entries_at_most=at_most, **more)


def run(stage, *settings, draws=4, may_go_on=lambda: True):
    return compare(stage, settings, seeds=seeds_of(1, draws), drawings=[by_tier] * len(settings), may_go_on=may_go_on)


def test_one_win_at_most_leaves_something_for_the_second():
    free, one = run(scene(("A", BOTH, RESIDENT), ("B", BOTH[1:], OUTSIDER)), setting(), setting(wins=1))

    assert free.everybody.winning_percent < one.everybody.winning_percent == 100
    assert dict(one.wins) == {1: 2}
    assert one.everybody.first_percent == 100
    assert one.unused_percent == 0


def test_a_cap_on_wishes_cuts_the_last_ones():
    (cut,) = run(scene(("A", BOTH, RESIDENT)), setting(at_most=1))

    assert cut.entries == 1
    assert cut.unused_percent == 50


def test_groups_are_counted_by_wishes_and_by_class():
    (found,) = run(scene(("A", BOTH, RESIDENT), ("B", BOTH[:1], OUTSIDER), ("C", BOTH[:1], RESIDENT)), setting())

    assert [(rate.group, rate.people) for rate in found.by_wishes] == [("1", 2), ("2", 1)]
    assert {rate.group: rate.people for rate in found.by_class} == {"outsider": 1, "resident": 2}
    assert sum(rate.winning for rate in found.by_class) == pytest.approx(found.everybody.winning)


def test_tiers_and_tickets_follow_from_the_facts_of_the_user():
    settings = setting(
        tiers=[Tier(when={"user_class": "outsider"}, tier=1)],
        tickets=[Tickets(when={"user_class": "resident"}, tickets=3)],
    )
    drawn = applicants_under(scene(("A", BOTH, RESIDENT), ("B", BOTH, OUTSIDER)), settings)

    assert [(one.tier, one.tickets) for one in drawn] == [(0, 3), (1, 1)]


def test_time_that_is_up_ends_it_after_a_whole_comparison():
    first, second = run(scene(("A", BOTH, RESIDENT)), setting(), setting(wins=1), draws=50, may_go_on=lambda: False)

    assert (first.draws, second.draws) == (1, 1)


def test_nobody_and_nothing_give_zeros():
    (found,) = compare(
        Scene(hopefuls=[], cells=[]), [setting()], seeds=seeds_of(1, 2), drawings=[by_tier], may_go_on=lambda: True
    )

    assert (found.everybody.winning_percent, found.everybody.first_percent, found.unused_percent) == (0, 0, 0)


@pytest.mark.parametrize("skew", ["none", "some", "strong"])
def test_the_same_number_synthesises_the_same_entries(skew):
    uses = [((place % 2, 1),) for place in range(40)]
    wanted = Synthetic(applicants=30, wishes=5, skew=skew, number=7, kinds=[RESIDENT, OUTSIDER])
    made = synthesise(wanted, uses=uses, cells=CELLS)

    assert made == synthesise(wanted, uses=uses, cells=CELLS)
    assert {len(one.entries) for one in made.hopefuls} <= {1, 2, 3, 4, 5}
    assert [one.facts for one in made.hopefuls[:2]] == [RESIDENT, OUTSIDER]


def test_a_strong_skew_wishes_for_few_uses_more_often():
    uses = [((0, number + 1),) for number in range(50)]

    def most(skew):
        wanted = Synthetic(applicants=400, wishes=1, skew=skew, number=3, kinds=[])
        made = [one.entries[0] for one in synthesise(wanted, uses=uses, cells=CELLS).hopefuls]
        return max(made.count(use) for use in uses)

    assert most("strong") > 2 * most("none")


def test_named_units_count_as_units():
    stage = Scene(
        hopefuls=[Hopeful(pseudonym="A", entries=[((0, (1,)),)], facts={})], cells=[Cell("room|2027-02-01", (1, 2))]
    )
    won = Drawn(decisions=[[Decision("won", 1, 1, -1)]], rounds=[])
    (found,) = compare(stage, [setting()], seeds=seeds_of(1, 1), drawings=[lambda **_: won], may_go_on=lambda: True)

    assert found.unused_percent == 50
