"""Closures and official use as rows: what they occupy, whom that displaces, and what residents read of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy.closing import ClosedUnit, Closing
from yoyaku.booking.repository.bookings import SEEN, WITH_OWNER, keys_of, read_many
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.db.engine import encode_json

_WANTED: Final = """
    unnest(CAST(:resources AS text[]), CAST(:units AS integer[]), CAST(:firsts AS integer[]), CAST(:ends AS integer[]),
           CAST(:grains AS integer[])) AS u (resource_id, unit, first, "end", grain)
"""
# What is taken already stays: whoever takes it this moment is waited for.
_OCCUPY: Final = text(f"""
    INSERT INTO occupancy (tenant_id, service_id, resource_id, use_on, bucket, unit, kind, closure_id)
    SELECT :tenant_id, :service_id, u.resource_id, CAST(d AS date), b, u.unit, :kind, :closure_id
    FROM {_WANTED}
    CROSS JOIN generate_series(CAST(:first_on AS date), CAST(:last_on AS date), interval '1 day') AS d
    CROSS JOIN LATERAL generate_series(u.first, u."end" - 1, u.grain) AS b
    ORDER BY u.resource_id, CAST(d AS date), b, u.unit
    ON CONFLICT DO NOTHING
""")  # noqa: S608  # the constant above
_IN_THE_WAY: Final = f"""
    SELECT o.booking_id, o.entry_id FROM {_WANTED}
    JOIN occupancy o ON o.tenant_id = :tenant_id AND o.service_id = :service_id AND o.resource_id = u.resource_id
        AND o.unit = u.unit AND o.use_on BETWEEN :first_on AND :last_on AND o.bucket + u.grain > u.first
        AND o.bucket < u."end"
    WHERE o.kind IN ('booking', 'lottery')
"""  # noqa: S608  # the constant above
_LOCK_BOOKINGS: Final = text(f"""
    SELECT b.booking_id FROM booking b
    WHERE b.booking_id IN (SELECT w.booking_id FROM ({_IN_THE_WAY}) AS w) ORDER BY b.booking_id FOR NO KEY UPDATE
""")  # noqa: S608  # the constant above
_BOOKINGS: Final = text(f"""
    SELECT {SEEN} FROM booking b {WITH_OWNER}
    WHERE b.booking_id IN (SELECT w.booking_id FROM ({_IN_THE_WAY}) AS w) AND b.ends_at > :now
      AND (b.nights > 0 OR (
          b.starts_at < (b.use_on + make_interval(mins => :ends_minute)) AT TIME ZONE t.time_zone
          AND b.ends_at > (b.use_on + make_interval(mins => :starts_minute)) AT TIME ZONE t.time_zone))
    ORDER BY b.use_on, b.starts_at, b.number
""")  # noqa: S608  # the constant above
_WINS: Final = text(f"""
    SELECT DISTINCT w.entry_id FROM ({_IN_THE_WAY}) AS w WHERE w.entry_id IS NOT NULL ORDER BY 1
""")  # noqa: S608  # the constant above
_ADD: Final = text("""
    INSERT INTO closure (tenant_id, service_id, closure_id, facility_id, places, kind, first_on, last_on,
                         starts_minute, ends_minute, grounds, reason, displaced, applied_at, applied_by)
    VALUES (:tenant_id, :service_id, :closure_id, :facility_id, :places, :kind, :first_on, :last_on,
            :starts_minute, :ends_minute, :grounds, CAST(:reason AS jsonb), :displaced, :now, :staff_id)
""")
_DISPLACED: Final = text("""
    INSERT INTO closure_displaced (tenant_id, service_id, closure_id, kind, subject_id, refund_yen)
    SELECT :tenant_id, :service_id, :closure_id, d.kind, d.subject_id, d.refund_yen
    FROM unnest(CAST(:kinds AS text[]), CAST(:subjects AS uuid[]), CAST(:refunds AS integer[]))
        AS d (kind, subject_id, refund_yen)
""")
_END: Final = text("""
    UPDATE closure SET ended_at = :now, ended_by = :staff_id, end_reason = :why
    WHERE closure_id = :closure_id AND ended_at IS NULL
