"""Marking, at the counter, a use that nobody came to; and taking the mark back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import LIVE_STATES
from yoyaku.booking.repository.no_shows import read_no_shows, set_no_show
from yoyaku.booking.service.finding import lock_own, require_clerk
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import YoyakuError


class UseNotOver(YoyakuError):
    """Only a booking that stands, and whose time is over, can have been missed."""

    code = "use_not_over"
    title = "A booking is marked as not used only after its time, and only if it was not cancelled."


def may_be_missed(visit: Visit, booking: BookingView) -> bool:
    """Whether nobody can have come to it: it stands, and its time is over."""
    return booking.state in (*LIVE_STATES, "used") and booking.period.ends_at <= visit.now


async def mark_no_show(
    conn: AsyncConnection, *, visit: Visit, booking_id: UUID, missed: bool, why: str | None = None
) -> None:
    """Write down that nobody came, or (``missed`` false) that somebody did after all; once is enough.

    Raises:
        NotAllowed: only clerks do.
        BookingNotFound: there is none of that id, or not of their facilities.
        UseNotOver: see there.
    """
    require_clerk(visit)
    booking = await lock_own(conn, visit=visit, booking_id=booking_id)
    if not may_be_missed(visit, booking):
        raise UseNotOver
    is_marked = booking_id in await read_no_shows(conn, visit=visit, booking_ids=[booking_id])
    if is_marked != missed:
        marked_at = visit.now if missed else None
        await set_no_show(conn, visit=visit, booking_id=booking_id, marked_at=marked_at, why=why)
