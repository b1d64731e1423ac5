"""Accounts and staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import account, staff
from yoyaku.registration.repository.here import HERE


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """What logging in needs of an account."""

    account_id: UUID
    password_hash: str


async def find_account(conn: AsyncConnection, *, login_key: str) -> AccountRow | None:
    """The account of that id in its one spelling."""
    query = select(account.c.account_id, account.c.password_hash).where(account.c.login_key == login_key)
    row = (await conn.execute(query)).first()
    return None if row is None else AccountRow(account_id=row.account_id, password_hash=row.password_hash)


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
