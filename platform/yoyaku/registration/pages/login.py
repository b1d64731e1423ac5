"""Logging in and out, and staying logged in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_204_NO_CONTENT,
    HTTP_401_UNAUTHORIZED,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_429_TOO_MANY_REQUESTS,
)

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.applicant import APPLICANT_COOKIE
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy import LoginFailed, PasswordToBeSet, StageMayNotLogIn, TooManyAttempts
from yoyaku.registration.service import LoginAttempt, NewSession, log_in, log_out
from yoyaku.registration.service.known_devices import KEPT_SECONDS, mark_for
from yoyaku.registration.terms import LoginTerms
from yoyaku.ui.page import FACT, Crumb, Page, safe_return_path

SESSION_COOKIE: Final = "session"
BEHALF_COOKIE: Final = "behalf"
DEVICE_COOKIE: Final = "device"
ID_COOKIE: Final = "login_id"
"""The id to fill in after a password was set, for a few minutes: not in an address, where it would be logged."""
FULL: Final = "full"
ID_SECONDS: Final = 600
KEPT: Final = "kept."
"""Before the name of each field that was typed on the form over which a session ended."""
Kept = Sequence[tuple[str, str]]


@get("/login")
async def show_login(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form, saying why one is here: to go on, or because one was idle; whoever owes a code is led to it."""
    asked = request.query_params
    if door.pending is not None and "expired" not in asked:
        return door.page.go(next_step(door.pending.level, safe_return_path(asked.get("next"))))
    why = next((one for one in ("expired", "changed") if one in asked), "needed" if asked.get("next") else None)
    login_id = unquote(request.cookies.get(ID_COOKIE, "")) if why == "changed" else ""
    return _form(door, next_path=safe_return_path(asked.get("next")), login_id=login_id, why=why)


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
        browser=door.client.browser,
        device_mark=door.client.device_mark,
        previous_token=door.token,
    )
    try:
        begun = await log_in(door.conn, attempt=attempt, gate=door.gate)
    except PasswordToBeSet as refusal:
        return _to_own_password(door, login_id, refusal)
    except (LoginFailed, StageMayNotLogIn, TooManyAttempts) as refusal:
        return _form(door, next_path=next_path, login_id=login_id, refusal=refusal, kept=kept)
    return await let_in(door, begun, next_path=next_path, kept=kept)


def back_to_login(door: Door, login_id: str) -> Response[None]:
    """To the log-in page with the id filled in, saying that the password was changed."""
    if not door.page.is_shared:
        door.page.remember(ID_COOKIE, quote(login_id), seconds=ID_SECONDS)
    door.page.forget(SESSION_COOKIE)
    door.page.forget(BEHALF_COOKIE)
    return door.page.go("/login?changed=1")


async def let_in(door: Door, begun: NewSession, *, next_path: str, kept: Kept = ()) -> Response[Any]:
    """Hand the session to the browser and go on: to the second factor first, where one is asked for."""
    door.page.remember(SESSION_COOKIE, begun.token)
    door.page.forget(BEHALF_COOKIE)  # a clerk whose session ran out was entering for somebody: not the next one
    if begun.view.level != FULL:
        return door.page.go(next_step(begun.view.level, next_path))
    await remember_device(door, begun)
    if kept:
        return door.page.show("registration/resume.html", kept=kept, path=next_path)
    at_home = next_path == "/" and begun.view.staff_id is not None
    last = begun.view.last_login_at
    flash = "logged_in" if last is None else f"logged_in_again{FACT}{last.isoformat()}"
    return door.page.go("/counter" if at_home else next_path, flash=flash)


def next_step(level: str, next_path: str) -> str:
    """Where a session goes that is not full yet, and whereto afterwards."""
    path = "/login/code" if level == "second_factor" else "/account/second-factor"
    return path if next_path == "/" else f"{path}?{urlencode({'next': next_path})}"


async def remember_device(door: Door, begun: NewSession) -> None:
    """Let this browser be known to have been here: it is then not stopped by what others do at its address.

    A terminal that many use is nobody's.
    """
    if door.page.is_shared:
        return
    mark = await mark_for(
        door.conn, seal=door.means.seal, mark=door.client.device_mark, account_id=begun.view.account_id
    )
    door.page.remember(DEVICE_COOKIE, mark, seconds=KEPT_SECONDS)


def show_refused(door: Door, refusal: YoyakuError, *, next_path: str) -> Response[str]:
    """The form again, for whoever tried another way to log in, with the reason."""
    return _form(door, next_path=next_path, refusal=refusal)


def _to_own_password(door: Door, login_id: str, refusal: PasswordToBeSet) -> Response[str]:
    """The initial password was right: say where the link is, and where a clerk's code is entered."""
    words = door.page.words
    return door.page.show(
        "registration/password_to_set.html",
        crumbs=[Crumb(label=words.say("login.title"), path="/login"), Crumb(label=words.say("password.own_first"))],
        mail=refusal.facts.get("mail"),
        sentence=words.sentence(refusal),
        login_id=login_id,
        hours=door.terms.login.password.link_hours,
    )


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
        status=_status(refusal),
        refusal=refusal,
        changed=why == "changed",
        expired=why == "expired",
        needed=why == "needed",
        errors=errors,
        next=next_path,
        form={"login_id": login_id},
        kept=kept,
    )


def login_page(
    page: Page,
    *,
    terms: LoginTerms,
    status: int,
    kept: Kept = (),
    refusal: YoyakuError | None = None,
    changed: bool = False,
    **shown: object,
) -> Response[str]:
    """The log-in form. ``kept`` is what was typed on the form over which a session ended: it comes back afterwards.

    At a terminal that many use it does not: whoever logs in next may be somebody else.
    """
    words, kept = page.words, () if page.is_shared else kept
    answer = page.show(
        "registration/login.html",
        status=status,
        login=terms,
        id_label=words.text(terms.id_label) or words.say("login.id"),
        kept=kept,
        changed=changed,
        crumbs=[Crumb(label=words.say("login.title"))],
        **shown,
    )
    return told_to_wait(answer, refusal)


def told_to_wait(answer: Response[str], refusal: YoyakuError | None) -> Response[str]:
    """The page with the header that says how long to wait, where the refusal has such a time."""
    seconds = refusal.facts.get("retry_after_seconds") if refusal else None
    if seconds is not None:
        answer.headers["retry-after"] = str(seconds)
    return answer


def _status(refusal: YoyakuError | None) -> int:
    if refusal is None:
        return HTTP_200_OK
    return HTTP_429_TOO_MANY_REQUESTS if isinstance(refusal, TooManyAttempts) else HTTP_422_UNPROCESSABLE_ENTITY


@post("/logout", status_code=303)
async def do_logout(door: NamedDependency[Door]) -> Response[None]:
    """End the session, and whatever a clerk was entering for somebody."""
    if door.token is not None:
        await log_out(door.conn, token=door.token)
    door.page.forget(SESSION_COOKIE)
    door.page.forget(BEHALF_COOKIE)
    door.page.forget(APPLICANT_COOKIE)
    return door.page.go("/", flash="logged_out")


@get("/session/extend")
async def extend(door: NamedDependency[Door]) -> Response[None]:
    """Keep the session (looking it up has noted this request); 401 where it is over."""
    return Response(None, status_code=HTTP_401_UNAUTHORIZED if door.session is None else HTTP_204_NO_CONTENT)


ROUTES: Final = [show_login, do_login, do_logout, extend]
