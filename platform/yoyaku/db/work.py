"""Work that waits in the database: deadlines, outbox events, mails. The broker only wakes somebody up.

Deadlines and events are taken, done and marked in one transaction of their own tenant: whoever is killed in the middle
leaves them as they were. Mails are leased, since sending is an act outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Kind = Literal["deadline", "outbox", "mail"]

FIRST_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 30 * 60
ERROR_LETTERS = 2000
LEASE_SECONDS = 120

_DUE = text("SELECT tenant_id, service_id, kind, id, due_at FROM due_work(:at_most) ORDER BY kind, due_at, id")

# A deadline is not locked: whoever meets it locks its subject, as everybody does who acts on that; so no two acts wait
# for each other. The clock is the service's own, read together with it.
_TAKE_DEADLINE = text("""
    SELECT d.kind, d.subject_id, d.due_at, d.attempts,
           clock_timestamp() + make_interval(secs => s.clock_offset_seconds) AS now
    FROM deadline d JOIN service s USING (tenant_id, service_id)
    WHERE d.deadline_id = :id AND d.done_at IS NULL
      AND d.due_at <= clock_timestamp() + make_interval(secs => s.clock_offset_seconds)
""")
_TAKE_EVENT = text("""
    SELECT kind, subject_id, facts, created_at, attempts FROM outbox
    WHERE event_id = :id AND handled_at IS NULL FOR UPDATE SKIP LOCKED
""")
# A mail is sent outside any transaction, so it is leased: nobody else tries it for a while, and if its sender is
# killed it comes again.
_TAKE_MAIL = text(f"""
    UPDATE mail SET next_try_at = clock_timestamp() + interval '{LEASE_SECONDS} seconds', attempts = attempts + 1
    WHERE mail_id = :id AND sent_at IS NULL AND given_up_at IS NULL AND next_try_at <= clock_timestamp()
    RETURNING mail_id, event_id, recipient, template, language, subject, body, created_at, attempts
""")  # noqa: S608  # a constant of this module
_TAKE = {"deadline": _TAKE_DEADLINE, "outbox": _TAKE_EVENT, "mail": _TAKE_MAIL}

_DONE = {
    "deadline": text("UPDATE deadline SET done_at = clock_timestamp() WHERE deadline_id = :id"),
    "outbox": text("UPDATE outbox SET handled_at = clock_timestamp() WHERE event_id = :id"),
    # A link that lets in is gone with its mail.
    "mail": text("""
        UPDATE mail SET sent_at = clock_timestamp(), body = CASE WHEN secret THEN '' ELSE body END WHERE mail_id = :id
    """),
}
# 5 s after the first failure, doubled each time, half an hour at most.
_PAUSE = f"make_interval(secs => least({FIRST_PAUSE_SECONDS} * power(2, least(attempts, 20)), {LONGEST_PAUSE_SECONDS}))"
_FAILED = {
    "deadline": text(f"""
        UPDATE deadline SET attempts = attempts + 1, last_error = :error, next_try_at = clock_timestamp() + {_PAUSE}
        WHERE deadline_id = :id AND done_at IS NULL
    """),  # noqa: S608  # constants of this module
    "outbox": text(f"""
        UPDATE outbox SET attempts = attempts + 1, last_error = :error, next_try_at = clock_timestamp() + {_PAUSE}
        WHERE event_id = :id AND handled_at IS NULL
    """),  # noqa: S608
    "mail": text(f"""
        UPDATE mail SET last_error = :error, next_try_at = clock_timestamp() + {_PAUSE},
            given_up_at = CASE WHEN :for_good THEN clock_timestamp() END,
            body = CASE WHEN secret AND :for_good THEN '' ELSE body END
        WHERE mail_id = :id AND sent_at IS NULL
    """),  # noqa: S608
}
_POSTPONE = text("UPDATE deadline SET due_at = :due_at WHERE deadline_id = :id AND done_at IS NULL")
_SWEEP = text("SELECT pg_try_advisory_xact_lock(hashtextextended('deadlines are met in order', 0))")


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


async def begin_sweep(conn: AsyncConnection) -> bool:
    """Whether this transaction is the only one that meets deadlines now, so that they are met in their order."""
    alone: bool = (await conn.execute(_SWEEP)).scalar_one()
    return alone


async def take(conn: AsyncConnection, *, kind: Kind, work_id: UUID) -> dict[str, Any] | None:
    """The row, for this transaction (a mail: leased); ``None`` where another has it, has done it, or it is not due."""
    row = (await conn.execute(_TAKE[kind], {"id": work_id})).mappings().first()
    return None if row is None else dict(row)


async def mark_done(conn: AsyncConnection, *, kind: Kind, work_id: UUID) -> None:
    """Done for good."""
    await conn.execute(_DONE[kind], {"id": work_id})


async def postpone_deadline(conn: AsyncConnection, *, work_id: UUID, due_at: datetime) -> None:
    """Not due yet after all: what it is for has moved."""
    await conn.execute(_POSTPONE, {"id": work_id, "due_at": due_at})


async def mark_failed(conn: AsyncConnection, *, kind: Kind, work_id: UUID, error: str, for_good: bool = False) -> None:
    """Tried in vain; it comes again after a pause that grows with the attempts, a mail ``for_good`` does not."""
    values: dict[str, object] = {"id": work_id, "error": error[:ERROR_LETTERS]}
    if kind == "mail":
        values["for_good"] = for_good
    await conn.execute(_FAILED[kind], values)
