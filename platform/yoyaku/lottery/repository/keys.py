"""The keys that sign results of a service."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import signing_key
from yoyaku.registration.repository.here import HERE


async def read_newest_key(conn: AsyncConnection) -> tuple[UUID, bytes] | None:
    """Id and private half (encrypted) of the key that signs now."""
    of = signing_key.c
    row = (await conn.execute(select(of.key_id, of.private_key).order_by(of.made_at.desc()).limit(1))).first()
    return None if row is None else (row.key_id, row.private_key)


async def add_key(conn: AsyncConnection, *, key_id: UUID, public_key: bytes, private_key: bytes, at: datetime) -> None:
    """Keep a new key; its private half is encrypted."""
    keys = {"public_key": public_key, "private_key": private_key, "made_at": at}
    await conn.execute(insert(signing_key).values(**HERE, key_id=key_id, **keys))
