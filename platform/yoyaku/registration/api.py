"""Sessions for API clients: a token instead of a cookie, by the same log-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, cast

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct, to_builtins
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.policy import LoginFailed, PasswordToBeSet, StageMayNotLogIn, TooManyAttempts
from yoyaku.registration.policy.second_factor import SecondFactorOver, SecondFactorWrong
from yoyaku.registration.service import Gate, LoginAttempt, SessionView, log_in, log_out
from yoyaku.registration.service.second_step import Waiting, finish_login
from yoyaku.ui.problem import answers, shown


class NotLoggedIn(YoyakuError):
    """The token is missing, unknown or over."""

    status = 401
    code = "not_logged_in"
    title = "Log in first: the token is missing, unknown or over."


@dataclass(frozen=True, kw_only=True)
class Doorstep:
    """One request about a session: the transaction, how this service logs in, who is in already and from where.

    ``pending`` is a session that waits for its second factor.
    """

    conn: AsyncConnection
    gate: Gate
    address: str
    browser: str
    token: str | None
    session: SessionView | None
    pending: SessionView | None


At = NamedDependency[Doorstep]
Level = Literal["full", "second_factor", "enrol"]
BEARER: Final[list[dict[str, list[str]]]] = [{"session": []}]
ANYBODY: Final[list[dict[str, list[str]]]] = [{}, {"session": []}]


class CredentialsIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who logs in."""

    login_id: Annotated[str, Meta(min_length=1, max_length=100, examples=["40675"])]
    password: Annotated[str, Meta(min_length=1, max_length=1000, examples=["a long pass phrase"])]


class CodeIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code that the generator shows now, or a recovery code."""

    code: Annotated[str, Meta(min_length=1, max_length=40, examples=["123456"])]


class SessionOut(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session: send the token as ``Authorization: Bearer``; it ends when idle, and in any case at ``ends_at``.

    ``roles`` are those of a member of staff. ``level`` is ``full``, or what is still to come before the session opens
    anything: ``second_factor``, or ``enrol`` for staff who have none yet. The token is told once, when the session begins.
    """

    display_name: str
    is_staff: bool
    roles: list[str]
    level: Level
    idle_until: datetime
    ends_at: datetime
    token: str | None = None


_SHOWN = SessionOut(
    display_name="予約 花子",
    is_staff=False,
    roles=[],
    level="full",
    idle_until=datetime(2027, 1, 16, 0, 30, tzinfo=UTC),
    ends_at=datetime(2027, 1, 16, 12, 0, tzinfo=UTC),
)
_BEGUN = {**to_builtins(_SHOWN), "token": "tKtC3o9xY0a-qv5HhXnYwq1m2uRr1pSx0Wc2l1VnqX8"}


@post(
    "/sessions",
    status_code=201,
    summary="Log in",
    tags=["Session"],
    security=[{}],
    responses=answers(
        {201: shown(SessionOut, ("Begun", _BEGUN), says="The session has begun.")},
        LoginFailed(),
        PasswordToBeSet(mail=None),
        StageMayNotLogIn(next_step="窓口で手続きをしてください。"),
        TooManyAttempts(retry_after_seconds=540),
    ),
)
async def begin(at: At, data: JSONBody[CredentialsIn]) -> SessionOut:
    """Begin a session. An unknown id and a wrong password answer alike."""
    attempt = LoginAttempt(login_id=data.login_id, password=data.password, address=at.address, browser=at.browser)
    try:
        begun = await log_in(at.conn, attempt=attempt, gate=at.gate)
    except PasswordToBeSet:
        raise PasswordToBeSet(mail=None) from None  # a refusal here undoes the mail; the site's own page sends it
    return _out(begun.view, begun.token)


@post(
    "/sessions/current/code",
    status_code=201,
    summary="Enter the code of the second factor",
    tags=["Session"],
    security=BEARER,
    responses=answers(
        {201: shown(SessionOut, ("Full", _BEGUN), says="The session is full, under a new token.")},
        SecondFactorOver(),
        SecondFactorWrong(),
        TooManyAttempts(retry_after_seconds=540),
    ),
)
async def enter_code(at: At, data: JSONBody[CodeIn]) -> SessionOut:
    """Make a session of level ``second_factor`` a full one, under a new token; the old token is over."""
    waiting = Waiting(view=at.pending, token=at.token, address=at.address, browser=at.browser)
    begun = await finish_login(at.conn, waiting=waiting, typed=data.code, gate=at.gate)
    return _out(begun.view, begun.token)


@get(
    "/sessions/current",
    summary="Who is logged in",
    tags=["Session"],
    security=BEARER,
    responses=answers(
        shown(SessionOut, ("Logged in", to_builtins(_SHOWN)), says="The session that the token is of."), NotLoggedIn()
    ),
)
async def show(at: At) -> SessionOut:
    """Say whose token this is; asking keeps the session from being idle."""
    view = at.session or at.pending
    if view is None:
        raise NotLoggedIn
    return _out(view)


@delete(
    "/sessions/current",
    summary="Log out",
    tags=["Session"],
    security=ANYBODY,
    responses=answers({204: shown(None, says="The session is over.")}),
)
async def end(at: At) -> None:
    """End the session; nothing happens where it is over already."""
    if at.token is not None:
        await log_out(at.conn, token=at.token)


def _out(view: SessionView, token: str | None = None) -> SessionOut:
    return SessionOut(
        display_name=view.display_name,
        is_staff=view.staff_id is not None,
        roles=sorted(view.roles),
        level=cast("Level", view.level),
        idle_until=view.idle_until,
        ends_at=view.ends_at,
        token=token,
    )


ROUTES: Final = [begin, enter_code, show, end]
