"""Comparing each provider's books of yesterday with ours, for every service."""

from __future__ import annotations

from datetime import timedelta

import structlog

from yoyaku.billing.service.agreeing import providers_of, reconcile
from yoyaku.db.engine import tenant_transaction
from yoyaku.rulebook.today import rules_of_today
from yoyaku.tenancy.service import Site
from yoyaku.worker.payments import means_of
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import each_service

log = structlog.get_logger(__name__)


async def reconcile_services(runtime: Runtime) -> int:
    """Queue what differs between our books of yesterday (real time) and the providers'; how much that is.

    Done again, nothing is queued twice. A provider that does not answer holds up no other, and is asked again.
    """

    async def reconcile_one(site: Site) -> int:
        return await _reconcile_one(runtime, site)

    found = await each_service(runtime, reconcile_one, failing="not_reconciled")
    if found:
        log.warning("books_differ", count=found)
    return found


async def _reconcile_one(runtime: Runtime, site: Site) -> int:
    real_now = runtime.clock()
    async with tenant_transaction(runtime.engine, site.tenant_id, site.service_id) as conn:
        rules = await rules_of_today(runtime.rules, conn, site=site, now=site.business_now(real_now))
    yesterday = real_now.astimezone(site.zone).date() - timedelta(days=1)
    found = 0
    for provider in providers_of(rules.payment):
        try:
            found += await reconcile(means_of(runtime, site), provider, day=yesterday)
        except Exception:
            log.exception("not_reconciled", tenant=site.tenant_id, service=site.service_id, provider=provider.name)
    return found
