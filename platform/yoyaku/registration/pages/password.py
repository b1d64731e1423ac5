"""Passwords: forgotten, set by a link or a clerk's code, changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY, HTTP_429_TOO_MANY_REQUESTS

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.login import back_to_login, told_to_wait
from yoyaku.registration.policy import CodeWrong, CurrentPasswordWrong, NewPasswordRefused, TooManyAttempts
from yoyaku.registration.service.setting import (
    CodeEntry,
    PasswordEntry,
    ask_for_password_link,
    change_password,
    set_password_by_code,
    set_password_by_token,
    whose_link,
)
from yoyaku.registration.service.tokens import LinkExpired, LinkUnknown, LinkUsed
from yoyaku.ui.page import Crumb

BAD_LINK: Final = (LinkUnknown, LinkExpired, LinkUsed)
SECURITY: Final = "/account/security"
Asking = Request[Any, Any, Any]
Errors = Mapping[str, str]


@get("/password/forgotten")
async def show_forgotten(door: NamedDependency[Door], request: Asking) -> Response[str]:
    """Ask for id and registered address of mail, or say that a mail is on its way, if they fit."""
    return _show(door, "forgotten", title="password.forgotten_title", is_sent="sent" in request.query_params, form={})


@post("/password/forgotten", status_code=303)
async def do_forgotten(door: NamedDependency[Door], request: Asking) -> Response[Any]:
    """Let a link be mailed; the answer is the same whether or not id and address fit."""
    typed = await _typed(request, "login_id", "email")
    errors = _missing(door, typed)
    refusal: YoyakuError | None = None
    if not errors:
        try:
            await ask_for_password_link(
                door.conn, act=door.act, throttle=door.throttle, address=door.client.address, **typed
            )
        except TooManyAttempts as too_many:
            refusal, errors = too_many, {"login_id": door.words.sentence(too_many)}
    if errors:
        return _show(door, "forgotten", title="password.forgotten_title", errors=errors, refusal=refusal, form=typed)
    return door.page.go("/password/forgotten?sent=1")


@get("/password/set")
async def show_set(door: NamedDependency[Door], request: Asking) -> Response[str]:
    """The form to which a mailed link leads; opening it uses nothing up."""
    token = request.query_params.get("token", "")
    try:
        account = await whose_link(door.conn, act=door.act, token=token)
    except BAD_LINK as refusal:
        return _bad_link(door, refusal)
    return _show(door, "set", title="password.set_title", token=token, login_id=account.login_id)


@post("/password/set", status_code=303)
async def do_set(door: NamedDependency[Door], request: Asking) -> Response[Any]:
    """Set the password by the link, and go on to log in."""
    form = await request.form()
    token, password = str(form.get("token", "")), str(form.get("password", ""))
    errors = _twice(door, form)
    try:
        account = await whose_link(door.conn, act=door.act, token=token)
        if not errors:
            errors = await _set_by_link(door, token, password)
    except BAD_LINK as refusal:
        return _bad_link(door, refusal)
    if errors:
        return _show(door, "set", title="password.set_title", errors=errors, token=token, login_id=account.login_id)
    return back_to_login(door, account.login_id)


@get("/password/code")
async def show_code(door: NamedDependency[Door]) -> Response[str]:
    """Ask for id, the code that a clerk gave, and a new password."""
    return _show(door, "code", title="password.code_title", form={})


@post("/password/code", status_code=303)
async def do_code(door: NamedDependency[Door], request: Asking) -> Response[Any]:
    """Set the password by a clerk's code, and go on to log in."""
    form = await request.form()
    typed = await _typed(request, "login_id", "code")
    errors, refusal = {**_missing(door, typed), **_twice(door, form)}, None
    if not errors:
        entry = CodeEntry(**typed, password=str(form.get("password", "")), address=door.client.address)
        try:
            account = await set_password_by_code(door.conn, act=door.act, throttle=door.throttle, entry=entry)
        except NewPasswordRefused as weak:
            errors = {"password": _sentences(door, weak)}
        except (CodeWrong, TooManyAttempts) as wrong:
            refusal, errors = wrong, {"code": door.words.sentence(wrong)}
        else:
            return back_to_login(door, account.login_id)
    return _show(door, "code", title="password.code_title", errors=errors, refusal=refusal, form=typed)


