"""Heartbeats: each job says in the database that it did its work, so that the console sees a dead worker without one."""

from __future__ import annotations

import time
from typing import Final

import structlog

from yoyaku.db.engine import platform_transaction
from yoyaku.db.heartbeat import note_from_outside, note_heartbeat
from yoyaku.worker.runtime import Runtime

EVERY_SECONDS: Final = 10.0
"""A job that runs each second need not write each second."""

log = structlog.get_logger(__name__)
_noted: dict[str, float] = {}


async def beat(runtime: Runtime, *, part: str, failure: str | None = None) -> None:
    """Note that a job did its work, or that it failed and with which kind of error."""
    async with platform_transaction(runtime.engine) as conn:
        await note_heartbeat(conn, part=part, failure=failure)


def is_due(part: str) -> bool:
    """Whether this process has not noted a part lately; from now on it has."""
    now = time.monotonic()
    if now - _noted.get(part, -EVERY_SECONDS) < EVERY_SECONDS:
        return False
    _noted[part] = now
    return True


def beat_of_scheduler(database_url: str) -> None:
    """Note that the scheduler handed a wake-up to the broker.

    It runs in the scheduler's own process, which has no event loop and must go on where the database is away.
    """
    failed = note_from_outside(database_url, part="scheduler")
    if failed is not None:
        log.warning("heartbeat_not_noted", error=failed)
