"""Reading what waits to be sealed, writing seals, and reading them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import audit_seal, audit_seal_entry
from yoyaku.lottery.repository.place import read_here
from yoyaku.registration.repository.here import HERE
from yoyaku.report.policy.chain import Batch, SealedEntry

_SEALED: Final = (
    "tenant_id", "service_id", "entry_id", "at", "account_id", "staff_name", "act", "subject_kind", "subject_id", "why",
    "facts", "registrant_id", "purpose", "source",
)  # fmt: skip
"""Everything that an entry says."""
_COLUMNS: Final = ", ".join(f"a.{name}" for name in _SEALED)

# One at a time for each service; whoever comes second goes away and comes again.
_BEGIN: Final = text("""
    SELECT pg_try_advisory_xact_lock(hashtextextended(
        'seals ' || current_setting('app.tenant_id') || '/' || current_setting('app.service_id'), 0))
""")
_WAITING: Final = text(f"""
    SELECT {_COLUMNS} FROM audit_unsealed u JOIN audit_entry a USING (tenant_id, service_id, entry_id)
    WHERE NOT EXISTS (SELECT FROM audit_seal_entry s
                      WHERE (s.tenant_id, s.service_id, s.entry_id) = (u.tenant_id, u.service_id, u.entry_id))
    ORDER BY a.at, a.entry_id LIMIT :at_most
""")  # noqa: S608  # the columns are the table's own
_SEALED_NOW: Final = text("""
    DELETE FROM audit_unsealed u USING audit_seal_entry s
    WHERE (s.tenant_id, s.service_id, s.entry_id) = (u.tenant_id, u.service_id, u.entry_id) AND s.batch = :batch
""")
_LAST: Final = text("SELECT batch, hash FROM audit_seal ORDER BY batch DESC LIMIT 1")
_BATCHES: Final = text("""
    SELECT s.batch, s.sealed_at, s.previous, s.hash, k.public_key, s.signature
    FROM audit_seal s JOIN signing_key k USING (tenant_id, service_id, key_id) ORDER BY s.batch
""")
_ENTRIES: Final = text(f"""
    SELECT s.place, s.entry_id AS sealed_id, s.hash, {_COLUMNS}
    FROM audit_seal_entry s LEFT JOIN audit_entry a USING (tenant_id, service_id, entry_id)
    WHERE s.batch = :batch ORDER BY s.place
""")  # noqa: S608  # the columns are the table's own
_NEVER: Final = text("""
    SELECT a.entry_id FROM audit_entry a
    WHERE NOT EXISTS (SELECT FROM audit_seal_entry s
                      WHERE (s.tenant_id, s.service_id, s.entry_id) = (a.tenant_id, a.service_id, a.entry_id))
      AND NOT EXISTS (SELECT FROM audit_unsealed u
                      WHERE (u.tenant_id, u.service_id, u.entry_id) = (a.tenant_id, a.service_id, a.entry_id))
    ORDER BY a.at, a.entry_id
""")
_STRAY: Final = text("""
    SELECT DISTINCT e.batch FROM audit_seal_entry e
    WHERE NOT EXISTS (SELECT FROM audit_seal s
                      WHERE (s.tenant_id, s.service_id, s.batch) = (e.tenant_id, e.service_id, e.batch))
    ORDER BY e.batch
""")
_HOW_MANY: Final = text("SELECT count(*) FROM audit_unsealed")
_LATEST: Final = text("SELECT batch, sealed_at, entries, hash FROM audit_seal ORDER BY batch DESC LIMIT :at_most")


async def begin_sealing(conn: AsyncConnection) -> bool:
    """Whether this transaction is the only one that seals this service's record now."""
    alone: bool = (await conn.execute(_BEGIN)).scalar_one()
    return alone


async def read_waiting(conn: AsyncConnection, *, at_most: int) -> list[Mapping[str, Any]]:
    """The acts that no batch holds, the oldest first; each as its columns."""
    return [dict(row) for row in (await conn.execute(_WAITING, {"at_most": at_most})).mappings()]


async def read_last(conn: AsyncConnection) -> tuple[int, bytes] | None:
    """Number and hash of the last batch."""
    row = (await conn.execute(_LAST)).first()
    return None if row is None else (row.batch, bytes(row.hash))


async def add_seal(conn: AsyncConnection, *, values: Mapping[str, Any], entries: Sequence[tuple[UUID, bytes]]) -> None:
    """Write a batch and its entries' hashes; its entries wait no more."""
    await conn.execute(insert(audit_seal).values(**HERE, entries=len(entries), **values))
    here, batch = await read_here(conn), values["batch"]
    rows = [
        {**here._asdict(), "batch": batch, "place": place, "entry_id": entry_id, "hash": digest}
        for place, (entry_id, digest) in enumerate(entries, start=1)
    ]
    await conn.execute(insert(audit_seal_entry), rows)
    await conn.execute(_SEALED_NOW, {"batch": batch})


async def read_batches(conn: AsyncConnection) -> list[Batch]:
    """Every batch in order, each with the public half of its key."""
    here = await read_here(conn)
    return [
        Batch(
            place=(here.tenant_id, here.service_id),
            batch=row.batch,
            sealed_at=row.sealed_at,
            previous=bytes(row.previous),
            hash=bytes(row.hash),
            public_key=bytes(row.public_key),
            signature=bytes(row.signature),
        )
        for row in await conn.execute(_BATCHES)
    ]


async def read_entries(conn: AsyncConnection, *, batch: int) -> list[SealedEntry]:
    """What a batch holds, each beside what the record says now."""
    return [
        SealedEntry(
            place=row["place"],
            entry_id=row["sealed_id"],
            hash=bytes(row["hash"]),
            now=None if row["entry_id"] is None else {name: row[name] for name in _SEALED},
        )
        for row in (await conn.execute(_ENTRIES, {"batch": batch})).mappings()
    ]


async def read_never_sealed(conn: AsyncConnection) -> list[UUID]:
    """Acts in no batch that do not wait for one either: nobody wrote them by the way that acts are written."""
    return list((await conn.execute(_NEVER)).scalars())


async def read_stray_batches(conn: AsyncConnection) -> list[int]:
    """Batches of which only the entries are left."""
    return list((await conn.execute(_STRAY)).scalars())


async def count_waiting(conn: AsyncConnection) -> int:
    """How many acts no batch holds yet."""
    return int((await conn.execute(_HOW_MANY)).scalar_one())


async def read_latest(conn: AsyncConnection, *, at_most: int) -> list[tuple[int, datetime, int, str]]:
    """The latest batches: number, when it was sealed (real time), how many acts, hash in hexadecimal."""
    rows = await conn.execute(_LATEST, {"at_most": at_most})
    return [(row.batch, row.sealed_at, row.entries, bytes(row.hash).hex()) for row in rows]
