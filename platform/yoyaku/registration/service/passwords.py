"""Argon2id, in threads of its own: few at a time, since each takes 19 MiB and some 20 ms of a core."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# OWASP Password Storage Cheat Sheet: m=19456 (19 MiB), t=2, p=1.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """The encoded hash, with its own salt."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is right; without a hash (no such account) it takes as long, and is wrong."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, password, password_hash)


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _verify(password: str, password_hash: str | None) -> bool:
    decoy = _decoy()
    try:
        _HASHER.verify(password_hash or decoy, password)
    except VerifyMismatchError:
        return False
    return password_hash is not None


@cache
def _decoy() -> str:
    return _HASHER.hash("nobody has this password")
