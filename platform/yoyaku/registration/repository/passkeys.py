"""Passkeys: public keys by which people log in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import account, passkey
from yoyaku.registration.repository.here import HERE

_NAMES = ("credential_id", "account_id", "public_key", "sign_count", "name", "transports", "created_at", "last_used_at")
# Whoever comes first gives the account its handle; it never changes afterwards.
_HANDLE = text("""
    UPDATE account SET passkey_handle = coalesce(passkey_handle, :drawn) WHERE account_id = :account_id
    RETURNING passkey_handle
""")


@dataclass(frozen=True, kw_only=True)
class PasskeyRow:
    """A passkey; ``sign_count`` is its authenticator's, nought where it counts nothing."""

    credential_id: bytes
    account_id: UUID
    public_key: bytes
    sign_count: int
    name: str
    transports: Sequence[str]
    created_at: datetime
    last_used_at: datetime | None


async def handle_of(conn: AsyncConnection, *, account_id: UUID, drawn: bytes) -> bytes:
    """The account's handle, ``drawn`` where it had none; the account is locked until the end."""
    return bytes((await conn.execute(_HANDLE, {"account_id": account_id, "drawn": drawn})).scalar_one())


async def list_passkeys(conn: AsyncConnection, *, account_id: UUID) -> list[PasskeyRow]:
    """The passkeys of an account, the first added first."""
    query = select(*(passkey.c[name] for name in _NAMES)).where(passkey.c.account_id == account_id)
    rows = await conn.execute(query.order_by(passkey.c.created_at, passkey.c.credential_id))
    return [PasskeyRow(**row) for row in rows.mappings()]


async def lock_passkey(conn: AsyncConnection, *, credential_id: bytes) -> PasskeyRow | None:
    """The passkey of that id, for nobody else to log in with until the end."""
    query = select(*(passkey.c[name] for name in _NAMES)).where(passkey.c.credential_id == credential_id)
    row = (await conn.execute(query.with_for_update())).mappings().first()
    return None if row is None else PasskeyRow(**row)


async def read_handle(conn: AsyncConnection, *, account_id: UUID) -> bytes | None:
    """The account's handle."""
    query = select(account.c.passkey_handle).where(account.c.account_id == account_id)
    found = (await conn.execute(query)).scalar()
    return None if found is None else bytes(found)


async def count_passkeys(conn: AsyncConnection, *, account_id: UUID) -> int:
    """How many passkeys an account has."""
    query = select(func.count()).select_from(passkey).where(passkey.c.account_id == account_id)
    return int((await conn.execute(query)).scalar_one())


async def add_passkey(conn: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Store a passkey; says whether it was not there before."""
    new = insert(passkey).values(**HERE, **values).on_conflict_do_nothing()
    return (await conn.execute(new.returning(passkey.c.credential_id))).first() is not None


async def note_use(conn: AsyncConnection, *, credential_id: bytes, sign_count: int, at: datetime) -> None:
    """Keep that a passkey was used."""
    chosen = update(passkey).where(passkey.c.credential_id == credential_id)
    await conn.execute(chosen.values(sign_count=sign_count, last_used_at=at))


async def remove_passkey(conn: AsyncConnection, *, account_id: UUID, credential_id: bytes) -> bool:
    """Forget one passkey of an account; says whether there was one."""
    gone = delete(passkey).where(passkey.c.account_id == account_id, passkey.c.credential_id == credential_id)
    return (await conn.execute(gone.returning(passkey.c.credential_id))).first() is not None
