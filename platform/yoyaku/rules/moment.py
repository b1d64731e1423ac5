"""Moments: a point in time by anchor and offsets, in one fixed order.

Anchor → months → day of the month → days → open days → roll → time of day → hours and minutes → bounds.
Dates are counted as the Civil Code does (articles 140–143): the first day is not counted unless the
rule says so, and a month without that day ends on its last.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.fiscal import APRIL, fiscal_year
from yoyaku.rules.calendar import Calendar
from yoyaku.rules.values import Anchor, Moment

Anchors = Mapping[Anchor, date | datetime]
MIDNIGHT: Final = time(0, 0)


class AnchorUnknown(YoyakuError):
    """A moment hangs on something that has not happened (a payment, a draw), or not in this decision."""

    code = "anchor_unknown"
    title = "The point in time that this rule counts from is not known."


class CalendarUnknown(YoyakuError):
    """A moment counts open days of a calendar that the rule set does not have."""

    code = "calendar_unknown"
    title = "The rule names a calendar that does not exist."


def resolve(moment: Moment, anchors: Anchors, calendars: Mapping[str, Calendar], zone: ZoneInfo) -> datetime:
    """The instant of ``moment``, aware, in UTC.

    Args:
        moment: the rule's point in time.
        anchors: what is known: dates (civil, in ``zone``) or aware instants. ``use_month`` and
            ``use_fiscal_year`` follow from ``use_day`` where they are not given.
        calendars: by name; ``facility`` is the calendar of the facility booked.
        zone: the zone of the municipality.

    Raises:
        AnchorUnknown: the anchor is not among the known ones.
        CalendarUnknown: the calendar is not.
    """
    day, time_of_day = _civil(_anchor(moment.anchor, anchors), zone)
    day = _shift_months(day, moment)
    day = _shift_days(day, moment, calendars)
    if moment.roll is not None:
        rolling = _calendar(moment.roll.calendar, calendars)
        day = rolling.next_open(day) if moment.roll.to == "next_open" else rolling.previous_open(day)
    if moment.at is not None:
        day, time_of_day = civil_time(day, moment.at)
    instant = datetime.combine(day, time_of_day, tzinfo=zone).astimezone(UTC)
    instant += timedelta(hours=moment.hours, minutes=moment.minutes)
    if moment.not_before is not None:
        instant = max(instant, resolve(moment.not_before, anchors, calendars, zone))
    if moment.not_after is not None:
        instant = min(instant, resolve(moment.not_after, anchors, calendars, zone))
    return instant


def civil_time(day: date, at: str) -> tuple[date, time]:
    """The date and time of ``"09:00"`` on a day; ``"24:00"`` is midnight of the next."""
    if at == "24:00":
        return day + timedelta(days=1), MIDNIGHT
    return day, time.fromisoformat(at)


def add_months(day: date, count: int, *, month_day: int | None = None, overflow: bool = False) -> date:
    """The day ``count`` months on, on the same day of the month or on ``month_day``.

    Where the month has no such day: its last day, or with ``overflow`` the first of the month after.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    wanted = month_day or day.day
    last = months.monthrange(year, month + 1)[1]
    if wanted <= last:
        return date(year, month + 1, wanted)
    return date(year, month + 1, last) + timedelta(days=1 if overflow else 0)


def _anchor(name: Anchor, anchors: Anchors) -> date | datetime:
    if name in anchors:
        return anchors[name]
    use_day = anchors.get("use_day")
    if name == "use_month" and use_day is not None:
        return use_day.replace(day=1)
    if name == "use_fiscal_year" and use_day is not None:
        return date(fiscal_year(use_day), APRIL, 1)
    raise AnchorUnknown(anchor=name)


def _civil(anchor: date | datetime, zone: ZoneInfo) -> tuple[date, time]:
    if isinstance(anchor, datetime):
        local = anchor.astimezone(zone)
        return local.date(), local.time()
    return anchor, MIDNIGHT


def _shift_months(day: date, moment: Moment) -> date:
    if moment.day == "last":
        return add_months(day, moment.months, month_day=31)
    if moment.day is None and moment.months == 0:
        return day
    return add_months(day, moment.months, month_day=moment.day, overflow=moment.month_end == "overflow")


def _shift_days(day: date, moment: Moment, calendars: Mapping[str, Calendar]) -> date:
    counted = moment.first_day == "counted"
    day += timedelta(days=_without_first(moment.days) if counted else moment.days)
    if moment.open_days == 0:
        return day
    opening = _calendar(moment.calendar or "facility", calendars)
    first_counts = counted and opening.is_open(day)
    return opening.shift(day, _without_first(moment.open_days) if first_counts else moment.open_days)


def _without_first(count: int) -> int:
    """One fewer, towards nought: seven days with the first counted end six days on."""
    return count - (count > 0) + (count < 0)


def _calendar(name: str, calendars: Mapping[str, Calendar]) -> Calendar:
    if name not in calendars:
        raise CalendarUnknown(calendar=name)
    return calendars[name]
