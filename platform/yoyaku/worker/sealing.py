"""Sealing the record of every service, one batch a transaction."""

from __future__ import annotations

import structlog

from yoyaku.db.engine import platform_transaction, tenant_transaction
from yoyaku.report.service.sealing import seal_batch
from yoyaku.tenancy.service import show_clocks
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import site_of

log = structlog.get_logger(__name__)


async def seal_records(runtime: Runtime) -> int:
    """Seal the acts that wait in every service; how many. One that fails holds up no other, and comes again."""
    async with platform_transaction(runtime.engine) as conn:
        clocks = await show_clocks(conn, real_now=runtime.clock())
    done = 0
    for clock in clocks:
        try:
            while sealed := await _seal_one(runtime, clock.tenant_id, clock.service_id):
                done += sealed
        except Exception:
            log.exception("record_not_sealed", tenant=clock.tenant_id, service=clock.service_id)
    if done:
        log.info("record_sealed", count=done)
    return done


async def _seal_one(runtime: Runtime, tenant_id: str, service_id: str) -> int:
    real_now = runtime.clock()
    site = await site_of(runtime, tenant_id=tenant_id, service_id=service_id)
    async with tenant_transaction(runtime.engine, tenant_id, service_id) as conn:
        now = site.business_now(real_now)
        return await seal_batch(conn, seal=runtime.settings.seal, now=now, real_now=real_now)
