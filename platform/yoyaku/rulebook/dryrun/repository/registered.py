"""Registrations as a dry run looks at them: class, stage, since when, and the facts by which validities decide."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_REGISTERED = text("""
    SELECT json_build_object(
        'registrant_id', r.registrant_id, 'kind', r.kind, 'user_class', r.user_class, 'residency', r.residency,
        'stage', r.stage, 'facts', r.facts,
        'since', (coalesce(r.stage_since, r.registered_at) AT TIME ZONE t.time_zone)::date,
        'number', (SELECT min(a.login_id) FROM account a WHERE (a.tenant_id, a.service_id, a.registrant_id)
                       = (r.tenant_id, r.service_id, r.registrant_id)))::text
    FROM registrant r JOIN tenant t USING (tenant_id)
    WHERE r.registrant_id > :after AND r.registrant_id <= :upto AND r.anonymised_at IS NULL
    ORDER BY r.registrant_id
""")
_COUNT = text("SELECT count(*) FROM registrant WHERE anonymised_at IS NULL")


async def read_registered(conn: AsyncConnection, *, after: UUID, upto: UUID) -> Sequence[str]:
    """The registrations of these people, as JSON."""
    return (await conn.execute(_REGISTERED, {"after": after, "upto": upto})).scalars().all()


async def count_registered(conn: AsyncConnection) -> int:
    """How many registrations there are to look at."""
    counted: int = (await conn.execute(_COUNT)).scalar_one()
    return counted
