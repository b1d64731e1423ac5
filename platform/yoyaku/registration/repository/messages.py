"""Messages: what was told to a registrant, as their own page keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import message
from yoyaku.kernel.ids import new_id
from yoyaku.registration.repository.here import HERE

_SEEN = ("message_id", "subject", "created_at", "read_at")
# What the frame of every page shows of whoever is logged in, in one statement.
_FRAME = text("""
    SELECT (SELECT count(*) FROM message m
            WHERE m.registrant_id = :registrant_id AND m.read_at IS NULL) AS unread,
           (SELECT count(*) FROM group_member g WHERE g.registrant_id = :own_id AND g.state = 'invited') AS invitations,
           EXISTS (SELECT 1 FROM group_member g
                   WHERE g.registrant_id = :own_id AND g.state = 'linked' AND g.may_act) AS may_act,
           CASE WHEN :registrant_id = :own_id
                THEN coalesce(
                    (SELECT g.name FROM group_member g WHERE g.group_id = :own_id AND g.state <> 'ended'
                     AND g.role IN ('representative', 'contact_person') ORDER BY g.role DESC LIMIT 1),
                    (SELECT r.details ->> :name_field FROM registrant r
                     WHERE r.registrant_id = :own_id AND r.kind = 'group'))
                ELSE (SELECT r.name FROM registrant r WHERE r.registrant_id = :own_id) END AS user_name
""")


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """A message in a list."""

    message_id: UUID
    subject: str
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MessageText(MessageRow):
    """A message to be read."""

    body: str


@dataclass(frozen=True, kw_only=True)
class FrameRow:
    """What stands in the header of somebody's pages.

    ``user_name`` is the person behind a group: who acts for it, or its representative (contact person) where it has one.
    """

    unread: int
    invitations: int
    may_act: bool
    user_name: str | None


async def add_message(  # noqa: PLR0913  # what a message consists of
    conn: AsyncConnection,
    *,
    registrant_id: UUID,
    event_id: UUID | None,
    template: str,
    subject: str,
    body: str,
    at: datetime | None = None,
) -> None:
    """Store a message; told again about the same event, nothing happens."""
    values = {
        "message_id": new_id(),
        "registrant_id": registrant_id,
        "event_id": event_id,
        "template": template,
        "subject": subject,
        "body": body,
        "created_at": at or func.now(),
    }
    stored = insert(message).values(**HERE, **values)
    await conn.execute(stored.on_conflict_do_nothing(constraint="uq_message_once"))


async def list_messages(conn: AsyncConnection, *, registrant_id: UUID, at_most: int, offset: int) -> list[MessageRow]:
    """The newest first."""
    query = select(*(message.c[name] for name in _SEEN)).where(message.c.registrant_id == registrant_id)
    ordered = query.order_by(message.c.created_at.desc(), message.c.message_id.desc())
    rows = await conn.execute(ordered.limit(at_most).offset(offset))
    return [MessageRow(**row) for row in rows.mappings()]


async def read_message(conn: AsyncConnection, *, registrant_id: UUID, message_id: UUID) -> MessageText | None:
    """One message of a registrant's."""
    query = select(*(message.c[name] for name in (*_SEEN, "body"))).where(
        message.c.registrant_id == registrant_id, message.c.message_id == message_id
    )
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else MessageText(**row)


async def mark_read(conn: AsyncConnection, *, message_id: UUID, read_at: datetime | None) -> None:
    """Note when it was read, the first time only; ``None`` makes it unread again."""
    chosen = update(message).where(message.c.message_id == message_id)
    if read_at is not None:
        chosen = chosen.where(message.c.read_at.is_(None))
    await conn.execute(chosen.values(read_at=read_at))


async def count_messages(conn: AsyncConnection, *, registrant_id: UUID, unread_only: bool) -> int:
    """How many there are, or how many are not read yet."""
    query = select(func.count()).select_from(message).where(message.c.registrant_id == registrant_id)
    if unread_only:
        query = query.where(message.c.read_at.is_(None))
    found: int = (await conn.execute(query)).scalar_one()
    return found


async def read_frame(conn: AsyncConnection, *, registrant_id: UUID, own_id: UUID, name_field: str) -> FrameRow:
    """What the header shows of somebody who acts for ``registrant_id``.

    ``name_field`` is the question of the registration form that asks a group for its representative.
    """
    values = {"registrant_id": registrant_id, "own_id": own_id, "name_field": name_field}
    row = (await conn.execute(_FRAME, values)).mappings().one()
    return FrameRow(**row)
