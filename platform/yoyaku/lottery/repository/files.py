"""The files of a lottery that anybody may download: compressed, with the hash of what is in them."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import lottery_file
from yoyaku.registration.repository.here import HERE

FileName = Literal["sealed", "result", "signature"]
LEVEL: Final = 1
"""Of gzip: the files are read more seldom than written in a hurry, and level 6 takes thrice the time for a sixth less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A file as it is stored: compressed, with the SHA-256 (hexadecimal) and the length of what is in it."""

    content: bytes
    sha256: str
    length: int


def pack(content: bytes) -> Packed:
    """Compress a file; may be done in a thread."""
    digest = hashlib.sha256(content).hexdigest()
    return Packed(content=gzip.compress(content, LEVEL, mtime=0), sha256=digest, length=len(content))


async def save_file(
    conn: AsyncConnection, *, lottery_id: UUID, name: FileName, content: bytes | Packed, at: datetime
) -> str:
    """Store a file, once and for all; the SHA-256 of what is in it in hexadecimal."""
    packed = content if isinstance(content, Packed) else pack(content)
    values = {"content": packed.content, "sha256": packed.sha256, "bytes": packed.length, "made_at": at}
    await conn.execute(insert(lottery_file).values(**HERE, lottery_id=lottery_id, name=name, **values))
    return packed.sha256


async def read_packed(conn: AsyncConnection, *, lottery_id: UUID, name: FileName) -> bytes | None:
    """A file as it is stored: compressed with gzip."""
    found = (lottery_file.c.lottery_id == lottery_id) & (lottery_file.c.name == name)
    packed: bytes | None = (await conn.execute(select(lottery_file.c.content).where(found))).scalar()
    return packed


async def read_content(conn: AsyncConnection, *, lottery_id: UUID, name: FileName) -> bytes | None:
    """A file, unpacked."""
    packed = await read_packed(conn, lottery_id=lottery_id, name=name)
    return None if packed is None else gzip.decompress(packed)


async def remove_files(conn: AsyncConnection, *, lottery_id: UUID, names: tuple[FileName, ...]) -> None:
    """Remove files of a draw that is taken back."""
    found = (lottery_file.c.lottery_id == lottery_id) & lottery_file.c.name.in_(names)
    await conn.execute(delete(lottery_file).where(found))
