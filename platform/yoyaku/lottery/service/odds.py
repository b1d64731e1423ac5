"""The odds before one enters: how many want what, and how much of it there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.repository.availability import read_occupancy
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.availability import free_surfaces
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import PlacedSpace, Slot, SlotNotOffered, offered_slots
from yoyaku.kernel.period import dates_between
from yoyaku.lottery.policy.odds import WantedUse, applications, days_of
from yoyaku.lottery.repository.odds import read_wanted
from yoyaku.lottery.views import Odds

__all__ = ["Odds", "SlotKey", "read_odds"]

SlotKey = tuple[str, date, int]
"""A space, a day, and the minute of the day at which an elementary slot starts (a night: 0)."""


async def read_odds(  # noqa: PLR0913  # what is asked for
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    lottery_id: UUID,
    spaces: Sequence[str],
    first: date,
    end: date,
) -> Mapping[SlotKey, Odds]:
    """Of each elementary slot that is offered on the days ``first <= day < end``: how many entries, how much to win.

    Entries that want several surfaces count once; those for several slots count in each. What can be won is what is
    neither closed nor used for something else, in surfaces or rooms of the space: as it is until the draw.
    """
    placed = [rules.inventory.space(space_id) for space_id in spaces]
    resources = sorted({one.resource_id for one in placed})
    wanted: dict[tuple[str, date], list[WantedUse]] = defaultdict(list)
    for use in await read_wanted(conn, lottery_id=lottery_id, spaces=spaces, first=first, end=end):
        for day in days_of(use):
            wanted[use.space_id, day].append(use)
    occupancy = await read_occupancy(conn, visit=visit, resources=resources, first=first, end=end)
    found: dict[SlotKey, Odds] = {}
    for one in placed:
        for day in dates_between(first, end):
            slots = _offered(rules, one, day, visit)
            counts = applications(slots, wanted[one.space_id, day])
            for slot, count in zip(slots, counts, strict=True):
                free = free_surfaces(rules, slot=slot, placed=one, occupancy=occupancy)
                found[one.space_id, day, 0 if one.by_night else slot.starts_minute] = Odds(count, free)
    return found


def _offered(rules: ServiceRules, placed: PlacedSpace, day: date, visit: Visit) -> Sequence[Slot]:
    try:
        return offered_slots(rules, placed.space_id, day, visit.now)
    except SlotNotOffered:
        return ()
