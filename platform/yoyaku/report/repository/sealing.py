"""Reading what waits to be sealed, writing seals, and reading them again.

Two tables are sealed: the acts of the record, and what was done to bookings. One batch holds of both, the acts first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Table, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import audit_seal, audit_seal_entry, audit_seal_event
from yoyaku.lottery.repository.place import read_here
from yoyaku.registration.repository.here import HERE
from yoyaku.report.policy.chain import Batch, Kind, SealedEntry


class Waiting(NamedTuple):
    """What no batch holds yet: its kind, its id, and its columns."""

    kind: Kind
    id: UUID
    columns: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Sealed:
    """A table that is sealed: ``columns`` are everything that a row says, ``key`` its id."""

    kind: Kind
    table: str
    unsealed: str
    seals: Table
    key: str
    columns: Sequence[str]

    def told(self, statement: str) -> str:
        """A statement with this table's names in it."""
        names = {"table": self.table, "unsealed": self.unsealed, "seals": self.seals.name, "key": self.key}
        return statement.format(**names, columns=", ".join(f"a.{name}" for name in self.columns))


_ACTS: Final = _Sealed(
    kind="act",
    table="audit_entry",
    unsealed="audit_unsealed",
    seals=audit_seal_entry,
    key="entry_id",
    columns=(
        "tenant_id", "service_id", "entry_id", "at", "account_id", "staff_name", "act", "subject_kind", "subject_id",
        "why", "facts", "registrant_id", "purpose", "source",
    ),
)  # fmt: skip
_EVENTS: Final = _Sealed(
    kind="booking_event",
    table="booking_event",
    unsealed="booking_event_unsealed",
    seals=audit_seal_event,
    key="event_id",
    columns=(
        "tenant_id", "service_id", "event_id", "booking_id", "kind", "at", "actor", "account_id", "staff_id", "why", "facts",
    ),
)  # fmt: skip
_ALL: Final = (_ACTS, _EVENTS)

# One at a time for each service; whoever comes second goes away and comes again.
_BEGIN: Final = text("""
    SELECT pg_try_advisory_xact_lock(hashtextextended(
        'seals ' || current_setting('app.tenant_id') || '/' || current_setting('app.service_id'), 0))
""")
_WAITS: Final = """
    SELECT {columns} FROM {unsealed} u JOIN {table} a USING (tenant_id, service_id, {key})
    WHERE NOT EXISTS (
        SELECT FROM {seals} s WHERE (s.tenant_id, s.service_id, s.{key}) = (a.tenant_id, a.service_id, a.{key}))
    ORDER BY a.at, a.{key} LIMIT :at_most
"""
_SEALED_NOW: Final = """
    DELETE FROM {unsealed} u USING {seals} s
    WHERE (s.tenant_id, s.service_id, s.{key}) = (u.tenant_id, u.service_id, u.{key}) AND s.batch = :batch
"""
_OF_BATCH: Final = """
    SELECT s.place, s.{key} AS sealed_id, s.hash, a.{key} IS NULL AS gone, {columns}
    FROM {seals} s LEFT JOIN {table} a USING (tenant_id, service_id, {key})
    WHERE s.batch = :batch ORDER BY s.place
"""
_NEVER: Final = """
    SELECT a.{key} FROM {table} a WHERE NOT EXISTS (
        SELECT FROM {seals} s WHERE (s.tenant_id, s.service_id, s.{key}) = (a.tenant_id, a.service_id, a.{key}))
    AND NOT EXISTS (
        SELECT FROM {unsealed} u WHERE (u.tenant_id, u.service_id, u.{key}) = (a.tenant_id, a.service_id, a.{key}))
    ORDER BY a.at, a.{key}
"""
_STRAY: Final = text("""
    SELECT DISTINCT e.batch FROM (
        SELECT tenant_id, service_id, batch FROM audit_seal_entry
        UNION ALL SELECT tenant_id, service_id, batch FROM audit_seal_event
    ) e
    WHERE NOT EXISTS (SELECT FROM audit_seal s
                      WHERE (s.tenant_id, s.service_id, s.batch) = (e.tenant_id, e.service_id, e.batch))
    ORDER BY e.batch
""")
_LAST: Final = text("SELECT batch, hash FROM audit_seal ORDER BY batch DESC LIMIT 1")
_BATCHES: Final = text("""
    SELECT s.batch, s.sealed_at, s.previous, s.hash, k.public_key, s.signature
    FROM audit_seal s JOIN signing_key k USING (tenant_id, service_id, key_id) ORDER BY s.batch
""")
_HOW_MANY: Final = text("""
    SELECT (SELECT count(*) FROM audit_unsealed) + (SELECT count(*) FROM booking_event_unsealed)
""")
_LATEST: Final = text("SELECT batch, sealed_at, entries, hash FROM audit_seal ORDER BY batch DESC LIMIT :at_most")


