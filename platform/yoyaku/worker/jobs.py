"""What is done again and again: deadlines met, events told, mails sent. Each may be killed at any point and run again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import get_booking, lapse_booking
from yoyaku.booking.visit import Visit
from yoyaku.db import work
from yoyaku.db.engine import platform_transaction, tenant_transaction
from yoyaku.db.work import DueWork, Kind
from yoyaku.notice.service import Event, write_mails
from yoyaku.tenancy.service import Site, address_of_site
from yoyaku.worker.mailing import send_one
from yoyaku.worker.runtime import Runtime

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
    do = _meet_deadline if one.kind == "deadline" else _tell_event
    try:
        return await do(runtime, one)
    except Exception as error:
        log.exception("work_failed", kind=one.kind, id=str(one.id), tenant=one.tenant_id, service=one.service_id)
        async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
            await work.mark_failed(conn, kind=one.kind, work_id=one.id, error=repr(error))
        return False


async def _meet_deadline(runtime: Runtime, one: DueWork) -> bool:
    async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
        row = await work.take(conn, kind="deadline", work_id=one.id)
        if row is None:
            return False
        visit = Visit(
            tenant_id=one.tenant_id,
            service_id=one.service_id,
            now=row["now"],
            real_now=runtime.clock(),
            channel="system",
            actor="system",
        )
        rules_of = partial(runtime.rules.rules_of, conn, tenant_id=one.tenant_id, service_id=one.service_id)
        lapse = await lapse_booking(conn, visit=visit, booking_id=row["subject_id"], rules_of=rules_of)
        if lapse.settled:
            await work.mark_done(conn, kind="deadline", work_id=one.id)
        elif lapse.again_at is not None:
            await work.postpone_deadline(conn, work_id=one.id, due_at=lapse.again_at)
        return lapse.settled


async def _tell_event(runtime: Runtime, one: DueWork) -> bool:
    site = await _site(runtime, one)
    async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
        row = await work.take(conn, kind="outbox", work_id=one.id)
        if row is None:
            return False
        now = runtime.clock()
        visit = Visit(
            tenant_id=one.tenant_id,
            service_id=one.service_id,
            now=site.business_now(now),
            real_now=now,
            channel="system",
            actor="system",
        )
        booking = await get_booking(conn, visit=visit, booking_id=row["subject_id"])
        rules: ServiceRules = await runtime.rules.rules_of(
            conn,
            tenant_id=one.tenant_id,
            service_id=one.service_id,
            version=booking.rule_set_version,
            inventory_version=booking.inventory_version,
        )
        event = Event(event_id=one.id, kind=row["kind"], facts=row["facts"])
        await write_mails(
            conn, site=site, rules=rules, booking=booking, event=event, url=address_of_site(runtime.settings, site)
        )
        await work.mark_done(conn, kind="outbox", work_id=one.id)
    return True


async def _site(runtime: Runtime, one: DueWork) -> Site:
    site = await runtime.sites.by_path(one.tenant_id, one.service_id, real_now=runtime.clock())
    if site is None:
        raise LookupError(f"work is due for a service that is not there: {one.tenant_id}/{one.service_id}")
    return site
