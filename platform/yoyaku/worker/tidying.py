"""Tidying every service, one transaction each."""

from __future__ import annotations

import structlog

from yoyaku.db.engine import platform_transaction, tenant_transaction
from yoyaku.registration.service.tidying import tidy
from yoyaku.tenancy.service import show_clocks
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import act_of_system, site_of

log = structlog.get_logger(__name__)


async def tidy_services(runtime: Runtime) -> int:
    """Remove what is over in every service; how much that was. One that fails holds up no other, and comes again."""
    real_now = runtime.clock()
    async with platform_transaction(runtime.engine) as conn:
        clocks = await show_clocks(conn, real_now=real_now)
    done = 0
    for clock in clocks:
        try:
            done += await _tidy_one(runtime, clock.tenant_id, clock.service_id)
        except Exception:
            log.exception("not_tidied", tenant=clock.tenant_id, service=clock.service_id)
    if done:
        log.info("tidied", count=done)
    return done


async def _tidy_one(runtime: Runtime, tenant_id: str, service_id: str) -> int:
    real_now = runtime.clock()
    site = await site_of(runtime, tenant_id=tenant_id, service_id=service_id)
    async with tenant_transaction(runtime.engine, tenant_id, service_id) as conn:
        now = site.business_now(real_now)
        return await tidy(conn, act=await act_of_system(runtime, conn, site=site, now=now, real_now=real_now))
