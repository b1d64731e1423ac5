"""What a job needs to know of the service it works for: its site, its rules, and who acts: the system."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.registration.act import Act
from yoyaku.tenancy.service import Site
from yoyaku.worker.runtime import Runtime


async def site_of(runtime: Runtime, *, tenant_id: str, service_id: str) -> Site:
    """The site of a service.

    Raises:
        LookupError: there is none.
    """
    site = await runtime.sites.by_path(tenant_id, service_id, real_now=runtime.clock())
    if site is None:
        raise LookupError(f"work is due for a service that is not there: {tenant_id}/{service_id}")
    return site


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


async def rules_of_today(runtime: Runtime, conn: AsyncConnection, *, site: Site, now: datetime) -> ServiceRules:
    """The rules that count now: those by which registrations live."""
    today = now.astimezone(site.zone).date()
    return await runtime.rules.rules_for(
        conn, tenant_id=site.tenant_id, service_id=site.service_id, made_on=today, used_on=today
    )


async def act_of_system(
    runtime: Runtime, conn: AsyncConnection, *, site: Site, now: datetime, real_now: datetime
) -> Act:
    """The system, doing something to a registration under the rules of today."""
    rules = await rules_of_today(runtime, conn, site=site, now=now)
    return Act(
        terms=rules.registration,
        rule_set_version=rules.version,
        now=now,
        real_now=real_now,
        today=now.astimezone(site.zone).date(),
    )
