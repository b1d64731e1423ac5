"""What a change would make of a booking: done, looked at and taken back, so that nothing is promised that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.changing import change_booking
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit


async def quote_change(
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    booking_id: UUID,
    changes: Mapping[str, Any],
    grounds: str | None = None,
) -> BookingView:
    """The booking as it would stand after the change, with its new price; nothing is changed.

    Raises:
        As :func:`yoyaku.booking.service.changing.change_booking`: also where somebody has the longer hours.
    """
    async with conn.begin_nested() as point:
        changed = await change_booking(
            conn, visit=visit, rules=rules, booking_id=booking_id, changes=changes, grounds=grounds
        )
        await point.rollback()
    return changed
