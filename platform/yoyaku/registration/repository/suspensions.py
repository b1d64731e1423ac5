"""Who may not use a service for a while, since when and because of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_COLUMNS = """
    s.suspension_id, s.registrant_id, r.name, s.cause, s.reason, s.charge_id, s.since, s.lifted_at,
    (SELECT coalesce(sum(c.owed_yen - c.written_off_yen - c.paid_yen), 0)::bigint FROM charge c
     WHERE (c.tenant_id, c.service_id) = (s.tenant_id, s.service_id) AND c.overdue_since IS NOT NULL
       AND c.state = 'open' AND s.registrant_id IN (c.registrant_id, c.payer_id)) AS overdue_yen
"""
_FROM = "FROM suspension s JOIN registrant r USING (tenant_id, service_id, registrant_id)"
_CURRENT_OF = text(f"""
    SELECT {_COLUMNS} {_FROM} WHERE s.registrant_id = ANY(:registrant_ids) AND s.lifted_at IS NULL ORDER BY s.since
""")  # the columns above
_CURRENT = text(f"SELECT {_COLUMNS} {_FROM} WHERE s.lifted_at IS NULL ORDER BY s.since, s.suspension_id")
_LOCK = text(f"SELECT {_COLUMNS} {_FROM} WHERE s.suspension_id = :suspension_id FOR UPDATE OF s")
_ADD = text("""
    INSERT INTO suspension (tenant_id, service_id, suspension_id, registrant_id, cause, reason, charge_id, since)
    VALUES (current_setting('app.tenant_id'), current_setting('app.service_id'), :suspension_id, :registrant_id,
            :cause, :reason, :charge_id, :since)
    ON CONFLICT (tenant_id, service_id, registrant_id, cause) WHERE lifted_at IS NULL DO NOTHING
    RETURNING suspension_id
""")
_LIFT = text("""
    UPDATE suspension SET lifted_at = :at, lifted_by = :staff_id, why = :why
    WHERE suspension_id = :suspension_id AND lifted_at IS NULL
""")


@dataclass(frozen=True, kw_only=True)
class SuspensionView:
    """A suspension of somebody; ``overdue_yen`` is what they still owe beyond its due date, in yen."""

    suspension_id: UUID
    registrant_id: UUID
    name: str
    cause: str
    reason: str
    charge_id: UUID | None
    since: datetime
    lifted_at: datetime | None
    overdue_yen: int


async def suspensions_of(conn: AsyncConnection, *, registrant_ids: Sequence[UUID]) -> Sequence[SuspensionView]:
    """Those of these registrants that stand."""
    rows = await conn.execute(_CURRENT_OF, {"registrant_ids": list(registrant_ids)})
    return [SuspensionView(**row) for row in rows.mappings()]


async def current_suspensions(conn: AsyncConnection) -> Sequence[SuspensionView]:
    """All that stand, the oldest first."""
    return [SuspensionView(**row) for row in (await conn.execute(_CURRENT)).mappings()]


async def lock_suspension(conn: AsyncConnection, *, suspension_id: UUID) -> SuspensionView | None:
    """One, held still until the transaction ends."""
    row = (await conn.execute(_LOCK, {"suspension_id": suspension_id})).mappings().first()
    return None if row is None else SuspensionView(**row)


async def add_suspension(conn: AsyncConnection, row: Mapping[str, Any]) -> bool:
    """Write one; whether it is new: nobody is suspended twice for the same cause."""
    return (await conn.execute(_ADD, dict(row))).scalar() is not None


async def lift_suspension(  # which, when, who, why
    conn: AsyncConnection, *, suspension_id: UUID, at: datetime, staff_id: UUID | None, why: str | None
) -> None:
    """It stands no more."""
    await conn.execute(_LIFT, {"suspension_id": suspension_id, "at": at, "staff_id": staff_id, "why": why})
