"""A point in time in words: in the order in which ``rules.moment`` finds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yoyaku.rulebook.words.voice import Voice, ordinal
from yoyaku.rules.values import Moment

CIVIL: Final = frozenset({"use_day", "use_month", "use_fiscal_year"})
"""Anchors that are days: without a time, they mean the day's beginning."""
OWN_CALENDARS: Final = frozenset({"facility", "bank"})
"""Calendars that have words of their own; every other is an office's."""


def moment_words(
    moment: Moment, voice: Voice, *, called: Mapping[str, str] | None = None, day_only: bool = False
) -> str:
    """A moment as people say it: 利用する月の2か月前の1日の9時.

    Args:
        moment: the rule's point in time.
        voice: the language.
        called: what an anchor is called here where it is not called by its name (``step`` → ``sent``).
        day_only: leave the time of day out (the day of a debit).
    """
    anchor = (called or {}).get(moment.anchor, moment.anchor)
    day = _rolled(moment, voice, _days(moment, voice, _month_day(moment, voice, anchor)))
    whole = day if day_only else _timed(moment, voice, day)
    for bound, key in ((moment.not_before, "bound.not_before"), (moment.not_after, "bound.not_after")):
        if bound is not None:
            whole = voice.say(key, moment=whole, bound=_bound(moment, bound, voice, called))
    return whole


def _bound(moment: Moment, bound: Moment, voice: Voice, called: Mapping[str, str] | None) -> str:
    """The bound in words; where it is the day of use to its end, the day alone says it."""
    day_of_use = bound.anchor == "use_day" and bound.at == "24:00" and not bound.days and not bound.months
    return moment_words(bound, voice, called=called, day_only=day_of_use and moment.at == "24:00")


def _month_day(moment: Moment, voice: Voice, anchor: str) -> str:
    if moment.day is None and moment.months == 0:
        return voice.say("the_day_itself") if _is_day_of_use(moment) else voice.say(f"day.{anchor}")
    if moment.day is None and anchor not in {"use_month", "use_fiscal_year"}:
        over = "_over" if moment.month_end == "overflow" else ""
        way = "before" if moment.months < 0 else "after"
        return voice.say(f"same_day{over}.{way}", day=voice.say(f"day.{anchor}"), n=abs(moment.months))
    month = _month(moment.months, voice, anchor)
    if _is_open_day_of_month(moment):
        key = "first_open" if moment.open_days == 1 else "nth_open"
        return voice.say(key, month=month, **_count(moment.open_days), open=_open(moment.calendar, voice))
    if moment.day == "last":
        return voice.say("month_last", month=month)
    return voice.say("month_day", month=month, **_count(moment.day or 1))


def _is_day_of_use(moment: Moment) -> bool:
    still = not (moment.days or moment.open_days or moment.hours or moment.minutes)
    return moment.anchor == "use_day" and still


def _month(months: int, voice: Voice, anchor: str) -> str:
    month = voice.say(f"month.{anchor}")
    if months == 0:
        return month
    one = "_one" if abs(months) == 1 else ""
    return voice.say(f"months.{'before' if months < 0 else 'after'}{one}", month=month, n=abs(months))


def _is_open_day_of_month(moment: Moment) -> bool:
    """Whether it counts the open days of a month: from the day before its first."""
    return moment.day == 1 and moment.days == -1 and moment.open_days > 0


def _days(moment: Moment, voice: Voice, day: str) -> str:
    if moment.day is not None and _is_open_day_of_month(moment):
        return day
    if moment.days:
        day = _some_days(moment.days, moment.first_day == "counted", voice, day)
    if moment.open_days:
        way = "before" if moment.open_days < 0 else "after"
        day = voice.say(
            f"open_days.{way}", day=day, **_count(abs(moment.open_days)), open=_open(moment.calendar, voice)
        )
    return day


def _some_days(days: int, counted: bool, voice: Voice, day: str) -> str:  # noqa: FBT001  # one of two ways to count
    if counted and days > 0:
        return voice.say("days.counted", day=day, **_count(days))
    one = "_one" if abs(days) == 1 else ""
    return voice.say(f"days.{'before' if days < 0 else 'after'}{one}", day=day, n=abs(days))


def _count(number: int) -> dict[str, object]:
    """A number, and as English counts."""
    return {"n": number, "nth": ordinal(number)}


def _rolled(moment: Moment, voice: Voice, day: str) -> str:
    if moment.roll is None:
        return day
    calendar = moment.roll.calendar
    return voice.say(f"roll.{moment.roll.to}", day=day, open=_open(calendar, voice), closed=_closed(calendar, voice))


def _open(calendar: str | None, voice: Voice) -> str:
    return voice.say(f"open.{calendar if calendar in OWN_CALENDARS else 'other'}")


def _closed(calendar: str | None, voice: Voice) -> str:
    return voice.say(f"closed.{calendar if calendar in OWN_CALENDARS else 'other'}")


def closed_words(calendar: str, voice: Voice) -> str:
    """What the closed days of a calendar are called."""
    return _closed(calendar, voice)


def _timed(moment: Moment, voice: Voice, day: str) -> str:
    at = moment.at
    if at is None and moment.anchor in CIVIL and not (moment.hours or moment.minutes):
        at = "00:00"
    if at is not None:
        key = "at.on" if day.startswith("the ") or voice.language == "ja" else "at.plain"
        day = voice.say(key, day=day, time=voice.clock(at))
    for unit, count in (("hours", moment.hours), ("minutes", moment.minutes)):
        if count:
            day = voice.say(f"{unit}.{'before' if count < 0 else 'after'}", day=day, n=abs(count))
    return day
