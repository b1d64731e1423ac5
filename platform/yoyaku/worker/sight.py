"""What a job needs to know of the service it works for: its site, and who acts: the system."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.visit import Visit
from yoyaku.db.engine import platform_transaction
from yoyaku.registration.act import Act
from yoyaku.rulebook.today import act_under, rules_of_today
from yoyaku.tenancy.service import Site, show_clocks
from yoyaku.worker.runtime import Runtime

log = structlog.get_logger(__name__)


async def site_of(runtime: Runtime, *, tenant_id: str, service_id: str) -> Site:
    """The site of a service.

    Raises:
        LookupError: there is none.
    """
    site = await runtime.sites.by_path(tenant_id, service_id, real_now=runtime.clock())
    if site is None:
        raise LookupError(f"work is due for a service that is not there: {tenant_id}/{service_id}")
    return site


async def each_service(runtime: Runtime, do: Callable[[Site], Awaitable[int]], *, failing: str) -> int:
    """Do something for every service, which says how much it did; the sum.

    Where it fails, that is logged as ``failing``; the others go on, and it comes again with the next round.
    """
    async with platform_transaction(runtime.engine) as conn:
        clocks = await show_clocks(conn, real_now=runtime.clock())
    done = 0
    for clock in clocks:
        try:
            done += await do(await site_of(runtime, tenant_id=clock.tenant_id, service_id=clock.service_id))
        except Exception:
            log.exception(failing, tenant=clock.tenant_id, service=clock.service_id)
    return done


def visit_of_system(site: Site, *, now: datetime, real_now: datetime) -> Visit:
    """The system, doing something to a booking."""
    return Visit(
        tenant_id=site.tenant_id,
        service_id=site.service_id,
        now=now,
        real_now=real_now,
        channel="system",
        actor="system",
    )


async def act_of_system(
    runtime: Runtime, conn: AsyncConnection, *, site: Site, now: datetime, real_now: datetime
) -> Act:
    """The system, doing something to a registration under the rules of today."""
    rules = await rules_of_today(runtime.rules, conn, site=site, now=now)
    return act_under(rules, site=site, now=now, real_now=real_now)
