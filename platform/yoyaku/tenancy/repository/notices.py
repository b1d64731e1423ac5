"""Notices of a service's site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import site_notice
from yoyaku.tenancy.policy.notices import NoticeText

_HERE = {"tenant_id": func.current_setting("app.tenant_id"), "service_id": func.current_setting("app.service_id")}
_ALL = text("""
    SELECT n.notice_id, n.title, n.body, n.shown_from, n.shown_until, n.importance, n.audience, n.user_class, n.on_top,
           n.facility_id, n.revision, n.ended_at, n.changed_at, f.name AS changed_by
    FROM site_notice n
    JOIN staff f ON (f.tenant_id, f.service_id, f.staff_id) = (n.tenant_id, n.service_id, n.changed_by)
    WHERE CAST(:notice_id AS uuid) IS NULL OR n.notice_id = :notice_id
    ORDER BY n.ended_at IS NOT NULL, n.shown_from DESC, n.notice_id LIMIT :at_most
""")
_TEXT = ("title", "body", "shown_from", "shown_until", "importance", "audience", "user_class", "on_top", "facility_id")
MANY = 500


@dataclass(frozen=True, kw_only=True)
class NoticeRow(NoticeText):
    """A notice as it is stored; ``revision`` counts saves."""

    notice_id: UUID
    shown_from: datetime
    revision: int
    ended_at: datetime | None
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, kw_only=True)
class OpenNotice:
    """A notice that is shown now, as residents meet it."""

    title: Mapping[str, str]
    body: Mapping[str, str]
    shown_from: datetime
    importance: str
    audience: str
    user_class: str | None
    on_top: bool
    facility_id: str | None


async def open_notices(conn: AsyncConnection, *, now: datetime) -> list[OpenNotice]:
    """What is shown at an instant of business time, to whomever, wherever."""
    of = site_notice.c
    query = select(*(of[name] for name in _TEXT if name != "shown_until")).where(
        of.shown_from <= now, or_(of.shown_until.is_(None), of.shown_until > now), of.ended_at.is_(None)
    )
    return [OpenNotice(**row) for row in (await conn.execute(query)).mappings()]


async def list_notices(conn: AsyncConnection, *, notice_id: UUID | None = None) -> list[NoticeRow]:
    """All notices, or one of them; the ended ones last."""
    rows = await conn.execute(_ALL, {"notice_id": notice_id, "at_most": MANY})
    return [NoticeRow(**row) for row in rows.mappings()]


async def add_notice(
    conn: AsyncConnection, *, notice_id: UUID, notice: NoticeText, staff_id: UUID, now: datetime
) -> None:
    """Store a new notice."""
    values = {name: getattr(notice, name) for name in _TEXT}
    made = {"made_at": now, "made_by": staff_id, "changed_at": now, "changed_by": staff_id}
    await conn.execute(insert(site_notice).values(**_HERE, **values, **made, notice_id=notice_id, revision=1))


async def change_notice(
    conn: AsyncConnection, *, notice_id: UUID, seen: int, values: Mapping[str, Any], staff_id: UUID, now: datetime
) -> bool:
    """Write what changed of a notice that is still as it was seen; whether it was."""
    of = site_notice.c
    changed = update(site_notice).where(of.notice_id == notice_id, of.revision == seen, of.ended_at.is_(None))
    kept = {**values, "revision": seen + 1, "changed_at": now, "changed_by": staff_id}
    return (await conn.execute(changed.values(kept))).rowcount == 1


def values_of(notice: NoticeText) -> dict[str, Any]:
    """The columns of what was typed."""
    return {name: getattr(notice, name) for name in _TEXT}
