"""Meeting one deadline: what each kind of it brings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.service import lapse_booking
from yoyaku.db import work
from yoyaku.db.engine import tenant_transaction
from yoyaku.db.work import DueWork
from yoyaku.registration.act import Act
from yoyaku.registration.service.expiry import expire, forget_if_due, remind
from yoyaku.registration.service.identity_outcome import delete_documents
from yoyaku.tenancy.service import Site
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import act_of_system, site_of, visit_of_system


@dataclass(frozen=True, kw_only=True)
class Due:
    """A deadline that is due, inside its transaction: of what, and when (business time)."""

    runtime: Runtime
    site: Site
    work_id: UUID
    subject_id: UUID
    now: datetime

    async def act(self, conn: AsyncConnection) -> Act:
        """The system, acting on a registration."""
        real_now = self.runtime.clock()
        return await act_of_system(self.runtime, conn, site=self.site, now=self.now, real_now=real_now)


async def meet_deadline(runtime: Runtime, one: DueWork) -> bool:
    """Meet a deadline in a transaction of its own; whether it is settled."""
    site = await site_of(runtime, tenant_id=one.tenant_id, service_id=one.service_id)
    async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
        row = await work.take(conn, kind="deadline", work_id=one.id)
        if row is None:
            return False
        due = Due(runtime=runtime, site=site, work_id=one.id, subject_id=row["subject_id"], now=row["now"])
        settled = await HANDLERS[row["kind"]](conn, due)
        if settled:
            await work.mark_done(conn, kind="deadline", work_id=one.id)
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
}
