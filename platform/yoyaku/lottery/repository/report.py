"""Counting what a draw gave, for the public report."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.lottery.policy.report import MonthCount, RankCount, SlotCount

_SLOTS: Final = text("""
    SELECT p.facility_id, p.space_id, p.use_on,
           CAST(extract(epoch FROM CAST(p.starts_at AT TIME ZONE :zone AS time)) / 60 AS int) AS starts,
           p.nights > 0 AS night, count(*) AS wanted, count(w.entry_id) AS won
    FROM lottery_part p LEFT JOIN lottery_win w USING (tenant_id, service_id, entry_id)
    WHERE p.lottery_id = :lottery_id
    GROUP BY 1, 2, 3, 4, 5
""")
_RANKS: Final = text("""
    SELECT e.rank, count(*) AS entries, count(w.entry_id) AS won
    FROM lottery_entry e LEFT JOIN lottery_win w USING (tenant_id, service_id, entry_id)
    WHERE e.lottery_id = :lottery_id AND e.rank IS NOT NULL
    GROUP BY e.rank
""")
_BY_PERSON: Final = text("""
    WITH won AS (
        SELECT e.applicant_id, count(w.entry_id) AS wins
        FROM lottery_entry e LEFT JOIN lottery_win w USING (tenant_id, service_id, entry_id)
        WHERE e.lottery_id = :lottery_id AND e.rank IS NOT NULL
        GROUP BY e.applicant_id)
    SELECT wins, count(*) AS people FROM won GROUP BY wins
""")
_BY_STATE: Final = text("SELECT state, count(*) AS wins FROM lottery_win WHERE lottery_id = :lottery_id GROUP BY state")
_MONTHS: Final = text("""
    SELECT l.lottery_id, l.period_starts, coalesce(l.applicants, 0) AS applicants, coalesce(l.entries, 0) AS entries,
           coalesce(w.won, 0) AS won, 0 AS first, coalesce(w.unused, 0) AS unused
    FROM lottery l CROSS JOIN LATERAL (
        SELECT count(*) AS won, count(*) FILTER (WHERE state IN ('declined', 'lapsed')) AS unused
        FROM lottery_win WHERE lottery_id = l.lottery_id
    ) w
    WHERE l.scheme = :scheme AND l.period_starts <= :until AND l.state IN ('announced', 'released')
    ORDER BY l.period_starts DESC
    LIMIT :at_most
""")
_FIRST: Final = text("""
    SELECT count(*) FROM lottery_win w JOIN lottery_entry e USING (tenant_id, service_id, entry_id)
    WHERE w.lottery_id = :lottery_id AND e.rank = 1
""")


async def count_slots(conn: AsyncConnection, *, lottery_id: UUID, zone: ZoneInfo) -> list[SlotCount]:
    """Each use that was asked for, with how often it was asked for and won; times of the day in a zone."""
    return [SlotCount(*row) for row in await conn.execute(_SLOTS, {"lottery_id": lottery_id, "zone": zone.key})]


async def count_ranks(conn: AsyncConnection, *, lottery_id: UUID) -> list[RankCount]:
    """Entries by rank, and wins among them."""
    return [RankCount(*row) for row in await conn.execute(_RANKS, {"lottery_id": lottery_id})]


async def count_by_person(conn: AsyncConnection, *, lottery_id: UUID) -> dict[int, int]:
    """People by the number of their wins, those without any too."""
    return {row.wins: row.people for row in await conn.execute(_BY_PERSON, {"lottery_id": lottery_id})}


async def count_by_state(conn: AsyncConnection, *, lottery_id: UUID) -> dict[str, int]:
    """Wins by state."""
    return {row.state: row.wins for row in await conn.execute(_BY_STATE, {"lottery_id": lottery_id})}


async def count_months(
    conn: AsyncConnection, *, scheme: str, until: date, at_most: int
) -> list[tuple[UUID, MonthCount]]:
    """The announced lotteries of a scheme up to that of a month (its first day), the latest first, each with its id.

    ``first`` is nought: :func:`count_first` counts it, which costs more and changes no more.
    """
    rows = await conn.execute(_MONTHS, {"scheme": scheme, "until": until, "at_most": at_most})
    return [(lottery_id, MonthCount(*rest)) for lottery_id, *rest in rows]


async def count_first(conn: AsyncConnection, *, lottery_id: UUID) -> int:
    """People whose first wish won."""
    return int(await conn.scalar(_FIRST, {"lottery_id": lottery_id}) or 0)
