"""A lottery is over: what is left can be booked by first come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.lottery.policy.life import require_state
from yoyaku.lottery.repository.batches import add_batch
from yoyaku.lottery.repository.holds import release_days
from yoyaku.lottery.repository.lotteries import change_lottery, lock_lottery


async def release_lottery(
    conn: AsyncConnection, *, lottery_id: UUID, now: datetime, staff_id: UUID | None = None
) -> bool:
    """Hold its days no longer; whether this was the call that did. What was won stays taken.

    Raises:
        NotReady: it was not announced yet.
    """
    row = await lock_lottery(conn, lottery_id=lottery_id)
    require_state(row.state, "announced")
    if row.state == "released":
        return False
    await change_lottery(conn, lottery_id=lottery_id, state="released", released_at=now)
    days = await release_days(conn, lottery_id=lottery_id)
    await add_batch(conn, lottery_id=lottery_id, kind="release", at=now, facts={"days": days}, staff_id=staff_id)
    return True
