"""Wrong passwords slow down whoever sends them, never the person whose id they send.

An attempt is taken from its sources' budgets *before* the password is looked at, in a short transaction of its own:
attempts at the same moment cannot pass together, one whose request fails still counts, and every process sees the same
count. What succeeds is given back. Sources are kept as keyed hashes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.seal import Seal
from yoyaku.registration.policy.throttle import WINDOW, Source, Sources, check_budget
from yoyaku.registration.repository import failures as repository

SWEPT_AT_ONCE = 20


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What one attempt was counted against."""

    aimed: bytes
    every: Sequence[bytes]


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """The budgets of one service; ``engine`` must have a connection to spare beside the request's own."""

    engine: AsyncEngine
    tenant_id: str
    service_id: str
    seal: Seal

    async def take(self, sources: Sources, *, real_now: datetime) -> Taken:
        """Count one attempt, before it is looked at.

        Raises:
            TooManyAttempts: a budget is spent; nothing was counted.
        """
        async with tenant_transaction(self.engine, self.tenant_id, self.service_id) as conn:
            aimed = self._hash(sources.aimed)
            is_first = await self._count(conn, [sources.aimed], real_now) == 1
            every = [*sources.every, *(sources.first_of_id if is_first else ())]
            if every:
                await self._count(conn, every, real_now)
            if is_first:
                await repository.sweep(conn, window_over=real_now - WINDOW, at_most=SWEPT_AT_ONCE)
        counted = [*sources.every, *sources.first_of_id]
        return Taken(aimed=aimed, every=[self._hash(one) for one in counted])

    async def give_back(self, taken: Taken) -> None:
        """The attempt was right: forget the failures for this aim, and take this one from the others' counts."""
        async with tenant_transaction(self.engine, self.tenant_id, self.service_id) as conn:
            await repository.give_back(conn, aimed=taken.aimed, every=taken.every)

    async def _count(self, conn: AsyncConnection, sources: Sequence[Source], real_now: datetime) -> int:
        """Count one attempt against each; the highest count, this attempt among it."""
        by_hash = {self._hash(source): source for source in sources}
        rows = await repository.count_attempt(
            conn, sources=list(by_hash), real_now=real_now, window_over=real_now - WINDOW
        )
        for row in rows:
            source = by_hash[bytes(row.source)]
            check_budget(source, used=row.failures, window_began_at=row.window_began_at, real_now=real_now)
        return max(row.failures for row in rows)

    def _hash(self, source: Source) -> bytes:
        return self.seal.keyed_hash("attempts", *source.parts)
