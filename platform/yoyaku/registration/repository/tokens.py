"""One-time tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import one_time_token
from yoyaku.registration.repository.here import HERE


@dataclass(frozen=True, kw_only=True)
class TokenRow:
    """A token as it is stored."""

    account_id: UUID | None
    registrant_id: UUID | None
    facts: Mapping[str, Any]
    expires_at: datetime
    used_at: datetime | None


async def add_token(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Store a token by its hash."""
    await conn.execute(insert(one_time_token).values(**HERE, **values))


async def end_tokens(conn: AsyncConnection, *, purpose: str, owner_ids: Sequence[UUID | None], at: datetime) -> None:
    """Make an owner's open tokens of a purpose unusable."""
    account_id, registrant_id = owner_ids
    owned = []
    if account_id is not None:
        owned.append(one_time_token.c.account_id == account_id)
    if registrant_id is not None:
        owned.append(one_time_token.c.registrant_id == registrant_id)
    if not owned:
        return
    chosen = update(one_time_token).where(one_time_token.c.purpose == purpose, one_time_token.c.used_at.is_(None))
    await conn.execute(chosen.where(or_(*owned)).values(used_at=at))


async def find_token(conn: AsyncConnection, *, token_hash: bytes, purpose: str) -> TokenRow | None:
    """The token of that hash, good or not."""
    columns = (one_time_token.c[name] for name in ("account_id", "registrant_id", "facts", "expires_at", "used_at"))
    query = select(*columns).where(one_time_token.c.token_hash == token_hash, one_time_token.c.purpose == purpose)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else TokenRow(**row)


async def mark_used(conn: AsyncConnection, *, token_hash: bytes, at: datetime) -> bool:
    """Use a token; says whether it was still unused."""
    chosen = update(one_time_token).where(one_time_token.c.token_hash == token_hash, one_time_token.c.used_at.is_(None))
    row = await conn.execute(chosen.values(used_at=at).returning(one_time_token.c.token_hash))
    return row.first() is not None
