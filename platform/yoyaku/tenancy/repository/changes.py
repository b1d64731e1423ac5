"""What admins change of how their site looks and speaks: the parts of the service's row, and every change with its before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import service, site_change

_HERE = {"tenant_id": func.current_setting("app.tenant_id"), "service_id": func.current_setting("app.service_id")}
_IS_HERE = (service.c.tenant_id == _HERE["tenant_id"], service.c.service_id == _HERE["service_id"])
_CHANGES = """
    SELECT c.number, c.part, c.name, c.before, c.after, c.why, c.undoes, c.made_at, f.name AS made_by
    FROM site_change c JOIN staff f ON (f.tenant_id, f.service_id, f.staff_id) = (c.tenant_id, c.service_id, c.made_by)
"""
_OF_PIECE = text(f"""
    {_CHANGES} WHERE (CAST(:part AS text) IS NULL OR (c.part = :part AND c.name = :name))
    ORDER BY c.number DESC LIMIT :at_most
""")
_ONE = text(f"{_CHANGES} WHERE c.number = :number")


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """One change: ``before`` and ``after`` are what stood there (``None``: nothing of the city's own); business time."""

    number: int
    part: str
    name: str
    before: Any
    after: Any
    why: str
    undoes: int | None
    made_at: datetime
    made_by: str


async def read_parts(conn: AsyncConnection, *, lock: bool = False) -> Mapping[str, Any]:
    """Brand, wording, pages and contact of this service; ``lock``: nobody else changes them until the end."""
    query = select(service.c.brand, service.c.wording, service.c.pages, service.c.contact).where(*_IS_HERE)
    row = (await conn.execute(query.with_for_update(key_share=True) if lock else query)).mappings().one()
    return dict(row)


async def save_part(conn: AsyncConnection, *, part: str, value: Mapping[str, Any]) -> None:
    """Write one of the four anew."""
    await conn.execute(update(service).where(*_IS_HERE).values({part: value}))


async def add_change(conn: AsyncConnection, *, values: Mapping[str, Any], made_by: UUID) -> int:
    """Keep a change under the next number; the service's row must be locked."""
    last: int | None = await conn.scalar(select(func.max(site_change.c.number)))
    number = (last or 0) + 1
    await conn.execute(insert(site_change).values(**_HERE, **values, number=number, made_by=made_by))
    return number


async def list_changes(
    conn: AsyncConnection, *, part: str | None = None, name: str = "", at_most: int = 50
) -> list[ChangeRow]:
    """The latest first: all, or those of one piece."""
    rows = await conn.execute(_OF_PIECE, {"part": part, "name": name, "at_most": at_most})
    return [ChangeRow(**row) for row in rows.mappings()]


async def find_change(conn: AsyncConnection, *, number: int) -> ChangeRow | None:
    """One change by its number."""
    row = (await conn.execute(_ONE, {"number": number})).mappings().first()
    return None if row is None else ChangeRow(**row)
