"""Writing the public value of a lottery's seed: once, after closing and before the draw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import lottery

_WAKE = text("""
    UPDATE deadline SET next_try_at = '-infinity'
    WHERE kind = 'lottery_draw' AND subject_id = :lottery_id AND done_at IS NULL
""")


async def read_beacon(conn: AsyncConnection, *, lottery_id: UUID) -> tuple[str, str, str | None] | None:
    """Beacon, state and public value of a lottery, which stands still until the transaction ends."""
    columns = (lottery.c.beacon, lottery.c.state, lottery.c.public_value)
    row = (await conn.execute(select(*columns).where(lottery.c.lottery_id == lottery_id).with_for_update())).first()
    return None if row is None else (row.beacon, row.state, row.public_value)


async def write_value(
    conn: AsyncConnection, *, lottery_id: UUID, value: str, proof: Mapping[str, Any], at: datetime
) -> bool:
    """Set the value where there is none yet; whether it was set. A draw that waits is tried at once."""
    unset = (lottery.c.lottery_id == lottery_id) & lottery.c.public_value.is_(None) & (lottery.c.state == "sealed")
    values = {"public_value": value, "public_proof": dict(proof), "public_value_at": at}
    done = await conn.execute(update(lottery).where(unset).values(**values))
    if done.rowcount == 0:
        return False
    await conn.execute(_WAKE, {"lottery_id": lottery_id})
    return True
