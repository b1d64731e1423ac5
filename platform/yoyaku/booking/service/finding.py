"""Finding bookings: one's own, and, at the counter, anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import BookingRequest, LoginRequired
from yoyaku.booking.repository import bookings
from yoyaku.booking.service.refusals import BookingNotFound, WhyMissing
from yoyaku.booking.terms import State
from yoyaku.booking.views import BookingEvent, BookingView
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import NotAllowed
from yoyaku.kernel.text import fold_for_search, fold_width

ALL_STATES: tuple[State, ...] = ("tentative", "confirmed", "withdrawn", "cancelled", "revoked", "lapsed", "used")


async def list_bookings(
    conn: AsyncConnection, *, visit: Visit, states: Sequence[State] | None = None, past: bool = False
) -> tuple[BookingView, ...]:
    """The registrant's bookings in order of use: those to come, or (``past``) those whose use is over.

    A clerk who serves them sees those of their facilities.

    Raises:
        LoginRequired: nobody is logged in.
    """
    if visit.registrant_id is None:
        raise LoginRequired
    found = await bookings.read_of_person(conn, visit=visit, states=states or ALL_STATES, past=past)
    return tuple(one for one in found if _is_in_sight(visit, one))


async def get_booking(conn: AsyncConnection, *, visit: Visit, booking_id: UUID) -> BookingView:
    """One booking: a resident's own, or for a clerk any of their facilities.

    Raises:
        BookingNotFound: there is none of that id, or it is another's.
    """
    found = await bookings.read_booking(conn, visit=visit, booking_id=booking_id, owner=_owner(visit))
    if found is None or not _is_in_sight(visit, found):
        raise BookingNotFound
    return found


async def lock_own(conn: AsyncConnection, *, visit: Visit, booking_id: UUID) -> BookingView:
    """As :func:`get_booking`, and nobody else changes it until the transaction ends."""
    found = await bookings.lock_booking(conn, visit=visit, booking_id=booking_id, owner=_owner(visit))
    if found is None or not _is_in_sight(visit, found):
        raise BookingNotFound
    return found


async def booking_history(conn: AsyncConnection, *, visit: Visit, booking_id: UUID) -> tuple[BookingEvent, ...]:
    """What happened to a booking, oldest first.

    Raises:
        BookingNotFound: there is none of that id, or it is another's.
    """
    await get_booking(conn, visit=visit, booking_id=booking_id)
    return await bookings.read_events(conn, visit=visit, booking_id=booking_id)


async def application_bookings(conn: AsyncConnection, *, visit: Visit, application_id: UUID) -> tuple[BookingView, ...]:
    """The bookings of one submission: a resident's own, or for a clerk those of their facilities.

    Raises:
        BookingNotFound: there is none of that id, or it is another's.
    """
    found = await bookings.read_application(conn, visit=visit, application_id=application_id)
    found = tuple(one for one in found if _is_in_sight(visit, one))
    owner = _owner(visit)
    if not found or (owner is not None and found[0].contact.registrant_id != owner):
        raise BookingNotFound
    return found


async def find_bookings(conn: AsyncConnection, *, visit: Visit, query: str) -> tuple[BookingView, ...]:
    """At the counter: bookings by number, or by name or reading in any writing; the latest use first, 50 at most.

    Raises:
        NotAllowed: only clerks look for other people's bookings.
    """
    require_clerk(visit)
    folded = fold_for_search(query)
    if not folded:
        return ()
    escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = await bookings.find(conn, visit=visit, number=fold_width(query), pattern=f"%{escaped}%")
    return tuple(one for one in found if _is_in_sight(visit, one))


async def day_sheet(conn: AsyncConnection, *, visit: Visit, facility: str, day: date) -> tuple[BookingView, ...]:
    """At the counter: who uses a facility on a day, in order of time.

    Raises:
        NotAllowed: only clerks of the facility read it.
    """
    require_clerk(visit)
    if not visit.reaches(facility):
        raise NotAllowed
    return await bookings.read_of_day(conn, visit=visit, facility=facility, day=day)


def require_why(why: str) -> str:
    """The reason a clerk gives.

    Raises:
        WhyMissing: there is none.
    """
    if not why.strip():
        raise WhyMissing
    return why.strip()


def _is_in_sight(visit: Visit, booking: BookingView) -> bool:
    """Whether a booking is of a facility for which a clerk works; residents and the system are not bound to any."""
    return visit.reaches(booking.facility_id)


def _owner(visit: Visit) -> UUID | None:
    """Whose bookings a resident sees: their own; clerks and the system see all of the service.

    Raises:
        LoginRequired: nobody is logged in.
    """
    if visit.actor != "resident":
        return None
    if visit.registrant_id is None:
        raise LoginRequired
    return visit.registrant_id


def require_within_reach(visit: Visit, requests: Sequence[BookingRequest]) -> None:
    """Let pass whoever books for somebody known, and at facilities that they work for where they are a clerk.

    Raises:
        LoginRequired: nobody is logged in.
        NotAllowed: a clerk of other facilities.
    """
    if visit.registrant_id is None:
        raise LoginRequired
    if not visit.reaches(*(one.facility for one in requests)):
        raise NotAllowed


def require_clerk(visit: Visit) -> None:
    """Let clerks pass.

    Raises:
        NotAllowed: it is somebody else.
    """
    if visit.actor != "clerk":
        raise NotAllowed
