"""Work that waits in the database: deadlines, outbox events, mails. The broker only wakes somebody up.

Every piece is taken with SKIP LOCKED in a transaction of its own tenant, done, and marked in that same transaction:
whoever is killed in the middle leaves it as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Kind = Literal["deadline", "outbox", "mail"]

FIRST_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 30 * 60
ERROR_LETTERS = 2000

_DUE = text("SELECT tenant_id, service_id, kind, id, due_at FROM due_work(:at_most) ORDER BY kind, due_at, id")

# The offset is read again here: a piece is due by the clock of its own service, and by no other.
_TAKE_DEADLINE = text("""
    SELECT d.kind, d.subject_id, d.due_at, d.attempts
    FROM deadline d JOIN service s USING (tenant_id, service_id)
    WHERE d.deadline_id = :id AND d.done_at IS NULL
      AND d.due_at <= clock_timestamp() + make_interval(secs => s.clock_offset_seconds)
    FOR UPDATE OF d SKIP LOCKED
""")
_TAKE_EVENT = text("""
    SELECT kind, subject_id, facts, created_at, attempts FROM outbox
    WHERE event_id = :id AND handled_at IS NULL FOR UPDATE SKIP LOCKED
""")
_TAKE_MAIL = text("""
    SELECT mail_id, event_id, recipient, template, language, subject, body, created_at, attempts FROM mail
    WHERE mail_id = :id AND sent_at IS NULL AND given_up_at IS NULL FOR UPDATE SKIP LOCKED
""")
_TAKE = {"deadline": _TAKE_DEADLINE, "outbox": _TAKE_EVENT, "mail": _TAKE_MAIL}

_DONE = {
    "deadline": text("UPDATE deadline SET done_at = clock_timestamp() WHERE deadline_id = :id"),
    "outbox": text("UPDATE outbox SET handled_at = clock_timestamp() WHERE event_id = :id"),
    "mail": text("UPDATE mail SET sent_at = clock_timestamp() WHERE mail_id = :id"),
}
_FAILED = {
    "deadline": text("""
        UPDATE deadline SET attempts = attempts + 1, last_error = :error, next_try_at = clock_timestamp() + :pause
        WHERE deadline_id = :id AND done_at IS NULL
    """),
    "outbox": text("""
        UPDATE outbox SET attempts = attempts + 1, last_error = :error, next_try_at = clock_timestamp() + :pause
        WHERE event_id = :id AND handled_at IS NULL
    """),
    "mail": text("""
        UPDATE mail SET attempts = attempts + 1, last_error = :error, next_try_at = clock_timestamp() + :pause,
            given_up_at = CASE WHEN :for_good THEN clock_timestamp() END
        WHERE mail_id = :id AND sent_at IS NULL
    """),
}


@dataclass(frozen=True, kw_only=True)
class DueWork:
    """Where something is due, and what; never whose."""

    tenant_id: str
    service_id: str
    kind: Kind
    id: UUID
    due_at: datetime


async def due_work(conn: AsyncConnection, *, at_most: int) -> list[DueWork]:
    """What is due now over all tenants: at most so many of each kind, in the order in which they fell due."""
    rows = await conn.execute(_DUE, {"at_most": at_most})
    return [DueWork(**row) for row in rows.mappings()]


async def take(conn: AsyncConnection, *, kind: Kind, work_id: UUID) -> dict[str, Any] | None:
    """The row, locked until the transaction ends; ``None`` where another has it, has done it, or it is not due."""
    row = (await conn.execute(_TAKE[kind], {"id": work_id})).mappings().first()
    return None if row is None else dict(row)


async def mark_done(conn: AsyncConnection, *, kind: Kind, work_id: UUID) -> None:
    """Done for good."""
    await conn.execute(_DONE[kind], {"id": work_id})


async def mark_failed(
    conn: AsyncConnection, *, kind: Kind, work_id: UUID, error: str, attempts: int, for_good: bool = False
) -> None:
    """Tried in vain for the ``attempts + 1`` st time; it comes again after a pause, a mail ``for_good`` does not."""
    values: dict[str, object] = {"id": work_id, "error": error[:ERROR_LETTERS], "pause": pause_after(attempts)}
    if kind == "mail":
        values["for_good"] = for_good
    await conn.execute(_FAILED[kind], values)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many vain attempts: 5 s, doubled each time, half an hour at most."""
    doubled = FIRST_PAUSE_SECONDS * 2 ** min(attempts, 20)
    return timedelta(seconds=min(doubled, LONGEST_PAUSE_SECONDS))
