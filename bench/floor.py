"""The floor without HTTP: database clients that write the same two rows."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench.bare import WRITE, Wish, row_of
from bench.figures import Figures

if TYPE_CHECKING:
    from yoyaku.testing.stack.databases import Database


def database_rush(place: Database, *, people: int, slots: int, round_: int) -> Figures:
    """Let so many tasks race for the slots over sixteen connections."""
    return asyncio.run(_rush(place, people=people, first_slot=-10_000 * (round_ + 1), slots=slots))


async def _rush(place: Database, *, people: int, first_slot: int, slots: int) -> Figures:
    engine = create_async_engine(place.url, pool_size=16, max_overflow=0, pool_timeout=60)
    await asyncio.gather(*[_write(engine, first_slot - 1 - number) for number in range(16)])
    began = time.perf_counter()
    done = await asyncio.gather(*[_write(engine, first_slot + number % slots) for number in range(people)])
    await engine.dispose()
    won = [at - began for written, at in done if written]
    answered = max(at for _, at in done) - began
    return Figures(sold=max(won), answered=answered, taken=len(won), refused=people - len(won), other=0)


async def _write(engine: AsyncEngine, slot: int) -> tuple[bool, float]:
    row = row_of(Wish(slot=slot, registrant="r" * 36, form={"head_count": 4}))
    async with engine.begin() as conn:
        written = (await conn.execute(WRITE, row)).scalar() is not None
    return written, time.perf_counter()
