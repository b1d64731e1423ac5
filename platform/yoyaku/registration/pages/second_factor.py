"""Logging in by two steps: the code after the password, and setting it up, renewing and ending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import segno
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY, HTTP_429_TOO_MANY_REQUESTS

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.login import SESSION_COOKIE, let_in, remember_device, told_to_wait
from yoyaku.registration.policy import CurrentPasswordWrong, TooManyAttempts
from yoyaku.registration.policy.second_factor import (
    SecondFactorNotOffered,
    SecondFactorOver,
    SecondFactorRequired,
    SecondFactorWrong,
    group_letters,
    read_code,
    sources_of_code,
)
from yoyaku.registration.service import SessionView
from yoyaku.registration.service.codes import (
    begin_enrolment,
    confirm_enrolment,
    read_second_factor,
    renew_recovery,
    turn_off,
)
from yoyaku.registration.service.confirming import Confirmation, confirm_password
from yoyaku.registration.service.second_step import Waiting, become_full, check_waiting, finish_login
from yoyaku.ui.page import Crumb, safe_return_path

CODE: Final = "/login/code"
PATH: Final = "/account/second-factor"
Asked = Request[Any, Any, Any]


@get(CODE)
async def show_code(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """The form for the code; who does not wait for one begins at the log-in."""
    next_path = safe_return_path(request.query_params.get("next"))
    try:
        check_waiting(waiting_of(door), level="second_factor", gate=door.gate)
    except SecondFactorOver:
        return _begin_again(door, next_path)
    return _code_form(door, next_path=next_path)


@post(CODE, status_code=303)
async def do_code(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """Take the code, or a recovery code, and go on."""
    form = await request.form()
    next_path = safe_return_path(str(form.get("next", "/")))
    typed = str(form.get("code", "")).strip()
    name = "code" if typed else "recovery"
    typed = typed or str(form.get("recovery", ""))
    try:
        begun = await finish_login(door.conn, waiting=waiting_of(door), typed=typed, gate=door.gate)
    except SecondFactorOver:
        return _begin_again(door, next_path)
    except (SecondFactorWrong, TooManyAttempts) as refusal:
        return _code_form(door, next_path=next_path, refusal=refusal, name=name if typed.strip() else "code")
    return await let_in(door, begun, next_path=next_path)


@get(PATH)
async def show_second_factor(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """Set it up where there is none; else what one may do with it."""
    owner = owner_of(door)
    if owner is None:
        return door.page.go(f"/login?next={PATH}")
    return await _shown(door, owner, next_path=safe_return_path(request.query_params.get("next")))


@post(PATH, status_code=303)
async def do_confirm(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """Let the new generator count by its first code, and show the recovery codes once."""
    form = await request.form()
    owner, next_path = owner_of(door), safe_return_path(str(form.get("next", "/")))
    if owner is None:
        return door.page.go(f"/login?next={PATH}")
    act, seal = door.act, door.means.seal
    try:
        codes = await confirm_enrolment(door.conn, act=act, seal=seal, owner=owner, typed=str(form.get("code", "")))
    except SecondFactorWrong as refusal:
        return await _shown(door, owner, next_path=next_path, errors={"code": refusal})
    except SecondFactorOver:
        return door.page.go(PATH)
    if door.session is None:
        begun = await become_full(door.conn, waiting=waiting_of(door), gate=door.gate)
        door.page.remember(SESSION_COOKIE, begun.token)
        await remember_device(door, begun)
    at_home = "/counter" if owner.staff_id and next_path == "/" else next_path
    return _codes_page(door, codes, next_path="/account/security" if at_home == "/" else at_home)


@post(f"{PATH}/recovery", status_code=303)
async def do_renew(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """New recovery codes, for whoever has a code."""
    owner, form = door.session, await request.form()
    if owner is None:
        return door.page.go(f"/login?next={PATH}")
    typed = str(form.get("renew_code", ""))
    try:
        await _count(door, owner, typed)
        codes = await renew_recovery(door.conn, act=door.act, seal=door.means.seal, owner=owner, typed=typed)
    except (SecondFactorWrong, TooManyAttempts) as refusal:
        return await _shown(door, owner, next_path="/", errors={"renew_code": refusal})
    return _codes_page(door, codes, next_path=PATH)


@post(f"{PATH}/off", status_code=303)
async def do_turn_off(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """Do without, for a resident who knows the password and has a code."""
    owner, form = door.session, await request.form()
    if owner is None:
        return door.page.go(f"/login?next={PATH}")
    typed, field = str(form.get("off_code", "")), "off_code"
    try:
        await _count(door, owner, typed)
        confirmation = Confirmation(
            account_id=owner.account_id, password=str(form.get("password", "")), address=door.client.address
        )
        await confirm_password(door.conn, throttle=door.throttle, confirmation=confirmation, real_now=door.real_now)
        await turn_off(door.conn, act=door.act, seal=door.means.seal, owner=owner, typed=typed)
    except CurrentPasswordWrong as refusal:
        return await _shown(door, owner, next_path="/", errors={"password": refusal})
    except (SecondFactorWrong, SecondFactorRequired, TooManyAttempts) as refusal:
        return await _shown(door, owner, next_path="/", errors={field: refusal})
    return door.page.go("/account/security", flash="second_factor_off")


def waiting_of(door: Door) -> Waiting:
    """The session that waits here, if any."""
    client = door.client
    return Waiting(
        view=door.pending,
        token=door.token,
        address=client.address,
        browser=client.browser,
        device_mark=client.device_mark,
    )


def owner_of(door: Door) -> SessionView | None:
    """Who may set up a second factor: whoever is logged in, and staff who cannot be before they have done so."""
    if door.session is not None:
        return door.session
    return door.pending if door.pending is not None and door.pending.level == "enrol" else None


async def _count(door: Door, owner: SessionView, typed: str) -> None:
    """Whoever sits at an open session cannot guess a code there, either."""
    if owner.session_id is None:
        raise SecondFactorWrong
    sources = sources_of_code(
        address=door.client.address,
        account_id=owner.account_id,
        session_id=owner.session_id,
        typed=read_code(typed),
        device=None,
    )
    await door.throttle.take(sources, real_now=door.real_now)


async def _shown(
    door: Door, owner: SessionView, *, next_path: str, errors: Mapping[str, YoyakuError] | None = None
) -> Response[Any]:
    errors, words = errors or {}, door.words
    state = await read_second_factor(door.conn, account_id=owner.account_id)
    shown: dict[str, Any] = {"state": state, "is_staff": owner.staff_id is not None, "next": next_path}
    if not state.is_on:
        issuer = words.text(door.page.look.title)
        try:
            new = await begin_enrolment(door.conn, act=door.act, seal=door.means.seal, owner=owner, issuer=issuer)
        except SecondFactorNotOffered:
            return door.page.go("/account/security")
        picture = segno.make(new.uri, error="m").svg_data_uri(scale=5, border=4)
        shown |= {"secret": group_letters(new.secret), "uri": new.uri, "picture": picture}
    sentences = {name: words.sentence(refusal) for name, refusal in errors.items()}
    answer = door.page.show(
        "registration/second_factor.html",
        status=_status(*errors.values()),
        must=door.session is None,
        errors=sentences,
        crumbs=_crumbs(door),
        **shown,
    )
    return told_to_wait(answer, next(iter(errors.values()), None))


def _code_form(door: Door, *, next_path: str, refusal: YoyakuError | None = None, name: str = "code") -> Response[Any]:
    words = door.words
    answer = door.page.show(
        "registration/login_code.html",
        status=_status(*([refusal] if refusal else [])),
        errors={name: words.sentence(refusal)} if refusal else {},
        next=next_path,
        crumbs=[Crumb(label=words.say("login.title"), path="/login"), Crumb(label=words.say("keys.code_title"))],
    )
    return told_to_wait(answer, refusal)


def _codes_page(door: Door, codes: Sequence[str], *, next_path: str) -> Response[Any]:
    return door.page.show(
        "registration/recovery_codes.html",
        codes=[group_letters(code) for code in codes],
        path=next_path,
        crumbs=_crumbs(door),
    )


def _begin_again(door: Door, next_path: str) -> Response[Any]:
    if door.session is not None:
        return door.page.go(next_path)
    if door.pending is not None and door.pending.level == "enrol":
        return door.page.go(PATH)
    if door.pending is not None:
        door.page.forget(SESSION_COOKIE)
    return door.page.go(f"/login?next={next_path}" if next_path != "/" else "/login")


def _crumbs(door: Door) -> list[Crumb]:
    words = door.words
    above = [] if door.session is None else [Crumb(label=words.say("security.title"), path="/account/security")]
    return [*above, Crumb(label=words.say("keys.second_factor"))]


def _status(*refusals: YoyakuError) -> int:
    if not refusals:
        return HTTP_200_OK
    slowed = any(isinstance(one, TooManyAttempts) for one in refusals)
    return HTTP_429_TOO_MANY_REQUESTS if slowed else HTTP_422_UNPROCESSABLE_ENTITY


ROUTES: Final = [show_code, do_code, show_second_factor, do_confirm, do_renew, do_turn_off]
