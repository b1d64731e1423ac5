"""What an installation lends to payments of one service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.service.asking import Addresses, MoneyMeans
from yoyaku.db.engine import tenant_transaction


def lend_means(  # of which service, and how it acts
    engine: AsyncEngine,
    *,
    service: tuple[str, str],
    act_of: Callable[[AsyncConnection], MoneyAct],
    plugin_profiles: Path | None,
    site_address: str,
) -> MoneyMeans:
    """Transactions of a service (tenant, service), in which ``act_of`` says who moves money now, and its addresses."""

    @asynccontextmanager
    async def transaction() -> AsyncIterator[tuple[AsyncConnection, MoneyAct]]:
        async with tenant_transaction(engine, *service) as conn:
            yield conn, act_of(conn)

    def addresses(method: str, attempt_id: UUID) -> Addresses:
        back = f"{site_address}/me/payments/{attempt_id}/back"
        return Addresses(returns=back, cancels=back, notifies=f"{site_address}/hooks/payments/{method}")

    return MoneyMeans(transaction=transaction, plugin_profiles=plugin_profiles, addresses=addresses)
