"""Registrants, staff, accounts and sessions of the service whose transaction this is.

Row-level security keeps every statement within the service; new rows take its keys from the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import account, login_session, registrant, staff

HERE = {"tenant_id": func.current_setting("app.tenant_id"), "service_id": func.current_setting("app.service_id")}

# One column of JSON: each request asks this, and eighteen columns cost the driver more than the query.
_SESSION = text("""
    SELECT jsonb_build_object(
        'account_id', s.account_id, 'created_at', s.created_at, 'last_seen_at', s.last_seen_at,
        'expires_at', s.expires_at, 'login_id', a.login_id, 'registrant_id', a.registrant_id, 'staff_id', a.staff_id,
        'kind', r.kind, 'name', r.name, 'user_class', r.user_class, 'residency', r.residency, 'stage', r.stage,
        'facts', r.facts, 'registered_at', r.registered_at, 'email', r.email, 'language', r.language,
        'staff_name', f.name, 'roles', f.roles)::text
    FROM login_session s
    JOIN account a USING (tenant_id, service_id, account_id)
    LEFT JOIN registrant r USING (tenant_id, service_id, registrant_id)
    LEFT JOIN staff f USING (tenant_id, service_id, staff_id)
    WHERE s.token_hash = :token_hash
""")
_FIND = text(r"""
    SELECT r.registrant_id, r.kind, r.name, r.kana, r.user_class, r.residency, r.stage, r.facts, r.email, r.phone,
           r.language, r.registered_at, a.login_id
    FROM registrant r LEFT JOIN account a USING (tenant_id, service_id, registrant_id)
    WHERE r.search_key LIKE :pattern ESCAPE '\' OR a.login_key = :login_key
    ORDER BY r.kana, r.registrant_id LIMIT :at_most
""")
_ONE = text("""
    SELECT r.registrant_id, r.kind, r.name, r.kana, r.user_class, r.residency, r.stage, r.facts, r.email, r.phone,
           r.language, r.registered_at, a.login_id
    FROM registrant r LEFT JOIN account a USING (tenant_id, service_id, registrant_id)
    WHERE r.registrant_id = :registrant_id
    ORDER BY a.created_at LIMIT 1
""")


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """What logging in needs of an account."""

    account_id: UUID
    password_hash: str


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A session with the person it is of: a registrant or a member of staff."""

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
    staff_name: str | None
    roles: Sequence[str] | None


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
    login_id: str | None


_SESSION_ROW = msgspec.json.Decoder(SessionRow)


async def find_account(conn: AsyncConnection, *, login_key: str) -> AccountRow | None:
    """The account of that id in its one spelling."""
    query = select(account.c.account_id, account.c.password_hash).where(account.c.login_key == login_key)
    row = (await conn.execute(query)).first()
    return None if row is None else AccountRow(account_id=row.account_id, password_hash=row.password_hash)


async def add_registrant(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Store a registrant."""
    await conn.execute(insert(registrant).values(**HERE, **values))


async def add_staff(conn: AsyncConnection, *, staff_id: UUID, name: str, roles: Sequence[str]) -> None:
    """Store a member of staff."""
    await conn.execute(insert(staff).values(**HERE, staff_id=staff_id, name=name, roles=list(roles)))


async def add_account(conn: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Store an account; says whether its ``login_key`` was free."""
    free = insert(account).values(**HERE, **values).on_conflict_do_nothing(constraint="uq_account_login")
    return (await conn.execute(free.returning(account.c.account_id))).first() is not None


async def change_password_hash(conn: AsyncConnection, *, account_id: UUID, password_hash: str) -> None:
    """Replace the hash."""
    await conn.execute(update(account).where(account.c.account_id == account_id).values(password_hash=password_hash))


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


async def find_registrants(conn: AsyncConnection, *, folded: str, login_key: str, at_most: int) -> list[RegistrantRow]:
    """Those whose folded name or reading holds ``folded``, or who log in by ``login_key``."""
    escaped = folded.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    rows = await conn.execute(_FIND, {"pattern": f"%{escaped}%", "login_key": login_key, "at_most": at_most})
    return [RegistrantRow(**row) for row in rows.mappings()]


async def read_registrant(conn: AsyncConnection, *, registrant_id: UUID) -> RegistrantRow | None:
    """One registrant."""
    row = (await conn.execute(_ONE, {"registrant_id": registrant_id})).mappings().first()
    return None if row is None else RegistrantRow(**row)
