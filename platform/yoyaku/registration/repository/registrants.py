"""Registrants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import registrant
from yoyaku.registration.repository.here import HERE

_FIND = text(r"""
    SELECT r.registrant_id, r.kind, r.name, r.kana, r.user_class, r.residency, r.stage, r.facts, r.email, r.phone,
           r.language, r.registered_at, a.login_id, r.mail_verified_at IS NOT NULL
               AND (r.email_wanted IS NULL OR r.email_wanted_until > clock_timestamp()) AS mail_verified
    FROM registrant r LEFT JOIN account a USING (tenant_id, service_id, registrant_id)
    WHERE r.search_key LIKE :pattern ESCAPE '\' OR a.login_key = :login_key
    ORDER BY r.kana, r.registrant_id LIMIT :at_most
""")
_ONE = text("""
    SELECT r.registrant_id, r.kind, r.name, r.kana, r.user_class, r.residency, r.stage, r.facts, r.email, r.phone,
           r.language, r.registered_at, a.login_id, r.mail_verified_at IS NOT NULL
               AND (r.email_wanted IS NULL OR r.email_wanted_until > clock_timestamp()) AS mail_verified
    FROM registrant r LEFT JOIN account a USING (tenant_id, service_id, registrant_id)
    WHERE r.registrant_id = :registrant_id
    ORDER BY a.created_at LIMIT 1
""")


@dataclass(frozen=True, kw_only=True)
class RegistrantRow:
    """A registrant, with the id they log in by where they have one."""

    registrant_id: UUID
    kind: str
    name: str
    kana: str
    user_class: str
    residency: str | None
    stage: str
    facts: Mapping[str, Any]
    email: str | None
    phone: str | None
    language: str
    registered_at: datetime
    mail_verified: bool
    login_id: str | None


async def add_registrant(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Store a registrant."""
    await conn.execute(insert(registrant).values(**HERE, **values))


async def find_registrants(conn: AsyncConnection, *, folded: str, login_key: str, at_most: int) -> list[RegistrantRow]:
    """Those whose folded name or reading holds ``folded``, or who log in by ``login_key``."""
    escaped = folded.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    rows = await conn.execute(_FIND, {"pattern": f"%{escaped}%", "login_key": login_key, "at_most": at_most})
    return [RegistrantRow(**row) for row in rows.mappings()]


async def read_registrant(conn: AsyncConnection, *, registrant_id: UUID) -> RegistrantRow | None:
    """One registrant."""
    row = (await conn.execute(_ONE, {"registrant_id": registrant_id})).mappings().first()
    return None if row is None else RegistrantRow(**row)