""")
_FREE: Final = text("""
    DELETE FROM occupancy WHERE tenant_id = :tenant_id AND service_id = :service_id AND closure_id = :closure_id
        AND (use_on > :day OR (use_on = :day AND bucket >= :minute))
""")
_SEEN: Final = """
    SELECT c.closure_id, c.facility_id, c.places, c.kind, c.first_on, c.last_on, c.starts_minute, c.ends_minute,
           c.grounds, c.reason, c.displaced, c.applied_at, a.name AS applied_by, c.ended_at, e.name AS ended_by,
           c.end_reason
    FROM closure c JOIN staff a ON (a.tenant_id, a.service_id, a.staff_id) = (c.tenant_id, c.service_id, c.applied_by)
    LEFT JOIN staff e ON (e.tenant_id, e.service_id, e.staff_id) = (c.tenant_id, c.service_id, c.ended_by)
"""
_ONE: Final = text(f"{_SEEN} WHERE c.closure_id = :closure_id FOR UPDATE OF c")
_LISTED: Final = text(f"""{_SEEN}
    WHERE CAST(:facilities AS text[]) = '{{}}' OR c.facility_id = ANY(:facilities)
    ORDER BY (c.ended_at IS NULL AND c.last_on >= :today) DESC, c.first_on DESC, c.closure_id LIMIT :at_most
""")
_STANDING: Final = text(f"""{_SEEN}
    WHERE c.facility_id = ANY(:facilities) AND c.last_on >= :first AND c.first_on < :end AND c.ended_at IS NULL
    ORDER BY c.first_on, c.starts_minute, c.closure_id
""")
_STAYS: Final = text("""
    UPDATE closure_displaced SET stays = :stays
    WHERE closure_id = :closure_id AND kind = 'booking' AND subject_id = :booking_id
""")
_OF_CLOSURE: Final = text("""
    SELECT d.kind, d.subject_id, d.refund_yen, b.number, b.state, d.stays
    FROM closure_displaced d LEFT JOIN booking b ON (b.tenant_id, b.service_id, b.booking_id)
        = (d.tenant_id, d.service_id, d.subject_id)
    WHERE d.closure_id = :closure_id ORDER BY b.number, d.subject_id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureView:
    """A closure as it is stored."""

    closure_id: UUID
    closing: Closing
    grounds: str
    displaced: int
    applied_at: datetime
    applied_by: str
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Displaced:
    """A booking (with its number and state now) or a win that had to go.

    ``stays``: why it did not come back when the closure was taken back, where that was tried.
    """

    kind: str
    subject_id: UUID
    refund_yen: int
    number: str | None = None
    state: str | None = None
    stays: str | None = None


async def occupy(
    conn: AsyncConnection, *, visit: Visit, closure_id: UUID, closing: Closing, units: Sequence[ClosedUnit]
) -> None:
    """Take all that is free of a closure's units and times."""
    await conn.execute(_OCCUPY, {**_wanted(visit, closing, units), "kind": closing.kind, "closure_id": closure_id})


async def lock_bookings_in_the_way(
    conn: AsyncConnection, *, visit: Visit, closing: Closing, units: Sequence[ClosedUnit]
) -> None:
    """From here on, nobody else changes the bookings that occupy something of it."""
    await conn.execute(_LOCK_BOOKINGS, _wanted(visit, closing, units))


async def bookings_in_the_way(
    conn: AsyncConnection, *, visit: Visit, closing: Closing, units: Sequence[ClosedUnit]
) -> tuple[BookingView, ...]:
    """The bookings whose use lies in it and is not over yet, in order; what is only kept free after a use stays."""
    hours = {"starts_minute": closing.starts_minute, "ends_minute": closing.ends_minute}
    return await read_many(conn, _BOOKINGS, {**_wanted(visit, closing, units), **hours, "now": visit.now})


async def wins_in_the_way(
    conn: AsyncConnection, *, visit: Visit, closing: Closing, units: Sequence[ClosedUnit]
) -> list[UUID]:
    """The entries whose wins occupy something of it."""
    return list((await conn.execute(_WINS, _wanted(visit, closing, units))).scalars())


