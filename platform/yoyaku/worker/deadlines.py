"""Meeting one deadline: what each kind of it brings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.service import lapse_booking
from yoyaku.db import work
from yoyaku.db.engine import tenant_transaction
from yoyaku.db.work import DueWork
from yoyaku.registration.service.expiry import expire, forget_if_due, remind
from yoyaku.registration.service.identity_outcome import delete_documents
from yoyaku.tenancy.service import Site
from yoyaku.worker import arrears, lotteries
from yoyaku.worker.debits import prepare_debits
from yoyaku.worker.due import Due
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import site_of, visit_of_system


async def meet_deadline(runtime: Runtime, one: DueWork) -> bool:
    """Meet a deadline in a transaction of its own, after what must be prepared outside it; whether it is settled."""
    site = await site_of(runtime, tenant_id=one.tenant_id, service_id=one.service_id)
    async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
        row = await work.take(conn, kind="deadline", work_id=one.id)
        if row is None:
            return False
        prepare = lotteries.PREPARATIONS.get(row["kind"])
        if prepare is None:
            return await _settle(conn, _due(runtime, site, one, row), row["kind"])
    prepared = await prepare(_due(runtime, site, one, row))
    async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
        row = await work.take(conn, kind="deadline", work_id=one.id)
        return row is not None and await _settle(conn, _due(runtime, site, one, row, prepared), row["kind"])


def _due(runtime: Runtime, site: Site, one: DueWork, row: Mapping[str, Any], prepared: object = None) -> Due:
    subject_id, now = row["subject_id"], row["now"]
    return Due(runtime=runtime, site=site, work_id=one.id, subject_id=subject_id, now=now, prepared=prepared)


async def _settle(conn: AsyncConnection, due: Due, kind: str) -> bool:
    settled = await HANDLERS[kind](conn, due)
    if settled:
        await work.mark_done(conn, kind="deadline", work_id=due.work_id)
    return settled


async def _lapse(conn: AsyncConnection, due: Due) -> bool:
    site = due.site
    visit = visit_of_system(site, now=due.now, real_now=due.runtime.clock())
    rules_of = partial(due.runtime.rules.rules_of, conn, tenant_id=site.tenant_id, service_id=site.service_id)
    lapse = await lapse_booking(conn, visit=visit, booking_id=due.subject_id, rules_of=rules_of)
    if not lapse.settled and lapse.again_at is not None:
        await work.postpone_deadline(conn, work_id=due.work_id, due_at=lapse.again_at)
    return lapse.settled


async def _remind(conn: AsyncConnection, due: Due) -> bool:
    await remind(conn, act=await due.act(conn), registrant_id=due.subject_id)
    return True


async def _expire(conn: AsyncConnection, due: Due) -> bool:
    await expire(conn, act=await due.act(conn), registrant_id=due.subject_id)
    return True


async def _forget(conn: AsyncConnection, due: Due) -> bool:
    await forget_if_due(conn, act=await due.act(conn), registrant_id=due.subject_id)
    return True


async def _delete_documents(conn: AsyncConnection, due: Due) -> bool:
    await delete_documents(conn, check_id=due.subject_id, now=due.now)
    return True


HANDLERS: Final[Mapping[str, Callable[[AsyncConnection, Due], Awaitable[bool]]]] = {
    "booking_lapse": _lapse,
    "registration_reminder": _remind,
    "registration_expiry": _expire,
    "registration_retention": _forget,
    "document_deletion": _delete_documents,
    "debit_prepare": prepare_debits,
    **arrears.HANDLERS,
    **lotteries.HANDLERS,
}
