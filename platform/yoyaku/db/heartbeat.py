"""The heartbeats of scheduler and worker: written by themselves, read by whoever looks whether all is well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import heartbeat

NOTE = "SELECT note_heartbeat(:part, :failure)"
_NOTE = text(NOTE)


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """When a part last did its work, and when it last failed, with the kind of the failure; real time."""

    part: str
    succeeded_at: datetime | None
    failed_at: datetime | None
    error: str | None


async def note_heartbeat(conn: AsyncConnection, *, part: str, failure: str | None = None) -> None:
    """A part did its work now, or failed in it."""
    await conn.execute(_NOTE, {"part": part, "failure": failure})


async def read_heartbeats(conn: AsyncConnection) -> dict[str, Heartbeat]:
    """By part; one that never did anything is not there."""
    rows = await conn.execute(select(heartbeat))
    return {row["part"]: Heartbeat(**row) for row in rows.mappings()}
