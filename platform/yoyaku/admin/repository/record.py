"""The record of who did what and why (rows are only ever added: a trigger forbids the rest), staff, and finding people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import account, audit_entry, login_session, registrant, staff

_HERE = {"tenant_id": func.current_setting("app.tenant_id"), "service_id": func.current_setting("app.service_id")}
_FIND = text(r"""
    SELECT r.registrant_id, r.name, r.kana, r.user_class, r.stage, r.phone, r.birth_date, a.login_id
    FROM registrant r LEFT JOIN account a USING (tenant_id, service_id, registrant_id)
    WHERE r.anonymised_at IS NULL
      AND (r.search_key LIKE :pattern ESCAPE '\' OR a.login_key = :login_key OR r.phone_key = :phone_key
           OR r.birth_date = CAST(:birth_date AS date))
    ORDER BY r.kana, r.registrant_id LIMIT :at_most
""")
_STAFF = text("""
    SELECT f.staff_id, f.name, f.roles, f.facilities, f.email, f.ended_at, a.account_id, a.login_id, a.last_login_at,
           EXISTS (SELECT FROM code_generator g WHERE (g.tenant_id, g.service_id, g.account_id)
                   = (a.tenant_id, a.service_id, a.account_id) AND g.confirmed_at IS NOT NULL)
           OR EXISTS (SELECT FROM passkey p WHERE (p.tenant_id, p.service_id, p.account_id)
                      = (a.tenant_id, a.service_id, a.account_id)) AS has_second_factor
    FROM staff f LEFT JOIN account a USING (tenant_id, service_id, staff_id)
    WHERE CAST(:staff_id AS uuid) IS NULL OR f.staff_id = :staff_id
    ORDER BY f.ended_at IS NOT NULL, f.name, f.staff_id
""")
_LOCK_ADMINS = text("""
    SELECT staff_id FROM staff WHERE 'tenant_admin' = ANY(roles) AND ended_at IS NULL
    ORDER BY staff_id FOR NO KEY UPDATE
""")


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One act: when (business time), by which account and clerk, on what, why; whose data it was about, for what."""

    entry_id: UUID
    at: datetime
    account_id: UUID | None
    staff_name: str | None
    act: str
    subject_kind: str
    subject_id: str
    why: str | None
    facts: Mapping[str, Any]
    registrant_id: UUID | None = None
    purpose: str | None = None


@dataclass(frozen=True, kw_only=True)
class FoundPerson:
    """A registrant in the list of those found."""

    registrant_id: UUID
    name: str
    kana: str
    user_class: str
    stage: str
    phone: str | None
    birth_date: date | None
    login_id: str | None


@dataclass(frozen=True, kw_only=True)
class StaffRow:
    """A member of staff, with the account they log in by."""

    staff_id: UUID
    name: str
    roles: Sequence[str]
    facilities: Sequence[str]
    email: str | None
    ended_at: datetime | None
    account_id: UUID | None
    login_id: str | None
    last_login_at: datetime | None
    has_second_factor: bool


async def add_entry(conn: AsyncConnection, entry: AuditEntry) -> None:
    """Write an act down."""
    await conn.execute(insert(audit_entry).values(**_HERE, **{**vars(entry), "facts": dict(entry.facts)}))


async def find_people(
    conn: AsyncConnection,
    *,
    folded: str,
    login_key: str,
    phone_key: str | None,
    birth_date: date | None,
    at_most: int,
) -> list[FoundPerson]:
    """Those whose folded name or reading holds ``folded``, or whose id, telephone number or birth date it is."""
    escaped = folded.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    values = {"pattern": f"%{escaped}%", "login_key": login_key, "phone_key": phone_key, "birth_date": birth_date}
    rows = await conn.execute(_FIND, {**values, "at_most": at_most})
    return [FoundPerson(**row) for row in rows.mappings()]


async def born_on(conn: AsyncConnection, *, birth_date: date) -> list[UUID]:
    """The registrants with this birth date, of a group its representative's."""
    text_of_group = registrant.c.details["representative_birth_date"].astext == birth_date.isoformat()
    query = select(registrant.c.registrant_id).where(
        registrant.c.anonymised_at.is_(None), (registrant.c.birth_date == birth_date) | text_of_group
    )
    return list((await conn.execute(query.order_by(registrant.c.registrant_id))).scalars())


async def has_entry(
    conn: AsyncConnection, *, account_id: UUID, acts: Sequence[str], subject: tuple[str, str], since: datetime
) -> bool:
    """Whether an account has one of these acts on a subject (kind, id) written down since then (business time)."""
    of = audit_entry.c
    query = select(of.entry_id).where(
        of.subject_kind == subject[0],
        of.subject_id == subject[1],
        of.account_id == account_id,
        of.act.in_(acts),
        of.at >= since,
    )
    return (await conn.execute(query.limit(1))).first() is not None


async def keep_purpose(conn: AsyncConnection, *, session_id: UUID, purpose: str) -> None:
    """Write down in a session for what people are looked at."""
    await conn.execute(update(login_session).where(login_session.c.session_id == session_id).values(purpose=purpose))


async def list_staff(conn: AsyncConnection, *, staff_id: UUID | None = None) -> list[StaffRow]:
    """All staff of the service, or one of them; who has ended stands last."""
    rows = await conn.execute(_STAFF, {"staff_id": staff_id})
    return [StaffRow(**row) for row in rows.mappings()]


async def lock_admins(conn: AsyncConnection) -> list[UUID]:
    """Who is an admin now; nobody else changes it until the transaction ends."""
    return list((await conn.execute(_LOCK_ADMINS)).scalars())


async def add_staff(conn: AsyncConnection, *, values: Mapping[str, Any]) -> None:
    """Store a member of staff."""
    await conn.execute(insert(staff).values(**_HERE, **values))


async def change_staff(conn: AsyncConnection, *, staff_id: UUID, values: Mapping[str, Any]) -> None:
    """Write what changed of a member of staff."""
    await conn.execute(update(staff).where(staff.c.staff_id == staff_id).values(**values))


async def close_account(conn: AsyncConnection, *, account_id: UUID, real_now: datetime) -> None:
    """Let nobody log in by an account any more."""
    await conn.execute(update(account).where(account.c.account_id == account_id).values(closed_at=real_now))
