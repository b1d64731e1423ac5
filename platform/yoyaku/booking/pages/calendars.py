"""Months as pages show them: one sign for each day, made of the signs of its slots."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import jpholiday

from yoyaku.booking.drawn import DrawnDays, DrawnMark
from yoyaku.booking.views import SlotState
from yoyaku.rules.calendar import is_holiday
from yoyaku.ui.formats import weekday

SUNDAY: Final = 6
SATURDAY: Final = 5
FREE: Final = frozenset({"free", "some"})
DRAWN_MARKS: Final[Sequence[DrawnMark]] = ("lottery_applied", "lottery_open", "lottery_closed", "lottery_before")
"""The one that counts most for a day comes first."""
Availability = Mapping[tuple[str, date], Sequence[SlotState]]


@dataclass(frozen=True, kw_only=True)
class DayCell:
    """One day of a month: its sign, where it leads, and how its number is coloured beside the words.

    ``ratio`` is the highest of its slots that are drawn by lot: entries for each that can win.
    """

    date: date
    mark: str
    path: str | None
    holiday: str
    tone: str
    past: bool = False
    ratio: str | None = None


def day_mark(states: Iterable[SlotState]) -> str:
    """Give a day one sign: free where all that is offered is free, some where anything is."""
    marks = [state.mark for state in states]
    if any(mark in FREE for mark in marks):
        return "free" if all(mark == "free" for mark in marks) else "some"
    for mark in ("full", "outside", "closed"):
        if mark in marks:
            return mark
    return "closed" if not marks else "not_offered"


def drawn_mark(on: date, *, availability: Availability, space_ids: Sequence[str], drawn: DrawnDays) -> DrawnMark | None:
    """Give a day the sign of its lottery: of those slots that can be won; ``None`` where none is drawn."""
    marks = {
        drawn[space_id, on].mark(state.slot for state in availability[space_id, on] if state.free)
        for space_id in space_ids
        if (space_id, on) in drawn and any(state.free for state in availability.get((space_id, on), ()))
    }
    return next((mark for mark in DRAWN_MARKS if mark in marks), None)


def highest_ratio(on: date, *, availability: Availability, space_ids: Sequence[str], drawn: DrawnDays) -> str | None:
    """How sought after the day's most wanted slot is: entries for each that can win, where people may see it."""
    ratios = [
        float(found.ratio)
        for space_id in space_ids
        if (lot := drawn.get((space_id, on))) is not None and lot.shows_odds and lot.phase == "open"
        for state in availability.get((space_id, on), ())
        if (found := lot.odds_of(state.slot)) is not None and found.ratio is not None
    ]
    return f"{max(ratios):.1f}" if ratios else None


def tone_of(day: date) -> str:
    """Colour of a day's number; the weekday and the holiday stand in words beside it."""
    if day.weekday() == SUNDAY or is_holiday(day):
        return "holiday"
    return "saturday" if day.weekday() == SATURDAY else ""


@lru_cache(maxsize=2048)
def holiday_name(day: date) -> str:
    """Name the national holiday in Japanese; empty on other days."""
    return jpholiday.is_holiday_name(day) or ""


def month_weeks(  # a month and the signs on it
    month: date,
    *,
    availability: Availability,
    space_ids: Sequence[str],
    today: date,
    link: Callable[[date], str],
    drawn: DrawnDays = MappingProxyType({}),
) -> list[list[DayCell | None]]:
    """Weeks from Sunday on; days of other months are ``None``, past days lead nowhere.

    What can be booked says so first; where nothing can, a day that is drawn has the sign of its lottery.
    """

    def cell(day: date) -> DayCell | None:
        if day.month != month.month:
            return None
        states = [state for space_id in space_ids for state in availability.get((space_id, day), ())]
        mark = "outside" if day < today else day_mark(states)
        if mark not in FREE and day >= today:
            mark = drawn_mark(day, availability=availability, space_ids=space_ids, drawn=drawn) or mark
        leads = day >= today and mark not in {"closed", "not_offered"}
        return DayCell(
            date=day,
            mark=mark,
            path=link(day) if leads else None,
            holiday=holiday_name(day),
            tone=tone_of(day),
            past=day < today,
            ratio=highest_ratio(day, availability=availability, space_ids=space_ids, drawn=drawn),
        )

    weeks = calendar.Calendar(firstweekday=SUNDAY).monthdatescalendar(month.year, month.month)
    return [[cell(day) for day in week] for week in weeks]


def weekday_names(language: str) -> list[str]:
    """Sunday to Saturday."""
    sunday = date(2027, 1, 3)
    return [weekday(sunday + timedelta(days=at), language) for at in range(7)]
