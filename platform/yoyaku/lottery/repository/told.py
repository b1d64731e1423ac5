"""What everybody in a lottery is to be told: one event of the outbox for each applicant."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

EveryEvent = Literal["lottery_reminder", "lottery_delayed", "lottery_undone"]

_HERE: Final = "current_setting('app.tenant_id'), current_setting('app.service_id')"
_EVERYBODY: Final = text(f"""
    INSERT INTO outbox (tenant_id, service_id, event_id, kind, subject_id, facts)
    SELECT {_HERE}, gen_random_uuid(), :kind, e.applicant_id,
           jsonb_build_object('lottery_id', CAST(:lottery_id AS uuid), 'entry_ids', jsonb_agg(e.entry_id ORDER BY e.rank))
    FROM lottery_entry e
    WHERE e.lottery_id = :lottery_id AND e.rank IS NOT NULL
    GROUP BY e.applicant_id
""")  # noqa: S608  # a constant of this module
_RESULTS: Final = text(f"""
    INSERT INTO outbox (tenant_id, service_id, event_id, kind, subject_id, facts)
    SELECT {_HERE}, gen_random_uuid(), CASE WHEN count(w.entry_id) > 0 THEN 'lottery_won' ELSE 'lottery_lost' END,
           e.applicant_id,
           jsonb_build_object('lottery_id', CAST(:lottery_id AS uuid), 'entry_ids',
               coalesce(jsonb_agg(e.entry_id ORDER BY e.rank) FILTER (WHERE w.entry_id IS NOT NULL),
                        jsonb_agg(e.entry_id ORDER BY e.rank)))
    FROM lottery_entry e LEFT JOIN lottery_win w USING (tenant_id, service_id, entry_id)
    WHERE e.lottery_id = :lottery_id AND e.rank IS NOT NULL
    GROUP BY e.applicant_id
""")  # noqa: S608  # a constant of this module
_TOLD: Final = text("""
    SELECT EXISTS (SELECT FROM outbox o JOIN lottery_applicant a ON a.applicant_id = o.subject_id
                   WHERE o.kind = :kind AND a.lottery_id = :lottery_id)
""")
_UNTIL: Final = text("UPDATE lottery_win SET accept_until = :until WHERE lottery_id = :lottery_id AND state = 'won'")


async def tell_everybody(conn: AsyncConnection, *, lottery_id: UUID, kind: EveryEvent) -> int:
    """Tell each applicant who has entries; how many."""
    return (await conn.execute(_EVERYBODY, {"lottery_id": lottery_id, "kind": kind})).rowcount


async def tell_results(conn: AsyncConnection, *, lottery_id: UUID) -> int:
    """Tell each applicant what they won (``entry_ids`` of the wins), or that they lost (of all their entries)."""
    return (await conn.execute(_RESULTS, {"lottery_id": lottery_id})).rowcount


async def was_told(conn: AsyncConnection, *, lottery_id: UUID, kind: EveryEvent) -> bool:
    """Whether that was told to anybody of the lottery before."""
    told: bool = (await conn.execute(_TOLD, {"lottery_id": lottery_id, "kind": kind})).scalar_one()
    return told


async def set_accept_until(conn: AsyncConnection, *, lottery_id: UUID, until: datetime) -> None:
    """Let the wins of a lottery be accepted until an instant (business time)."""
    await conn.execute(_UNTIL, {"lottery_id": lottery_id, "until": until})
