"""Signing results: Ed25519, by a key of the service that is made when it first signs."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.ids import new_id
from yoyaku.kernel.seal import Seal
from yoyaku.lottery.repository.keys import add_key, read_newest_key

ALGORITHM: Final = "Ed25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A detached signature of a file: by which key (32 bytes), of which content (SHA-256, hexadecimal), 64 bytes."""

    key_id: UUID
    public_key: bytes
    sha256: str
    signature: bytes

    def to_file(self) -> bytes:
        """The signature file: JSON, bytes in base64."""
        values = {
            "key_id": str(self.key_id),
            "public_key": base64.b64encode(self.public_key).decode("ascii"),
            "algorithm": ALGORITHM,
            "sha256": self.sha256,
            "signature": base64.b64encode(self.signature).decode("ascii"),
        }
        return json.dumps(values, indent=1).encode() + b"\n"


async def sign(conn: AsyncConnection, *, seal: Seal, content: bytes, now: datetime) -> Signature:
    """Sign a file with the newest key of the service; ``now`` is business time, noted with a key that is new.

    Raises:
        NotReadable: the stored key was sealed with a key that this installation no longer has.
    """
    newest = await read_newest_key(conn)
    if newest is None:
        key_id, private = new_id(), Ed25519PrivateKey.generate()
        public_key, private_key = private.public_key().public_bytes_raw(), seal.seal(private.private_bytes_raw())
        await add_key(conn, key_id=key_id, public_key=public_key, private_key=private_key, at=now)
    else:
        key_id, private = newest[0], Ed25519PrivateKey.from_private_bytes(seal.open(newest[1]))
    return Signature(
        key_id=key_id,
        public_key=private.public_key().public_bytes_raw(),
        sha256=hashlib.sha256(content).hexdigest(),
        signature=private.sign(content),
    )
