"""The public report says who had which chance, and behind none of its numbers can anybody be found."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.lottery.policy.hiding import LEAST, Hidden, groups_by, hide
from yoyaku.lottery.policy.report import (
    Counted,
    MonthCount,
    RankCount,
    SlotCount,
    most_wanted,
    report_of,
)

FEW, HELD = Hidden.FEW, Hidden.HELD
SATURDAY, SUNDAY = date(2027, 3, 6), date(2027, 3, 7)


def slot(wanted, won, *, facility="gym", space="floor", day=SATURDAY, starts=540, night=False):
    return SlotCount(facility, space, day, starts, night, wanted, won)


def counted(slots=(), ranks=(), by_person=None, by_state=None, months=()):
    return Counted(slots=slots, ranks=ranks, by_person=by_person or {}, by_state=by_state or {}, months=months)


def month(starts=date(2027, 3, 1), applicants=60, entries=200, won=50, first=30, unused=10):
    return MonthCount(starts, applicants, entries, won, first, unused)


def table(rows):
    return [(*row.key, row.wanted, row.won) for row in rows]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([0, 5, 40], [0, 5, 40]),
        ([], []),
        ([2, 3, 40], [FEW, FEW, 40]),
        ([1, 40, 20], [FEW, 40, HELD]),
        ([1, 1, 40], [FEW, FEW, HELD]),
        ([4, 4, 40], [FEW, FEW, HELD]),
        ([4, 4], [HELD, HELD]),
        ([0, 3, 0], [0, FEW, 0]),
    ],
)
def test_one_to_four_are_hidden_and_so_is_what_would_give_them_away(counts, said):
    assert hide(counts) == said


def readings(said, total):
    """Every way to fill in what is hidden; what is withheld without any that is few may be few itself."""
    spans = {FEW: range(1, LEAST), HELD: range(LEAST if FEW in said else 1, total + 1)}
    choices = [spans[one] if isinstance(one, Hidden) else [one] for one in said]
    return [filled for filled in product(*choices) if sum(filled) == total]


@given(st.lists(st.integers(0, 14), min_size=2, max_size=4))
def test_the_sum_leaves_every_hidden_count_two_values_at_least(counts):
    said = hide(counts)
    hidden = [place for place, one in enumerate(said) if isinstance(one, Hidden)]
    if sum(map(bool, counts)) > 1 and sum(counts) >= LEAST:
        read = readings(said, sum(counts))
        assert all(len({filled[place] for filled in read}) > 1 for place in hidden)
    assert all(count not in range(1, LEAST) for count, one in zip(counts, said, strict=True) if one == count)


def test_where_a_count_belongs_to_two_sums_neither_gives_it_away():
    said = hide([3, 30, 20, 40], [[0, 1], [2, 3], [0, 2], [1, 3]])

    assert said[0] is FEW
    assert said[1:] == [HELD, HELD, HELD]


def test_groups_are_the_places_of_equal_keys():
    assert groups_by(["a", "b", "a"]) == [[0, 2], [1]]


def test_odds_are_added_up_by_facility_weekday_and_hour():
    report = report_of(
        counted([slot(10, 4), slot(20, 4, starts=13 * 60), slot(30, 6, facility="pool", day=SUNDAY, starts=18 * 60)])
    )

    assert table(report.facilities) == [("gym", 30, 8), ("pool", 30, 6)]
    assert table(report.weekdays) == [(5, 30, 8), (6, 30, 6)]
    assert table(report.bands) == [("morning", 10, 4), ("afternoon", 20, 4), ("evening", 30, 6)]
    assert report.facilities[1].rate == pytest.approx(0.2)


def test_nights_are_a_band_of_their_own_after_the_hours():
    report = report_of(counted([slot(10, 4, night=True, starts=0), slot(9, 9, starts=20 * 60)]))

    assert table(report.bands) == [("evening", 9, 9), ("night", 10, 4)]


def test_a_use_that_few_asked_for_shows_neither_how_many_nor_who_won_nor_odds():
    report = report_of(counted([slot(3, 1), slot(50, 2, starts=600), slot(70, 2, starts=660)]))

    assert [(row.wanted, row.won, row.rate) for row in report.slots] == [
        (FEW, HELD, None),
        (HELD, HELD, None),
        (70, 2, pytest.approx(2 / 70)),
    ]


def test_the_most_wanted_uses_come_first_and_hidden_ones_not_at_all():
    report = report_of(counted([slot(3, 1), slot(2, 1, starts=600), slot(70, 2, starts=660), slot(90, 2, starts=720)]))

    assert [row.wanted for row in most_wanted(report.slots, at_most=5)] == [90, 70]
    assert len(most_wanted(report.slots, at_most=1)) == 1


def test_each_wish_has_its_odds():
    report = report_of(counted(ranks=[RankCount(2, 40, 10), RankCount(1, 60, 30)]))

    assert table(report.ranks) == [(1, 60, 30), (2, 40, 10)]
    assert report.ranks[0].rate == pytest.approx(0.5)


def test_people_are_counted_by_how_often_they_won():
    report = report_of(counted(by_person={1: 30, 0: 60, 2: 10}))

    assert [(row.key, row.count, row.rate) for row in report.by_person] == [
        ((0,), 60, 0.6),
        ((1,), 30, 0.3),
        ((2,), 10, 0.1),
    ]


@pytest.mark.fact("KS-052")
def test_wins_not_used_are_told_apart_and_their_sum_gives_none_away():
    states = {"accepted": 80, "declined": 3, "lapsed": 17}
    report = report_of(counted(by_state=states, months=[month(unused=20)]))

    assert [row.count for row in report.by_state] == [80, 0, FEW, HELD, 0]
    assert report.months[0].unused == 20


def test_months_stand_beside_each_other_the_latest_first():
    report = report_of(counted(months=[month(), month(starts=date(2027, 4, 1), first=15, unused=25)]))

    assert [row.starts.month for row in report.months] == [4, 3]
    assert [(row.win_rate, row.first_rate, row.unused_rate) for row in report.months] == [
        (0.25, 0.25, 0.5),
        (0.25, 0.5, 0.2),
    ]


def test_a_month_of_few_people_says_no_rate_of_them():
    (row,) = report_of(counted(months=[month(applicants=3, entries=9, won=4, first=2, unused=1)])).months

    assert (row.applicants, row.won, row.unused) == (FEW, FEW, HELD)
    assert (row.win_rate, row.first_rate, row.unused_rate) == (None, None, None)
