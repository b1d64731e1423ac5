"""What is due, what is stuck, and how outside parts do, in one service; and what staff may do to stuck work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Kind = Literal["deadline", "outbox", "mail", "attempt", "dry_run"]
MOST: Final = 100

# What was tried in vain. The attempts of a payment are left to the pages of money, which know what may be done.
_STUCK: Final = text("""
    SELECT * FROM (
        SELECT 'deadline' AS kind, deadline_id AS id, kind AS what, subject_id, due_at AS since, attempts,
               nullif(next_try_at, '-infinity') AS next_try_at, last_error
        FROM deadline WHERE done_at IS NULL AND last_error IS NOT NULL
        UNION ALL
        SELECT 'outbox', event_id, kind, subject_id, created_at, attempts, nullif(next_try_at, '-infinity'), last_error
        FROM outbox WHERE handled_at IS NULL AND last_error IS NOT NULL
        UNION ALL
        SELECT 'mail', mail_id, template, event_id, created_at, attempts, nullif(next_try_at, '-infinity'), last_error
        FROM mail WHERE sent_at IS NULL AND given_up_at IS NULL AND last_error IS NOT NULL
        UNION ALL
        SELECT 'attempt', attempt_id, plugin, charge_id, created_at, asked, next_ask_at, last_error
        FROM payment_attempt WHERE state IN ('created', 'pending') AND last_error IS NOT NULL
        UNION ALL
        SELECT 'dry_run', run_id, 'dry_run', draft_id, asked_at, 1, NULL, coalesce(error, 'waiting')
        FROM dry_run WHERE state IN ('waiting', 'running') AND (error IS NOT NULL OR asked_at < :late)
    ) AS found ORDER BY since, id LIMIT :most
""")
_LATE: Final = text("""
    SELECT (SELECT count(*) FROM deadline WHERE done_at IS NULL AND last_error IS NULL AND due_at < :late_business)
         + (SELECT count(*) FROM outbox WHERE handled_at IS NULL AND last_error IS NULL AND created_at < :late)
         + (SELECT count(*) FROM mail
            WHERE sent_at IS NULL AND given_up_at IS NULL AND last_error IS NULL AND created_at < :late)
""")
_COMING: Final = text("""
    SELECT kind AS what, min(due_at) AS at, count(*) AS count FROM deadline
    WHERE done_at IS NULL AND due_at > :now GROUP BY kind ORDER BY 2, 1
""")
_MAIL: Final = text("""
    SELECT max(sent_at) AS succeeded_at,
           count(*) FILTER (WHERE sent_at IS NULL AND given_up_at IS NULL) AS waiting,
           count(*) FILTER (WHERE sent_at IS NULL AND given_up_at IS NULL AND last_error IS NOT NULL) AS failing,
           count(*) FILTER (WHERE given_up_at > :since) AS given_up
    FROM mail WHERE created_at > :since
""")
_PAYMENT: Final = text("""
    SELECT plugin, coalesce(profile, '') AS profile,
           max(ended_at) FILTER (WHERE state = 'succeeded') AS succeeded_at,
           count(*) FILTER (WHERE state IN ('created', 'pending')) AS waiting,
           count(*) FILTER (WHERE state IN ('created', 'pending') AND last_error IS NOT NULL) AS failing
    FROM payment_attempt WHERE profile IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
""")
_BEACON: Final = text("""
    SELECT (SELECT max(applied_at) FROM lottery_batch WHERE kind = 'draw') AS succeeded_at,
           (SELECT count(*) FROM deadline WHERE done_at IS NULL AND kind = 'lottery_draw') AS waiting,
           (SELECT count(*) FROM deadline
            WHERE done_at IS NULL AND kind = 'lottery_draw' AND last_error IS NOT NULL) AS failing
""")
_BATCHES: Final = text("""
    SELECT batch_id, lottery_id, kind, applied_at, reverted_at FROM lottery_batch ORDER BY applied_at DESC LIMIT 10
""")
_AGAIN: Final = {
    "deadline": text("""
        UPDATE deadline SET next_try_at = '-infinity' WHERE deadline_id = :id AND done_at IS NULL RETURNING kind
    """),
    "outbox": text("""
        UPDATE outbox SET next_try_at = '-infinity' WHERE event_id = :id AND handled_at IS NULL RETURNING kind
    """),
    "mail": text("""
        UPDATE mail SET next_try_at = '-infinity' WHERE mail_id = :id AND sent_at IS NULL AND given_up_at IS NULL
        RETURNING template
    """),
    "attempt": text("""
        UPDATE payment_attempt SET next_ask_at = clock_timestamp()
        WHERE attempt_id = :id AND state IN ('created', 'pending') AND last_error IS NOT NULL RETURNING plugin
    """),
}
_WHAT: Final = text("""
    SELECT kind FROM deadline WHERE deadline_id = :id AND done_at IS NULL AND last_error IS NOT NULL
