"""Asking payment providers: whatever is pending, until they say what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.repository.attempts import DueAttempt, due_attempts
from yoyaku.billing.repository.unmatched import due_payouts
from yoyaku.billing.service.agreeing import explain_payout, providers_of
from yoyaku.billing.service.asking import MoneyMeans, ask
from yoyaku.billing.service.means import act_of_system, lend_means
from yoyaku.db.engine import platform_transaction, tenant_transaction
from yoyaku.rulebook.today import rules_of_today
from yoyaku.tenancy.service import Site
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import site_of

AT_ONCE: Final = 100
TALKS_AT_ONCE: Final = 4

log = structlog.get_logger(__name__)


async def ask_providers(runtime: Runtime) -> int:
    """Ask about every attempt whose time has come, and look again at payouts, a few at the same time; how many were done.

    One that fails is logged and comes again when its lease has run out.
    """
    async with platform_transaction(runtime.engine) as conn:
        due = await due_attempts(conn, at_most=AT_ONCE)
        payouts = await due_payouts(conn, at_most=AT_ONCE)
    doors = asyncio.Semaphore(TALKS_AT_ONCE)

    async def one_of(one: DueAttempt, do: Callable[[Runtime, DueAttempt], Awaitable[bool]]) -> bool:
        async with doors:
            return await do(runtime, one)

    asking = [*(one_of(one, _ask) for one in due), *(one_of(one, _explain) for one in payouts)]
    return sum(await asyncio.gather(*asking))


async def _explain(runtime: Runtime, one: DueAttempt) -> bool:
    """Look again at a payout that waits to be explained, under the rules of today."""
    site = await site_of(runtime, tenant_id=one.tenant_id, service_id=one.service_id)
    try:
        async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
            rules = await rules_of_today(runtime.rules, conn, site=site, now=site.business_now(runtime.clock()))
        return await explain_payout(means_of(runtime, site), providers_of(rules.payment), item_id=one.id)
    except Exception:
        log.exception("payout_not_explained", id=str(one.id), tenant=one.tenant_id, service=one.service_id)
        return False


async def _ask(runtime: Runtime, one: DueAttempt) -> bool:
    site = await site_of(runtime, tenant_id=one.tenant_id, service_id=one.service_id)
    try:
        return await ask(means_of(runtime, site), attempt_id=one.id) is not None
    except Exception:
        log.exception("payment_not_asked", id=str(one.id), tenant=one.tenant_id, service=one.service_id)
        return False


def means_of(runtime: Runtime, site: Site) -> MoneyMeans:
    """What this process lends to the payments of a service."""
    return lend_means(runtime.engine, site=site, rules=runtime.rules, settings=runtime.settings, clock=runtime.clock)


def money_act(runtime: Runtime, site: Site, conn: AsyncConnection) -> MoneyAct:
    """The system, moving money of a service now."""
    return act_of_system(conn, site=site, rules=runtime.rules, real_now=runtime.clock())
