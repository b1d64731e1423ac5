"""How many entries want each elementary slot of a day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from yoyaku.facility.policy import Slot


class WantedUse(NamedTuple):
    """So many ``entries`` want a space from ``starts_at`` to ``ends_at``, for so many ``nights`` from ``use_on`` on."""

    space_id: str
    use_on: date
    starts_at: datetime
    ends_at: datetime
    nights: int
    entries: int


def applications(slots: Sequence[Slot], uses: Sequence[WantedUse]) -> list[int]:
    """For each slot of a day, how many entries want some of it; ``uses`` are those that touch the day."""
    begins = sorted((use.starts_at, use.entries) for use in uses)
    ends = sorted((use.ends_at, use.entries) for use in uses)
    begun = [0, *accumulate(entries for _, entries in begins)]
    over = [0, *accumulate(entries for _, entries in ends)]
    first = [at for at, _ in begins]
    last = [at for at, _ in ends]
    return [begun[bisect_left(first, slot.ends_at)] - over[bisect_right(last, slot.starts_at)] for slot in slots]


def days_of(use: WantedUse) -> Sequence[date]:
    """The days that a use touches: its own, or those of all its nights."""
    return [use.use_on + timedelta(days=night) for night in range(max(use.nights, 1))]
