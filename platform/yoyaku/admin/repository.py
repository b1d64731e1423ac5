"""The record of who did what and why; rows are only ever added (a trigger forbids the rest)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import audit_entry

_HERE = {"tenant_id": func.current_setting("app.tenant_id"), "service_id": func.current_setting("app.service_id")}
_SHOWN = ("entry_id", "at", "account_id", "staff_name", "act", "subject_kind", "subject_id", "why", "facts")


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One act: when (business time), by which account and clerk, on what, why."""

    entry_id: UUID
    at: datetime
    account_id: UUID | None
    staff_name: str | None
    act: str
    subject_kind: str
    subject_id: str
    why: str | None
    facts: Mapping[str, Any]


async def add_entry(conn: AsyncConnection, entry: AuditEntry) -> None:
    """Write an act down."""
    values = {name: getattr(entry, name) for name in _SHOWN}
    await conn.execute(insert(audit_entry).values(**_HERE, **{**values, "facts": dict(entry.facts)}))


async def read_entries(
    conn: AsyncConnection, *, subject: tuple[str, str] | None = None, at_most: int = 200
) -> list[AuditEntry]:
    """The latest acts first: all, or those on one subject (kind, id)."""
    query = select(*(audit_entry.c[name] for name in _SHOWN))
    if subject is not None:
        query = query.where(audit_entry.c.subject_kind == subject[0], audit_entry.c.subject_id == subject[1])
    rows = await conn.execute(query.order_by(audit_entry.c.at.desc(), audit_entry.c.entry_id.desc()).limit(at_most))
    return [AuditEntry(**row) for row in rows.mappings()]
