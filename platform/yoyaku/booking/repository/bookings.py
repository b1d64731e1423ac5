"""Reading and writing bookings. Each act is one statement: the booking, its event, the outbox, the deadline, the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import HeldBooking
from yoyaku.booking.repository.rows import read_held, read_view
from yoyaku.booking.views import BookingEvent, BookingView
from yoyaku.booking.visit import Visit
from yoyaku.db.engine import encode_json
from yoyaku.db.tables import booking
from yoyaku.kernel.ids import new_id

MOST_FOUND = 50

_COLUMNS = ", ".join(column.name for column in booking.columns)

_LOCK_PERSON = text("""
    SELECT registrant_id FROM registrant
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND registrant_id = :registrant_id
    FOR NO KEY UPDATE
""")
_LOCK_SERVICE = text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant_id || ' limits of ' || :service_id, 0))")

_HELD = text("""
    SELECT booking_id, application_id, space_id, starts_at, ends_at, use_on, state, made_at, nights, surfaces, unit,
           equipment, registrant_id = :registrant_id AS by_self
    FROM booking
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND use_on >= :since
      AND (registrant_id = :registrant_id OR (:everybody AND state IN ('tentative', 'confirmed', 'used')))
    ORDER BY made_at, booking_id
""")

_REPEATED = text("""
    SELECT application_id, request_digest FROM application
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND registrant_id = :registrant_id
      AND idempotency_key = :key
""")

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

_SEEN = f"""
    {", ".join(f"b.{column.name}" for column in booking.columns)}, t.time_zone,
    r.name AS registrant_name, r.kana AS registrant_kana, r.phone AS registrant_phone,
    r.email AS registrant_email, r.language AS registrant_language
"""
_WITH = """
    JOIN tenant t USING (tenant_id) JOIN registrant r USING (tenant_id, service_id, registrant_id)
"""
_SELECT = f"""
    SELECT {_SEEN} FROM booking b {_WITH}
    WHERE b.tenant_id = :tenant_id AND b.service_id = :service_id
"""  # noqa: S608  # the columns are the table's own

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
    SELECT {_SEEN} FROM made b {_WITH} ORDER BY b.use_on, b.starts_at, b.booking_id
""")  # noqa: S608  # the columns are the table's own

_ONE = text(
    f"{_SELECT} AND b.booking_id = :booking_id AND (b.registrant_id = CAST(:owner AS uuid) OR CAST(:owner AS uuid) IS NULL)"
)
_ONE_LOCKED = text(f"{_ONE.text} FOR NO KEY UPDATE OF b")
_ONE_UNLESS_LOCKED = text(f"{_ONE.text} FOR NO KEY UPDATE OF b SKIP LOCKED")
_OF_APPLICATION = text(f"{_SELECT} AND b.application_id = :application_id ORDER BY b.use_on, b.starts_at, b.booking_id")
_OF_PERSON = text(f"""{_SELECT} AND b.registrant_id = :registrant_id AND b.state = ANY(:states)
    AND (b.ends_at <= :now) = :past ORDER BY b.use_on, b.starts_at, b.booking_id""")
_OF_DAY = text(f"""{_SELECT} AND b.facility_id = :facility AND b.use_on <= :day AND b.use_on + b.nights >= :day
    AND b.state IN ('tentative', 'confirmed', 'used') ORDER BY b.starts_at, b.space_id, b.booking_id""")
_FIND = text(rf"""{_SELECT} AND (b.number = :number OR r.search_key LIKE :pattern ESCAPE '\')
    ORDER BY b.use_on DESC, b.starts_at, b.booking_id LIMIT {MOST_FOUND}""")

_UPDATE = """
    UPDATE booking SET {assignments}
    FROM jsonb_populate_record(NULL::booking, CAST(:changes AS jsonb)) AS new
    WHERE booking.tenant_id = :tenant_id AND booking.service_id = :service_id AND booking.booking_id = :booking_id
    RETURNING booking.booking_id
"""

_EVENTS = text("""
    SELECT e.kind, e.at, e.actor, s.name AS staff_name, e.why, e.facts
    FROM booking_event e LEFT JOIN staff s USING (tenant_id, service_id, staff_id)
    WHERE e.tenant_id = :tenant_id AND e.service_id = :service_id AND e.booking_id = :booking_id
    ORDER BY e.at, e.event_id
""")


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
class Repeated:
    """A submission that was made before under the same key."""

    application_id: UUID
    request_digest: bytes


@dataclass(frozen=True, kw_only=True)
class NewApplication:
    """One submission; ``idempotency_key`` and ``request_digest`` come together or not at all."""

    application_id: UUID
    form: Mapping[str, Any]
    accepted_terms: Sequence[str]
    idempotency_key: str | None = None
    request_digest: bytes | None = None


def _keys(visit: Visit) -> dict[str, Any]:
    return {"tenant_id": visit.tenant_id, "service_id": visit.service_id}


async def lock_person(conn: AsyncConnection, *, visit: Visit) -> None:
    """From here on, nobody else books for this registrant until the transaction ends."""
    await conn.execute(_LOCK_PERSON, {**_keys(visit), "registrant_id": visit.registrant_id})


