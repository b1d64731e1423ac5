"""Applications for a reduction of a booking's fee: asked, decided, listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.repository.bookings import keys_of
from yoyaku.booking.views import ReliefView
from yoyaku.booking.visit import Visit
from yoyaku.kernel.ids import new_id

_COLUMNS = """
    f.relief_id, f.booking_id, b.number, b.facility_id, b.use_on, b.state AS booking_state, b.total_yen, r.name AS person,
    f.code, f.state, f.grounds, f.asked_at, f.decided_at, f.why,
    (SELECT s.name FROM staff s
     WHERE (s.tenant_id, s.service_id, s.staff_id) = (f.tenant_id, f.service_id, f.decided_by)) AS decided_by
"""
_FROM = """
    FROM relief_application f JOIN booking b USING (tenant_id, service_id, booking_id)
    JOIN registrant r USING (tenant_id, service_id, registrant_id)
    WHERE f.tenant_id = :tenant_id AND f.service_id = :service_id
"""
_ONE = text(f"SELECT {_COLUMNS} {_FROM} AND f.relief_id = :relief_id")  # columns and tables above
_OF_BOOKING = text(f"SELECT {_COLUMNS} {_FROM} AND f.booking_id = :booking_id ORDER BY f.asked_at, f.relief_id")
_WAITING = text(f"""
    SELECT {_COLUMNS} {_FROM} AND f.state = 'asked'
    AND (cardinality(CAST(:facilities AS text[])) = 0 OR b.facility_id = ANY(:facilities))
    ORDER BY f.asked_at, f.relief_id
""")
# The event and, for a clerk, the audit are written with it.
_ADD = text("""
    WITH asked AS (
        INSERT INTO relief_application (tenant_id, service_id, relief_id, booking_id, code, state, grounds, asked_at)
        VALUES (:tenant_id, :service_id, :relief_id, :booking_id, :code, 'asked', :grounds, :now)
        ON CONFLICT (tenant_id, service_id, booking_id) WHERE state IN ('asked', 'approved') DO NOTHING
        RETURNING relief_id
    ), event AS (
        INSERT INTO booking_event (tenant_id, service_id, event_id, booking_id, kind, at, actor, account_id, staff_id,
                                   facts)
        SELECT :tenant_id, :service_id, :event_id, :booking_id, 'relief_asked', :now, :actor, :account_id, :staff_id,
               jsonb_build_object('relief', CAST(:code AS text))
        FROM asked
    ), audited AS (
        INSERT INTO audit_entry (tenant_id, service_id, entry_id, at, account_id, staff_name, act, subject_kind,
                                 subject_id, facts)
        SELECT :tenant_id, :service_id, :event_id, :now, :account_id, :staff_name, 'relief_asked', 'booking',
               CAST(:booking_id AS text), jsonb_build_object('relief', CAST(:code AS text))
        FROM asked WHERE :actor = 'clerk'
    )
    SELECT relief_id FROM asked
""")
_END = text("""
    UPDATE relief_application
    SET state = :state, decided_at = :now, decided_by = CAST(:decided_by AS uuid), why = CAST(:why AS text)
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND relief_id = :relief_id AND state = 'asked'
""")


async def add_relief(conn: AsyncConnection, *, visit: Visit, booking_id: UUID, code: str, grounds: str) -> UUID | None:
    """Write an application; ``None`` where another of the same booking waits or was granted."""
    values = {
        **keys_of(visit),
        "relief_id": new_id(),
        "event_id": new_id(),
        "booking_id": booking_id,
        "code": code,
        "grounds": grounds,
        "now": visit.now,
        "actor": visit.actor,
        "account_id": visit.account_id,
        "staff_id": visit.staff_id,
        "staff_name": visit.staff_name,
    }
    found: UUID | None = (await conn.execute(_ADD, values)).scalar()
    return found


async def end_relief(
    conn: AsyncConnection, *, visit: Visit, relief_id: UUID, state: str, why: str | None = None
) -> None:
    """Decide or withdraw an application that waits."""
    values = {
        **keys_of(visit),
        "relief_id": relief_id,
        "state": state,
        "now": visit.now,
        "decided_by": visit.staff_id if state in {"approved", "refused"} else None,
        "why": why,
    }
    await conn.execute(_END, values)


async def read_relief(conn: AsyncConnection, *, visit: Visit, relief_id: UUID) -> ReliefView | None:
    """One application."""
    rows = await _many(conn, _ONE, {**keys_of(visit), "relief_id": relief_id})
    return rows[0] if rows else None


async def reliefs_of_booking(conn: AsyncConnection, *, visit: Visit, booking_id: UUID) -> Sequence[ReliefView]:
    """The applications for a booking, the oldest first."""
    return await _many(conn, _OF_BOOKING, {**keys_of(visit), "booking_id": booking_id})


async def reliefs_waiting(conn: AsyncConnection, *, visit: Visit) -> Sequence[ReliefView]:
    """The applications that wait for a clerk of these facilities, the oldest first."""
    return await _many(conn, _WAITING, {**keys_of(visit), "facilities": sorted(visit.facilities)})


async def _many(conn: AsyncConnection, statement: Any, values: dict[str, Any]) -> list[ReliefView]:  # noqa: ANN401
    return [ReliefView(**row) for row in (await conn.execute(statement, values)).mappings()]
