"""Generators of codes, and recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import code_generator
from yoyaku.registration.repository.here import HERE


@dataclass(frozen=True, kw_only=True)
class GeneratorRow:
    """A generator; ``secret`` is sealed, ``last_step`` the last that was used."""

    secret: bytes = field(repr=False)
    confirmed_at: datetime | None
    last_step: int
    recovery_left: int


async def find_generator(conn: AsyncConnection, *, account_id: UUID) -> GeneratorRow | None:
    """The account's generator, confirmed or not."""
    columns = (code_generator.c[name] for name in ("secret", "confirmed_at", "last_step"))
    left = func.cardinality(code_generator.c.recovery_hashes).label("recovery_left")
    query = select(*columns, left).where(code_generator.c.account_id == account_id)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else GeneratorRow(**row)


async def put_generator(
    conn: AsyncConnection, *, account_id: UUID, secret: bytes, confirmed_at: datetime | None
) -> bool:
    """Store a generator, in place of one that was never confirmed; says whether none was confirmed."""
    values = {"secret": secret, "confirmed_at": confirmed_at, "last_step": 0}
    new = insert(code_generator).values(**HERE, account_id=account_id, recovery_hashes=[], **values)
    put = new.on_conflict_do_update(
        index_elements=["tenant_id", "service_id", "account_id"],
        set_=values,
        where=code_generator.c.confirmed_at.is_(None),
    )
    return (await conn.execute(put.returning(code_generator.c.account_id))).first() is not None


async def confirm_generator(conn: AsyncConnection, *, account_id: UUID, at: datetime) -> None:
    """Let a generator count from now on."""
    chosen = update(code_generator).where(code_generator.c.account_id == account_id)
    await conn.execute(chosen.values(confirmed_at=at))


async def use_step(conn: AsyncConnection, *, account_id: UUID, step: int) -> bool:
    """Use a step; of two at the same moment, one is refused."""
    chosen = update(code_generator).where(code_generator.c.account_id == account_id, code_generator.c.last_step < step)
    used = chosen.values(last_step=step).returning(code_generator.c.account_id)
    return (await conn.execute(used)).first() is not None


async def use_recovery(conn: AsyncConnection, *, account_id: UUID, code_hash: bytes) -> bool:
    """Use a recovery code; says whether it was there."""
    hashes = code_generator.c.recovery_hashes
    chosen = update(code_generator).where(
        code_generator.c.account_id == account_id,
        code_generator.c.confirmed_at.is_not(None),
        hashes.any_() == code_hash,
    )
    used = chosen.values(recovery_hashes=func.array_remove(hashes, code_hash)).returning(code_generator.c.account_id)
    return (await conn.execute(used)).first() is not None


async def replace_recovery(conn: AsyncConnection, *, account_id: UUID, hashes: Sequence[bytes]) -> None:
    """Replace all recovery codes."""
    chosen = update(code_generator).where(code_generator.c.account_id == account_id)
    await conn.execute(chosen.values(recovery_hashes=list(hashes)))


async def remove_generator(conn: AsyncConnection, *, account_id: UUID) -> bool:
    """Forget a generator and its recovery codes; says whether there was one."""
    gone = delete(code_generator).where(code_generator.c.account_id == account_id)
    return (await conn.execute(gone.returning(code_generator.c.account_id))).first() is not None
