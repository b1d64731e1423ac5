"""Progress of long steps, for whoever waits for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from yoyaku.db.engine import tenant_transaction
from yoyaku.lottery.repository.progress import Progress, read_progress, save_progress

__all__ = ["Progress", "Report", "no_report", "read_progress", "report_progress", "reporter"]

Report = Callable[[str, int, int], Awaitable[None]]
"""Called with the step, how many pieces of it are done, and how many there are."""


async def report_progress(
    engine: AsyncEngine, *, service: tuple[str, str], lottery_id: UUID, progress: Progress
) -> None:
    """Write progress in a transaction of its own, so that others see it while the step's still runs."""
    async with tenant_transaction(engine, *service) as conn:
        await save_progress(conn, lottery_id=lottery_id, progress=progress)


def reporter(
    engine: AsyncEngine, *, service: tuple[str, str], lottery_id: UUID, clock: Callable[[], datetime]
) -> Report:
    """What a step calls to say how far it is."""

    async def report(step: str, done: int, total: int) -> None:
        progress = Progress(step=step, done=done, total=total, at=clock())
        await report_progress(engine, service=service, lottery_id=lottery_id, progress=progress)

    return report


async def no_report(step: str, done: int, total: int) -> None:
    """For those whom nobody watches."""
