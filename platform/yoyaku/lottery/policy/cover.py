"""Which lottery draws a place on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import SlotNotOffered, timetable_for, use_facts
from yoyaku.lottery.rules import Month, Times, month_of, schemes_at, times_of
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rules.condition import matches


class Cover(NamedTuple):
    """A scheme, the month of it that draws a day, and when that month opens, closes and so on by the rules."""

    scheme: LotteryScheme
    month: Month
    times: Times


def covering_scheme(
    rules: ServiceRules, *, space_id: str, use_on: date, now: datetime, timetable: str | None = None
) -> Cover | None:
    """The lottery that draws a space on a day: the first scheme whose condition holds there, or ``None``.

    ``timetable`` is the code of that by which the day is cut (absent: the one in force as seen ``now``).

    Raises:
        UnknownSpace: there is no such space.
    """
    placed = rules.inventory.space(space_id)
    if not placed.facility.bookable:
        return None
    candidates = schemes_at(rules, placed)
    if candidates and timetable is None:
        try:
            timetable = timetable_for(rules, placed, use_on, now)[0].timetable
        except SlotNotOffered:
            return None
    facts = {**use_facts(rules, placed, use_on), "timetable": timetable}
    scheme = next((one for one in candidates if matches(one.when, facts)), None)
    if scheme is None:
        return None
    month = month_of(use_on)
    times = rules.memo.get(("lottery times", scheme.code, month.starts), lambda: times_of(rules, scheme, month))
    return Cover(scheme, month, times)


def lies_within(month: Month, *, use_on: date, nights: int) -> bool:
    """Whether a use, with all its nights, is in the month."""
    return month.starts <= use_on and use_on + timedelta(days=max(nights, 1)) <= month.ends
