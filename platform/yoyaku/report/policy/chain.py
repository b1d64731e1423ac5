"""How the record of acts hangs together: a hash for each entry, and for each batch one over the batch before it.

All of it is SHA-256 over text that can be written in any language: entries as JSON with sorted keys, batches as lines.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yoyaku.kernel.ids import Key

FIRST_PREVIOUS: Final = bytes(32)
"""What stands in the first batch for the hash of the one before."""
HEAD: Final = "yoyaku record 1"

Fault = Literal[
    "batch_missing",
    "batch_misplaced",
    "batch_altered",
    "batch_forged",
    "entry_removed",
    "entry_altered",
    "entry_inserted",
]
Kind = Literal["act", "booking_event"]
"""What is sealed: an act of the record, or what was done to a booking, by whomever."""


@dataclass(frozen=True, kw_only=True)
class SealedEntry:
    """An entry's place in its batch, the hash that was kept, and what the record says now (``None``: it is gone)."""

    kind: Kind
    place: int
    entry_id: Key
    hash: bytes
    now: Mapping[str, object] | None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A sealed batch as it stands. ``place`` is that of the service: tenant and service."""

    place: tuple[str, str]
    batch: int
    sealed_at: datetime
    previous: bytes
    hash: bytes
    public_key: bytes
    signature: bytes


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A place where the record is not what was sealed; without an entry it is about the batch as a whole."""

    fault: Fault
    kind: Kind = "act"
    batch: int | None
    place: int | None = None
    entry_id: Key | None = None


def entry_hash(entry: Mapping[str, object]) -> bytes:
    """The hash of an act or event: of its columns by name, as JSON without spaces, keys sorted, instants in UTC."""
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).digest()


def batch_hash(
    place: tuple[str, str], *, batch: int, sealed_at: datetime, previous: bytes, entries: Sequence[tuple[Key, bytes]]
) -> bytes:
    """The hash of a batch: a line for its head, one for the batch before, one for each entry in order."""
    lines = [
        f"{HEAD} {'/'.join(place)} {batch} {_plain(sealed_at)}",
        previous.hex(),
        *(f"{entry_id} {digest.hex()}" for entry_id, digest in entries),
    ]
    return hashlib.sha256("\n".join(lines).encode()).digest()


def signed_text(place: tuple[str, str], *, batch: int, digest: bytes) -> bytes:
    """What the service's key signs of a batch."""
    return f"{HEAD} {'/'.join(place)} {batch} {digest.hex()}".encode()


def check_batch(batch: Batch, entries: Sequence[SealedEntry], *, before: tuple[int, bytes]) -> list[Difference]:
    """Everything in which a batch is not what was sealed; ``before`` are number and hash of the one before it."""
    number, previous = before
    found: list[Difference] = []
    if batch.batch != number + 1:
        found.append(Difference(fault="batch_missing", batch=number + 1))
    elif batch.previous != previous:
        found.append(Difference(fault="batch_misplaced", batch=batch.batch))
    kept = [(one.entry_id, one.hash) for one in entries]
    made = batch_hash(batch.place, batch=batch.batch, sealed_at=batch.sealed_at, previous=batch.previous, entries=kept)
    if made != batch.hash:
        found.append(Difference(fault="batch_altered", batch=batch.batch))
    elif not _is_signed(batch):
        found.append(Difference(fault="batch_forged", batch=batch.batch))
    return [*found, *(one for entry in entries for one in _check_entry(batch.batch, entry))]


def check_noted(batches: Sequence[Batch], *, head: tuple[int, str] | None, key: str | None) -> list[Difference]:
    """What differs from what somebody noted outside: a batch's number and hash, the key that signs (hexadecimal)."""
    found = []
    if head is not None and not any((one.batch, one.hash.hex()) == head for one in batches):
        is_there = any(one.batch == head[0] for one in batches)
        found.append(Difference(fault="batch_altered" if is_there else "batch_missing", batch=head[0]))
    if key is not None:
        others = [one for one in batches if one.public_key.hex() != key.lower()]
        found += [Difference(fault="batch_forged", batch=one.batch) for one in others]
    return found


def _check_entry(batch: int, entry: SealedEntry) -> list[Difference]:
    if entry.now is not None and entry_hash(entry.now) == entry.hash:
        return []
    fault: Fault = "entry_removed" if entry.now is None else "entry_altered"
    return [Difference(fault=fault, kind=entry.kind, batch=batch, place=entry.place, entry_id=entry.entry_id)]


def _is_signed(batch: Batch) -> bool:
    text = signed_text(batch.place, batch=batch.batch, digest=batch.hash)
    try:
        Ed25519PublicKey.from_public_bytes(batch.public_key).verify(batch.signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)
