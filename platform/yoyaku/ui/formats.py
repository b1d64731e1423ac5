"""Dates, times, eras and yen as people read them, in Japanese and English.

Babel knows no Japanese eras, so they are written here (eras.go.jp: 令和 from 2019-05-01, 平成 from
1989-01-08, 昭和 from 1926-12-25).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

JAPAN: Final = ZoneInfo("Asia/Tokyo")
MINUTES_OF_A_DAY: Final = 24 * 60

_WEEKDAYS: Final = {
    "ja": ("月", "火", "水", "木", "金", "土", "日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ERAS: Final = (
    (date(2019, 5, 1), "令和", "Reiwa"),
    (date(1989, 1, 8), "平成", "Heisei"),
    (date(1926, 12, 25), "昭和", "Showa"),
)


def yen(amount: int, language: str = "ja") -> str:
    """Write an amount of yen: ``2,250円`` or ``¥2,250``; ``−500円``, with a true minus, for what comes off."""
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    return f"{sign}{abs(amount):,}円" if language == "ja" else f"{sign}¥{abs(amount):,}"


def weekday(day: date, language: str = "ja") -> str:
    """Name the day of the week: ``土`` or ``Sat``."""
    return _WEEKDAYS[language][day.weekday()]


def long_date(day: date | datetime, language: str = "ja") -> str:
    """Write a date with its weekday: ``2027年2月20日（土）`` or ``Sat, 20 February 2027``."""
    on = local_date(day)
    if language == "ja":
        return f"{on.year}年{on.month}月{on.day}日（{weekday(on)}）"
    return f"{weekday(on, 'en')}, {on.day} {_MONTHS_EN[on.month - 1]} {on.year}"


def birth_date(day: date, language: str = "ja") -> str:
    """Write a birth date in both calendars: ``1978年6月16日（昭和53年6月16日）``; in English ``16 June 1978``."""
    if language == "ja":
        return f"{_plain(day)}（{era_date(day)}）" if day >= _ERAS[-1][0] else _plain(day)
    return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def _plain(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: date | datetime, language: str = "ja") -> str:
    """Write a date without its year: ``2月20日（土）`` or ``Sat 20 Feb``."""
    on = local_date(day)
    if language == "ja":
        return f"{on.month}月{on.day}日（{weekday(on)}）"
    return f"{weekday(on, 'en')} {on.day} {_MONTHS_EN[on.month - 1][:3]}"


def month_name(day: date, language: str = "ja") -> str:
    """Write a month: ``2027年2月`` or ``February 2027``."""
    if language == "ja":
        return f"{day.year}年{day.month}月"
    return f"{_MONTHS_EN[day.month - 1]} {day.year}"


def era_date(day: date | datetime, language: str = "ja") -> str:
    """Write a date in the Japanese era, for documents: ``令和9年2月20日``; the first year is 元年.

    Days before 昭和 are written in the Western calendar.
    """
    on = local_date(day)
    for begins, kanji, romaji in _ERAS:
        if on >= begins:
            year = on.year - begins.year + 1
            if language == "en":
                return f"{on.day} {_MONTHS_EN[on.month - 1]} {romaji} {year}"
            return f"{kanji}{'元' if year == 1 else year}年{on.month}月{on.day}日"
    return long_date(on, language)


def clock_time(at: time | datetime | int) -> str:
    """Write a time of day: ``9:00``, ``24:00``.

    :param at: a time, an instant (shown in Japan's zone), or minutes since midnight (0 to 1440).
    """
    if isinstance(at, int):
        return f"{at // 60}:{at % 60:02d}"
    if isinstance(at, datetime):
        at = local(at).time()
    return f"{at.hour}:{at.minute:02d}"


def clock_period(starts_at: datetime, ends_at: datetime) -> str:
    """Write a half-open period inside a day: ``9:00〜12:00``; midnight at its end is ``24:00``."""
    end = local(ends_at)
    minutes = end.hour * 60 + end.minute
    if minutes == 0 and end.date() > local(starts_at).date():
        minutes = MINUTES_OF_A_DAY
    return f"{clock_time(starts_at)}〜{clock_time(minutes)}"


def duration(minutes: int, language: str = "ja") -> str:
    """Write a length of time: ``45分``, ``3時間``, ``1時間30分``; ``3 hours``, ``1 hour 30 minutes``."""
    hours, rest = divmod(minutes, 60)
    if language == "ja":
        return "".join((f"{hours}時間" if hours else "", f"{rest}分" if rest or not hours else ""))
    counted = ((hours, "hour"), (rest, "minute"))
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counted if count]
    return " ".join(said) or "0 minutes"


def moment(at: datetime, language: str = "ja") -> str:
    """Write an instant: ``2027年2月20日（土） 9:00``."""
    return f"{long_date(at, language)} {clock_time(at)}"


def deadline(at: datetime, language: str = "ja") -> str:
    """Write the end of a half-open window as people say it.

    Midnight is 24:00 of the day before: the instant 2027-02-19 00:00 is ``2027年2月18日（木） 24:00``.
    """
    here = local(at)
    if here.hour == 0 and here.minute == 0:
        return f"{long_date(here.date() - timedelta(days=1), language)} 24:00"
    return moment(at, language)


def local(at: datetime) -> datetime:
    """Show an instant in Japan's zone.

    :raises ValueError: the instant has no zone; whoever made it must say which they meant.
    """
    if at.tzinfo is None:
        msg = f"{at!r} has no time zone"
        raise ValueError(msg)
    return at.astimezone(JAPAN)


def local_date(day: date | datetime) -> date:
    """Return the date, in Japan, of a date or an instant."""
    return local(day).date() if isinstance(day, datetime) else day
