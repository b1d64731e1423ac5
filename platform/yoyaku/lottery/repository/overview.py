"""Reading how lotteries stand, for the staff who run them: life, counts, what is done when, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.lottery.policy.standing import Awaited

_LOTTERIES = text("""
    SELECT l.lottery_id, l.scheme, l.period_starts, l.state, l.rule_set_version, l.inventory_version,
           l.opens_at, l.closes_at, l.draws_at, l.announces_at, l.releases_at,
           l.sealed_at, l.drawn_at, l.announced_at, l.released_at,
           l.secret_hash, l.sealed_hash, l.result_hash, l.seed, l.beacon, l.public_source, l.public_value,
           l.public_value_at,
           coalesce(l.applicants, e.applicants, 0) AS applicants, coalesce(l.entries, e.entries, 0) AS entries,
           (SELECT count(*) FROM lottery_win w WHERE w.lottery_id = l.lottery_id AND w.stuck IS NOT NULL) AS stuck
    FROM lottery l LEFT JOIN LATERAL (  -- whoever has entries has a first wish: ranks have no gaps
        SELECT count(*) AS entries, count(*) FILTER (WHERE rank = 1) AS applicants
        FROM lottery_entry WHERE lottery_id = l.lottery_id AND rank IS NOT NULL
    ) e ON l.entries IS NULL
    WHERE CAST(:lottery_id AS uuid) IS NULL OR l.lottery_id = :lottery_id
    ORDER BY l.state = 'released', l.closes_at DESC, l.scheme
    LIMIT :at_most
""")
_WINS = text("SELECT state, count(*) AS wins FROM lottery_win WHERE lottery_id = :lottery_id GROUP BY state")
_STUCK = text("""
    SELECT w.entry_id, a.receipt, e.rank, w.stuck AS why
    FROM lottery_win w
    JOIN lottery_entry e USING (tenant_id, service_id, entry_id)
    JOIN lottery_applicant a ON (a.tenant_id, a.service_id, a.applicant_id) = (w.tenant_id, w.service_id, w.applicant_id)
    WHERE w.lottery_id = :lottery_id AND w.stuck IS NOT NULL
    ORDER BY a.receipt, e.rank LIMIT :at_most
""")
_WANTED = text("""
    SELECT p.facility_id, p.space_id, p.use_on, p.starts_at, p.ends_at, p.nights, count(*) AS entries
    FROM lottery_part p JOIN lottery_entry e USING (tenant_id, service_id, entry_id)
    WHERE p.lottery_id = :lottery_id AND e.rank IS NOT NULL
    GROUP BY p.facility_id, p.space_id, p.use_on, p.starts_at, p.ends_at, p.nights
    ORDER BY entries DESC, p.use_on, p.starts_at, p.space_id
    LIMIT :at_most
""")
_DUE = text("""
    SELECT deadline_id, subject_id, kind, due_at, attempts, last_error,
           CASE WHEN isfinite(next_try_at) THEN next_try_at END AS next_try_at  -- '-infinity': at once
    FROM deadline
    WHERE starts_with(kind, 'lottery_') AND done_at IS NULL
      AND (CAST(:subject_id AS uuid) IS NULL OR subject_id = :subject_id)
    ORDER BY due_at, kind
""")
_BESIDES_DONE = text("""
    SELECT kind, due_at FROM deadline
    WHERE kind IN ('lottery_remind', 'lottery_remind_win', 'lottery_lapse') AND subject_id = :subject_id
      AND done_at IS NOT NULL AND isfinite(due_at)  -- 'infinity': the rules took it back
    ORDER BY due_at, kind
""")
_PROGRESS = text("""
    SELECT lottery_id, step, done, total, at FROM lottery_progress
    WHERE CAST(:lottery_id AS uuid) IS NULL OR lottery_id = :lottery_id
""")
_BATCHES = text("""
    SELECT b.batch_id, b.kind, b.applied_at, b.facts, b.reverted_at, b.reverted_why,
           s.name AS staff_name, r.name AS reverted_name
    FROM lottery_batch b
    LEFT JOIN staff s ON (s.tenant_id, s.service_id, s.staff_id) = (b.tenant_id, b.service_id, b.staff_id)
    LEFT JOIN staff r ON (r.tenant_id, r.service_id, r.staff_id) = (b.tenant_id, b.service_id, b.reverted_by)
    WHERE b.lottery_id = :lottery_id
    ORDER BY b.applied_at DESC, b.batch_id DESC