async def add_closure(conn: AsyncConnection, *, visit: Visit, closure_id: UUID, closing: Closing, grounds: str) -> None:
    """Write a closure, before what it occupies."""
    values = {
        "closure_id": closure_id,
        "facility_id": closing.facility,
        "places": list(closing.places),
        "kind": closing.kind,
        "first_on": closing.first_on,
        "last_on": closing.last_on,
        "starts_minute": closing.starts_minute,
        "ends_minute": closing.ends_minute,
        "grounds": grounds,
        "reason": encode_json(closing.reason),
        "displaced": 0,
        "now": visit.now,
        "staff_id": visit.staff_id,
    }
    await conn.execute(_ADD, {**keys_of(visit), **values})


async def add_displaced(
    conn: AsyncConnection, *, visit: Visit, closure_id: UUID, displaced: Sequence[Displaced]
) -> None:
    """Write whom it displaced."""
    columns = {
        "kinds": [one.kind for one in displaced],
        "subjects": [one.subject_id for one in displaced],
        "refunds": [one.refund_yen for one in displaced],
    }
    await conn.execute(_DISPLACED, {**keys_of(visit), "closure_id": closure_id, **columns})
    count = text("UPDATE closure SET displaced = :displaced WHERE closure_id = :closure_id")
    await conn.execute(count, {"closure_id": closure_id, "displaced": len(displaced)})


async def end_closure(  # which, from which minute of which day on, why
    conn: AsyncConnection, *, visit: Visit, closure_id: UUID, day: date, minute: int, why: str
) -> None:
    """Free what it occupies from a minute of a day on, and note who ended it."""
    await conn.execute(_FREE, {**keys_of(visit), "closure_id": closure_id, "day": day, "minute": minute})
    values = {"closure_id": closure_id, "now": visit.now, "staff_id": visit.staff_id, "why": why}
    await conn.execute(_END, values)


async def lock_closure(conn: AsyncConnection, *, closure_id: UUID) -> ClosureView | None:
    """A closure that nobody else ends until the transaction does."""
    row = (await conn.execute(_ONE, {"closure_id": closure_id})).mappings().first()
    return None if row is None else _view(dict(row))


async def list_closures(
    conn: AsyncConnection, *, facilities: Sequence[str], today: date, at_most: int = 100
) -> list[ClosureView]:
    """Closures of these facilities (none: of all), those that stand first."""
    values = {"facilities": list(facilities), "today": today, "at_most": at_most}
    return [_view(dict(row)) for row in (await conn.execute(_LISTED, values)).mappings()]


async def standing_closures(
    conn: AsyncConnection, *, facilities: Sequence[str], first: date, end: date
) -> list[ClosureView]:
    """Closures that stand on some of the days ``first <= day < end``, in order."""
    values = {"facilities": list(facilities), "first": first, "end": end}
    return [_view(dict(row)) for row in (await conn.execute(_STANDING, values)).mappings()]


async def note_stays(conn: AsyncConnection, *, closure_id: UUID, booking_id: UUID, stays: str) -> None:
    """Write why a booking that a closure displaced did not come back."""
    await conn.execute(_STAYS, {"closure_id": closure_id, "booking_id": booking_id, "stays": stays})


async def displaced_by(conn: AsyncConnection, *, closure_id: UUID) -> list[Displaced]:
    """Whom a closure displaced, by number."""
    rows = await conn.execute(_OF_CLOSURE, {"closure_id": closure_id})
    return [Displaced(**row) for row in rows.mappings()]


def _wanted(visit: Visit, closing: Closing, units: Sequence[ClosedUnit]) -> dict[str, Any]:
    columns = {
        "resources": [one.resource_id for one in units],
        "units": [one.unit for one in units],
        "firsts": [one.first for one in units],
        "ends": [one.end for one in units],
        "grains": [one.grain for one in units],
    }
    return {**keys_of(visit), **columns, "first_on": closing.first_on, "last_on": closing.last_on}


def _view(row: Mapping[str, Any]) -> ClosureView:
    names = ("first_on", "last_on", "starts_minute", "ends_minute", "kind", "reason")
    closing = Closing(facility=row["facility_id"], places=tuple(row["places"]), **{name: row[name] for name in names})
    own = ("closure_id", "grounds", "displaced", "applied_at", "applied_by", "ended_at", "ended_by", "end_reason")
    return ClosureView(closing=closing, **{name: row[name] for name in own})
