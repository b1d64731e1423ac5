"""What lotteries say of a registrant when they want their data, or to be let go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.lottery.repository import people
from yoyaku.registration.ties import Ties


class HeldEntries:
    """Entries; they stay when their person goes, under a code that then leads to nobody."""

    async def find_ties(self, conn: AsyncConnection, *, registrant_id: UUID, now: datetime) -> Ties:
        """Entries whose result is not known, and wins that are not answered."""
        return await people.find_ties(conn, registrant_id=registrant_id, now=now)

    async def forget(self, conn: AsyncConnection, *, registrant_id: UUID) -> None:
        """Take out what was answered in forms."""
        await people.forget_person(conn, registrant_id=registrant_id)

    async def export(self, conn: AsyncConnection, *, registrant_id: UUID) -> Mapping[str, Any]:
        """The entries."""
        return {"lottery_entries": await people.export_entries(conn, registrant_id=registrant_id)}


HELD_ENTRIES = HeldEntries()
