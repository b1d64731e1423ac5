"""Moments: the derived vectors, and what holds for all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.rules.calendar import Calendar
from yoyaku.rules.moment import AnchorUnknown, CalendarUnknown, add_months, resolve
from yoyaku.rules.values import CalendarTerms, Moment

ZONE = ZoneInfo("Asia/Tokyo")
BANK = Calendar(
    msgspec.convert(
        {
            "closed": [
                {"weekly": ["saturday", "sunday"]},
                {"holidays": "national"},
                {"yearly": {"from": "12-31", "to": "01-03"}},
            ]
        },
        CalendarTerms,
    )
)
HALL = Calendar(msgspec.convert({"closed": [{"weekly": ["monday"], "on_holiday": "next_weekday"}]}, CalendarTerms))
CALENDARS = {"bank": BANK, "facility": HALL}
END_OF_NEXT_MONTH = {
    "from": "use_month",
    "months": 1,
    "day": "last",
    "roll": {"to": "next_open", "calendar": "bank"},
    "at": "24:00",
}


def local(moment: dict, **anchors: str) -> str:
    """The moment as the municipality's clocks show it; anchors are dates, or instants with a time."""
    known = {
        name: datetime.fromisoformat(text).replace(tzinfo=ZONE) if "T" in text else date.fromisoformat(text)
        for name, text in anchors.items()
    }
    instant = resolve(msgspec.convert(moment, Moment), known, CALENDARS, ZONE)
    assert instant.tzinfo is UTC
    return instant.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.fact("KS-T1", "KS-049", "KS-051", "KS-068")
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ({"day": 6, "at": "09:00"}, "2027-01-06T09:00:00"),
        ({"day": 10, "at": "24:00"}, "2027-01-11T00:00:00"),
        ({"day": 11, "at": "09:00"}, "2027-01-11T09:00:00"),
        ({"day": 15, "at": "24:00"}, "2027-01-16T00:00:00"),
        ({"day": 18, "at": "24:00"}, "2027-01-19T00:00:00"),
        ({"day": 16, "at": "09:00"}, "2027-01-16T09:00:00"),
    ],
)
def test_the_calendar_of_the_month_before_use_is_as_the_guide_says(moment: dict, expected: str):
    assert local({"from": "use_month", "months": -1, **moment}, use_day="2027-02-20") == expected


@pytest.mark.fact("KS-T4")
@pytest.mark.parametrize(("days", "expected"), [(-2, "2027-02-19T00:00:00"), (-1, "2027-02-20T00:00:00")])
def test_booking_ends_with_the_second_day_before_use_or_with_the_day_before(days: int, expected: str):
    assert local({"from": "use_day", "days": days, "at": "24:00"}, use_day="2027-02-20") == expected


@pytest.mark.fact("KS-T5", "KS-086")
def test_three_days_after_booking_do_not_count_the_day_of_booking():
    assert local({"from": "made", "days": 3, "at": "24:00"}, made="2027-02-10T10:00:00") == "2027-02-14T00:00:00"


@pytest.mark.fact("KS-T9", "KS-T10", "KS-T11", "KS-083")
@pytest.mark.parametrize(
    ("use_day", "debited"),
    [
        ("2026-11-15", "2027-01-05"),  # T-D1: 12-31 is a bank holiday, so 2027-01-04
        ("2026-12-15", "2027-02-02"),
        ("2027-01-15", "2027-03-02"),
        ("2027-02-15", "2027-04-01"),
        ("2027-03-15", "2027-05-01"),
        ("2027-04-15", "2027-06-01"),
    ],
)
def test_the_end_of_the_month_after_use_rolls_by_the_bank_calendar(use_day: str, debited: str):
    assert local(END_OF_NEXT_MONTH, use_day=use_day) == f"{debited}T00:00:00"


@pytest.mark.fact("KC-T1", "KC-037")
def test_seven_days_with_the_day_of_winning_end_at_the_seventh_midnight():
    moment = {"from": "won", "days": 7, "first_day": "counted", "at": "24:00"}
    assert local(moment, won="2027-03-01") == "2027-03-08T00:00:00"


@pytest.mark.fact("ML-T1", "ML-T2", "ML-035")
@pytest.mark.parametrize(("days", "expected"), [(-14, "2027-03-18T00:00:00"), (-5, "2027-03-27T00:00:00")])
def test_stays_are_booked_until_fourteen_or_five_days_before(days: int, expected: str):
    assert local({"from": "use_day", "days": days, "at": "24:00"}, use_day="2027-03-31") == expected


@pytest.mark.fact("ML-T3")
@pytest.mark.parametrize("day", [28, 29, 30, 31])
def test_one_month_before_the_last_days_of_march_is_the_last_day_of_february(day: int):
    assert local({"from": "use_day", "months": -1}, use_day=f"2027-03-{day}") == "2027-02-28T00:00:00"


@pytest.mark.fact("MG-T1", "MG-T2", "MG-032")
@pytest.mark.parametrize(
    ("made", "use_day", "expected"),
    [
        ("2025-02-20T10:00:00", "2025-03-20", "2025-03-07T00:00:00"),
        ("2025-02-25T10:00:00", "2025-03-04", "2025-03-05T00:00:00"),
    ],
)
def test_payment_is_due_fourteen_days_after_booking_or_on_the_day_of_use(made: str, use_day: str, expected: str):
    moment = {"from": "made", "days": 14, "at": "24:00", "not_after": {"from": "use_day", "at": "24:00"}}
    assert local(moment, made=made, use_day=use_day) == expected


