"""Wins as rows: reading and locking them, and writing what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.engine import encode_json

WinState = Literal["won", "accepted", "declined", "lapsed", "revoked"]

_WIN: Final = """
    SELECT e.entry_id, e.lottery_id, e.applicant_id, a.registrant_id, a.receipt, e.rank, e.requests, e.form,
           e.accepted_terms, e.channel, w.state, w.accept_until, w.decided_at, w.application_id,
           a.facts AS person, r.registered_at, l.announced_at IS NOT NULL AS announced
    FROM lottery_entry e
    JOIN lottery_applicant a USING (tenant_id, service_id, applicant_id)
    JOIN registrant r USING (tenant_id, service_id, registrant_id)
    JOIN lottery l ON (l.tenant_id, l.service_id, l.lottery_id) = (e.tenant_id, e.service_id, e.lottery_id)
"""
# Whoever acts on several wins locks them in the order of their ids, so that no two wait for each other.
_LOCK: Final = text("""
    SELECT entry_id FROM lottery_win WHERE entry_id = ANY(CAST(:entries AS uuid[]))
    ORDER BY entry_id FOR NO KEY UPDATE
""")
_OF_ENTRIES: Final = text(f"""{_WIN}
    LEFT JOIN lottery_win w ON (w.tenant_id, w.service_id, w.entry_id) = (e.tenant_id, e.service_id, e.entry_id)
    WHERE e.entry_id = ANY(CAST(:entries AS uuid[])) ORDER BY e.rank, e.entry_id
""")
_LOCK_DUE: Final = text("""
    SELECT entry_id FROM lottery_win
    WHERE lottery_id = :lottery_id AND state = 'won' AND accept_until <= :now
    ORDER BY entry_id FOR NO KEY UPDATE
""")
_LOCK_OPEN: Final = text("""
    SELECT entry_id FROM lottery_win WHERE lottery_id = :lottery_id AND state = 'won' AND stuck IS NULL
    ORDER BY entry_id LIMIT :at_most FOR NO KEY UPDATE
""")
_LOCK_OF_BATCH: Final = text("""
    SELECT entry_id FROM lottery_win WHERE lapse_batch = :batch_id AND state = 'lapsed'
    ORDER BY entry_id FOR NO KEY UPDATE
""")
_COUNT_OPEN: Final = text("""
    SELECT count(*) FROM lottery_win WHERE lottery_id = :lottery_id AND state = 'won' AND stuck IS NULL
""")
_STICK: Final = text("UPDATE lottery_win SET stuck = CAST(:why AS jsonb) WHERE entry_id = :entry_id AND state = 'won'")
_UNSTICK: Final = text("UPDATE lottery_win SET stuck = NULL WHERE lottery_id = :lottery_id AND stuck IS NOT NULL")
_OPEN_BY: Final = text("""
    SELECT accept_until, count(*) AS wins FROM lottery_win
    WHERE lottery_id = :lottery_id AND state = 'won' AND accept_until IS NOT NULL
    GROUP BY accept_until ORDER BY accept_until
""")
_OPEN_ENTRIES: Final = text("""
    SELECT entry_id FROM lottery_win WHERE lottery_id = :lottery_id AND state = 'won' ORDER BY entry_id
""")
_DECIDE: Final = text("""
    UPDATE lottery_win SET state = :state, decided_at = :at, decided_by = :by, application_id = :application_id,
                           lapse_batch = :batch_id, stuck = NULL
    WHERE entry_id = ANY(CAST(:entries AS uuid[]))
""")
_REOPEN: Final = text("""
    UPDATE lottery_win SET state = 'won', decided_at = NULL, decided_by = NULL, lapse_batch = NULL,
                           accept_until = :accept_until
    WHERE entry_id = ANY(CAST(:entries AS uuid[]))
""")
_TELL: Final = text("""
    INSERT INTO outbox (tenant_id, service_id, event_id, kind, subject_id, facts)
    SELECT current_setting('app.tenant_id'), current_setting('app.service_id'), gen_random_uuid(), :kind,
           e.applicant_id,
           jsonb_build_object('lottery_id', e.lottery_id, 'entry_ids', jsonb_agg(e.entry_id ORDER BY e.rank))
               || CAST(:facts AS jsonb)
    FROM lottery_entry e WHERE e.entry_id = ANY(CAST(:entries AS uuid[]))
    GROUP BY e.applicant_id, e.lottery_id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class WinRow:
    """An entry with its win, if it won (``state``); ``person`` are the facts of the user when they last entered."""

    entry_id: UUID
    lottery_id: UUID
    applicant_id: UUID
    registrant_id: UUID
    receipt: str
    rank: int | None
    requests: Sequence[Any]
    form: Mapping[str, Any]
    accepted_terms: Sequence[str]
    channel: str
    state: WinState | None
    accept_until: datetime | None
    decided_at: datetime | None
    application_id: UUID | None
    person: Mapping[str, Any]
    registered_at: datetime | None
    announced: bool

    @property
    def facilities(self) -> frozenset[str]:
        """Where its uses are."""
        return frozenset(request["facility"] for request in self.requests)


