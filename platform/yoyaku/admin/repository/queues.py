"""What waits for staff, of every kind, the longest waiting first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_WAITING = text("""
    SELECT w.kind, w.id, w.since, w.label, w.registrant_id, w.use_on, w.until
    FROM (
        SELECT 'registrations' AS kind, c.check_id AS id, coalesce(c.submitted_at, c.created_at) AS since,
               c.step AS label, c.registrant_id, NULL::date AS use_on, NULL::timestamptz AS until
        FROM identity_check c WHERE c.state = 'submitted'
        UNION ALL
        SELECT 'reliefs', f.relief_id, f.asked_at, b.number, b.registrant_id, b.use_on, NULL
        FROM relief_application f JOIN booking b USING (tenant_id, service_id, booking_id)
        WHERE f.state = 'asked' AND (:everywhere OR b.facility_id = ANY(:facilities))
        UNION ALL
        SELECT 'tentative', b.booking_id, b.tentative_since, b.number, b.registrant_id, b.use_on, b.lapses_at
        FROM booking b
        WHERE b.state = 'tentative' AND (:everywhere OR b.facility_id = ANY(:facilities))
        UNION ALL
        SELECT 'mandates', m.registrant_id, m.requested_at, m.account_shown, m.registrant_id, NULL, NULL
        FROM debit_mandate m WHERE m.state = 'requested'
        UNION ALL
        SELECT 'money', u.item_id, u.seen_at, u.reference, NULL, NULL, NULL
        FROM unmatched_money u WHERE u.resolved_at IS NULL
        UNION ALL
        SELECT 'wins', w.lottery_id, min(l.announced_at), count(*)::text, NULL, NULL, min(w.accept_until)
        FROM lottery_win w JOIN lottery l USING (tenant_id, service_id, lottery_id)
        WHERE w.state = 'won' AND l.announced_at IS NOT NULL GROUP BY w.lottery_id
        UNION ALL
        -- Nobody reviews what they wrote, or asked to have reviewed.
        SELECT 'drafts', d.draft_id, d.review_asked_at, d.title, NULL, NULL, NULL
        FROM rule_draft d
        WHERE d.state = 'in_review' AND (CAST(:staff_id AS uuid) IN (d.made_by, d.review_asked_by)) IS NOT TRUE
          AND NOT EXISTS (
              SELECT FROM rule_draft_save s
              WHERE (s.tenant_id, s.service_id, s.draft_id) = (d.tenant_id, d.service_id, d.draft_id)
                AND s.saved_by = :staff_id
          )
    ) w
    WHERE w.kind = ANY(:kinds)
    ORDER BY w.kind, w.since, w.id
""")
_NAMES = text("SELECT r.registrant_id, r.name FROM registrant r WHERE r.registrant_id = ANY(CAST(:ids AS uuid[]))")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing that waits: of which kind, since when, what it is called, and of whom if of anybody.

    Bookings have their day of use; ``until``: when it lapses by itself.
    """

    kind: str
    id: UUID
    since: datetime
    label: str
    registrant_id: UUID | None = None
    use_on: date | None = None
    until: datetime | None = None


async def what_waits(
    conn: AsyncConnection, *, kinds: Collection[str], facilities: Collection[str], staff_id: UUID | None
) -> Sequence[Waiting]:
    """What waits of these kinds; of bookings only those of the facilities (none: all), of drafts only others'."""
    values = {"kinds": sorted(kinds), "facilities": sorted(facilities), "everywhere": not facilities}
    found = await conn.execute(_WAITING, {**values, "staff_id": staff_id})
    return [Waiting(**row) for row in found.mappings()]


async def names_of(conn: AsyncConnection, *, registrant_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of registrants."""
    return {row.registrant_id: row.name for row in await conn.execute(_NAMES, {"ids": list(registrant_ids)})}