@pytest.mark.parametrize(
    ("moment", "anchors", "expected"),
    [
        # T-D2: Saturday 20 March 2027 is followed by the equinox and its substitute.
        ({"from": "use_month", "day": 20, "roll": {"to": "next_open", "calendar": "bank"}}, "2027-03-01", "2027-03-23"),
        (
            {"from": "use_month", "day": 20, "roll": {"to": "previous_open", "calendar": "bank"}},
            "2027-03-01",
            "2027-03-19",
        ),
        # T-G4
        ({"from": "use_day", "months": 1}, "2027-03-31", "2027-04-30"),
        ({"from": "use_day", "months": 1}, "2027-01-31", "2027-02-28"),
        ({"from": "use_day", "months": -1}, "2027-03-31", "2027-02-28"),
        ({"from": "use_day", "months": -1, "month_end": "overflow"}, "2027-03-31", "2027-03-01"),
        ({"from": "use_month", "months": -1, "day": 31}, "2027-03-31", "2027-02-28"),
        ({"from": "use_month", "months": -1, "day": 31, "month_end": "overflow"}, "2027-03-31", "2027-03-01"),
        ({"from": "use_month", "months": -1, "day": "last"}, "2028-03-31", "2028-02-29"),
        # T-G5
        ({"from": "use_day", "days": 7, "first_day": "counted"}, "2027-03-01", "2027-03-07"),
        ({"from": "use_day", "days": 14}, "2027-02-20", "2027-03-06"),
        ({"from": "use_day", "days": 3}, "2027-02-10", "2027-02-13"),
        ({"from": "use_day", "days": -7, "first_day": "counted"}, "2027-03-08", "2027-03-02"),
        ({"from": "use_day", "days": 0, "first_day": "counted"}, "2027-03-08", "2027-03-08"),
        # Opening days: the hall closes on Mondays (2027-03-01 is one).
        ({"from": "use_day", "open_days": 3}, "2027-02-27", "2027-03-03"),
        ({"from": "use_day", "open_days": 3, "first_day": "counted"}, "2027-02-27", "2027-03-02"),
        ({"from": "use_day", "open_days": 3, "first_day": "counted"}, "2027-03-01", "2027-03-04"),
        ({"from": "use_day", "open_days": -2, "calendar": "bank"}, "2027-01-04", "2026-12-29"),
        ({"from": "use_fiscal_year"}, "2027-03-31", "2026-04-01"),
        ({"from": "use_fiscal_year"}, "2027-04-01", "2027-04-01"),
    ],
)
def test_days_are_counted_as_the_civil_code_does(moment: dict, anchors: str, expected: str):
    assert local(moment, use_day=anchors) == f"{expected}T00:00:00"


def test_the_tenth_until_24_00_is_the_first_instant_of_the_eleventh():  # T-D5
    assert local({"from": "use_month", "day": 10, "at": "24:00"}, use_day="2027-01-10") == "2027-01-11T00:00:00"


@pytest.mark.fact("KC-T3", "KC-051")
def test_twenty_four_hours_run_from_the_minute():  # T-G6
    assert local({"from": "made", "hours": 24}, made="2027-03-01T10:00:00") == "2027-03-02T10:00:00"


def test_an_instant_keeps_its_time_of_day_over_days():
    assert local({"from": "made", "days": 1, "minutes": 5}, made="2027-03-01T23:58:00") == "2027-03-03T00:03:00"


def test_the_bounds_hold_on_both_sides():
    bounds = {"not_before": {"from": "use_day", "days": -3}, "not_after": {"from": "use_day"}}
    moment = {"from": "made", "days": 14, "at": "00:00", **bounds}
    assert local(moment, made="2027-01-01T10:00:00", use_day="2027-03-10") == "2027-03-07T00:00:00"
    assert local(moment, made="2027-03-09T10:00:00", use_day="2027-03-10") == "2027-03-10T00:00:00"


def test_what_has_not_happened_cannot_be_counted_from():
    with pytest.raises(AnchorUnknown):
        local({"from": "paid", "days": 1}, use_day="2027-03-10")
    with pytest.raises(AnchorUnknown):
        local({"from": "use_month"}, made="2027-03-10T00:00:00")
    with pytest.raises(AnchorUnknown):
        local({"from": "use_fiscal_year"}, made="2027-03-10T00:00:00")


def test_a_calendar_that_does_not_exist_is_said():
    with pytest.raises(CalendarUnknown):
        local({"from": "use_day", "open_days": 1, "calendar": "post"}, use_day="2027-03-10")


DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


@given(DAYS, st.integers(-600, 600))
def test_months_added_land_in_the_right_month(day: date, count: int):
    landed = add_months(day, count)
    assert (landed.year * 12 + landed.month) - (day.year * 12 + day.month) == count
    assert landed.day == day.day or (landed + timedelta(days=1)).day == 1


@given(DAYS, st.integers(-24, 24))
def test_overflow_differs_only_where_the_month_is_short(day: date, count: int):
    clamped, over = add_months(day, count), add_months(day, count, overflow=True)
    assert over == clamped if clamped.day == day.day else over == clamped + timedelta(days=1)


@given(DAYS, st.integers(-60, 60))
def test_open_days_forward_and_back_return_to_an_open_day(day: date, count: int):
    opened = HALL.next_open(day)
    assert HALL.shift(HALL.shift(opened, count), -count) == opened


@given(DAYS, st.integers(0, 400))
def test_later_days_of_use_never_open_earlier(day: date, later: int):
    moment = msgspec.convert({"from": "use_month", "months": -1, "day": 16, "at": "09:00"}, Moment)
    first, second = (
        resolve(moment, {"use_day": use_day}, CALENDARS, ZONE) for use_day in (day, day + timedelta(days=later))
    )
    assert first <= second
