"""Dates, times, eras and yen as people read them."""

from datetime import UTC, date, datetime, time

import pytest

from yoyaku.ui import formats

MIDNIGHT = datetime(2027, 2, 18, 15, 0, tzinfo=UTC)  # 2027-02-19 00:00 in Japan


@pytest.mark.parametrize(
    ("amount", "ja", "en"),
    [(2250, "2,250円", "¥2,250"), (0, "0円", "¥0"), (-500, "\N{MINUS SIGN}500円", "\N{MINUS SIGN}¥500")],
)
def test_yen_are_grouped_by_thousands(amount, ja, en):
    assert formats.yen(amount) == ja
    assert formats.yen(amount, "en") == en


@pytest.mark.parametrize(
    ("minutes", "ja", "en"),
    [
        (0, "0分", "0 minutes"),
        (45, "45分", "45 minutes"),
        (60, "1時間", "1 hour"),
        (90, "1時間30分", "1 hour 30 minutes"),
        (180, "3時間", "3 hours"),
    ],
)
def test_a_length_of_time_is_told_in_hours_and_minutes(minutes, ja, en):
    assert formats.duration(minutes) == ja
    assert formats.duration(minutes, "en") == en


def test_a_date_carries_its_weekday():
    assert formats.long_date(date(2027, 2, 20)) == "2027年2月20日（土）"
    assert formats.long_date(date(2027, 2, 20), "en") == "Sat, 20 February 2027"
    assert formats.short_date(date(2027, 2, 20)) == "2月20日（土）"
    assert formats.short_date(date(2027, 2, 20), "en") == "Sat 20 Feb"
    assert formats.month_name(date(2027, 2, 20)) == "2027年2月"
    assert formats.month_name(date(2027, 2, 20), "en") == "February 2027"


@pytest.mark.parametrize(
    ("day", "era"),
    [
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 11, 21), "令和8年11月21日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1926, 12, 24), "1926年12月24日（金）"),
    ],
)
def test_eras_begin_on_their_day(day, era):
    assert formats.era_date(day) == era


def test_an_era_is_written_in_english_too():
    assert formats.era_date(date(2026, 11, 21), "en") == "21 November Reiwa 8"


def test_the_end_of_a_window_at_midnight_is_24_o_clock_of_the_day_before():
    assert formats.deadline(MIDNIGHT) == "2027年2月18日（木） 24:00"
    assert formats.deadline(datetime(2027, 2, 18, 14, 59, tzinfo=UTC)) == "2027年2月18日（木） 23:59"
    assert formats.moment(MIDNIGHT) == "2027年2月19日（金） 0:00"


def test_a_period_that_ends_at_midnight_ends_at_24_o_clock():
    assert formats.clock_period(datetime(2027, 2, 18, 9, 0, tzinfo=UTC), MIDNIGHT) == "18:00〜24:00"


@pytest.mark.parametrize(("at", "said"), [(540, "9:00"), (1440, "24:00"), (time(9, 5), "9:05"), (MIDNIGHT, "0:00")])
def test_a_time_of_day_has_no_leading_nought(at, said):
    assert formats.clock_time(at) == said


def test_an_instant_without_a_zone_is_nobody_s():
    with pytest.raises(ValueError, match="no time zone"):
        formats.local(datetime(2027, 2, 18))  # noqa: DTZ001