@get("/account/security/password")
async def show_change(door: NamedDependency[Door]) -> Response[Any]:
    """The form to change one's password."""
    if door.session is None:
        return door.page.go(f"/login?next={SECURITY}/password")
    return _show(door, "change", title="password.change_title")


@post("/account/security/password", status_code=303)
async def do_change(door: NamedDependency[Door], request: Asking) -> Response[Any]:
    """Change the password; afterwards one is logged out everywhere and at the log-in page."""
    if door.session is None:
        return door.page.go(f"/login?next={SECURITY}/password")
    form = await request.form()
    typed = {"current": str(form.get("current", ""))}
    errors, refusal = {**_missing(door, typed), **_twice(door, form)}, None
    if not errors:
        entry = PasswordEntry(
            **typed,
            account_id=door.session.account_id,
            password=str(form.get("password", "")),
            address=door.client.address,
        )
        try:
            account = await change_password(door.conn, act=door.act, throttle=door.throttle, entry=entry)
        except NewPasswordRefused as weak:
            errors = {"password": _sentences(door, weak)}
        except (CurrentPasswordWrong, TooManyAttempts) as wrong:
            refusal, errors = wrong, {"current": door.words.sentence(wrong)}
        else:
            return back_to_login(door, account.login_id)
    return _show(door, "change", title="password.change_title", errors=errors, refusal=refusal)


async def _set_by_link(door: Door, token: str, password: str) -> dict[str, str]:
    try:
        await set_password_by_token(door.conn, act=door.act, token=token, password=password)
    except NewPasswordRefused as refusal:
        return {"password": _sentences(door, refusal)}
    return {}


async def _typed(request: Asking, *names: str) -> dict[str, str]:
    form = await request.form()
    return {name: str(form.get(name, "")).strip() for name in names}


def _missing(door: Door, typed: Mapping[str, str]) -> dict[str, str]:
    return {name: door.words.say("password.missing") for name, value in typed.items() if not value}


def _twice(door: Door, form: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a new password that is typed twice, before it is looked at."""
    password, again = str(form.get("password", "")), str(form.get("password_again", ""))
    if not password:
        return {"password": door.words.say("password.missing")}
    return {} if password == again else {"password_again": door.words.say("password.not_equal")}


def _sentences(door: Door, refused: NewPasswordRefused) -> str:
    return " ".join(door.words.sentence(fault) for fault in refused.faults)


def _bad_link(door: Door, refusal: YoyakuError) -> Response[str]:
    return _show(
        door,
        "link",
        title="password.link_title",
        status=refusal.status,
        sentence=door.words.sentence(refusal),
    )


def _show(
    door: Door,
    name: str,
    *,
    title: str,
    errors: Errors | None = None,
    refusal: YoyakuError | None = None,
    status: int = HTTP_200_OK,
    **shown: object,
) -> Response[str]:
    """One of the pages; what was typed comes back, passwords never do."""
    login, words = door.terms.login, door.words
    if errors:
        status = HTTP_429_TOO_MANY_REQUESTS if isinstance(refusal, TooManyAttempts) else HTTP_422_UNPROCESSABLE_ENTITY
    crumbs = [Crumb(label=words.say(title))]
    if name == "change":
        crumbs.insert(0, Crumb(label=words.say("security.title"), path=SECURITY))
    answer = door.page.show(
        f"registration/password_{name}.html",
        status=status,
        login=login,
        id_label=words.text(login.id_label) or words.say("login.id"),
        by_mail="mail" in login.password.reset_by,
        errors=errors or {},
        crumbs=crumbs,
        **shown,
    )
    return told_to_wait(answer, refusal)


ROUTES: Final = [show_forgotten, do_forgotten, show_set, do_set, show_code, do_code, show_change, do_change]
