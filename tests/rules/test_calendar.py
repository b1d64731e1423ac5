"""Calendars: holidays, closed days with their shifts, open days."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.rules.calendar import Calendar, NoOpenDay, day_types, in_year_span, is_holiday
from yoyaku.rules.values import CalendarTerms, YearSpan


def calendar(*closed: dict, opened: tuple[str, ...] = ()) -> Calendar:
    return Calendar(msgspec.convert({"closed": list(closed), "open": list(opened)}, CalendarTerms))


@pytest.mark.parametrize(
    ("on_holiday", "closed"),
    [
        ("closed", ["2026-09-21"]),
        ("open", []),
        ("next_day", ["2026-09-22"]),  # T-D3, literally: the next day, a holiday too
        ("next_weekday", ["2026-09-24"]),
    ],
)
def test_a_monday_on_a_holiday_closes_as_the_rule_says(on_holiday: str, closed: list[str]):
    hall = calendar({"weekly": ["monday"], "on_holiday": on_holiday})
    week = [date(2026, 9, 21) + timedelta(days=offset) for offset in range(6)]
    assert [day.isoformat() for day in week if not hall.is_open(day)] == closed


def test_the_reason_names_the_rule_and_the_holiday_it_was_shifted_from():
    hall = calendar({"dates": ["2026-01-01"]}, {"weekly": ["monday"], "on_holiday": "next_weekday"})
    reason = hall.closed_reason(date(2026, 9, 24))
    assert reason is not None
    assert (reason.index, reason.shifted_from) == (1, date(2026, 9, 21))
    assert hall.closed_reason(date(2026, 9, 25)) is None


@pytest.mark.parametrize(
    ("rule", "closed", "opened"),
    [
        ({"holidays": "national"}, "2026-05-06", "2026-05-07"),  # T-D4: the substitute holiday
        ({"yearly": {"from": "12-29", "to": "01-03"}}, "2027-01-03", "2027-01-04"),
        ({"yearly": {"from": "07-01", "to": "09-30"}}, "2027-07-01", "2027-10-01"),
        ({"dates": ["2027-02-10"]}, "2027-02-10", "2027-02-11"),
        ({"monthly": [5, 31]}, "2027-03-31", "2027-03-30"),
        ({"weekly": ["wednesday"], "nth": [3]}, "2027-03-17", "2027-03-24"),
        ({"weekly": ["wednesday"], "nth": [-1]}, "2027-03-31", "2027-03-24"),
        ({"from": "2025-04-01", "until": "2026-03-31"}, "2026-03-31", "2026-04-01"),
        ({"weekly": ["monday"], "from": "2027-03-08"}, "2027-03-08", "2027-03-01"),
    ],
)
def test_each_kind_of_closed_day_closes_what_it_names(rule: dict, closed: str, opened: str):
    hall = calendar(rule)
    assert not hall.is_open(date.fromisoformat(closed))
    assert hall.is_open(date.fromisoformat(opened))


def test_a_date_that_is_open_all_the_same_is_open():
    assert calendar({"weekly": ["monday"]}, opened=("2027-03-01",)).is_open(date(2027, 3, 1))


@pytest.mark.parametrize(
    ("day", "types"),
    [
        ("2026-09-22", {"holiday", "day_before_holiday"}),  # T-D4: a day between two holidays
        ("2026-05-06", {"holiday"}),
        ("2027-02-22", {"weekday", "day_before_holiday"}),
        ("2027-03-20", {"saturday", "day_before_holiday"}),
        ("2027-03-21", {"sunday", "holiday", "day_before_holiday"}),
        ("2026-05-02", {"saturday", "day_before_holiday"}),
        ("2025-11-03", {"holiday"}),
        ("2022-01-01", {"saturday", "holiday"}),
        ("2027-03-17", {"weekday"}),
    ],
)
def test_a_day_counts_as_all_that_it_is(day: str, types: set[str]):
    assert day_types(date.fromisoformat(day)) == types


def test_open_days_are_found_on_both_sides():
    hall = calendar({"yearly": {"from": "12-29", "to": "01-03"}})
    assert hall.next_open(date(2026, 12, 30)) == date(2027, 1, 4)
    assert hall.previous_open(date(2026, 12, 30)) == date(2026, 12, 28)
    assert hall.next_open(date(2027, 1, 4)) == date(2027, 1, 4)
    assert hall.shift(date(2026, 12, 28), 2) == date(2027, 1, 5)
    assert hall.shift(date(2027, 1, 4), -1) == date(2026, 12, 28)
    assert hall.shift(date(2027, 1, 1), 0) == date(2027, 1, 1)


def test_a_calendar_closed_for_ever_has_no_open_day():
    with pytest.raises(NoOpenDay):
        calendar({}).next_open(date(2027, 1, 1))


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2050, 12, 31)))
def test_holidays_are_those_of_another_library(day: date):
    assert is_holiday(day) == (day in HOLIDAYS)


HOLIDAYS = holidays.country_holidays("JP", years=range(2000, 2051))


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2050, 12, 31)))
def test_a_span_and_its_rest_cover_the_year_once(day: date):
    winter, rest = YearSpan(first="11-16", last="03-15"), YearSpan(first="03-16", last="11-15")
    assert in_year_span(day, winter) != in_year_span(day, rest)
