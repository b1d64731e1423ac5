"""Logging in and out, and staying logged in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_204_NO_CONTENT, HTTP_401_UNAUTHORIZED, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy import LoginFailed, TooManyAttempts
from yoyaku.registration.service import LoginAttempt, NewSession, log_in, log_out
from yoyaku.registration.terms import LoginTerms
from yoyaku.ui.page import Crumb, Page, safe_return_path

SESSION_COOKIE: Final = "session"
BEHALF_COOKIE: Final = "behalf"
KEPT: Final = "kept."
"""Before the name of each field that was typed on the form over which a session ended."""
Kept = Sequence[tuple[str, str]]


@get("/login")
async def show_login(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[str]:
    """The form, saying why one is here: to go on, or because one was idle."""
    asked = request.query_params
    why = "expired" if "expired" in asked else "needed" if asked.get("next") else None
    return _form(door, next_path=safe_return_path(asked.get("next")), why=why)


@post("/login", status_code=303)
async def do_login(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Begin a session and go back to where one was; or the form again, with one sentence for every fault.

    A session that begins is kept even though a wrong password raises inside: the refusal is shown, not raised on.
    """
    form = await request.form()
    login_id, next_path = str(form.get("login_id", "")), safe_return_path(str(form.get("next", "/")))
    kept = [(name.removeprefix(KEPT), str(value)) for name, value in form.multi_items() if name.startswith(KEPT)]
    attempt = LoginAttempt(
        login_id=login_id,
        password=str(form.get("password", "")),
        address=door.client.address,
        previous_token=door.token,
    )
    try:
        begun = await log_in(
            door.conn, attempt=attempt, terms=door.terms.login, limits=door.limits, real_now=door.real_now
        )
    except (LoginFailed, TooManyAttempts) as refusal:
        return _form(door, next_path=next_path, login_id=login_id, refusal=refusal, kept=kept)
    return _let_in(door, begun, next_path, kept)


def _let_in(door: Door, begun: NewSession, next_path: str, kept: Kept) -> Response[Any]:
    door.page.remember(SESSION_COOKIE, begun.token)
    door.page.forget(BEHALF_COOKIE)  # a clerk whose session ran out was entering for somebody: not the next one
    if kept:
        return door.page.show("registration/resume.html", kept=kept, path=next_path)
    at_home = next_path == "/" and begun.view.staff_id is not None
    return door.page.go("/counter" if at_home else next_path, flash="logged_in")


def _form(
    door: Door,
    *,
    next_path: str,
    login_id: str = "",
    why: str | None = None,
    refusal: YoyakuError | None = None,
    kept: Kept = (),
) -> Response[str]:
    words = door.page.words
    errors: Mapping[str, str] = {} if refusal is None else {"login_id": words.sentence(refusal)}
    return login_page(
        door.page,
        terms=door.terms.login,
        status=HTTP_422_UNPROCESSABLE_ENTITY if refusal else 200,
        expired=why == "expired",
        needed=why == "needed",
        errors=errors,
        next=next_path,
        form={"login_id": login_id},
        kept=kept,
    )


def login_page(page: Page, *, terms: LoginTerms, status: int, kept: Kept = (), **shown: object) -> Response[str]:
    """The log-in form. ``kept`` is what was typed on the form over which a session ended: it comes back afterwards."""
    words = page.words
    return page.show(
        "registration/login.html",
        status=status,
        id_label=words.text(terms.id_label) or words.say("login.id"),
        kept=kept,
        crumbs=[Crumb(label=words.say("login.title"))],
        **shown,
    )


@post("/logout", status_code=303)
async def do_logout(door: NamedDependency[Door]) -> Response[None]:
    """End the session, and whatever a clerk was entering for somebody."""
    if door.token is not None:
        await log_out(door.conn, token=door.token)
    door.page.forget(SESSION_COOKIE)
    door.page.forget(BEHALF_COOKIE)
    return door.page.go("/", flash="logged_out")


@get("/session/extend")
async def extend(door: NamedDependency[Door]) -> Response[None]:
    """Keep the session (looking it up has noted this request); 401 where it is over."""
    return Response(None, status_code=HTTP_401_UNAUTHORIZED if door.session is None else HTTP_204_NO_CONTENT)


ROUTES: Final = [show_login, do_login, do_logout, extend]
