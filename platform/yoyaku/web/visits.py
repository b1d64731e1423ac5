"""One request: its transaction, who asks, by which channel, and the rules; given to every page and API route."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from yoyaku.admin.service.counter import clerk_channels, person_of
from yoyaku.booking.api.caller import Caller
from yoyaku.booking.pages.here import Here
from yoyaku.booking.policy import Person
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import cart_count
from yoyaku.booking.visit import Visit
from yoyaku.db.engine import tenant_transaction
from yoyaku.facility.terms import NightTimetable
from yoyaku.kernel.clock import read_clock
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.settings import Settings
from yoyaku.registration.api import Doorstep
from yoyaku.registration.pages import BEHALF_COOKIE, SESSION_COOKIE, Door
from yoyaku.registration.policy import COUNTER_CLERK, SessionLimits
from yoyaku.registration.service import SessionView, get_registrant, resolve_session
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.tenancy.service import Site
from yoyaku.ui.page import Page, Visitor
from yoyaku.web.frame import Frames

WEB: Final = "web"


@dataclass(frozen=True, kw_only=True)
class Machinery:
    """What a process keeps for all its requests."""

    settings: Settings
    engine: AsyncEngine
    provider: RulesProvider
    frames: Frames


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


@dataclass(frozen=True, kw_only=True)
class Behalf:
    """For whom a clerk enters, and how they came: telephone or counter."""

    registrant_id: UUID
    channel: str
    name: str
    person: Person | None


def token_of(request: Request[Any, Any, Any]) -> str | None:
    """The session's token: the cookie of a browser, the bearer of an API client."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    return None if request.scope["path"].startswith("/api/") else request.cookies.get(SESSION_COOKIE)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A request inside its transaction: whose site, whose session, which rules."""

    request: Request[Any, Any, Any]
    site: Site
    conn: AsyncConnection
    rules_for: ServiceRulesFor
    rules: ServiceRules
    session: SessionView | None
    token: str | None
    limits: SessionLimits
    now: datetime
    real_now: datetime


class Visits:
    """Opens one request: transaction, session, rules, page."""

    def __init__(self, machinery: Machinery) -> None:
        """Work with what the process keeps."""
        self._machinery = machinery

    @asynccontextmanager
    async def open(self, request: Request[Any, Any, Any]) -> AsyncIterator[Opened]:
        """The request's one transaction, committed at the end, rolled back on any error."""
        site: Site = request.scope["state"]["site"]
        real_now = read_clock()
        now = site.business_now(real_now)
        kept = self._machinery
        async with tenant_transaction(kept.engine, site.tenant_id, site.service_id) as conn:
            rules_for = ServiceRulesFor(
                provider=kept.provider, conn=conn, site=site, today=now.astimezone(site.zone).date()
            )
            rules = await rules_for.used_on(rules_for.today)
            limits = SessionLimits(
                idle_minutes=rules.registration.login.idle_minutes,
                longest_hours=kept.settings.session_longest_hours,
            )
            token = token_of(request)
            session = (
                None if token is None else await resolve_session(conn, token=token, limits=limits, real_now=real_now)
            )
            yield Opened(
                request=request,
                site=site,
                conn=conn,
                rules_for=rules_for,
                rules=rules,
                session=session,
                token=token,
                limits=limits,
                now=now,
                real_now=real_now,
            )

    async def provide_caller(self, request: Request[Any, Any, Any]) -> AsyncGenerator[Caller, None]:
        """For the API of bookings, which has no page."""
        async with self.open(request) as opened:
            yield Caller(
                conn=opened.conn,
                visit=visit_of(opened, None),
                session=opened.session,
                rules_for=opened.rules_for,
                today=opened.rules_for.today,
                words=lambda: self._machinery.frames.page(request, opened.site).words,
            )

    async def provide_doorstep(self, request: Request[Any, Any, Any]) -> AsyncGenerator[Doorstep, None]:
        """For the API of sessions."""
        async with self.open(request) as opened:
            yield Doorstep(
                conn=opened.conn,
                terms=opened.rules.registration.login,
                limits=opened.limits,
                real_now=opened.real_now,
                address=address_of(request),
                token=opened.token,
                session=opened.session,
            )

    async def provide_here(self, request: Request[Any, Any, Any]) -> AsyncGenerator[Here, None]:
        """For the pages of booking and the counter."""
        async with self.open(request) as opened:
            behalf = await find_behalf(opened)
            visit = visit_of(opened, behalf)
            page = await self._page(opened, visit, behalf)
            yield Here(
                page=page, conn=opened.conn, visit=visit, rules_for=opened.rules_for, today=opened.rules_for.today
            )

    async def provide_door(self, request: Request[Any, Any, Any]) -> AsyncGenerator[Door, None]:
        """For logging in and out."""
        async with self.open(request) as opened:
            page = await self._page(opened, visit_of(opened, None), None)
            yield Door(
                page=page,
                conn=opened.conn,
                terms=opened.rules.registration.login,
                limits=opened.limits,
                real_now=opened.real_now,
                address=address_of(request),
                token=opened.token,
                session=opened.session,
            )

    async def _page(self, opened: Opened, visit: Visit, behalf: Behalf | None) -> Page:
        frames = self._machinery.frames
        page = frames.page(opened.request, opened.site, stays=has_nights(opened.rules))
        page.site_pages = opened.site.pages
        if opened.site.clock_offset_seconds:
            page.demo_clock = opened.now
        if opened.session is not None:
            page.visitor = visitor_of(opened.session, opened, behalf, page)
            page.cart_count = await cart_count(opened.conn, visit=visit)
        return page


