"""Writing bookings. Each act is one statement: the booking, its event, the outbox, the deadline, the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.repository.bookings import SEEN, WITH_OWNER, keys_of, read_many
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.db.engine import encode_json
from yoyaku.db.tables import booking
from yoyaku.kernel.ids import new_id

_COLUMNS = ", ".join(column.name for column in booking.columns)

# The common tail of every act: who did what and why, what others are told, and, for a clerk's act, the audit.
_RECORD = """
    event AS (
        INSERT INTO booking_event (tenant_id, service_id, event_id, booking_id, kind, at, actor, account_id, staff_id,
                                   why, facts)
        SELECT :tenant_id, :service_id, e.event_id, e.booking_id, e.kind, e.at, e.actor, e.account_id, e.staff_id,
               e.why, e.facts
        FROM jsonb_populate_recordset(NULL::booking_event, CAST(:events AS jsonb)) AS e
    ), told AS (
        INSERT INTO outbox (tenant_id, service_id, event_id, kind, subject_id, facts)
        SELECT :tenant_id, :service_id, e.event_id, e.kind, e.booking_id, e.facts
        FROM jsonb_populate_recordset(NULL::booking_event, CAST(:events AS jsonb)) AS e
    ), audited AS (
        INSERT INTO audit_entry (tenant_id, service_id, entry_id, at, account_id, staff_name, act, subject_kind,
                                 subject_id, why, facts)
        SELECT :tenant_id, :service_id, e.event_id, e.at, e.account_id, CAST(:staff_name AS text), e.kind, 'booking',
               e.booking_id::text, e.why, e.facts
        FROM jsonb_populate_recordset(NULL::booking_event, CAST(:events AS jsonb)) AS e
        WHERE e.actor = 'clerk'
    ), due AS (
        INSERT INTO deadline (tenant_id, service_id, deadline_id, kind, subject_id, due_at)
        SELECT :tenant_id, :service_id, d.deadline_id, 'booking_lapse', d.subject_id, d.due_at
        FROM jsonb_populate_recordset(NULL::deadline, CAST(:deadlines AS jsonb)) AS d
        ON CONFLICT (tenant_id, service_id, kind, subject_id) WHERE done_at IS NULL
        DO UPDATE SET due_at = excluded.due_at, next_try_at = '-infinity'
    )
"""

_ADD = text(f"""
    WITH submitted AS (
        INSERT INTO application (tenant_id, service_id, application_id, registrant_id, channel, entered_by, made_at,
                                 form, accepted_terms, idempotency_key, request_digest)
        VALUES (:tenant_id, :service_id, :application_id, :registrant_id, :channel, :entered_by, :made_at,
                CAST(:form AS jsonb), :accepted_terms, :idempotency_key, CAST(:request_digest AS bytea))
    ), made AS (
        INSERT INTO booking ({_COLUMNS})
        SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::booking, CAST(:bookings AS jsonb))
        RETURNING *
    ), {_RECORD}
    SELECT {SEEN} FROM made b {WITH_OWNER} ORDER BY b.use_on, b.starts_at, b.booking_id
""")  # noqa: S608  # the columns are the table's own

_UPDATE = """
    UPDATE booking SET {assignments}
    FROM jsonb_populate_record(NULL::booking, CAST(:changes AS jsonb)) AS new
    WHERE booking.tenant_id = :tenant_id AND booking.service_id = :service_id AND booking.booking_id = :booking_id
    RETURNING booking.booking_id
"""


@dataclass(frozen=True, kw_only=True)
class Act:
    """What happened to a booking: an outbox ``kind``, who is told which ``facts``, why, and when it lapses if ever."""

    booking_id: UUID
    kind: str
    facts: Mapping[str, Any]
    why: str | None = None
    at: datetime | None = None
    lapses_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NewApplication:
    """One submission; ``idempotency_key`` and ``request_digest`` come together or not at all. ``payer_id``: who pays."""

    application_id: UUID
    form: Mapping[str, Any]
    accepted_terms: Sequence[str]
    idempotency_key: str | None = None
    request_digest: bytes | None = None
    payer_id: UUID | None = None


async def add_application(
    conn: AsyncConnection,
    *,
    visit: Visit,
    application: NewApplication,
    bookings: Sequence[Mapping[str, Any]],
    acts: Sequence[Act],
) -> tuple[BookingView, ...]:
    """Write a submission, its bookings, events, outbox rows and deadlines: all of it or nothing. The bookings."""
    return await read_many(
        conn,
        _ADD,
        {
            **_record(visit, acts),
            "application_id": application.application_id,
            "registrant_id": visit.registrant_id,
            "channel": visit.channel,
            "entered_by": visit.staff_id,
            "made_at": visit.now,
            "form": encode_json(application.form),
            "accepted_terms": list(application.accepted_terms),
            "idempotency_key": application.idempotency_key,
            "request_digest": application.request_digest,
            "bookings": encode_json(bookings),
        },
    )


async def update_booking(
    conn: AsyncConnection, *, visit: Visit, booking_id: UUID, changes: Mapping[str, Any], act: Act
) -> None:
    """Change columns of a booking (already locked by :func:`lock_booking`), and record the act."""
    changes = {"changed_at": visit.now, **changes}
    assignments = ", ".join(f"{name} = new.{name}" for name in sorted(changes))
    statement = f"WITH changed AS ({_UPDATE.format(assignments=assignments)}), {_RECORD} SELECT 1"
    values = {**_record(visit, [act]), "booking_id": booking_id, "changes": encode_json(changes)}
    await conn.execute(_prepared(statement), values)


_PAID = text("""
    UPDATE booking SET paid_yen = :paid_yen, paid_by = CAST(:paid_by AS text[])
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND booking_id = :booking_id
""")


async def set_paid(
    conn: AsyncConnection, *, visit: Visit, booking_id: UUID, paid_yen: int, paid_by: Sequence[str]
) -> None:
    """What is paid of a booking (already locked), in the transaction in which its charge says so."""
    values = {"booking_id": booking_id, "paid_yen": paid_yen, "paid_by": list(paid_by)}
    await conn.execute(_PAID, {**keys_of(visit), **values})


_statements: dict[str, Any] = {}


def _prepared(statement: str) -> Any:  # noqa: ANN401  # SQLAlchemy's clause
    """The statement compiled once; the sets of columns that acts change are few."""
    return _statements.setdefault(statement, text(statement))


def _record(visit: Visit, acts: Sequence[Act]) -> dict[str, Any]:
    events = [
        {
            "event_id": new_id(),
            "booking_id": act.booking_id,
            "kind": act.kind,
            "at": act.at or visit.now,
            "actor": visit.actor,
            "account_id": visit.account_id,
            "staff_id": visit.staff_id,
            "why": act.why,
            "facts": act.facts,
        }
        for act in acts
    ]
    deadlines = [
        {"deadline_id": new_id(), "subject_id": act.booking_id, "due_at": act.lapses_at}
        for act in acts
        if act.lapses_at
    ]
    return {
        **keys_of(visit),
        "staff_name": visit.staff_name,
        "events": encode_json(events),
        "deadlines": encode_json(deadlines),
    }
