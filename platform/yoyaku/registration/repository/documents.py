"""Files that were sent in for a check; sealed, and gone once their time is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import identity_document
from yoyaku.registration.repository.here import HERE


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """A file as it is stored; ``content`` is sealed, ``None`` once it was deleted."""

    document_id: UUID
    check_id: UUID
    media_type: str
    size_bytes: int
    content: bytes | None = field(repr=False)
    received_at: datetime


async def add_document(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Store a file."""
    await conn.execute(insert(identity_document).values(**HERE, **values))


async def read_document(conn: AsyncConnection, *, document_id: UUID) -> DocumentRow | None:
    """One file."""
    columns = ("document_id", "check_id", "media_type", "size_bytes", "content", "received_at")
    query = select(*(identity_document.c[name] for name in columns))
    row = (await conn.execute(query.where(identity_document.c.document_id == document_id))).mappings().first()
    return None if row is None else DocumentRow(**row)


async def documents_of(conn: AsyncConnection, *, check_id: UUID) -> list[UUID]:
    """The files of a check that are still there, in the order in which they came."""
    query = select(identity_document.c.document_id).where(
        identity_document.c.check_id == check_id, identity_document.c.deleted_at.is_(None)
    )
    return list((await conn.execute(query.order_by(identity_document.c.received_at))).scalars())


async def delete_documents(conn: AsyncConnection, *, check_ids: Sequence[UUID], at: datetime) -> int:
    """Delete what the files of these checks hold; that they were there stays. Returns how many."""
    chosen = update(identity_document).where(
        identity_document.c.check_id.in_(check_ids), identity_document.c.deleted_at.is_(None)
    )
    gone = chosen.values(content=None, deleted_at=at).returning(identity_document.c.document_id)
    return len(list(await conn.execute(gone)))
