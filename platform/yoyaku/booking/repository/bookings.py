"""Reading bookings, and holding still what a decision counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import HeldBooking
from yoyaku.booking.repository.rows import read_held, read_view
from yoyaku.booking.views import BookingEvent, BookingView
from yoyaku.booking.visit import Visit

MOST_FOUND = 50


_LOCK_PERSON = text("""
    SELECT registrant_id FROM registrant
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND registrant_id = :registrant_id
    FOR NO KEY UPDATE
""")
_LOCK_SERVICE = text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant_id || ' limits of ' || :service_id, 0))")

_HELD = text("""
    SELECT booking_id, application_id, space_id, starts_at, ends_at, use_on, state, made_at, nights, surfaces, unit,
           equipment, lent, registrant_id = :registrant_id AS by_self
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

# One column of JSON: sixty columns cost the driver more than all rules together.
SEEN = """
    (to_jsonb(b) || jsonb_build_object(
        'time_zone', t.time_zone, 'registrant_name', r.name, 'registrant_kana', r.kana, 'registrant_phone', r.phone,
        'registrant_email', r.email, 'registrant_language', r.language, 'payer_name',
        (SELECT p.name FROM registrant p
         WHERE (p.tenant_id, p.service_id, p.registrant_id) = (b.tenant_id, b.service_id, b.payer_id)), 'relief',
        (SELECT f.code FROM relief_application f
         WHERE (f.tenant_id, f.service_id, f.booking_id, f.state)
             = (b.tenant_id, b.service_id, b.booking_id, 'approved'))))::text
"""
WITH_OWNER = """
    JOIN tenant t USING (tenant_id) JOIN registrant r USING (tenant_id, service_id, registrant_id)
"""
_SELECT = f"""
    SELECT {SEEN} FROM booking b {WITH_OWNER}
    WHERE b.tenant_id = :tenant_id AND b.service_id = :service_id
"""  # noqa: S608  # the columns are the table's own

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

_EVENTS = text("""
    SELECT e.kind, e.at, e.actor, s.name AS staff_name, e.why, e.facts, r.name AS member_name
    FROM booking_event e JOIN booking b USING (tenant_id, service_id, booking_id)
    LEFT JOIN staff s ON (s.tenant_id, s.service_id, s.staff_id) = (e.tenant_id, e.service_id, e.staff_id)
    LEFT JOIN account a ON (a.tenant_id, a.service_id, a.account_id) = (e.tenant_id, e.service_id, e.account_id)
    LEFT JOIN registrant r ON (r.tenant_id, r.service_id, r.registrant_id)
        = (a.tenant_id, a.service_id, a.registrant_id) AND r.registrant_id <> b.registrant_id
    WHERE e.tenant_id = :tenant_id AND e.service_id = :service_id AND e.booking_id = :booking_id
    ORDER BY e.at, e.event_id
""")


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """A submission that was made before under the same key."""

    application_id: UUID
    request_digest: bytes


def keys_of(visit: Visit) -> dict[str, Any]:
    """The tenant and the service, with which every statement begins."""
    return {"tenant_id": visit.tenant_id, "service_id": visit.service_id}


async def lock_person(conn: AsyncConnection, *, visit: Visit) -> None:
    """From here on, nobody else books for this registrant until the transaction ends."""
    await conn.execute(_LOCK_PERSON, {**keys_of(visit), "registrant_id": visit.registrant_id})


async def lock_service(conn: AsyncConnection, *, visit: Visit) -> None:
    """From here on, nobody else books in this service: for limits that count everybody's bookings."""
    await conn.execute(_LOCK_SERVICE, keys_of(visit))


async def read_held_bookings(conn: AsyncConnection, *, visit: Visit, since: date, everybody: bool) -> list[HeldBooking]:
    """What limits and bans count: the registrant's bookings used since a day, or everybody's."""
    values = {**keys_of(visit), "registrant_id": visit.registrant_id, "since": since, "everybody": everybody}
    return [read_held(row) for row in (await conn.execute(_HELD, values)).mappings()]


async def read_repeated(conn: AsyncConnection, *, visit: Visit, key: str) -> Repeated | None:
    """The submission made before with this key, if any."""
    values = {**keys_of(visit), "registrant_id": visit.registrant_id, "key": key}
    row = (await conn.execute(_REPEATED, values)).first()
    return None if row is None else Repeated(application_id=row[0], request_digest=bytes(row[1]))


async def read_booking(
    conn: AsyncConnection, *, visit: Visit, booking_id: UUID, owner: UUID | None
) -> BookingView | None:
    """One booking; with an ``owner``, only where it is theirs."""
    return await _one(conn, _ONE, {**keys_of(visit), "booking_id": booking_id, "owner": owner})


async def lock_booking(
    conn: AsyncConnection, *, visit: Visit, booking_id: UUID, owner: UUID | None
) -> BookingView | None:
    """One booking that nobody else changes until the transaction ends."""
    return await _one(conn, _ONE_LOCKED, {**keys_of(visit), "booking_id": booking_id, "owner": owner})


async def lock_booking_unless_locked(conn: AsyncConnection, *, visit: Visit, booking_id: UUID) -> BookingView | None:
    """As :func:`lock_booking`; ``None`` where somebody is at it this moment."""
    return await _one(conn, _ONE_UNLESS_LOCKED, {**keys_of(visit), "booking_id": booking_id, "owner": None})


async def read_application(conn: AsyncConnection, *, visit: Visit, application_id: UUID) -> tuple[BookingView, ...]:
    """The bookings of one submission."""
    return await read_many(conn, _OF_APPLICATION, {**keys_of(visit), "application_id": application_id})


async def read_of_person(
    conn: AsyncConnection, *, visit: Visit, states: Sequence[str], past: bool
) -> tuple[BookingView, ...]:
    """The registrant's bookings in these states, those whose use is over or those to come, in order of use."""
    values = {**keys_of(visit), "registrant_id": visit.registrant_id, "states": list(states)}
    return await read_many(conn, _OF_PERSON, {**values, "past": past, "now": visit.now})


async def read_of_day(conn: AsyncConnection, *, visit: Visit, facility: str, day: date) -> tuple[BookingView, ...]:
    """Who uses a facility on a day, stays that began before it included."""
    return await read_many(conn, _OF_DAY, {**keys_of(visit), "facility": facility, "day": day})


async def find(conn: AsyncConnection, *, visit: Visit, number: str, pattern: str) -> tuple[BookingView, ...]:
    """Bookings of that number, or of people whose search key is like ``pattern`` (escaped by a backslash)."""
    return await read_many(conn, _FIND, {**keys_of(visit), "number": number, "pattern": pattern})


async def read_events(conn: AsyncConnection, *, visit: Visit, booking_id: UUID) -> tuple[BookingEvent, ...]:
    """What happened to a booking, oldest first."""
    rows = await conn.execute(_EVENTS, {**keys_of(visit), "booking_id": booking_id})
    return tuple(BookingEvent(**row) for row in rows.mappings())


async def _one(conn: AsyncConnection, statement: Any, values: Mapping[str, Any]) -> BookingView | None:  # noqa: ANN401
    told = (await conn.execute(statement, values)).scalar()
    return None if told is None else read_view(told)


async def read_many(conn: AsyncConnection, statement: Any, values: Mapping[str, Any]) -> tuple[BookingView, ...]:  # noqa: ANN401
    """The bookings of a statement that selects ``SEEN``."""
    return tuple(read_view(told) for told in (await conn.execute(statement, values)).scalars())