""")
_FACTS = text("SELECT receipt, facts FROM lottery_applicant WHERE lottery_id = :lottery_id")
_CONTENT = text("SELECT content FROM lottery_file WHERE lottery_id = :lottery_id AND name = :name")
_FILES = text(
    "SELECT name, sha256, bytes, made_at FROM lottery_file WHERE lottery_id = :lottery_id ORDER BY made_at, name"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A lottery as staff see it; ``applicants`` and ``entries`` count those that stand now, or stood at closing.

    ``stuck`` is how many wins could not become bookings by themselves.
    """

    lottery_id: UUID
    scheme: str
    period_starts: date
    state: str
    rule_set_version: int
    inventory_version: int
    opens_at: datetime
    closes_at: datetime
    draws_at: datetime
    announces_at: datetime
    releases_at: datetime
    sealed_at: datetime | None
    drawn_at: datetime | None
    announced_at: datetime | None
    released_at: datetime | None
    secret_hash: str
    sealed_hash: str | None
    result_hash: str | None
    seed: str | None
    beacon: str
    public_source: str | None
    public_value: str | None
    public_value_at: datetime | None
    applicants: int
    entries: int
    stuck: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A use that many entries ask for."""

    facility_id: str
    space_id: str
    use_on: date
    starts_at: datetime
    ends_at: datetime
    nights: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A win that could not become a booking by itself, and ``why`` as it was stored."""

    entry_id: UUID
    receipt: str
    rank: int
    why: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How far a long step is."""

    lottery_id: UUID
    step: str
    done: int
    total: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was done to a whole lottery, and whether it was taken back; nobody's name: the platform's own clock."""

    batch_id: UUID
    kind: str
    applied_at: datetime
    facts: dict[str, Any]
    reverted_at: datetime | None
    reverted_why: str | None
    staff_name: str | None
    reverted_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a lottery; ``bytes`` without compression."""

    name: str
    sha256: str
    bytes: int
    made_at: datetime


async def list_standing(conn: AsyncConnection, *, lottery_id: UUID | None = None, at_most: int = 60) -> list[Standing]:
    """Lotteries, those that are not over first, the latest first."""
    rows = await conn.execute(_LOTTERIES, {"lottery_id": lottery_id, "at_most": at_most})
    return [Standing(**row) for row in rows.mappings()]


async def count_wins(conn: AsyncConnection, *, lottery_id: UUID) -> dict[str, int]:
    """Wins by their state."""
    return {row.state: row.wins for row in await conn.execute(_WINS, {"lottery_id": lottery_id})}


async def list_stuck(conn: AsyncConnection, *, lottery_id: UUID, at_most: int = 100) -> list[Stuck]:
    """The wins that could not become bookings by themselves, by their receipt codes."""
    rows = await conn.execute(_STUCK, {"lottery_id": lottery_id, "at_most": at_most})
    return [Stuck(**row) for row in rows.mappings()]


async def most_wanted(conn: AsyncConnection, *, lottery_id: UUID, at_most: int = 10) -> list[Wanted]:
    """The uses that most entries ask for."""
    rows = await conn.execute(_WANTED, {"lottery_id": lottery_id, "at_most": at_most})
    return [Wanted(**row) for row in rows.mappings()]


async def list_awaited(conn: AsyncConnection, *, lottery_id: UUID | None = None) -> list[Awaited]:
    """What still has to be done, the next first."""
    rows = await conn.execute(_DUE, {"subject_id": lottery_id})
    return [
        Awaited(
            **{name: value for name, value in row.items() if name != "last_error"}, failure=_read(row["last_error"])
        )
        for row in rows.mappings()
    ]


def _read(last_error: str | None) -> dict[str, Any] | None:
    """What a worker left behind of a failure; of what is no JSON nothing is told but that it failed."""
    if last_error is None:
        return None
    try:
        return msgspec.json.decode(last_error, type=dict[str, Any])
    except msgspec.DecodeError:
        return {"kind": ""}


async def list_besides_done(conn: AsyncConnection, *, lottery_id: UUID) -> list[Awaited]:
    """The reminders and lapses of a lottery that are behind it."""
    rows = await conn.execute(_BESIDES_DONE, {"subject_id": lottery_id})
    return [Awaited(subject_id=lottery_id, kind=row.kind, due_at=row.due_at, done=True) for row in rows]


async def list_running(conn: AsyncConnection, *, lottery_id: UUID | None = None) -> list[Running]:
    """Steps that run now."""
    return [Running(**row) for row in (await conn.execute(_PROGRESS, {"lottery_id": lottery_id})).mappings()]


async def list_history(conn: AsyncConnection, *, lottery_id: UUID) -> list[Batch]:
    """What was done to a lottery, the latest first."""
    return [Batch(**row) for row in (await conn.execute(_BATCHES, {"lottery_id": lottery_id})).mappings()]


async def facts_of_applicants(conn: AsyncConnection, *, lottery_id: UUID) -> dict[str, dict[str, Any]]:
    """The facts of each applicant by receipt code."""
    return {row.receipt: row.facts for row in await conn.execute(_FACTS, {"lottery_id": lottery_id})}


async def list_files(conn: AsyncConnection, *, lottery_id: UUID) -> list[File]:
    """The files there are."""
    return [File(**row) for row in (await conn.execute(_FILES, {"lottery_id": lottery_id})).mappings()]


async def read_content(conn: AsyncConnection, *, lottery_id: UUID, name: str) -> bytes | None:
    """A file as it is kept: compressed with gzip."""
    found: bytes | None = (await conn.execute(_CONTENT, {"lottery_id": lottery_id, "name": name})).scalar_one_or_none()
    return found
