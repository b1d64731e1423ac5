"""What waits for staff, of every kind, the longest waiting first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_WAITING = text("""
    SELECT w.kind, w.id, w.since, w.label
    FROM (
        SELECT 'registrations' AS kind, c.check_id AS id, coalesce(c.submitted_at, c.created_at) AS since,
               c.step AS label
        FROM identity_check c WHERE c.state = 'submitted'
        UNION ALL
        SELECT 'reliefs', f.relief_id, f.asked_at, b.number
        FROM relief_application f JOIN booking b USING (tenant_id, service_id, booking_id)
        WHERE f.state = 'asked' AND (:everywhere OR b.facility_id = ANY(:facilities))
        UNION ALL
        SELECT 'tentative', b.booking_id, b.tentative_since, b.number
        FROM booking b
        WHERE b.state = 'tentative' AND (:everywhere OR b.facility_id = ANY(:facilities))
        UNION ALL
        SELECT 'mandates', m.registrant_id, m.requested_at, m.account_shown
        FROM debit_mandate m WHERE m.state = 'requested'
        UNION ALL
        SELECT 'money', u.item_id, u.seen_at, u.reference
        FROM unmatched_money u WHERE u.resolved_at IS NULL
        UNION ALL
        SELECT 'wins', w.lottery_id, min(l.announced_at), count(*)::text
        FROM lottery_win w JOIN lottery l USING (tenant_id, service_id, lottery_id)
        WHERE w.state = 'won' AND l.announced_at IS NOT NULL GROUP BY w.lottery_id
        UNION ALL
        SELECT 'drafts', d.draft_id, d.review_asked_at, d.title
        FROM rule_draft d WHERE d.state = 'in_review'
    ) w
    WHERE w.kind = ANY(:kinds)
    ORDER BY w.kind, w.since, w.id
""")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing that waits: of which kind, since when, and what it is called."""

    kind: str
    id: UUID
    since: datetime
    label: str


async def what_waits(
    conn: AsyncConnection, *, kinds: Collection[str], facilities: Collection[str]
) -> Sequence[Waiting]:
    """What waits of these kinds; of bookings only those of the facilities (none: all)."""
    values = {"kinds": sorted(kinds), "facilities": sorted(facilities), "everywhere": not facilities}
    return [Waiting(**row) for row in (await conn.execute(_WAITING, values)).mappings()]
