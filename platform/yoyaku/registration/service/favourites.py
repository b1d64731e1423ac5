"""Facilities that somebody uses often, from where they start next time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.repository import favourites


async def keep_favourite(conn: AsyncConnection, *, registrant_id: UUID, facility_id: str, now: datetime) -> None:
    """Keep a facility that is known to be there; once is enough."""
    await favourites.add_favourite(conn, registrant_id=registrant_id, facility_id=facility_id, added_at=now)


async def drop_favourite(conn: AsyncConnection, *, registrant_id: UUID, facility_id: str) -> None:
    """Keep it no longer; nothing happens where it was not kept."""
    await favourites.remove_favourite(conn, registrant_id=registrant_id, facility_id=facility_id)


async def favourite_facilities(conn: AsyncConnection, *, registrant_id: UUID) -> list[str]:
    """The codes of the facilities that somebody keeps, the first kept first."""
    return await favourites.list_favourites(conn, registrant_id=registrant_id)
