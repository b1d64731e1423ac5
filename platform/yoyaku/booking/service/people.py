"""What bookings say of a registrant when they want their data, or to be let go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.repository import people
from yoyaku.registration.ties import Ties


class HeldBookings:
    """Bookings and applications; they stay when their person goes, without the words that the person wrote."""

    async def find_ties(self, conn: AsyncConnection, *, registrant_id: UUID, now: datetime) -> Ties:
        """Bookings that are not over, and fees that are not paid."""
        return await people.find_ties(conn, registrant_id=registrant_id, now=now)

    async def forget(self, conn: AsyncConnection, *, registrant_id: UUID) -> None:
        """Take out what was typed in one's own words."""
        await people.forget_person(conn, registrant_id=registrant_id)

    async def export(self, conn: AsyncConnection, *, registrant_id: UUID) -> Mapping[str, Any]:
        """The bookings, the reductions asked for them, and the receipts."""
        return await people.export_held(conn, registrant_id=registrant_id)


HELD_BOOKINGS = HeldBookings()
