"""What is done again and again: deadlines met, events told, mails sent. Each may be killed at any point and run again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db import work
from yoyaku.db.engine import encode_json, platform_transaction, tenant_transaction
from yoyaku.db.work import ERROR_LETTERS, DueWork, Kind
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.kept import keep_error
from yoyaku.worker.deadlines import meet_deadline
from yoyaku.worker.mailing import send_one
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.telling import tell_event

AT_ONCE: Final = 200
MAILS_AT_ONCE: Final = 4

log = structlog.get_logger(__name__)


async def meet_deadlines(runtime: Runtime) -> int:
    """Meet all deadlines that are due, over all tenants, in the order in which they fell due; how many were.

    One process at a time does this, so that the order holds. One that fails comes again later and holds up no other.
    """
    met = 0
    async with platform_transaction(runtime.engine) as conn:
        if not await work.begin_sweep(conn):
            return 0
        tried: set[object] = set()
        while due := [one for one in await _due(conn, "deadline") if one.id not in tried]:
            for one in due:
                tried.add(one.id)
                met += await _attempt(runtime, one)
    return _noted("deadlines_met", met)


async def tell_events(runtime: Runtime) -> int:
    """Turn the outbox's events into mails; how many were."""
    async with platform_transaction(runtime.engine) as conn:
        due = await _due(conn, "outbox")
    return _noted("events_told", sum([await _attempt(runtime, one) for one in due]))


async def send_mails(runtime: Runtime) -> int:
    """Send the mails that wait, a few at the same time; how many were."""
    async with platform_transaction(runtime.engine) as conn:
        due = await _due(conn, "mail")
    doors = asyncio.Semaphore(MAILS_AT_ONCE)

    async def send(one: DueWork) -> bool:
        async with doors:
            return await send_one(runtime, one)

    return _noted("mails_sent", sum(await asyncio.gather(*(send(one) for one in due))))


def _noted(what: str, count: int) -> int:
    if count:
        log.info(what, count=count)
    return count


async def _due(conn: AsyncConnection, kind: Kind) -> Iterable[DueWork]:
    return [one for one in await work.due_work(conn, at_most=AT_ONCE) if one.kind == kind]


async def _attempt(runtime: Runtime, one: DueWork) -> bool:
    """Do one piece in its own transaction; where that fails, say so in another and go on."""
    do = meet_deadline if one.kind == "deadline" else tell_event
    try:
        return await do(runtime, one)
    except Exception as error:
        log.exception("work_failed", kind=one.kind, id=str(one.id), tenant=one.tenant_id, service=one.service_id)
        async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
            await work.mark_failed(conn, kind=one.kind, work_id=one.id, error=kept(error))
        return False


def kept(error: Exception) -> str:
    """A failure as the database keeps it, for staff: its kind, and the sentence of one that has one.

    What else it says (addresses of relays, values) stands in the log only, under the id of the piece of work.
    """
    kind = {"kind": type(error).__name__}
    told = encode_json(kind | keep_error(error)) if isinstance(error, YoyakuError) else ""
    return told if 0 < len(told) <= ERROR_LETTERS else encode_json(kind)
