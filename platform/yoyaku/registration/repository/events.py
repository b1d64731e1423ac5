"""What is told later: outbox events and deadlines about registrants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import deadline, outbox
from yoyaku.kernel.ids import new_id
from yoyaku.registration.repository.here import HERE

EventKind = Literal[
    "registration_applied", "registration_advanced", "registration_rejected", "registration_expiring",
    "registration_expired", "registration_renewed", "registration_ended", "mail_to_verify", "mail_changed",
    "password_to_set", "password_changed", "login_changed", "documents_asked", "group_invited",
]  # fmt: skip
DeadlineKind = Literal["registration_expiry", "registration_reminder", "registration_retention", "document_deletion"]

_CLOSE = text(
    "UPDATE deadline SET done_at = clock_timestamp() WHERE kind = :kind AND subject_id = :subject_id AND done_at IS NULL"
)


async def tell(
    conn: AsyncConnection, *, kind: EventKind, registrant_id: UUID, facts: Mapping[str, Any] | None = None
) -> None:
    """Note what happened to a registrant, for whoever tells people about it; never a secret."""
    values = {"event_id": new_id(), "kind": kind, "subject_id": registrant_id, "facts": dict(facts or {})}
    await conn.execute(insert(outbox).values(**HERE, **values))


async def set_deadline(conn: AsyncConnection, *, kind: DeadlineKind, subject_id: UUID, due_at: datetime | None) -> None:
    """Let one deadline of a kind be open for a subject, at ``due_at`` (business time); ``None``: none."""
    await conn.execute(_CLOSE, {"kind": kind, "subject_id": subject_id})
    if due_at is not None:
        values = {"deadline_id": new_id(), "kind": kind, "subject_id": subject_id, "due_at": due_at}
        await conn.execute(insert(deadline).values(**HERE, **values))
