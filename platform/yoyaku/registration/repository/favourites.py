"""Facilities that somebody uses often."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import favourite
from yoyaku.registration.repository.here import HERE


async def add_favourite(conn: AsyncConnection, *, registrant_id: UUID, facility_id: str, added_at: datetime) -> None:
    """Keep a facility; kept already, nothing happens."""
    values = {"registrant_id": registrant_id, "facility_id": facility_id, "added_at": added_at}
    await conn.execute(insert(favourite).values(**HERE, **values).on_conflict_do_nothing())


async def remove_favourite(conn: AsyncConnection, *, registrant_id: UUID, facility_id: str) -> None:
    """Keep a facility no longer."""
    chosen = delete(favourite).where(favourite.c.registrant_id == registrant_id, favourite.c.facility_id == facility_id)
    await conn.execute(chosen)


async def list_favourites(conn: AsyncConnection, *, registrant_id: UUID) -> list[str]:
    """The codes of the facilities somebody keeps, in the order in which they were kept."""
    query = select(favourite.c.facility_id).where(favourite.c.registrant_id == registrant_id)
    return list((await conn.execute(query.order_by(favourite.c.added_at, favourite.c.facility_id))).scalars())
