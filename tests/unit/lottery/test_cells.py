"""Wants as text, and the cells that are cut from them."""

from datetime import date

import pytest

from yoyaku.extension.draw import Cell
from yoyaku.facility.policy import Claim
from yoyaku.lottery.policy.cells import Piece, cell_key, cut_cells, read_key
from yoyaku.lottery.policy.wants import Wanted, format_wants, parse_wants, wants_of

DAY = date(2027, 2, 3)
ON = "2027-02-03"
BUCKETS = {"hall": 60, "room": 1440}


def test_buckets_side_by_side_become_one_want():
    claims = [Claim("hall", DAY, bucket, 4) for bucket in (840, 780, 960)]

    assert wants_of(claims, BUCKETS) == (Wanted("hall", ON, 780, 900, 4), Wanted("hall", ON, 960, 1020, 4))


@pytest.mark.fact("KS-056", "KS-061")
def test_parts_of_a_set_add_up_where_they_meet():
    claims = [Claim("hall", DAY, 780, 1), Claim("hall", DAY, 840, 1), Claim("hall", DAY, 840, 2)]

    assert wants_of(claims, BUCKETS) == (Wanted("hall", ON, 780, 840, 1), Wanted("hall", ON, 840, 900, 3))


def test_units_by_name_stand_beside_counted_ones():
    claims = [Claim("hall", DAY, 780, 1, (2,)), Claim("hall", DAY, 780, 1), Claim("hall", DAY, 780, 1, (1,))]

    assert wants_of(claims, BUCKETS) == (Wanted("hall", ON, 780, 840, 1), Wanted("hall", ON, 780, 840, (1, 2)))


def test_a_unit_is_not_wanted_twice_at_a_time():
    claims = [Claim("hall", DAY, 780, 1, (2,)), Claim("hall", DAY, 780, 2, (1, 2))]

    with pytest.raises(ValueError, match="wanted twice"):
        wants_of(claims, BUCKETS)


def test_equal_wants_are_equal_texts():
    wants = [Wanted("room", ON, 0, 1440, (1, 2)), Wanted("hall", ON, 780, 960, 4)]

    text = '[["hall","2027-02-03",780,960,4],["room","2027-02-03",0,1440,[1,2]]]'
    assert format_wants(wants) == format_wants(reversed(wants)) == text
    assert parse_wants(text) == (wants[1], wants[0])


@pytest.mark.fact("KS-066")
def test_time_is_cut_where_wants_begin_and_end_and_no_finer():
    long, short, later = (
        format_wants([Wanted("hall", ON, starts, ends, 1)]) for starts, ends in ((780, 960), (780, 900), (1020, 1080))
    )

    cut = cut_cells({long, short, later}, lambda *_: frozenset({1, 2}))

    assert cut.cells == [
        Cell("hall|2027-02-03|13:00-15:00", 2),
        Cell("hall|2027-02-03|15:00-16:00", 2),
        Cell("hall|2027-02-03|17:00-18:00", 2),
    ]
    assert cut.wants == {long: ((0, 1), (1, 1)), short: ((0, 1),), later: ((2, 1),)}


def test_where_one_asks_by_name_the_day_tells_its_numbers():
    named = format_wants([Wanted("hall", ON, 780, 840, (2,))])
    counted = format_wants([Wanted("hall", ON, 900, 960, 1)])
    elsewhere = format_wants([Wanted("hall", "2027-02-04", 900, 960, 1)])

    cut = cut_cells([named, counted, elsewhere], lambda *_: frozenset({3, 2}))

    assert [cell.free for cell in cut.cells] == [(2, 3), (2, 3), 2]


def test_what_is_free_is_asked_of_each_piece():
    asked = []

    def free(*piece):
        asked.append(piece)
        return frozenset()

    wants = format_wants([Wanted("room", ON, 0, 1440, 1), Wanted("hall", ON, 60, 120, 1)])

    assert [cell.free for cell in cut_cells([wants], free).cells] == [0, 0]
    assert asked == [("hall", ON, 60, 120), ("room", ON, 0, 1440)]


@pytest.mark.parametrize(
    ("piece", "key"),
    [
        (Piece("town.hall", ON, 545, 1440), "town.hall|2027-02-03|09:05-24:00"),
        (Piece("lodge.room", ON, 0, 1440), "lodge.room|2027-02-03"),
    ],
    ids=["hours", "night"],
)
def test_a_cell_s_key_can_be_read_by_people_and_machines(piece, key):
    assert cell_key(piece) == key
    assert read_key(key) == piece
