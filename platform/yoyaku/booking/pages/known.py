"""What is known of some days: what is free, and what is drawn by lot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from yoyaku.booking.drawn import DrawnDay, DrawnDays, drawn_days
from yoyaku.booking.pages.calendars import Availability
from yoyaku.booking.pages.here import Here, looking
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import month_availability


class Known(NamedTuple):
    """The slots of spaces and days, and the lotteries of those that are drawn."""

    found: Availability
    drawn: DrawnDays

    @property
    def lots(self) -> list[DrawnDay]:
        """Each lottery once, as a notice above a calendar tells them."""
        return list({(str(one.name), one.opens_at): one for one in self.drawn.values()}.values())


async def look_at(here: Here, rules: ServiceRules, space_ids: Sequence[str], *, first: date, end: date) -> Known:
    """What is known of the days ``first <= day < end``."""
    visit = looking(here, rules)
    found = await month_availability(here.conn, visit=visit, rules=rules, space_ids=space_ids, first=first, end=end)
    drawn = await drawn_days(here.conn, visit=here.visit, rules=rules, space_ids=space_ids, first=first, end=end)
    return Known(found, drawn)
