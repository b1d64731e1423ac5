"""Finding entries: one's own, and, at the counter, those of the person who is served."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import LoginRequired
from yoyaku.booking.visit import Visit
from yoyaku.lottery.policy.refusals import EntryNotFound
from yoyaku.lottery.repository import entry_views
from yoyaku.lottery.repository.lotteries import list_lotteries
from yoyaku.lottery.views import EntryUse, EntryView, MyLottery

__all__ = ["EntryUse", "EntryView", "MyLottery", "get_entry", "my_lotteries"]


async def my_lotteries(
    conn: AsyncConnection, *, registrant_id: UUID, now: datetime, facilities: frozenset[str] = frozenset()
) -> list[MyLottery]:
    """All lotteries that somebody entered, the latest first, as they stand at ``now`` (business time).

    A clerk who works for some ``facilities`` sees the entries of these only; none named: all.
    """
    found = [
        one
        for one in await entry_views.read_of_person(conn, registrant_id=registrant_id, now=now)
        if _is_at(facilities, one)
    ]
    rows = {row.lottery_id: row for row in await list_lotteries(conn)} if found else {}
    by_lottery = [list(group) for _, group in groupby(found, key=lambda one: one.lottery_id)]
    return [
        MyLottery(
            lottery=rows[entries[0].lottery_id],
            applicant_id=entries[0].applicant_id,
            receipt=entries[0].receipt,
            entries=entries,
        )
        for entries in by_lottery
    ]


async def get_entry(conn: AsyncConnection, *, visit: Visit, entry_id: UUID) -> EntryView:
    """One entry as it stands now: a resident's own, or for a clerk any of their facilities.

    Raises:
        LoginRequired: nobody is logged in.
        EntryNotFound: there is none of that id, or it is another's.
    """
    found = await entry_views.read_entry(conn, entry_id=entry_id, now=visit.now)
    if visit.actor == "resident" and visit.registrant_id is None:
        raise LoginRequired
    if found is None or not _is_in_sight(visit, found):
        raise EntryNotFound
    return found


def _is_in_sight(visit: Visit, entry: EntryView) -> bool:
    if visit.actor == "resident":
        return entry.registrant_id == visit.registrant_id
    return _is_at(visit.facilities, entry)


def _is_at(facilities: frozenset[str], entry: EntryView) -> bool:
    """Whether all uses of an entry are at these facilities; none named: all are."""
    return not facilities or {request.facility for request in entry.requests} <= facilities
