"""What an installation lends to payments of one service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.service.asking import Addresses, MoneyMeans
from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.settings import Settings
from yoyaku.tenancy.service import Site, address_of_site


class RulesKeeper(Protocol):
    """Finds the rules of any service in given versions."""

    async def rules_of(
        self, conn: AsyncConnection, *, tenant_id: str, service_id: str, version: int, inventory_version: int
    ) -> Any:  # noqa: ANN401  # a folder above
        """The rules in these versions."""


def act_of_system(conn: AsyncConnection, *, site: Site, rules: RulesKeeper, real_now: datetime) -> MoneyAct:
    """The system, moving money of a service now."""
    return MoneyAct(
        tenant_id=site.tenant_id,
        service_id=site.service_id,
        now=site.business_now(real_now),
        real_now=real_now,
        zone=site.zone,
        rules_of=partial(rules.rules_of, conn, tenant_id=site.tenant_id, service_id=site.service_id),
    )


def lend_means(
    engine: AsyncEngine, *, site: Site, rules: RulesKeeper, settings: Settings, clock: Callable[[], datetime]
) -> MoneyMeans:
    """Transactions of a service, in which the system moves money now (``clock``: real time), and its addresses."""
    site_address = address_of_site(settings, site)

    @asynccontextmanager
    async def transaction() -> AsyncIterator[tuple[AsyncConnection, MoneyAct]]:
        async with tenant_transaction(engine, site.tenant_id, site.service_id) as conn:
            yield conn, act_of_system(conn, site=site, rules=rules, real_now=clock())

    def addresses(method: str, attempt_id: UUID) -> Addresses:
        back = f"{site_address}/me/payments/{attempt_id}/back"
        return Addresses(returns=back, cancels=back, notifies=f"{site_address}/hooks/payments/{method}")

    return MoneyMeans(transaction=transaction, plugin_profiles=settings.plugin_profiles, addresses=addresses)
