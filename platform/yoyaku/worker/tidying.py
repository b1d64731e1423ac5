"""Tidying every service, one transaction each."""

from __future__ import annotations

from datetime import datetime, time

import structlog

from yoyaku.billing.policy.receipt import kept_since
from yoyaku.billing.repository.receipts import remove_receipts
from yoyaku.db.engine import tenant_transaction
from yoyaku.registration.service.tidying import tidy
from yoyaku.tenancy.service import Site
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import act_of_system, each_service

log = structlog.get_logger(__name__)


async def tidy_services(runtime: Runtime) -> int:
    """Remove what is over in every service; how much that was."""

    async def tidy_one(site: Site) -> int:
        real_now = runtime.clock()
        async with tenant_transaction(runtime.engine, site.tenant_id, site.service_id) as conn:
            now = site.business_now(real_now)
            act = await act_of_system(runtime, conn, site=site, now=now, real_now=real_now)
            oldest = datetime.combine(kept_since(act.today), time.min, tzinfo=site.zone)
            return await remove_receipts(conn, issued_before=oldest) + await tidy(conn, act=act)

    done = await each_service(runtime, tidy_one, failing="not_tidied")
    if done:
        log.info("tidied", count=done)
    return done
