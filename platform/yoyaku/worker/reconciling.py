"""Comparing each provider's books of yesterday with ours, for every service."""

from __future__ import annotations

from datetime import timedelta

import structlog

from yoyaku.billing.service.agreeing import providers_of, reconcile
from yoyaku.db.engine import platform_transaction, tenant_transaction
from yoyaku.tenancy.service import show_clocks
from yoyaku.worker.payments import means_of
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import rules_of_today, site_of

log = structlog.get_logger(__name__)


async def reconcile_services(runtime: Runtime) -> int:
    """Queue what differs between our books of yesterday (real time) and the providers'; how much that is.

    Done again, nothing is queued twice. A provider that does not answer holds up no other, and is asked again.
    """
    async with platform_transaction(runtime.engine) as conn:
        clocks = await show_clocks(conn, real_now=runtime.clock())
    found = 0
    for clock in clocks:
        found += await _reconcile_one(runtime, clock.tenant_id, clock.service_id)
    if found:
        log.warning("books_differ", count=found)
    return found


async def _reconcile_one(runtime: Runtime, tenant_id: str, service_id: str) -> int:
    site = await site_of(runtime, tenant_id=tenant_id, service_id=service_id)
    real_now = runtime.clock()
    async with tenant_transaction(runtime.engine, tenant_id, service_id) as conn:
        rules = await rules_of_today(runtime, conn, site=site, now=site.business_now(real_now))
    yesterday = real_now.astimezone(site.zone).date() - timedelta(days=1)
    found = 0
    for provider in providers_of(rules.payment):
        try:
            found += await reconcile(means_of(runtime, site), provider, day=yesterday)
        except Exception:
            log.exception("not_reconciled", tenant=tenant_id, service=service_id, provider=provider.name)
    return found