async def lock_service(conn: AsyncConnection, *, visit: Visit) -> None:
    """From here on, nobody else books in this service: for limits that count everybody's bookings."""
    await conn.execute(_LOCK_SERVICE, _keys(visit))


async def read_held_bookings(conn: AsyncConnection, *, visit: Visit, since: date, everybody: bool) -> list[HeldBooking]:
    """What limits and bans count: the registrant's bookings used since a day, or everybody's."""
    values = {**_keys(visit), "registrant_id": visit.registrant_id, "since": since, "everybody": everybody}
    return [read_held(row) for row in (await conn.execute(_HELD, values)).mappings()]


async def read_repeated(conn: AsyncConnection, *, visit: Visit, key: str) -> Repeated | None:
    """The submission made before with this key, if any."""
    values = {**_keys(visit), "registrant_id": visit.registrant_id, "key": key}
    row = (await conn.execute(_REPEATED, values)).first()
    return None if row is None else Repeated(application_id=row[0], request_digest=bytes(row[1]))


async def add_application(
    conn: AsyncConnection,
    *,
    visit: Visit,
    application: NewApplication,
    bookings: Sequence[Mapping[str, Any]],
    acts: Sequence[Act],
) -> tuple[BookingView, ...]:
    """Write a submission, its bookings, events, outbox rows and deadlines: all of it or nothing. The bookings."""
    return await _many(
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
    assignments = ", ".join(f"{name} = new.{name}" for name in sorted(changes))
    statement = f"WITH changed AS ({_UPDATE.format(assignments=assignments)}), {_RECORD} SELECT 1"
    values = {**_record(visit, [act]), "booking_id": booking_id, "changes": encode_json(changes)}
    await conn.execute(_prepared(statement), values)


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
        **_keys(visit),
        "staff_name": visit.staff_name,
        "events": encode_json(events),
        "deadlines": encode_json(deadlines),
    }


async def read_booking(
    conn: AsyncConnection, *, visit: Visit, booking_id: UUID, owner: UUID | None
) -> BookingView | None:
    """One booking; with an ``owner``, only where it is theirs."""
    return await _one(conn, _ONE, {**_keys(visit), "booking_id": booking_id, "owner": owner})


async def lock_booking(
    conn: AsyncConnection, *, visit: Visit, booking_id: UUID, owner: UUID | None
) -> BookingView | None:
    """One booking that nobody else changes until the transaction ends."""
    return await _one(conn, _ONE_LOCKED, {**_keys(visit), "booking_id": booking_id, "owner": owner})


async def lock_booking_unless_locked(conn: AsyncConnection, *, visit: Visit, booking_id: UUID) -> BookingView | None:
    """As :func:`lock_booking`; ``None`` where somebody is at it this moment."""
    return await _one(conn, _ONE_UNLESS_LOCKED, {**_keys(visit), "booking_id": booking_id, "owner": None})


async def read_application(conn: AsyncConnection, *, visit: Visit, application_id: UUID) -> tuple[BookingView, ...]:
    """The bookings of one submission."""
    return await _many(conn, _OF_APPLICATION, {**_keys(visit), "application_id": application_id})


async def read_of_person(
    conn: AsyncConnection, *, visit: Visit, states: Sequence[str], past: bool
) -> tuple[BookingView, ...]:
    """The registrant's bookings in these states, those whose use is over or those to come, in order of use."""
    values = {**_keys(visit), "registrant_id": visit.registrant_id, "states": list(states)}
    return await _many(conn, _OF_PERSON, {**values, "past": past, "now": visit.now})


async def read_of_day(conn: AsyncConnection, *, visit: Visit, facility: str, day: date) -> tuple[BookingView, ...]:
    """Who uses a facility on a day, stays that began before it included."""
    return await _many(conn, _OF_DAY, {**_keys(visit), "facility": facility, "day": day})


async def find(conn: AsyncConnection, *, visit: Visit, number: str, pattern: str) -> tuple[BookingView, ...]:
    """Bookings of that number, or of people whose search key is like ``pattern`` (escaped by a backslash)."""
    return await _many(conn, _FIND, {**_keys(visit), "number": number, "pattern": pattern})


async def read_events(conn: AsyncConnection, *, visit: Visit, booking_id: UUID) -> tuple[BookingEvent, ...]:
    """What happened to a booking, oldest first."""
    rows = await conn.execute(_EVENTS, {**_keys(visit), "booking_id": booking_id})
    return tuple(BookingEvent(**row) for row in rows.mappings())


async def _one(conn: AsyncConnection, statement: Any, values: Mapping[str, Any]) -> BookingView | None:  # noqa: ANN401
    row = (await conn.execute(statement, values)).mappings().first()
    return None if row is None else read_view(row)


async def _many(conn: AsyncConnection, statement: Any, values: Mapping[str, Any]) -> tuple[BookingView, ...]:  # noqa: ANN401
    return tuple(read_view(row) for row in (await conn.execute(statement, values)).mappings())