""")
_GIVEN_UP: Final = {
    "deadline": text("""
        UPDATE deadline SET done_at = clock_timestamp()
        WHERE deadline_id = :id AND done_at IS NULL AND last_error IS NOT NULL RETURNING kind
    """),
    "outbox": text("""
        UPDATE outbox SET handled_at = clock_timestamp()
        WHERE event_id = :id AND handled_at IS NULL AND last_error IS NOT NULL RETURNING kind
    """),
    "mail": text("""
        UPDATE mail SET given_up_at = clock_timestamp(), body = CASE WHEN secret THEN '' ELSE body END
        WHERE mail_id = :id AND sent_at IS NULL AND given_up_at IS NULL AND last_error IS NOT NULL RETURNING template
    """),
}


@dataclass(frozen=True, kw_only=True)
class StuckWork:
    """A piece of work that was tried in vain; ``what`` is its kind of deadline, event, mail or payment plugin.

    ``since`` is business time of a deadline, otherwise real time, as ``next_try_at`` always is.
    """

    kind: Kind
    id: UUID
    what: str
    subject_id: UUID | None
    since: datetime
    attempts: int
    next_try_at: datetime | None
    last_error: str


@dataclass(frozen=True, kw_only=True)
class Coming:
    """What is due next of one kind of deadline: when the first (business time), and how many there are."""

    what: str
    at: datetime
    count: int


@dataclass(frozen=True, kw_only=True)
class Outside:
    """How something outside does: the last success, how many wait for it, how many of them in vain."""

    name: str
    profile: str = ""
    succeeded_at: datetime | None
    waiting: int
    failing: int
    given_up: int = 0


@dataclass(frozen=True, kw_only=True)
class BatchHead:
    """A batch of a lottery's; ``reverted_at`` where it was taken back."""

    batch_id: UUID
    lottery_id: UUID
    kind: str
    applied_at: datetime
    reverted_at: datetime | None


async def list_stuck(conn: AsyncConnection, *, late: datetime) -> list[StuckWork]:
    """What was tried in vain, the oldest first, and dry runs that nobody began since ``late``."""
    rows = await conn.execute(_STUCK, {"late": late, "most": MOST})
    return [StuckWork(**row) for row in rows.mappings()]


async def count_late(conn: AsyncConnection, *, late: datetime, late_business: datetime) -> int:
    """How much was due before then and was never tried: nobody works."""
    values = {"late": late, "late_business": late_business}
    return int((await conn.execute(_LATE, values)).scalar_one())


async def list_coming(conn: AsyncConnection, *, now: datetime) -> list[Coming]:
    """What is due after ``now`` (business time), by kind, the next first."""
    return [Coming(**row) for row in (await conn.execute(_COMING, {"now": now})).mappings()]


async def read_outside(conn: AsyncConnection, *, since: datetime) -> list[Outside]:
    """Mail since an instant (real time), each payment company, and the beacon of lotteries."""
    (mail,) = (await conn.execute(_MAIL, {"since": since})).mappings()
    (beacon,) = (await conn.execute(_BEACON)).mappings()
    payment = (await conn.execute(_PAYMENT)).mappings()
    companies = [
        Outside(
            name="payment",
            profile=f"{row['plugin']} {row['profile']}".strip(),
            succeeded_at=row["succeeded_at"],
            waiting=row["waiting"],
            failing=row["failing"],
        )
        for row in payment
    ]
    return [Outside(name="mail", **mail), *companies, Outside(name="beacon", **beacon)]


async def list_batches(conn: AsyncConnection) -> Sequence[BatchHead]:
    """The last batches of lotteries, the newest first."""
    return [BatchHead(**row) for row in (await conn.execute(_BATCHES)).mappings()]


async def try_again(conn: AsyncConnection, *, kind: str, work_id: UUID) -> str | None:
    """Let stuck work be tried at once; what it is, ``None`` where it is stuck no more."""
    statement = _AGAIN.get(kind)
    found: str | None = None if statement is None else await conn.scalar(statement, {"id": work_id})
    return found


async def read_stuck_deadline(conn: AsyncConnection, *, work_id: UUID) -> str | None:
    """The kind of a stuck deadline; ``None`` where it is stuck no more."""
    found: str | None = await conn.scalar(_WHAT, {"id": work_id})
    return found


async def give_up(conn: AsyncConnection, *, kind: str, work_id: UUID) -> str | None:
    """Let stuck work never be tried again; what it was, ``None`` where it is stuck no more."""
    statement = _GIVEN_UP.get(kind)
    found: str | None = None if statement is None else await conn.scalar(statement, {"id": work_id})
    return found
