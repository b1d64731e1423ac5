"""Calendars: national holidays, closed days with their shifts, and the next open day.

National holidays are those of the Act on National Holidays with substitutes and days between, as jpholiday
has them. A weekly or monthly closed day that falls on one follows the rule's ``on_holiday``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, get_args

import jpholiday

from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.values import CalendarTerms, ClosedDays, Weekday, YearSpan

DAY: Final = timedelta(days=1)
LONGEST_CLOSURE_DAYS: Final = 3 * 366
"""How far the next open day is looked for; a facility closed for longer has none."""

DayType = Literal["weekday", "saturday", "sunday", "holiday", "day_before_holiday"]
DAY_TYPES: Final[tuple[DayType, ...]] = get_args(DayType)
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
SATURDAY: Final = 5
SUNDAY: Final = 6


class NoOpenDay(YoyakuError):
    """A calendar is closed for years on end, so that no open day can be found."""

    code = "no_open_day"
    title = "There is no open day within three years."


@lru_cache(maxsize=8192)
def is_holiday(day: date) -> bool:
    """Whether the day is a national holiday, substitutes (振替休日) and days between (国民の休日) included."""
    return bool(jpholiday.is_holiday(day))


@lru_cache(maxsize=8192)
def day_types(day: date) -> frozenset[DayType]:
    """What a day counts as: a holiday is no weekday; a Saturday holiday is both saturday and holiday."""
    types: set[DayType] = set()
    if is_holiday(day):
        types.add("holiday")
    if is_holiday(day + DAY):
        types.add("day_before_holiday")
    weekday = day.weekday()
    if weekday == SATURDAY:
        types.add("saturday")
    elif weekday == SUNDAY:
        types.add("sunday")
    elif "holiday" not in types:
        types.add("weekday")
    return frozenset(types)


def in_year_span(day: date, span: YearSpan) -> bool:
    """Whether the day lies in a span of every year, both ends counted; it may run over the new year."""
    text = f"{day:%m-%d}"
    if span.first <= span.last:
        return span.first <= text <= span.last
    return text >= span.first or text <= span.last


@dataclass(frozen=True, slots=True)
class ClosedReason:
    """Why a day is closed: the rule, its place in the list, and the holiday it was shifted from, if so."""

    rule: ClosedDays
    index: int
    shifted_from: date | None = None


class Calendar:
    """The closed days of one facility, office or bank. Answers are kept, since the same days are asked for."""

    def __init__(self, terms: CalendarTerms) -> None:
        self.terms = terms
        self._open = frozenset(terms.open)
        self._reasons: dict[date, ClosedReason | None] = {}

    def is_open(self, day: date) -> bool:
        """Whether the day is open."""
        return self.closed_reason(day) is None

    def closed_reason(self, day: date) -> ClosedReason | None:
        """The first rule that closes the day, or ``None`` on an open day."""
        if day not in self._reasons:
            self._reasons[day] = self._find_reason(day)
        return self._reasons[day]

    def next_open(self, day: date) -> date:
        """The day itself where it is open, else the first open day after it.

        Raises:
            NoOpenDay: there is none within three years.
        """
        return self._first_open(day, DAY)

    def previous_open(self, day: date) -> date:
        """The day itself where it is open, else the last open day before it.

        Raises:
            NoOpenDay: there is none within three years.
        """
        return self._first_open(day, -DAY)

    def shift(self, day: date, open_days: int) -> date:
        """The day that many open days after (or, negative, before) ``day``, which itself is not counted.

        Raises:
            NoOpenDay: a stretch of three years has none.
        """
        step = DAY if open_days > 0 else -DAY
        for _ in range(abs(open_days)):
            day = self._first_open(day + step, step)
        return day

    def _first_open(self, day: date, step: timedelta) -> date:
        for distance in range(LONGEST_CLOSURE_DAYS):
            if self.is_open(day + distance * step):
                return day + distance * step
        raise NoOpenDay(day=day)

    def _find_reason(self, day: date) -> ClosedReason | None:
        if day.isoformat() in self._open:
            return None
        for index, rule in enumerate(self.terms.closed):
            closed, shifted_from = _closes(rule, day)
            if closed:
                return ClosedReason(rule=rule, index=index, shifted_from=shifted_from)
        return None


def _closes(rule: ClosedDays, day: date) -> tuple[bool, date | None]:
    """Whether one rule closes the day, and from which holiday the closing was shifted to it."""
    if _in_force(rule, day) and _names_day(rule, day):
        return True, None
    if _in_force(rule, day) and _recurs_on(rule, day) and (rule.on_holiday == "closed" or not is_holiday(day)):
        return True, None
    for earlier in _shifted_from(rule, day):
        if _in_force(rule, earlier) and _recurs_on(rule, earlier):
            return True, earlier
    return False, None


def _shifted_from(rule: ClosedDays, day: date) -> Iterator[date]:
    """The holidays whose closing would fall on this day."""
    if rule.on_holiday == "next_day" and is_holiday(day - DAY):
        yield day - DAY
    if rule.on_holiday == "next_weekday" and not is_holiday(day):
        earlier = day - DAY
        while is_holiday(earlier):
            yield earlier
            earlier -= DAY


def _in_force(rule: ClosedDays, day: date) -> bool:
    text = day.isoformat()
    return (rule.since is None or rule.since <= text) and (rule.until is None or text <= rule.until)


def _names_day(rule: ClosedDays, day: date) -> bool:
    """Whether the rule closes the day whatever its weekday: a holiday, a span, a date, or all days of its term."""
    if rule.holidays is not None and is_holiday(day):
        return True
    if rule.yearly is not None and in_year_span(day, rule.yearly):
        return True
    if rule.dates is not None and day.isoformat() in rule.dates:
        return True
    named = (rule.weekly, rule.holidays, rule.yearly, rule.monthly, rule.dates)
    return all(part is None for part in named)


def _recurs_on(rule: ClosedDays, day: date) -> bool:
    if rule.monthly is not None and day.day in rule.monthly:
        return True
    if rule.weekly is None or WEEKDAYS[day.weekday()] not in rule.weekly:
        return False
    return (
        rule.nth is None
        or (day.day - 1) // 7 + 1 in rule.nth
        or (-1 in rule.nth and (day + 7 * DAY).month != day.month)
    )
