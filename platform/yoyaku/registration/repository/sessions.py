"""Sessions, with the person each is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import login_session
from yoyaku.registration.repository.here import HERE

# One column of JSON: each request asks this, and eighteen columns cost the driver more than the query.
_SESSION = text("""
    SELECT jsonb_build_object(
        'account_id', s.account_id, 'created_at', s.created_at, 'last_seen_at', s.last_seen_at,
        'expires_at', s.expires_at, 'login_id', a.login_id, 'registrant_id', r.registrant_id, 'staff_id', a.staff_id,
        'kind', r.kind, 'name', r.name, 'user_class', r.user_class, 'residency', r.residency, 'stage', r.stage,
        'facts', r.facts, 'registered_at', r.registered_at, 'email', r.email, 'language', r.language,
        'mail_verified', r.mail_verified_at IS NOT NULL
            AND (r.email_wanted IS NULL OR r.email_wanted_until > clock_timestamp()), 'expiries', r.expiries,
        'staff_name', f.name, 'roles', f.roles, 'facilities', f.facilities,
        'session_id', s.session_id, 'level', s.level, 'acting_for', s.acting_for, 'purpose', s.purpose,
        'own_registrant_id', a.registrant_id, 'last_login_at', a.previous_login_at)::text
    FROM login_session s
    JOIN account a USING (tenant_id, service_id, account_id)
    LEFT JOIN registrant r ON (r.tenant_id, r.service_id, r.registrant_id)
        = (a.tenant_id, a.service_id, coalesce(s.acting_for, a.registrant_id))
    LEFT JOIN staff f ON (f.tenant_id, f.service_id, f.staff_id) = (a.tenant_id, a.service_id, a.staff_id)
        AND f.ended_at IS NULL
    WHERE s.token_hash = :token_hash AND a.closed_at IS NULL
""")


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A session with the person it is of: a registrant or a member of staff.

    ``registrant_id`` is for whom they act: themselves (``own_registrant_id``) or a group (``acting_for``).
    """

    account_id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    login_id: str
    registrant_id: UUID | None
    staff_id: UUID | None
    kind: str | None
    name: str | None
    user_class: str | None
    residency: str | None
    stage: str | None
    facts: Mapping[str, Any] | None
    registered_at: datetime | None
    email: str | None
    language: str | None
    mail_verified: bool
    expiries: Mapping[str, date] | None
    staff_name: str | None
    roles: Sequence[str] | None
    facilities: Sequence[str] | None
    session_id: UUID | None
    level: str
    acting_for: UUID | None
    purpose: str | None
    own_registrant_id: UUID | None
    last_login_at: datetime | None


_SESSION_ROW = msgspec.json.Decoder(SessionRow)


async def add_session(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Store a session by the hash of its token."""
    await conn.execute(insert(login_session).values(**HERE, **values))


async def find_session(conn: AsyncConnection, *, token_hash: bytes) -> SessionRow | None:
    """The session of that token, alive or not."""
    told = (await conn.execute(_SESSION, {"token_hash": token_hash})).scalar()
    return None if told is None else _SESSION_ROW.decode(told)


async def touch_session(
    conn: AsyncConnection, *, token_hash: bytes, last_seen_at: datetime, expires_at: datetime
) -> None:
    """Note a request."""
    chosen = update(login_session).where(login_session.c.token_hash == token_hash)
    await conn.execute(chosen.values(last_seen_at=last_seen_at, expires_at=expires_at))


async def remove_session(conn: AsyncConnection, *, token_hash: bytes) -> None:
    """End a session."""
    await conn.execute(delete(login_session).where(login_session.c.token_hash == token_hash))


async def remove_sessions_of(conn: AsyncConnection, *, account_id: UUID, expired_by: datetime | None = None) -> None:
    """End an account's sessions: all, or those that were over at ``expired_by``."""
    chosen = delete(login_session).where(login_session.c.account_id == account_id)
    if expired_by is not None:
        chosen = chosen.where(login_session.c.expires_at <= expired_by)
    await conn.execute(chosen)


@dataclass(frozen=True, kw_only=True)
class OpenSessionRow:
    """A session as its owner sees it in the list."""

    session_id: UUID
    created_at: datetime
    last_seen_at: datetime
    address: str
    device: str
    method: str


async def list_sessions(conn: AsyncConnection, *, account_id: UUID, real_now: datetime) -> list[OpenSessionRow]:
    """The sessions of an account that are alive, the last used first."""
    names = ("session_id", "created_at", "last_seen_at", "address", "device", "method")
    query = select(*(login_session.c[name] for name in names)).where(
        login_session.c.account_id == account_id,
        login_session.c.expires_at > real_now,
        login_session.c.session_id.is_not(None),
        login_session.c.level == "full",
    )
    rows = await conn.execute(query.order_by(login_session.c.last_seen_at.desc(), login_session.c.session_id))
    return [OpenSessionRow(**row) for row in rows.mappings()]


async def end_session(conn: AsyncConnection, *, account_id: UUID, session_id: UUID) -> bool:
    """End one session of an account; says whether there was one."""
    chosen = delete(login_session).where(
        login_session.c.account_id == account_id, login_session.c.session_id == session_id
    )
    return (await conn.execute(chosen.returning(login_session.c.session_id))).first() is not None


async def end_sessions(conn: AsyncConnection, *, account_id: UUID, except_session_id: UUID | None) -> None:
    """End an account's sessions, all but perhaps one; also those that are not full yet."""
    chosen = delete(login_session).where(login_session.c.account_id == account_id)
    if except_session_id is not None:
        chosen = chosen.where(login_session.c.session_id.is_distinct_from(except_session_id))
    await conn.execute(chosen)
