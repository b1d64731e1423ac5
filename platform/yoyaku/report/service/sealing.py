"""Sealing the record of acts, and of what was done to bookings, in batches, and finding every place where it is not what was sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.seal import Seal
from yoyaku.lottery.repository.place import read_here
from yoyaku.lottery.service.signing import sign
from yoyaku.report.policy.chain import (
    FIRST_PREVIOUS,
    Difference,
    batch_hash,
    check_batch,
    check_noted,
    entry_hash,
    signed_text,
)
from yoyaku.report.repository import sealing as repository

AT_ONCE: Final = 2000
"""Entries of one batch, at most."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What checking the whole record gave; ``head`` is the last batch's number and hash (hexadecimal)."""

    batches: int
    entries: int
    waiting: int
    head: tuple[int, str]
    differences: Sequence[Difference]
    public_keys: Sequence[str]


async def seal_batch(conn: AsyncConnection, *, seal: Seal, now: datetime, real_now: datetime) -> int:
    """Seal what waits, acts and what was done to bookings, in one batch; how many. None, where none wait or another is sealing them.

    ``now`` is business time, for a signing key that is new; a batch says when it was sealed in real time.

    Raises:
        NotReadable: the signing key was sealed with a key that this installation no longer has.
    """
    if not await repository.begin_sealing(conn):
        return 0
    waiting = await repository.read_waiting(conn, at_most=AT_ONCE)
    if not waiting:
        return 0
    here = await read_here(conn)
    place = (here.tenant_id, here.service_id)
    number, previous = await repository.read_last(conn) or (0, FIRST_PREVIOUS)
    entries = [(one.kind, one.id, entry_hash(one.columns)) for one in waiting]
    listed = [(key, digest) for _, key, digest in entries]
    digest = batch_hash(place, batch=number + 1, sealed_at=real_now, previous=previous, entries=listed)
    signed = await sign(conn, seal=seal, content=signed_text(place, batch=number + 1, digest=digest), now=now)
    values = {
        "batch": number + 1,
        "sealed_at": real_now,
        "previous": previous,
        "hash": digest,
        "key_id": signed.key_id,
        "signature": signed.signature,
    }
    await repository.add_seal(conn, values=values, entries=entries)
    return len(entries)


async def verify_record(
    conn: AsyncConnection, *, head: tuple[int, str] | None = None, key: str | None = None
) -> Verdict:
    """Recompute every batch of the service from the first; all differences, in their order.

    ``head`` (number and hash of a batch, noted earlier) must still be there; ``key`` (hexadecimal) must have signed all.
    """
    before, entries = (0, FIRST_PREVIOUS), 0
    found: list[Difference] = []
    batches = await repository.read_batches(conn)
    for one in batches:
        sealed = await repository.read_entries(conn, batch=one.batch)
        found += check_batch(one, sealed, before=before)
        before, entries = (one.batch, one.hash), entries + len(sealed)
    found += check_noted(batches, head=head, key=key)
    stray = [number for number in await repository.read_stray_batches(conn) if number > before[0]]
    found += [Difference(fault="batch_missing", batch=number) for number in stray]
    never = await repository.read_never_sealed(conn)
    found += [Difference(fault="entry_inserted", kind=kind, batch=None, entry_id=key) for kind, key in never]
    return Verdict(
        batches=len(batches),
        entries=entries,
        waiting=await repository.count_waiting(conn),
        head=(before[0], before[1].hex()),
        differences=found,
        public_keys=sorted({one.public_key.hex() for one in batches}),
    )
