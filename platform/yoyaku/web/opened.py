"""A request inside its transaction, and what a process keeps for all of them."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from yoyaku.billing.service.asking import MoneyMeans
from yoyaku.billing.service.means import lend_means
from yoyaku.booking.rules import ServiceRules
from yoyaku.db.engine import tenant_transaction
from yoyaku.extension.profiles import Installation
from yoyaku.kernel.clock import read_clock
from yoyaku.kernel.settings import Environment, Settings
from yoyaku.registration.pages import DEVICE_COOKIE, SESSION_COOKIE, Client, Means
from yoyaku.registration.pages.applicant import APPLICANT_COOKIE
from yoyaku.registration.policy import SessionLimits
from yoyaku.registration.policy.throttle import network_of
from yoyaku.registration.service import SessionView
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.tenancy.service import Site
from yoyaku.web.frame import Frames

WEB: Final = "web"
READING: Final = frozenset({"GET", "HEAD"})
BROWSER_LETTERS: Final = 300


@dataclass(frozen=True, kw_only=True)
class Machinery:
    """What a process keeps for all its requests."""

    settings: Settings
    engine: AsyncEngine
    provider: RulesProvider
    frames: Frames

    @cached_property
    def _doorway(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(max(1, self.settings.database_pool // 2))

    def second_connections(self, request: Request[Any, Any, Any]) -> AbstractAsyncContextManager[None]:
        """Let in requests that count attempts, which takes a second connection for a moment: half the pool at most.

        So they never hold all connections while each waits for one more.
        """
        return nullcontext() if request.method in READING else self._doorway

    def transaction(self, site: Site, request: Request[Any, Any, Any]) -> AbstractAsyncContextManager[AsyncConnection]:
        """The one transaction of a request; the record of acts keeps from which network it came."""
        source = network_of(address_of(request))
        return tenant_transaction(self.engine, site.tenant_id, site.service_id, source=source)

    def money_means(self, site: Site) -> MoneyMeans:
        """What this process lends to the payments of a service."""
        return lend_means(self.engine, site=site, rules=self.provider, settings=self.settings, clock=read_clock)

    @cached_property
    def installation(self) -> Installation:
        """What the rules of every service are to run on."""
        is_production = self.settings.environment is Environment.PRODUCTION
        return Installation(profiles=self.settings.plugin_profiles, is_production=is_production)

    @cached_property
    def means(self) -> Means:
        """What the pages of registration are lent."""
        return Means(engine=self.engine, seal=self.settings.seal, plugin_profiles=self.settings.plugin_profiles)


@dataclass(frozen=True, kw_only=True)
class ServiceRulesFor:
    """The rules of one service, inside one transaction."""

    provider: RulesProvider
    conn: AsyncConnection
    site: Site
    today: date

    async def used_on(self, day: date) -> ServiceRules:
        """The rules for a booking made today and used on ``day``."""
        return await self.provider.rules_for(
            self.conn,
            tenant_id=self.site.tenant_id,
            service_id=self.site.service_id,
            made_on=self.today,
            used_on=day,
        )

    async def pinned(self, *, version: int, inventory_version: int) -> ServiceRules:
        """The rules that a booking keeps."""
        return await self.provider.rules_of(
            self.conn,
            tenant_id=self.site.tenant_id,
            service_id=self.site.service_id,
            version=version,
            inventory_version=inventory_version,
        )

    def forget(self) -> None:
        """Look at once for what is published."""
        self.provider.forget()


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A request inside its transaction: whose site, whose session, which rules."""

    request: Request[Any, Any, Any]
    site: Site
    conn: AsyncConnection
    rules_for: ServiceRulesFor
    rules: ServiceRules
    session: SessionView | None
    pending: SessionView | None
    token: str | None
    limits: SessionLimits
    now: datetime
    real_now: datetime


def token_of(request: Request[Any, Any, Any]) -> str | None:
    """The session's token: the cookie of a browser, the bearer of an API client."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    return None if request.scope["path"].startswith("/api/") else request.cookies.get(SESSION_COOKIE)


def address_of(request: Request[Any, Any, Any]) -> str:
    """The address that asks; behind a proxy, the server sets it from what the proxy says."""
    return request.client.host if request.client else ""


def client_of(request: Request[Any, Any, Any]) -> Client:
    """From where a request comes."""
    return Client(
        address=address_of(request),
        browser=request.headers.get("user-agent", "")[:BROWSER_LETTERS],
        device_mark=request.cookies.get(DEVICE_COOKIE),
        applicant_mark=request.cookies.get(APPLICANT_COOKIE),
    )
