"""How far a long step of a lottery is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import lottery_progress
from yoyaku.registration.repository.here import HERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """``done`` of ``total`` pieces of a ``step``; ``at`` is real time."""

    step: str
    done: int
    total: int
    at: datetime


async def save_progress(conn: AsyncConnection, *, lottery_id: UUID, progress: Progress) -> None:
    """Write how far it is."""
    values = {"step": progress.step, "done": progress.done, "total": progress.total, "at": progress.at}
    statement = insert(lottery_progress).values(**HERE, lottery_id=lottery_id, **values)
    key = ["tenant_id", "service_id", "lottery_id"]
    await conn.execute(statement.on_conflict_do_update(index_elements=key, set_=values))


async def read_progress(conn: AsyncConnection, *, lottery_id: UUID) -> Progress | None:
    """How far it was last."""
    of = lottery_progress.c
    wanted = select(of.step, of.done, of.total, of.at)
    row = (await conn.execute(wanted.where(lottery_progress.c.lottery_id == lottery_id))).mappings().first()
    return None if row is None else Progress(**row)
