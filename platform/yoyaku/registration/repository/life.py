"""The life of a registration: its stage, expiries and mail address, and the statements that change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import registrant

# Who acts on a registration holds its row; bookings do the same, so that nobody is forgotten while they book.
_LIFE = text("""
    SELECT r.registrant_id, r.kind, r.name, r.user_class, r.residency, r.stage, r.facts, r.email, r.language,
           r.email_wanted, r.email_wanted_until, r.mail_verified_at, r.stage_since, r.expiries::text AS expiries,
           r.registered_at, r.active_on, r.anonymised_at, t.time_zone
    FROM registrant r JOIN tenant t USING (tenant_id)
    WHERE r.registrant_id = :registrant_id
""")
_LIFE_LOCKED = text(f"{_LIFE.text} FOR NO KEY UPDATE OF r")
_LIFE_ALONE = text(f"{_LIFE.text} FOR UPDATE OF r")
_SAME_MAIL = text("""
    SELECT 1 FROM registrant
    WHERE (lower(email) = lower(:email) OR lower(email_wanted) = lower(:email)) AND registrant_id <> :registrant_id
    LIMIT 1
""")
_TOLD = text("""
    SELECT created_at FROM outbox WHERE kind = :kind AND subject_id = :registrant_id AND created_at > :since
    ORDER BY created_at
""")
_OPEN_DEADLINE = text("SELECT due_at FROM deadline WHERE kind = :kind AND subject_id = :subject_id AND done_at IS NULL")
_UNWATCHED = text("""
    SELECT registrant_id FROM registrant r
    WHERE anonymised_at IS NULL AND (CAST(:stages AS text[]) IS NULL OR stage = ANY(:stages)) AND NOT EXISTS (
        SELECT FROM deadline d WHERE (d.tenant_id, d.service_id) = (r.tenant_id, r.service_id)
          AND d.kind = 'registration_retention' AND d.subject_id = r.registrant_id AND d.done_at IS NULL)
    ORDER BY registrant_id LIMIT :at_most
""")


@dataclass(frozen=True, kw_only=True)
class LifeRow:
    """A registrant as far as time and mail go; ``email_wanted_until`` is real time, ``stage_since`` business time."""

    registrant_id: UUID
    kind: str
    name: str
    user_class: str
    residency: str | None
    stage: str
    facts: Mapping[str, Any]
    email: str | None
    language: str
    email_wanted: str | None
    email_wanted_until: datetime | None
    mail_verified_at: datetime | None
    stage_since: datetime | None
    expiries: Mapping[str, date]
    registered_at: datetime
    active_on: date | None
    anonymised_at: datetime | None
    zone: ZoneInfo


async def read_life(
    conn: AsyncConnection, *, registrant_id: UUID, lock: bool | Literal["alone"] = False
) -> LifeRow | None:
    """One registrant, kept from changing until the end of the transaction where ``lock``; ``alone``: nothing new refers to
    them either, and what is being booked for them is waited for.
    """
    query = _LIFE_ALONE if lock == "alone" else _LIFE_LOCKED if lock else _LIFE
    row = (await conn.execute(query, {"registrant_id": registrant_id})).mappings().first()
    if row is None:
        return None
    values = dict(row)
    expiries = msgspec.json.decode(values.pop("expiries"), type=dict[str, date])
    return LifeRow(**values | {"expiries": expiries, "zone": ZoneInfo(values.pop("time_zone"))})


async def change_registrant(conn: AsyncConnection, *, registrant_id: UUID, values: Mapping[str, Any]) -> None:
    """Write what became of a registrant."""
    await conn.execute(update(registrant).where(registrant.c.registrant_id == registrant_id).values(**values))


async def mail_is_taken(conn: AsyncConnection, *, email: str, registrant_id: UUID) -> bool:
    """Whether somebody else of the service has the address."""
    return (await conn.execute(_SAME_MAIL, {"email": email, "registrant_id": registrant_id})).first() is not None


async def told_at(conn: AsyncConnection, *, kind: str, registrant_id: UUID, since: datetime) -> list[datetime]:
    """When an event of a kind was told of a registrant since then, in order (real time)."""
    values = {"kind": kind, "registrant_id": registrant_id, "since": since}
    return list((await conn.execute(_TOLD, values)).scalars())


async def open_deadline(conn: AsyncConnection, *, kind: str, subject_id: UUID) -> datetime | None:
    """When the open deadline of a kind is due (business time)."""
    found: datetime | None = (await conn.execute(_OPEN_DEADLINE, {"kind": kind, "subject_id": subject_id})).scalar()
    return found


async def registrants_without_retention(
    conn: AsyncConnection, *, stages: Sequence[str] | None, at_most: int
) -> list[UUID]:
    """Those whose retention nobody watches yet, at these stages (``None``: at any)."""
    values = {"stages": None if stages is None else list(stages), "at_most": at_most}
    return list((await conn.execute(_UNWATCHED, values)).scalars())
