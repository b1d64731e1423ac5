"""Sealing the record of every service, one batch a transaction."""

from __future__ import annotations

import structlog

from yoyaku.db.engine import tenant_transaction
from yoyaku.report.service.sealing import seal_batch
from yoyaku.tenancy.service import Site
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import each_service

log = structlog.get_logger(__name__)


async def seal_records(runtime: Runtime) -> int:
    """Seal the acts that wait in every service; how many."""

    async def seal_all(site: Site) -> int:
        done = 0
        while sealed := await _seal_one(runtime, site):
            done += sealed
        return done

    done = await each_service(runtime, seal_all, failing="record_not_sealed")
    if done:
        log.info("record_sealed", count=done)
    return done


async def _seal_one(runtime: Runtime, site: Site) -> int:
    real_now = runtime.clock()
    async with tenant_transaction(runtime.engine, site.tenant_id, site.service_id) as conn:
        now = site.business_now(real_now)
        return await seal_batch(conn, seal=runtime.settings.seal, now=now, real_now=real_now)
