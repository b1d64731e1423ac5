"""Conditions, dated amounts, ages, and the trace."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.kernel.fiscal import fiscal_year
from yoyaku.rules.age import age_on, attained_on, school_year
from yoyaku.rules.condition import matches
from yoyaku.rules.dated import NotYetPriced, amount_yen
from yoyaku.rules.paths import clause_paths
from yoyaku.rules.refusal import Refusal
from yoyaku.rules.trace import ClauseUse, trace_from_json, trace_to_json
from yoyaku.rules.values import DatedYen, Moment, Range, YenByDate

FACTS = {
    "residency": "resident",
    "day_type": frozenset({"saturday", "holiday"}),
    "nights": 2,
    "form.entry_fee": True,
    "paid_by": frozenset(),
}


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, True),
        ({"residency": "resident"}, True),
        ({"residency": ["worker", "student"]}, False),
        ({"day_type": ["holiday", "sunday"]}, True),
        ({"day_type": "weekday"}, False),
        ({"nights": 2}, True),
        ({"nights": "2"}, False),
        ({"nights": True}, False),
        ({"nights": Range(at_least=2, at_most=2)}, True),
        ({"nights": Range(at_least=3)}, False),
        ({"nights": Range(at_most=1)}, False),
        ({"residency": Range(at_least=1)}, False),
        ({"form.entry_fee": True}, True),
        ({"form.entry_fee": False}, False),
        ({"form.entry_fee": 1}, False),
        ({"form.entry_fee": Range(at_least=0)}, False),
        ({"registration": "registered"}, False),
        ({"registration": ["none", "registered"]}, True),
        ({"registration": "none"}, True),
        ({"registration": Range(at_least=0)}, False),
        ({"paid_by": "none"}, True),
        ({"residency": "none"}, False),
        ({"residency": "resident", "nights": 3}, False),
    ],
)
def test_a_condition_holds_line_by_line(when: dict, *, holds: bool):
    assert matches(when, FACTS) is holds


AMOUNT = YenByDate(by="used", values=[DatedYen(since="2027-04-01", yen=1200), DatedYen(since="2020-01-01", yen=1000)])


@pytest.mark.parametrize(("on", "yen"), [("2020-01-01", 1000), ("2027-03-31", 1000), ("2027-04-01", 1200)])
def test_the_amount_with_the_latest_start_is_in_force(on: str, yen: int):
    assert amount_yen(AMOUNT, {"used": date.fromisoformat(on), "made": date(2030, 1, 1)}) == yen


def test_before_the_first_start_there_is_no_amount():
    with pytest.raises(NotYetPriced):
        amount_yen(AMOUNT, {"used": date(2019, 12, 31)})
    with pytest.raises(NotYetPriced):
        amount_yen(AMOUNT, {"made": date(2027, 4, 1)})
    assert amount_yen(500, {}) == 500


@pytest.mark.parametrize(
    ("born", "age", "attained", "on"),
    [
        ("2009-04-01", 18, "day_before", "2027-03-31"),  # T-G1
        ("2009-04-01", 18, "birthday", "2027-04-01"),
        ("1962-04-01", 65, "day_before", "2027-03-31"),  # T-G2
        ("1962-04-02", 65, "day_before", "2027-04-01"),
        ("2008-02-29", 18, "birthday", "2026-02-28"),  # T-G3
        ("2008-02-29", 18, "day_before", "2026-02-28"),
        ("2008-02-29", 20, "birthday", "2028-02-29"),
        ("2008-02-29", 20, "day_before", "2028-02-28"),
    ],
)
def test_an_age_is_attained_on_the_birthday_or_the_day_before(born: str, age: int, attained: str, on: str):
    birth, day = date.fromisoformat(born), date.fromisoformat(on)
    assert attained_on(birth, age, attained) == day
    assert age_on(birth, day, attained) == age
    assert age_on(birth, date.fromordinal(day.toordinal() - 1), attained) == age - 1


def test_65_within_the_fiscal_year_is_counted_by_law():  # T-G2
    assert fiscal_year(attained_on(date(1962, 4, 1), 65, "day_before")) == 2026
    assert fiscal_year(attained_on(date(1962, 4, 2), 65, "day_before")) == 2027


@pytest.mark.parametrize(
    ("born", "on", "year"),
    [
        ("2014-04-02", "2026-04-01", 6),  # T-G7
        ("2015-04-01", "2027-03-31", 6),
        ("2014-04-01", "2026-04-01", 7),
        ("2015-04-02", "2027-03-31", 5),
        ("2020-04-02", "2026-09-01", 0),
    ],
)
def test_a_school_year_goes_by_the_fiscal_year(born: str, on: str, year: int):
    assert school_year(date.fromisoformat(born), date.fromisoformat(on)) == year


def test_who_is_not_born_yet_has_no_age():
    assert age_on(date(2027, 1, 1), date(2020, 1, 1)) == 0


WORDS = st.text(max_size=5)
VALUES = st.one_of(st.none(), WORDS, st.integers(), st.booleans(), st.frozensets(WORDS, max_size=3))
USES = st.builds(ClauseUse, WORDS, st.none() | WORDS, st.dictionaries(WORDS, VALUES, max_size=3), WORDS)


@given(st.lists(USES, max_size=3))
def test_a_trace_survives_its_storage(uses: list[ClauseUse]):
    assert trace_from_json(json.loads(json.dumps(trace_to_json(tuple(uses))))) == tuple(uses)


def test_every_clause_knows_where_it_stands():
    inner, outer = Moment(anchor="use_day"), Moment(anchor="made")
    bounded = Moment(anchor="made", not_after=inner)
    paths = clause_paths({"section": {"first": [outer, bounded]}})
    assert paths[id(inner)] == "section.first[1].not_after"
    assert paths[id(outer)] == "section.first[0]"


def test_a_refusal_carries_its_clauses():
    use = ClauseUse("booking.windows[0]")
    assert Refusal(trace=(use,), opens_at="x").trace == (use,)
