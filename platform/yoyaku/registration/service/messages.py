"""The inbox: what was told to a registrant, and whether they have read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.repository import messages as repository
from yoyaku.registration.repository.messages import FrameRow, MessageRow, MessageText
from yoyaku.registration.terms import OnePerPerson, RegistrationTerms

ON_A_PAGE: Final = 20


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """One page of an inbox, the newest first; pages count from 1."""

    messages: list[MessageRow]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, 1 at least."""
        return max(1, -(-self.total // ON_A_PAGE))


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
    """Put a message into somebody's inbox; about the same event in the same template only once.

    ``at`` is business time (absent: now).
    """
    await repository.add_message(
        conn,
        registrant_id=registrant_id,
        event_id=event_id,
        template=template,
        subject=subject,
        body=body,
        at=at,
    )


async def read_inbox(conn: AsyncConnection, *, registrant_id: UUID, page: int = 1) -> Inbox:
    """One page of somebody's inbox; beyond the last page, the last."""
    total = await repository.count_messages(conn, registrant_id=registrant_id, unread_only=False)
    last = max(1, -(-total // ON_A_PAGE))
    page = min(max(page, 1), last)
    rows = await repository.list_messages(
        conn, registrant_id=registrant_id, at_most=ON_A_PAGE, offset=(page - 1) * ON_A_PAGE
    )
    return Inbox(messages=rows, total=total, page=page)


async def latest_messages(conn: AsyncConnection, *, registrant_id: UUID, at_most: int) -> list[MessageRow]:
    """The newest messages."""
    return await repository.list_messages(conn, registrant_id=registrant_id, at_most=at_most, offset=0)


async def open_message(conn: AsyncConnection, *, registrant_id: UUID, message_id: UUID, now: datetime) -> MessageText:
    """A message, read from now on.

    Raises:
        NotFound: there is none of that id, or it is another's.
    """
    found = await repository.read_message(conn, registrant_id=registrant_id, message_id=message_id)
    if found is None:
        raise NotFound(what="message")
    await repository.mark_read(conn, message_id=message_id, read_at=now)
    return found


async def keep_unread(conn: AsyncConnection, *, registrant_id: UUID, message_id: UUID) -> None:
    """Mark a message as not read yet.

    Raises:
        NotFound: there is none of that id, or it is another's.
    """
    if await repository.read_message(conn, registrant_id=registrant_id, message_id=message_id) is None:
        raise NotFound(what="message")
    await repository.mark_read(conn, message_id=message_id, read_at=None)


async def unread_count(conn: AsyncConnection, *, registrant_id: UUID) -> int:
    """How many messages somebody has not read."""
    return await repository.count_messages(conn, registrant_id=registrant_id, unread_only=True)


async def read_frame(conn: AsyncConnection, *, registrant_id: UUID, own_id: UUID, terms: RegistrationTerms) -> FrameRow:
    """What the header of every page says of somebody logged in as ``own_id`` who acts for ``registrant_id``."""
    field = (terms.one_per_person or OnePerPerson()).group_name_field
    return await repository.read_frame(conn, registrant_id=registrant_id, own_id=own_id, name_field=field)
