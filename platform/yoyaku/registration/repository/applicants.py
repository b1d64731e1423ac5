"""Registrations as they are applied for, read whole and changed by their owners; and the members that groups list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import account, group_member, registrant
from yoyaku.registration.repository.here import HERE

_PROFILE = (
    "registrant_id", "kind", "name", "kana", "user_class", "residency", "stage", "stage_since", "birth_date",
    "postcode", "address", "phone", "email", "email_wanted", "mail_verified_at", "language", "details", "consents",
    "expiries", "registered_at", "anonymised_at", "facts", "person_key",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ProfileRow:
    """All of a registration, with the id by which its owner logs in."""

    registrant_id: UUID
    kind: str
    name: str
    kana: str
    user_class: str
    residency: str | None
    stage: str
    stage_since: datetime | None
    birth_date: date | None
    postcode: str | None
    address: str | None
    phone: str | None
    email: str | None
    email_wanted: str | None
    mail_verified_at: datetime | None
    language: str
    details: Mapping[str, Any] = field(repr=False)
    consents: Mapping[str, Any]
    expiries: Mapping[str, str]
    registered_at: datetime
    anonymised_at: datetime | None
    facts: Mapping[str, Any]
    person_key: bytes | None = field(repr=False)
    account_id: UUID | None
    login_id: str | None
    password_state: str | None


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """Somebody whom a group lists."""

    name: str
    kana: str
    role: str
    state: str


async def add_applicant(conn: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Store a registration; says whether neither its id nor its person was there."""
    free = insert(registrant).values(**HERE, **values).on_conflict_do_nothing()
    return (await conn.execute(free.returning(registrant.c.registrant_id))).first() is not None


async def find_same_person(conn: AsyncConnection, *, person_key: bytes) -> ProfileRow | None:
    """The registration of a person."""
    return await _read(conn, registrant.c.person_key == person_key)


async def read_profile(conn: AsyncConnection, *, registrant_id: UUID) -> ProfileRow | None:
    """All of one registration."""
    return await _read(conn, registrant.c.registrant_id == registrant_id)


async def change_profile(conn: AsyncConnection, *, registrant_id: UUID, values: Mapping[str, Any]) -> None:
    """Write what changed of a registration."""
    await conn.execute(update(registrant).where(registrant.c.registrant_id == registrant_id).values(**values))


async def add_members(conn: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store the people whom a group lists."""
    if rows:
        await conn.execute(insert(group_member).values([{**HERE, **row} for row in rows]))


async def members_of(conn: AsyncConnection, *, group_id: UUID) -> list[MemberRow]:
    """Whom a group lists now: representative, contact person, members."""
    chosen = group_member.c.group_id == group_id, group_member.c.state != "ended"
    columns = (group_member.c[name] for name in ("name", "kana", "role", "state"))
    rows = await conn.execute(
        select(*columns).where(*chosen).order_by(group_member.c.added_at, group_member.c.member_id)
    )
    return [MemberRow(**row) for row in rows.mappings()]


async def rename_role(conn: AsyncConnection, *, group_id: UUID, role: str, name: str, kana: str | None) -> bool:
    """Change who represents a group or is asked for it; says whether somebody was listed so."""
    chosen = update(group_member).where(
        group_member.c.group_id == group_id, group_member.c.role == role, group_member.c.state == "listed"
    )
    values = {"name": name} if kana is None else {"name": name, "kana": kana}
    return (await conn.execute(chosen.values(**values).returning(group_member.c.member_id))).first() is not None


async def _read(conn: AsyncConnection, condition: Any) -> ProfileRow | None:  # noqa: ANN401  # a condition of SQLAlchemy's
    columns = [registrant.c[name] for name in _PROFILE]
    of_account = [account.c[name] for name in ("account_id", "login_id", "password_state")]
    keys = ("tenant_id", "service_id", "registrant_id")
    first, *more = (registrant.c[key] == account.c[key] for key in keys)
    for same in more:
        first &= same
    query = select(*columns, *of_account).select_from(registrant.outerjoin(account, first)).where(condition)
    row = (await conn.execute(query.order_by(account.c.created_at).limit(1))).mappings().first()
    return None if row is None else ProfileRow(**row)
