"""Passkeys: one button at the log-in; and on one's own page a list, one more, one fewer."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_401_UNAUTHORIZED, HTTP_422_UNPROCESSABLE_ENTITY
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.login import let_in, show_refused
from yoyaku.registration.policy import StageMayNotLogIn
from yoyaku.registration.policy.devices import describe_device
from yoyaku.registration.policy.passkeys import NAME_LETTERS, PasskeyElsewhere, PasskeyRefused, PasskeysNotOffered
from yoyaku.registration.policy.throttle import TooManyAttempts, sources_of_place
from yoyaku.registration.service import SessionView
from yoyaku.registration.service.passkeys import (
    PasskeySite,
    Presented,
    begin_login,
    begin_registration,
    finish_login,
    finish_registration,
    list_passkeys,
    remove_passkey,
)
from yoyaku.ui.page import Crumb, safe_return_path

PATH: Final = "/account/passkeys"
LOGIN: Final = "/login/passkey"
JSON: Final = "application/json"
Asked = Request[Any, Any, Any]


@post(f"{LOGIN}/options", status_code=200)
async def send_login_options(door: NamedDependency[Door], request: Asked) -> Response[str]:
    """What the browser asks its passkeys for; each is a row until it is used, so that nobody asks without end."""
    try:
        site = _site(door, request)
        sources = sources_of_place(address=door.client.address, purpose="passkey")
        await door.throttle.take(sources, real_now=door.real_now)
        options = await begin_login(door.conn, site=site, real_now=door.real_now)
    except (PasskeyElsewhere, PasskeysNotOffered, TooManyAttempts) as refusal:
        return _problem(door, refusal)
    return _json(options)


@post(LOGIN, status_code=303)
async def do_login(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """Begin a session by a passkey's answer, or show the log-in again and why."""
    form = await request.form()
    next_path = safe_return_path(str(form.get("next", "/")))
    presented = Presented(
        answer=str(form.get("answer", "")),
        address=door.client.address,
        browser=door.client.browser,
        previous_token=door.token,
    )
    try:
        begun = await finish_login(door.conn, gate=door.gate, site=_site(door, request), presented=presented)
    except (PasskeyRefused, PasskeyElsewhere, PasskeysNotOffered, StageMayNotLogIn) as refusal:
        return show_refused(door, refusal, next_path=next_path)
    return await let_in(door, begun, next_path=next_path)


@get(PATH)
async def show_passkeys(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """The passkeys one has, and how to add one."""
    if door.session is None:
        return door.page.go(f"/login?next={PATH}")
    return await _shown(door, door.session, request)


@post(f"{PATH}/options", status_code=200)
async def send_options(door: NamedDependency[Door], request: Asked) -> Response[str]:
    """What the browser asks for to make a passkey."""
    if door.session is None:
        return Response("{}", media_type=JSON, status_code=HTTP_401_UNAUTHORIZED)
    try:
        site = _site(door, request)
        options = await begin_registration(door.conn, act=door.act, owner=door.session, site=site)
    except (PasskeyRefused, PasskeyElsewhere, PasskeysNotOffered) as refusal:
        return _problem(door, refusal)
    return _json(options)


@post(PATH, status_code=303)
async def do_add(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """Store the passkey that the browser has made."""
    owner, form = door.session, await request.form()
    if owner is None:
        return door.page.go(f"/login?next={PATH}")
    name = str(form.get("name", "")).strip() or describe_device(door.client.browser) or door.words.say("keys.passkeys")
    try:
        await finish_registration(
            door.conn,
            act=door.act,
            owner=owner,
            site=_site(door, request),
            answer=str(form.get("answer", "")),
            name=name,
        )
    except (PasskeyRefused, PasskeyElsewhere, PasskeysNotOffered) as refusal:
        return await _shown(door, owner, request, refusal=refusal, name=name)
    return door.page.go(PATH, flash="passkey_added")


@post(f"{PATH}/remove", status_code=303)
async def do_remove(door: NamedDependency[Door], request: Asked) -> Response[Any]:
    """Take one away."""
    owner = door.session
    if owner is None:
        return door.page.go(f"/login?next={PATH}")
    asked = str((await request.form()).get("passkey", ""))
    try:
        credential_id = base64url_to_bytes(asked)
    except ValueError:
        raise NotFound(what="passkey") from None
    await remove_passkey(door.conn, owner=owner, credential_id=credential_id)
    return door.page.go(PATH, flash="passkey_removed")


async def _shown(
    door: Door, owner: SessionView, request: Asked, *, refusal: YoyakuError | None = None, name: str = ""
) -> Response[Any]:
    words, elsewhere = door.words, None
    try:
        _site(door, request)
    except PasskeysNotOffered:
        return door.page.go("/account/security")
    except PasskeyElsewhere:
        elsewhere = f"{door.place.address}{PATH}"
    there = await list_passkeys(door.conn, owner=owner)
    return door.page.show(
        "registration/passkeys.html",
        status=HTTP_200_OK if refusal is None else HTTP_422_UNPROCESSABLE_ENTITY,
        passkeys=[(bytes_to_base64url(one.credential_id), one) for one in there],
        errors={} if refusal is None else {"name": words.sentence(refusal)},
        name=name,
        name_letters=NAME_LETTERS,
        elsewhere=elsewhere,
        crumbs=[
            Crumb(label=words.say("security.title"), path="/account/security"),
            Crumb(label=words.say("keys.passkeys")),
        ],
    )


def _site(door: Door, request: Asked) -> PasskeySite:
    """The service's own host, which alone can ask for its passkeys.

    Raises:
        PasskeysNotOffered: by the rules.
        PasskeyElsewhere: the page is below a path of a shared host, or at another name of the service.
    """
    if not door.terms.login.passkeys:
        raise PasskeysNotOffered
    site = PasskeySite(address=door.place.address, name=door.words.text(door.page.look.title))
    if door.page.look.prefix or (request.url.hostname or "") != site.host:
        raise PasskeyElsewhere(address=site.address)
    return site


def _json(options: str) -> Response[str]:
    return Response(options, media_type=JSON, headers={"cache-control": "no-store"})


def _problem(door: Door, refusal: YoyakuError) -> Response[str]:
    """The sentence alone, which the script shows."""
    return Response(door.words.sentence(refusal), media_type="text/plain", status_code=refusal.status)


ROUTES: Final = [send_login_options, do_login, show_passkeys, send_options, do_add, do_remove]