def address_of(request: Request[Any, Any, Any]) -> str:
    """The address that asks; behind a proxy, the server sets it from what the proxy says."""
    return request.client.host if request.client else ""


def has_nights(rules: ServiceRules) -> bool:
    """Whether this service lets nights; its pages then speak of stays."""
    return any(isinstance(table, NightTimetable) for table in rules.timetables.values())


def visit_of(opened: Opened, behalf: Behalf | None) -> Visit:
    """Who asks and by which channel: a resident for themselves, a clerk for somebody, or nobody yet."""
    session = opened.session
    visit = Visit(
        tenant_id=opened.site.tenant_id,
        service_id=opened.site.service_id,
        now=opened.now,
        real_now=opened.real_now,
        channel=WEB,
        actor="resident",
    )
    if session is None:
        return visit
    if COUNTER_CLERK not in session.roles:
        if session.registrant_id is None:
            return replace(visit, account_id=session.account_id, staff_id=session.staff_id)
        person = Person(facts=session.person_facts, registered_at=session.registered_at)
        return replace(visit, account_id=session.account_id, registrant_id=session.registrant_id, person=person)
    by_clerk = [channel.code for channel in opened.rules.booking.channels if channel.entered_by == "clerk"]
    visit = replace(
        visit,
        actor="clerk",
        channel=by_clerk[0] if by_clerk else WEB,
        account_id=session.account_id,
        staff_id=session.staff_id,
        staff_name=session.display_name,
    )
    if behalf is None:
        return visit
    return replace(visit, channel=behalf.channel, registrant_id=behalf.registrant_id, person=behalf.person)


async def find_behalf(opened: Opened) -> Behalf | None:
    """For whom a clerk is entering: ``<registrant>.<channel>`` in a cookie, which means nothing without a clerk's session."""
    kept = opened.request.cookies.get(BEHALF_COOKIE, "")
    registrant, _, channel = kept.partition(".")
    allowed = channel in clerk_channels(opened.rules)
    if opened.session is None or COUNTER_CLERK not in opened.session.roles or not allowed:
        return None
    try:
        row = await get_registrant(opened.conn, registrant_id=UUID(registrant))
    except (ValueError, NotFound):
        return None
    return Behalf(registrant_id=row.registrant_id, channel=channel, name=row.name, person=person_of(row))


def visitor_of(session: SessionView, opened: Opened, behalf: Behalf | None, page: Page) -> Visitor:
    """Who is logged in, for the frame of the page."""
    channel = None
    if behalf is not None:
        channels = {one.code: page.words.text(one.name) for one in opened.rules.booking.channels}
        channel = channels[behalf.channel]
    return Visitor(
        name=session.display_name,
        is_staff=session.staff_id is not None,
        idle_seconds=max(int((session.idle_until - opened.real_now).total_seconds()), 0),
        behalf_of=behalf.name if behalf else None,
        behalf_channel=channel,
    )
