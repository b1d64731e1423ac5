"""The heartbeats of scheduler and worker: written by themselves, read by whoever looks whether all is well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import heartbeat

_NOTE = text("SELECT note_heartbeat(:part, :failure)")
WAIT_SECONDS = 3


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


def note_from_outside(url: str, *, part: str) -> str | None:
    """A part did its work now; of a process without an event loop. Where the database is away: the kind of failure."""
    try:
        with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=WAIT_SECONDS) as connection:
            connection.execute("SELECT note_heartbeat(%s, NULL)", [part])
    except psycopg.OperationalError as error:
        return type(error).__name__
    return None