async def begin_sealing(conn: AsyncConnection) -> bool:
    """Whether this transaction is the only one that seals this service's record now."""
    alone: bool = (await conn.execute(_BEGIN)).scalar_one()
    return alone


async def read_waiting(conn: AsyncConnection, *, at_most: int) -> list[Waiting]:
    """What no batch holds: acts, the oldest first, then what was done to bookings, the oldest first."""
    found: list[Waiting] = []
    for one in _ALL:
        rows = await conn.execute(text(one.told(_WAITS)), {"at_most": at_most - len(found)})
        found += [Waiting(one.kind, row[one.key], dict(row)) for row in rows.mappings()]
    return found


async def read_last(conn: AsyncConnection) -> tuple[int, bytes] | None:
    """Number and hash of the last batch."""
    row = (await conn.execute(_LAST)).first()
    return None if row is None else (row.batch, bytes(row.hash))


async def add_seal(
    conn: AsyncConnection, *, values: Mapping[str, Any], entries: Sequence[tuple[Kind, UUID, bytes]]
) -> None:
    """Write a batch and its entries' hashes in order; its entries wait no more."""
    await conn.execute(insert(audit_seal).values(**HERE, entries=len(entries), **values))
    here, batch = await read_here(conn), values["batch"]
    for one in _ALL:
        rows = [
            {**here._asdict(), "batch": batch, "place": place, one.key: entry_id, "hash": digest}
            for place, (kind, entry_id, digest) in enumerate(entries, start=1)
            if kind == one.kind
        ]
        if rows:
            await conn.execute(insert(one.seals), rows)
            await conn.execute(text(one.told(_SEALED_NOW)), {"batch": batch})


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
    """What a batch holds in its order, each beside what the database says now."""
    found = [
        [
            SealedEntry(
                kind=one.kind,
                place=row["place"],
                entry_id=row["sealed_id"],
                hash=bytes(row["hash"]),
                now=None if row["gone"] else {name: row[name] for name in one.columns},
            )
            for row in (await conn.execute(text(one.told(_OF_BATCH)), {"batch": batch})).mappings()
        ]
        for one in _ALL
    ]
    return sorted(chain.from_iterable(found), key=lambda entry: entry.place)


async def read_never_sealed(conn: AsyncConnection) -> list[tuple[Kind, UUID]]:
    """What is in no batch and does not wait for one either: nobody wrote it by the way that such things are written."""
    return [(one.kind, key) for one in _ALL for key in (await conn.execute(text(one.told(_NEVER)))).scalars()]


async def read_stray_batches(conn: AsyncConnection) -> list[int]:
    """Batches of which only the entries are left."""
    return list((await conn.execute(_STRAY)).scalars())


async def count_waiting(conn: AsyncConnection) -> int:
    """How much no batch holds yet."""
    return int((await conn.execute(_HOW_MANY)).scalar_one())


async def read_latest(conn: AsyncConnection, *, at_most: int) -> list[tuple[int, datetime, int, str]]:
    """The latest batches: number, when it was sealed (real time), how many entries, hash in hexadecimal."""
    rows = await conn.execute(_LATEST, {"at_most": at_most})
    return [(row.batch, row.sealed_at, row.entries, bytes(row.hash).hex()) for row in rows]