async def lock_wins(conn: AsyncConnection, *, entry_ids: Sequence[UUID]) -> list[WinRow]:
    """Entries with their wins, which nobody else decides until the transaction ends, in the order of the wishes."""
    await conn.execute(_LOCK, {"entries": list(entry_ids)})
    return await read_wins(conn, entry_ids=entry_ids)


async def read_wins(conn: AsyncConnection, *, entry_ids: Sequence[UUID]) -> list[WinRow]:
    """Entries with their wins, in the order of the wishes."""
    rows = await conn.execute(_OF_ENTRIES, {"entries": list(entry_ids)})
    return [WinRow(**row) for row in rows.mappings()]


async def lock_open(conn: AsyncConnection, *, lottery_id: UUID, at_most: int) -> list[WinRow]:
    """Some wins that nobody has decided, and that nothing has kept from becoming bookings."""
    found = await conn.execute(_LOCK_OPEN, {"lottery_id": lottery_id, "at_most": at_most})
    return await read_wins(conn, entry_ids=list(found.scalars()))


async def lock_due(conn: AsyncConnection, *, lottery_id: UUID, now: datetime) -> list[UUID]:
    """The wins that should have been accepted by now; somebody who is accepting one this moment is waited for."""
    return list((await conn.execute(_LOCK_DUE, {"lottery_id": lottery_id, "now": now})).scalars())


async def lock_lapsed(conn: AsyncConnection, *, batch_id: UUID) -> list[UUID]:
    """The wins that a batch let lapse."""
    return list((await conn.execute(_LOCK_OF_BATCH, {"batch_id": batch_id})).scalars())


async def count_open(conn: AsyncConnection, *, lottery_id: UUID) -> int:
    """How many wins nobody has decided, without those that are stuck."""
    found: int = (await conn.execute(_COUNT_OPEN, {"lottery_id": lottery_id})).scalar_one()
    return found


def passes(error: Exception) -> bool:
    """Whether an error is of a lock or the connection: it passes, and says nothing about what was done."""
    return isinstance(error, OperationalError)


async def stick_win(conn: AsyncConnection, *, entry_id: UUID, why: Mapping[str, Any]) -> None:
    """Note why a win could not become a booking; it is passed over until that is taken away."""
    await conn.execute(_STICK, {"entry_id": entry_id, "why": encode_json(why)})


async def unstick_wins(conn: AsyncConnection, *, lottery_id: UUID) -> int:
    """Let wins that are stuck be tried again; how many."""
    return (await conn.execute(_UNSTICK, {"lottery_id": lottery_id})).rowcount


async def list_open(conn: AsyncConnection, *, lottery_id: UUID) -> list[UUID]:
    """The wins that nobody has decided."""
    return list((await conn.execute(_OPEN_ENTRIES, {"lottery_id": lottery_id})).scalars())


async def open_by_deadline(conn: AsyncConnection, *, lottery_id: UUID) -> dict[datetime, int]:
    """How many wins lapse when, the earliest first."""
    return {row.accept_until: row.wins for row in await conn.execute(_OPEN_BY, {"lottery_id": lottery_id})}


async def decide_wins(  # noqa: PLR0913  # what is written of a decision
    conn: AsyncConnection,
    *,
    entry_ids: Sequence[UUID],
    state: WinState,
    at: datetime,
    by: UUID | None = None,
    application_id: UUID | None = None,
    batch_id: UUID | None = None,
) -> None:
    """Write what became of wins that are locked; ``by`` is a clerk."""
    values = {"state": state, "at": at, "by": by, "application_id": application_id, "batch_id": batch_id}
    await conn.execute(_DECIDE, {**values, "entries": list(entry_ids)})


async def reopen_wins(conn: AsyncConnection, *, entry_ids: Sequence[UUID], accept_until: datetime) -> None:
    """Let wins that lapsed wait for an answer again."""
    await conn.execute(_REOPEN, {"entries": list(entry_ids), "accept_until": accept_until})


async def tell_winners(
    conn: AsyncConnection,
    *,
    kind: Literal["lottery_win_reminder", "lottery_lapsed", "lottery_restored", "lottery_revoked"],
    entry_ids: Sequence[UUID],
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Tell each applicant of these wins, all of an applicant's in one event."""
    values = {"kind": kind, "entries": list(entry_ids), "facts": encode_json(facts or {})}
    await conn.execute(_TELL, values)
