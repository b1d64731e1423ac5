"""Reading which uses are wanted in a lottery, counted by those that are the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.lottery.policy.odds import WantedUse

LONGEST_STAY: Final = timedelta(days=31)
_WANTED = text("""
    SELECT space_id, use_on, starts_at, ends_at, nights, count(*) AS entries FROM lottery_part
    WHERE lottery_id = :lottery_id AND space_id = ANY(:spaces) AND use_on >= :since AND use_on < :end
      AND use_on + greatest(nights, 1) > :first
    GROUP BY space_id, use_on, starts_at, ends_at, nights
""")


async def read_wanted(
    conn: AsyncConnection, *, lottery_id: UUID, spaces: Sequence[str], first: date, end: date
) -> list[WantedUse]:
    """The uses of these spaces that touch the days ``first <= day < end``, of entries that stand."""
    values = {"lottery_id": lottery_id, "spaces": list(spaces), "since": first - LONGEST_STAY}
    rows = await conn.execute(_WANTED, {**values, "first": first, "end": end})
    return [
        WantedUse(space_id, use_on, starts_at.astimezone(UTC), ends_at.astimezone(UTC), nights, entries)
        for space_id, use_on, starts_at, ends_at, nights, entries in rows
    ]
