"""The application: every page and API route over one engine; ``yoyaku.web.app:create_app`` is a factory."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from litestar import Litestar, Request, Response, Router
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import MutableScopeHeaders, State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import Message, Scope

from yoyaku.admin import pages as admin_pages
from yoyaku.billing.service.held import HELD_MANDATES
from yoyaku.billing.ties import keep_charges
from yoyaku.booking.drawn import show
from yoyaku.booking.pages import (
    apply,
    cancelling,
    cart,
    done,
    equipment,
    find,
    home,
    mandate,
    mine,
    paying,
    payment_steps,
    payments,
    photos,
    search,
    stay,
)
from yoyaku.booking.pages.home_parts import add_home_part
from yoyaku.booking.service.charged import CHARGED_BOOKINGS
from yoyaku.booking.service.people import HELD_BOOKINGS
from yoyaku.db.engine import make_engine
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.log import configure_logging
from yoyaku.kernel.settings import Settings
from yoyaku.lottery import pages as lottery_pages
from yoyaku.lottery.pages.board import LOTTERY_BOARD
from yoyaku.lottery.pages.home_part import lottery_part
from yoyaku.lottery.service.people import HELD_ENTRIES
from yoyaku.registration import pages as registration_pages
from yoyaku.registration.ties import hold
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.tenancy.service import Sites
from yoyaku.web import brand, display, guide, site_pages
from yoyaku.web.api import openapi_config
from yoyaku.web.api import routes as api_routes
from yoyaku.web.errors import CSRF_COOKIE, Errors
from yoyaku.web.frame import Frames
from yoyaku.web.gateway import Gateway
from yoyaku.web.nul import refuse_nul
from yoyaku.web.opened import Machinery
from yoyaku.web.visits import Visits

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFETY: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
LARGEST_FORM: Final = 1_000_000
"""Bytes of a body that are read at all, where a route does not take files; no form comes near."""
TOKEN_IN_QUERY: Final = b"token="
"""Links of mails: their pages' address opens something, so that it is passed on to nothing else."""
PAGES: Final = [
    *find.ROUTES,
    *photos.ROUTES,
    *stay.ROUTES,
    *search.ROUTES,
    *cart.ROUTES,
    *apply.ROUTES,
    *done.ROUTES,
    *home.ROUTES,
    *mine.ROUTES,
    *mandate.ROUTES,
    *payments.ROUTES,
    *equipment.ROUTES,
    *cancelling.ROUTES,
    *paying.ROUTES,
    *payment_steps.ROUTES,
    *lottery_pages.ROUTES,
    *registration_pages.ROUTES,
    *admin_pages.ROUTES,
    *site_pages.ROUTES,
    *guide.ROUTES,
    *display.ROUTES,
    brand.send_asset,
    brand.send_theme,
    brand.send_logo,
]


def create_app(settings: Settings | None = None) -> Gateway:
    """The ASGI application for these settings (those of the environment where none are given).

    :raises SettingsError: a setting is missing or wrong; each is named.
    """
    _prepare()
    settings = settings or Settings.from_mapping(os.environ)
    engine = make_engine(settings.database_url, pool_size=settings.database_pool)
    secure = settings.site_scheme == "https"
    machinery = Machinery(settings=settings, engine=engine, provider=RulesProvider(), frames=Frames(secure=secure))

    @asynccontextmanager
    async def connected(_app: Litestar) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    app = Litestar(
        route_handlers=[
            Router("/", route_handlers=PAGES, before_request=refuse_nul, include_in_schema=False),
            *api_routes.ROUTES,
        ],
        dependencies=_dependencies(Visits(machinery), machinery),
        exception_handlers=_explaining(Errors(machinery.frames)),
        csrf_config=_forgery_guard(settings.secret_key, secure=secure),
        before_send=[_add_safety_https if secure else _add_safety],
        openapi_config=openapi_config(),
        state=State({"engine": engine}),
        lifespan=[connected],
        request_max_body_size=LARGEST_FORM,
        debug=False,
    )
    return Gateway(app, sites=Sites(engine))


def _prepare() -> None:
    """What a process is told before anything is asked of it."""
    configure_logging()
    hold(HELD_BOOKINGS)
    keep_charges(CHARGED_BOOKINGS)
    add_home_part(lottery_part)
    add_home_part(payments.payments_part)
    add_home_part(mandate.mandate_part)
    show(LOTTERY_BOARD)
    hold(HELD_ENTRIES)
    hold(HELD_MANDATES)


def _explaining(errors: Errors) -> dict[int | type[Exception], Callable[[Request[Any, Any, Any], Any], Response[Any]]]:
    return {
        YoyakuError: errors.explained,
        HTTPException: errors.http,
        ExceptionGroup: errors.group,
        Exception: errors.bug,
    }


def _dependencies(visits: Visits, machinery: Machinery) -> dict[str, Provide]:
    return {
        "here": Provide(visits.provide_here),
        "slowed": Provide(visits.provide_slowed),
        "till": Provide(visits.provide_till, sync_to_thread=False),
        "door": Provide(visits.provide_door),
        "caller": Provide(visits.provide_caller),
        "at": Provide(visits.provide_doorstep),
        "means": Provide(lambda: machinery.means, sync_to_thread=False),
        "machinery": Provide(lambda: machinery, sync_to_thread=False),
    }


def _forgery_guard(secret: str, *, secure: bool) -> CSRFConfig:
    """Forms carry a token of ours; the API's callers carry one of theirs in a header, webhooks are signed: they need none."""
    return CSRFConfig(
        secret=secret,
        cookie_name=CSRF_COOKIE,
        cookie_secure=secure,
        cookie_httponly=True,
        exclude=["^/api/", "^/hooks/"],
    )


async def _add_safety(message: Message, scope: Scope) -> None:
    """Headers that keep a page from being framed, sniffed or scripted from outside; a page with a token tells nobody."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    headers.setdefault("content-security-policy", CONTENT_POLICY)
    if TOKEN_IN_QUERY in scope["query_string"]:
        headers.setdefault("referrer-policy", "no-referrer")
    for name, value in SAFETY.items():
        headers.setdefault(name, value)


async def _add_safety_https(message: Message, scope: Scope) -> None:
    await _add_safety(message, scope)
    if message["type"] == "http.response.start":
        MutableScopeHeaders.from_message(message).setdefault("strict-transport-security", "max-age=31536000")
