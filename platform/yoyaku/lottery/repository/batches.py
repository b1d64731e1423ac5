"""What was done to a whole lottery at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import lottery_batch
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.registration.repository.here import HERE

BatchKind = Literal["seal", "draw", "announce", "lapse", "release"]
_COLUMNS: Final = [column for column in lottery_batch.c if column.name not in ("tenant_id", "service_id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch; without ``staff_id`` the platform's own clock did it. ``facts`` are its counts."""

    batch_id: UUID
    lottery_id: UUID
    kind: BatchKind
    applied_at: datetime
    staff_id: UUID | None
    facts: Mapping[str, Any]
    reverted_at: datetime | None
    reverted_by: UUID | None
    reverted_why: str | None


async def add_batch(
    conn: AsyncConnection,
    *,
    lottery_id: UUID,
    kind: BatchKind,
    at: datetime,
    facts: Mapping[str, Any],
    staff_id: UUID | None = None,
) -> UUID:
    """Note that it was done; the batch's id."""
    batch_id = new_id()
    values = {"lottery_id": lottery_id, "kind": kind, "applied_at": at, "staff_id": staff_id, "facts": dict(facts)}
    await conn.execute(insert(lottery_batch).values(**HERE, batch_id=batch_id, **values))
    return batch_id


async def list_batches(conn: AsyncConnection, *, lottery_id: UUID) -> list[BatchRow]:
    """The batches of a lottery, the latest first."""
    wanted = select(*_COLUMNS).where(lottery_batch.c.lottery_id == lottery_id)
    latest = (lottery_batch.c.applied_at.desc(), lottery_batch.c.batch_id.desc())
    return [BatchRow(**row) for row in (await conn.execute(wanted.order_by(*latest))).mappings()]


async def lock_batch(conn: AsyncConnection, *, batch_id: UUID) -> BatchRow:
    """A batch, which nobody else reverts until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    wanted = select(*_COLUMNS).where(lottery_batch.c.batch_id == batch_id).with_for_update(key_share=True)
    row = (await conn.execute(wanted)).mappings().first()
    if row is None:
        raise NotFound(batch=str(batch_id))
    return BatchRow(**row)


async def mark_reverted(conn: AsyncConnection, *, batch_id: UUID, at: datetime, by: UUID | None, why: str) -> None:
    """Note that it was taken back, by whom and why."""
    values = {"reverted_at": at, "reverted_by": by, "reverted_why": why}
    await conn.execute(update(lottery_batch).where(lottery_batch.c.batch_id == batch_id).values(**values))
