"""The mark on a use that nobody came to (無断不使用)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.repository.bookings import keys_of
from yoyaku.booking.visit import Visit
from yoyaku.kernel.ids import new_id

# The mark, what happened to the booking, and the record of who did it: all of it or nothing.
_MARK: Final = text("""
    WITH marked AS (
        UPDATE booking SET no_show_at = CAST(:marked_at AS timestamptz),
            no_show_by = CASE WHEN CAST(:marked_at AS timestamptz) IS NULL THEN NULL ELSE CAST(:staff_id AS uuid) END
        WHERE tenant_id = :tenant_id AND service_id = :service_id AND booking_id = :booking_id
    ), happened AS (
        INSERT INTO booking_event (tenant_id, service_id, event_id, booking_id, kind, at, actor, account_id, staff_id, why)
        VALUES (:tenant_id, :service_id, :event_id, :booking_id, :kind, :now, 'clerk', :account_id, :staff_id, :why)
    )
    INSERT INTO audit_entry (tenant_id, service_id, entry_id, at, account_id, staff_name, act, subject_kind, subject_id, why)
    VALUES (:tenant_id, :service_id, :event_id, :now, :account_id, :staff_name, :kind, 'booking',
            CAST(:booking_id AS text), :why)
""")
_MARKED: Final = text("""
    SELECT booking_id FROM booking
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND booking_id = ANY(:ids) AND no_show_at IS NOT NULL
""").bindparams(bindparam("ids", type_=ARRAY(PGUUID(as_uuid=True))))


async def set_no_show(
    conn: AsyncConnection, *, visit: Visit, booking_id: UUID, marked_at: datetime | None, why: str | None
) -> None:
    """Mark a booking (already locked), or take the mark back (``None``); with its event and the record of the act."""
    values = {
        "booking_id": booking_id,
        "marked_at": marked_at,
        "event_id": new_id(),
        "kind": "booking_missed" if marked_at else "booking_not_missed",
        "now": visit.now,
        "account_id": visit.account_id,
        "staff_id": visit.staff_id,
        "staff_name": visit.staff_name,
        "why": why,
    }
    await conn.execute(_MARK, {**keys_of(visit), **values})


async def read_no_shows(conn: AsyncConnection, *, visit: Visit, booking_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these bookings that are marked."""
    rows = await conn.execute(_MARKED, {**keys_of(visit), "ids": list(booking_ids)})
    return frozenset(rows.scalars())
