"""Sessions for API clients: a token instead of a cookie, by the same log-in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from litestar import delete, get, post
from msgspec import Meta, Struct

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages import Door
from yoyaku.registration.service import LoginAttempt, SessionView, log_in, log_out


class NotLoggedIn(YoyakuError):
    """The token is missing, unknown or over."""

    status = 401
    code = "not_logged_in"
    title = "Log in first: the token is missing, unknown or over."


class CredentialsIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who logs in."""

    login_id: Annotated[str, Meta(min_length=1, max_length=100, examples=["demo0001"])]
    password: Annotated[str, Meta(min_length=1, max_length=1000)]


class SessionOut(Struct, frozen=True, kw_only=True):
    """A session: send the token as ``Authorization: Bearer``; it ends when idle, and in any case at ``ends_at``."""

    display_name: str
    idle_until: datetime
    ends_at: datetime
    token: str | None = None


@post("/sessions", status_code=201, summary="Log in", tags=["Session"])
async def begin(door: Door, data: CredentialsIn) -> SessionOut:
    """Begin a session. An unknown id and a wrong password answer alike."""
    attempt = LoginAttempt(login_id=data.login_id, password=data.password, address=door.address)
    begun = await log_in(door.conn, attempt=attempt, terms=door.terms, limits=door.limits, real_now=door.real_now)
    return _out(begun.view, begun.token)


@get("/sessions/current", summary="Who is logged in", tags=["Session"])
async def show(door: Door) -> SessionOut:
    """Say whose token this is; asking keeps the session from being idle."""
    if door.session is None:
        raise NotLoggedIn
    return _out(door.session)


@delete("/sessions/current", summary="Log out", tags=["Session"])
async def end(door: Door) -> None:
    """End the session; nothing happens where it is over already."""
    if door.token is not None:
        await log_out(door.conn, token=door.token)


def _out(view: SessionView, token: str | None = None) -> SessionOut:
    return SessionOut(display_name=view.display_name, idle_until=view.idle_until, ends_at=view.ends_at, token=token)


ROUTES: Final = [begin, show, end]
