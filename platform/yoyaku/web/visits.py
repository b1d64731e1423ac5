"""One request: its transaction, who asks, by which channel, and the rules; given to every page and API route."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request

from yoyaku.booking.api.caller import Caller
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.till import Till
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import cart_count
from yoyaku.booking.visit import Visit
from yoyaku.facility.terms import NightTimetable
from yoyaku.kernel.clock import read_clock
from yoyaku.registration.api import Doorstep
from yoyaku.registration.pages import Door, Place
from yoyaku.registration.policy import SessionLimits
from yoyaku.registration.service import Gate, SessionView, Throttle, resolve_session
from yoyaku.registration.terms import RegistrationTerms
from yoyaku.tenancy.service import Site, address_of_site
from yoyaku.ui.page import Page
from yoyaku.web.alerts import Alerts
from yoyaku.web.askers import Behalf, find_behalf, find_visitor, visit_of
from yoyaku.web.opened import Machinery, Opened, ServiceRulesFor, client_of, token_of


class Visits:
    """Opens one request: transaction, session, rules, page."""

    def __init__(self, machinery: Machinery) -> None:
        """Work with what the process keeps."""
        self._machinery = machinery
        self._alerts = Alerts()

    @asynccontextmanager
    async def open(self, request: Request[Any, Any, Any]) -> AsyncIterator[Opened]:
        """The request's one transaction, committed at the end, rolled back on any error."""
        site: Site = request.scope["state"]["site"]
        real_now = read_clock()
        now = site.business_now(real_now)
        kept = self._machinery
        async with kept.transaction(site, request) as conn:
            rules_for = ServiceRulesFor(
                provider=kept.provider, conn=conn, site=site, today=now.astimezone(site.zone).date()
            )
            rules = await rules_for.used_on(rules_for.today)
            limits = SessionLimits(
                idle_minutes=idle_minutes(rules, site.channel), longest_hours=kept.settings.session_longest_hours
            )
            token = token_of(request)
            found = await resolve_session(conn, token=token, limits=limits, real_now=real_now) if token else None
            if found is not None and not may_stay(found, rules.registration):
                found = None
            is_full = found is not None and found.level == "full"
            yield Opened(
                request=request,
                site=site,
                conn=conn,
                rules_for=rules_for,
                rules=rules,
                session=found if is_full else None,
                pending=None if is_full else found,
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
        async with self._machinery.second_connections(request), self.open(request) as opened:
            client = client_of(request)
            yield Doorstep(
                conn=opened.conn,
                gate=self._gate(opened),
                address=client.address,
                browser=client.browser,
                token=opened.token,
                session=opened.session,
                pending=opened.pending,
            )

    async def provide_here(self, request: Request[Any, Any, Any]) -> AsyncGenerator[Here, None]:
        """For the pages of booking and the counter."""
        async with self._here(request) as here:
            yield here

    async def provide_slowed(self, request: Request[Any, Any, Any]) -> AsyncGenerator[Here, None]:
        """For pages on which anybody could try things out: attempts are counted, on a connection of their own."""
        async with self._machinery.second_connections(request), self._here(request, slowed=True) as here:
            yield here

    @asynccontextmanager
    async def _here(self, request: Request[Any, Any, Any], *, slowed: bool = False) -> AsyncIterator[Here]:
        async with self.open(request) as opened:
            behalf = await find_behalf(opened)
            visit = visit_of(opened, behalf)
            page = await self._page(opened, visit, behalf)
            yield Here(
                page=page,
                conn=opened.conn,
                visit=visit,
                rules_for=opened.rules_for,
                today=opened.rules_for.today,
                session=opened.session,
                throttle=self._throttle(opened) if slowed else None,
                address=client_of(request).address,
                installation=self._machinery.installation,
            )

    def provide_till(self, request: Request[Any, Any, Any]) -> Till:
        """For pages that ask a payment provider: no transaction is open but those that they open."""
        site: Site = request.scope["state"]["site"]
        return Till(open_here=lambda: self._here(request), means=self._machinery.money_means(site))

    async def provide_door(self, request: Request[Any, Any, Any]) -> AsyncGenerator[Door, None]:
        """For registration, logging in and out."""
        async with self._machinery.second_connections(request), self.open(request) as opened:
            page = await self._page(opened, visit_of(opened, None), None)
            yield Door(
                page=page,
                conn=opened.conn,
                terms=opened.rules.registration,
                place=self._place(opened),
                means=self._machinery.means,
                client=client_of(request),
                limits=opened.limits,
                now=opened.now,
                real_now=opened.real_now,
                today=opened.rules_for.today,
                token=opened.token,
                session=opened.session,
                pending=opened.pending,
            )

    def _throttle(self, opened: Opened) -> Throttle:
        site, means = opened.site, self._machinery.means
        return Throttle(engine=means.engine, tenant_id=site.tenant_id, service_id=site.service_id, seal=means.seal)

    def _gate(self, opened: Opened) -> Gate:
        return Gate(
            terms=opened.rules.registration,
            limits=opened.limits,
            throttle=self._throttle(opened),
            real_now=opened.real_now,
            today=opened.rules_for.today,
        )

    def _place(self, opened: Opened) -> Place:
        site, settings = opened.site, self._machinery.settings
        return Place(
            tenant_id=site.tenant_id,
            service_id=site.service_id,
            address=address_of_site(settings, site),
            rule_set_version=opened.rules.version,
        )

    async def _page(self, opened: Opened, visit: Visit, behalf: Behalf | None) -> Page:
        frames = self._machinery.frames
        page = frames.page(
            opened.request, opened.site, stays=has_nights(opened.rules), draws=bool(opened.rules.lotteries)
        )
        page.site_pages = opened.site.pages
        page.alerts = await self._alerts.of(opened, page.words)
        page.debits = any(one.collection is not None for one in opened.rules.payment.methods)
        if opened.site.clock_offset_seconds:
            page.demo_clock = opened.now
        if opened.session is not None:
            page.visitor = await find_visitor(opened.session, opened, behalf, page)
            page.cart_count = await cart_count(opened.conn, visit=visit)
        return page


def has_nights(rules: ServiceRules) -> bool:
    """Whether this service lets nights; its pages then speak of stays."""
    return any(isinstance(table, NightTimetable) for table in rules.timetables.values())


def idle_minutes(rules: ServiceRules, channel: str | None) -> int:
    """After how many minutes without a page one is logged out: sooner at a terminal that many people use."""
    usual = rules.registration.login.idle_minutes
    own = next((one.idle_minutes for one in rules.booking.channels if one.code == channel), None)
    return usual if own is None else min(usual, own)


def may_stay(session: SessionView, terms: RegistrationTerms) -> bool:
    """Whether a session that began at one stage of a registration still counts at the stage of now."""
    stage = session.person_facts.get("registration")
    return not any(one.code == stage and not one.may_log_in for one in terms.stages)
