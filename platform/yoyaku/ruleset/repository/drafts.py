"""Drafts with their saves and reviews; saves and reviews are only ever added (triggers forbid the rest)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import outbox, rule_draft, rule_draft_save, rule_review, rule_set_version
from yoyaku.kernel.ids import new_id
from yoyaku.ruleset.policy import Draft, Review, Save, Texts, Tried

_HERE: Final = {
    "tenant_id": func.current_setting("app.tenant_id"),
    "service_id": func.current_setting("app.service_id"),
}
_DRAFT: Final = """
    SELECT d.draft_id, d.title, d.based_on, d.state, d.revision, d.files, d.transition, d.made_at, d.made_by,
           m.name AS made_by_name, d.changed_at, d.changed_by, c.name AS changed_by_name, d.review_asked_at,
           d.review_asked_by, d.published_version
    FROM rule_draft d
    JOIN staff m ON (m.tenant_id, m.service_id, m.staff_id) = (d.tenant_id, d.service_id, d.made_by)
    JOIN staff c ON (c.tenant_id, c.service_id, c.staff_id) = (d.tenant_id, d.service_id, d.changed_by)
"""
_READ = text(f"{_DRAFT} WHERE d.draft_id = :draft_id")
# The row is locked first: what was joined beside it before the lock was had would be older than the row.
_LOCK = text("SELECT 1 FROM rule_draft WHERE draft_id = :draft_id FOR UPDATE")
_LIST = text(f"{_DRAFT} ORDER BY d.state IN ('published', 'dropped'), d.changed_at DESC, d.draft_id")
_SAVES = text("""
    SELECT s.revision, s.saved_at, s.saved_by, f.name AS saved_by_name
    FROM rule_draft_save s
    JOIN staff f ON (f.tenant_id, f.service_id, f.staff_id) = (s.tenant_id, s.service_id, s.saved_by)
    WHERE s.draft_id = :draft_id ORDER BY s.revision DESC
""")
_FILES_AT = text("SELECT files FROM rule_draft_save WHERE draft_id = :draft_id AND revision = :revision")
_REVIEWS = text("""
    SELECT r.revision, r.verdict, r.remark, r.reviewed_at, r.reviewed_by, f.name AS reviewed_by_name,
           r.newest_version
    FROM rule_review r
    JOIN staff f ON (f.tenant_id, f.service_id, f.staff_id) = (r.tenant_id, r.service_id, r.reviewed_by)
    WHERE r.draft_id = :draft_id ORDER BY r.reviewed_at DESC, r.review_id DESC
""")
# One that came out counts before one that was asked for later and did not.
_TRIED = text("""
    SELECT r.run_id, r.state, r.total, r.done, r.broken, r.summary, r.as_of, r.newest_version, r.inventory_version,
           (SELECT count(*) FROM booking b
            WHERE b.made_at > r.as_of AND b.state IN ('tentative', 'confirmed')) AS booked_since
    FROM dry_run r WHERE r.draft_id = :draft_id AND r.revision = :revision
    ORDER BY r.state <> 'done', r.asked_at DESC, r.run_id DESC LIMIT 1
""")
_CARRY = text("""
    UPDATE dry_run SET revision = :revision + 1
    WHERE draft_id = :draft_id AND revision = :revision AND state = 'done'
""")
_AUTHORS = text("SELECT DISTINCT saved_by FROM rule_draft_save WHERE draft_id = :draft_id")


async def read_draft(conn: AsyncConnection, *, draft_id: UUID, for_update: bool = False) -> Draft | None:
    """A draft; with ``for_update`` nobody else changes it until the transaction ends."""
    if for_update:
        await conn.execute(_LOCK, {"draft_id": draft_id})
    row = (await conn.execute(_READ, {"draft_id": draft_id})).mappings().first()
    return None if row is None else Draft(**row)


async def list_drafts(conn: AsyncConnection) -> list[Draft]:
    """All drafts: first those that are still worked on, each part the latest first."""
    return [Draft(**row) for row in (await conn.execute(_LIST)).mappings()]


async def add_draft(conn: AsyncConnection, *, values: Mapping[str, Any]) -> None:
    """Store a new draft."""
    await conn.execute(insert(rule_draft).values(**_HERE, **values))


async def add_save(  # what was saved, by whom
    conn: AsyncConnection, *, draft_id: UUID, revision: int, files: Texts, transition: str, saved: tuple[datetime, UUID]
) -> None:
    """Keep a save: ``saved`` is when and by whom."""
    row = {"draft_id": draft_id, "revision": revision, "files": dict(files), "transition": transition}
    await conn.execute(insert(rule_draft_save).values(**_HERE, **row, saved_at=saved[0], saved_by=saved[1]))


async def change_draft(conn: AsyncConnection, *, draft_id: UUID, values: Mapping[str, Any]) -> None:
    """Set columns of a draft."""
    await conn.execute(update(rule_draft).where(rule_draft.c.draft_id == draft_id).values(**values))


async def add_review(conn: AsyncConnection, *, values: Mapping[str, Any]) -> None:
    """Keep what somebody said of a draft, beside the version that is the newest now."""
    versions = rule_set_version.c
    mine = [versions[name] == here for name, here in _HERE.items()]
    newest = select(func.max(versions.version)).where(*mine).scalar_subquery()
    await conn.execute(insert(rule_review).values(**_HERE, **values, newest_version=newest))


async def add_event(conn: AsyncConnection, *, draft_id: UUID, kind: str, facts: Mapping[str, Any]) -> None:
    """Note what happened to a draft, for whoever tells staff of it."""
    values = {"event_id": new_id(), "kind": kind, "subject_id": draft_id, "facts": dict(facts)}
    await conn.execute(insert(outbox).values(**_HERE, **values))


async def read_saves(conn: AsyncConnection, *, draft_id: UUID) -> list[Save]:
    """The saves of a draft, the latest first."""
    return [Save(**row) for row in (await conn.execute(_SAVES, {"draft_id": draft_id})).mappings()]


async def read_files_at(conn: AsyncConnection, *, draft_id: UUID, revision: int) -> Texts | None:
    """The texts of one save."""
    found: Texts | None = await conn.scalar(_FILES_AT, {"draft_id": draft_id, "revision": revision})
    return found


async def read_reviews(conn: AsyncConnection, *, draft_id: UUID) -> list[Review]:
    """What was said of a draft, the latest first."""
    return [Review(**row) for row in (await conn.execute(_REVIEWS, {"draft_id": draft_id})).mappings()]


async def read_authors(conn: AsyncConnection, *, draft_id: UUID) -> frozenset[UUID]:
    """Everybody who saved any of a draft."""
    return frozenset((await conn.execute(_AUTHORS, {"draft_id": draft_id})).scalars())


async def read_tried(conn: AsyncConnection, *, draft_id: UUID, revision: int) -> Tried | None:
    """The dry run of a draft as it was saved then."""
    row = (await conn.execute(_TRIED, {"draft_id": draft_id, "revision": revision})).mappings().first()
    return None if row is None else Tried(**{**row, "as_of": row["as_of"].astimezone(UTC)})


async def carry_runs(conn: AsyncConnection, *, draft_id: UUID, revision: int) -> None:
    """Let the dry runs of a save count for the next, whose rules are the same."""
    await conn.execute(_CARRY, {"draft_id": draft_id, "revision": revision})
