"""One command inside the transaction of a service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from yoyaku.kernel.settings import Settings
    from yoyaku.tenancy.service import Site

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Inside:
    """The transaction, the service's site, and when: ``now`` in business time, ``real_now`` in real time."""

    conn: AsyncConnection
    settings: Settings
    site: Site
    now: datetime
    real_now: datetime

    @property
    def tenant_id(self) -> str:
        """The tenant's slug."""
        return self.site.tenant_id

    @property
    def service_id(self) -> str:
        """The service's slug."""
        return self.site.service_id


def run_inside(service: str, do: Callable[[Inside], Awaitable[T]]) -> T:
    """Do something in the transaction of a service (``TENANT/SERVICE``); whatever is raised undoes it.

    Raises:
        UnknownService: there is none of that name.
    """

    async def run() -> T:
        async with _opened(service) as inside:
            return await do(inside)

    return asyncio.run(run())


@asynccontextmanager
async def _opened(service: str) -> AsyncIterator[Inside]:
    """As the application's role: row-level security, and what the database checks of its own, hold here too."""
    from yoyaku.cli.environment import read_settings
    from yoyaku.db.engine import make_engine, tenant_transaction
    from yoyaku.kernel.clock import read_clock
    from yoyaku.tenancy.service import Sites, UnknownService

    settings, real_now = read_settings(), read_clock()
    tenant_id, _, service_id = service.partition("/")
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        site = await Sites(engine).by_path(tenant_id, service_id, real_now=real_now)
        if site is None:
            raise UnknownService(f'There is no service "{service}"; `yoyaku tenant list` shows them as TENANT/SERVICE.')
        now = site.business_now(real_now)
        async with tenant_transaction(engine, tenant_id, service_id) as conn:
            yield Inside(conn=conn, settings=settings, site=site, now=now, real_now=real_now)
    finally:
        await engine.dispose()
