"""What lotteries hold of one registrant: what ties them, what is written for them, and taking out what they typed.

The public files hold receipt codes only; whose code it was is known by the applicant's row alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.ties import Ties

# An entry ties until its result is known, a win until it was accepted, declined or lapsed.
_TIES = text("""
    SELECT count(*) FILTER (WHERE e.rank IS NOT NULL AND (w.state = 'won' OR l.state NOT IN ('announced', 'released')))
               AS entries,
           (max(e.entered_at)
            AT TIME ZONE (SELECT time_zone FROM tenant WHERE tenant_id = current_setting('app.tenant_id')))::date AS last_on
    FROM lottery_applicant a
    JOIN lottery_entry e USING (tenant_id, service_id, applicant_id)
    JOIN lottery l ON (l.tenant_id, l.service_id, l.lottery_id) = (a.tenant_id, a.service_id, a.lottery_id)
    LEFT JOIN lottery_win w ON (w.tenant_id, w.service_id, w.entry_id) = (e.tenant_id, e.service_id, e.entry_id)
    WHERE a.registrant_id = :registrant_id
""")
_FORGET = text("""
    UPDATE lottery_entry e SET form = '{}', facts = e.facts || jsonb_build_object('uses', (
        SELECT coalesce(jsonb_agg(use || jsonb_build_object('use', (
            SELECT coalesce(jsonb_object_agg(fact.key, fact.value), '{}') FROM jsonb_each(use -> 'use') AS fact
            WHERE fact.key NOT LIKE 'form.%'))), '[]')
        FROM jsonb_array_elements(e.facts -> 'uses') AS use))
    FROM lottery_applicant a
    WHERE (a.tenant_id, a.service_id, a.applicant_id) = (e.tenant_id, e.service_id, e.applicant_id)
      AND a.registrant_id = :registrant_id
""")
_EXPORT = text("""
    SELECT ((wish.request - ARRAY['facility', 'space', 'starts', 'ends', 'form']) || jsonb_build_object(
                'lottery', l.scheme, 'month', l.period_starts, 'receipt', a.receipt, 'rank', e.rank,
                'facility_id', wish.request -> 'facility', 'space_id', wish.request -> 'space',
                'starts_at', use -> 'starts_at', 'ends_at', use -> 'ends_at', 'total_yen', use -> 'yen',
                'form', e.form -> (wish.place - 1)::text, 'accepted_terms', e.accepted_terms, 'channel', e.channel,
                'entered_at', e.entered_at, 'withdrawn_at', e.withdrawn_at,
                'win', CASE WHEN l.state IN ('announced', 'released') THEN w.state END))::text
    FROM lottery_applicant a
    JOIN lottery_entry e USING (tenant_id, service_id, applicant_id)
    JOIN lottery l ON (l.tenant_id, l.service_id, l.lottery_id) = (a.tenant_id, a.service_id, a.lottery_id)
    LEFT JOIN lottery_win w ON (w.tenant_id, w.service_id, w.entry_id) = (e.tenant_id, e.service_id, e.entry_id)
    CROSS JOIN LATERAL jsonb_array_elements(e.requests) WITH ORDINALITY AS wish (request, place)
    CROSS JOIN LATERAL (SELECT e.facts -> 'uses' -> (wish.place - 1)::int AS use) AS told
    WHERE a.registrant_id = :registrant_id ORDER BY e.entered_at, e.entry_id, wish.place
""")


async def find_ties(conn: AsyncConnection, *, registrant_id: UUID, now: datetime) -> Ties:  # noqa: ARG001  # as others
    """How many entries wait for their result or wins for their answer, and the last day of entering in the city's zone."""
    row = (await conn.execute(_TIES, {"registrant_id": registrant_id})).one()
    return Ties(entries=row.entries, last_on=row.last_on)


async def forget_person(conn: AsyncConnection, *, registrant_id: UUID) -> None:
    """Take the answers to forms out of entries; what was drawn stays."""
    await conn.execute(_FORGET, {"registrant_id": registrant_id})


async def export_entries(conn: AsyncConnection, *, registrant_id: UUID) -> list[Mapping[str, Any]]:
    """Every use that somebody entered, as it is stored; what a draw decided only once it is announced."""
    rows = (await conn.execute(_EXPORT, {"registrant_id": registrant_id})).scalars()
    return [msgspec.json.decode(row) for row in rows]
