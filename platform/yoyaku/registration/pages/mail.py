"""One's address of mail: changing it, having the link sent again, and following it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.own import ask_to_log_in, own_registrant
from yoyaku.registration.policy.mail import (
    MailJustSent,
    MailMalformed,
    MailNothingToVerify,
    MailsDiffer,
    MailTaken,
    MailUnchanged,
    read_address,
)
from yoyaku.registration.service.mail import (
    MailState,
    VerifiedMail,
    look_at_mail_link,
    read_mail_state,
    resend,
    verify_mail,
    want_mail,
)
from yoyaku.registration.service.tokens import LinkExpired, LinkUnknown, LinkUsed
from yoyaku.ui.page import Crumb

PATH: Final = "/account/mail"


@get(PATH)
async def show_mail(door: NamedDependency[Door]) -> Response[Any]:
    """The address, whether it is verified and what waits for that, and how it is changed."""
    registrant_id = own_registrant(door)
    if registrant_id is None:
        return ask_to_log_in(door, PATH)
    return await _page(door, registrant_id)


@post(PATH, status_code=303)
async def change_mail(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Note a new address and have its link sent; or the form again with every fault."""
    registrant_id = own_registrant(door)
    if registrant_id is None:
        return ask_to_log_in(door, PATH)
    form = await request.form()
    typed = {name: str(form.get(name, "")).strip() for name in ("email", "email_again")}
    faults = _typed_faults(typed)
    if not faults:
        try:
            await want_mail(door.conn, act=door.act, registrant_id=registrant_id, email=typed["email"])
        except (MailUnchanged, MailTaken, MailJustSent) as refusal:
            faults["" if isinstance(refusal, MailJustSent) else "email"] = refusal
    if faults:
        return await _page(door, registrant_id, typed=typed, faults=faults)
    return door.page.go(PATH)


@post(f"{PATH}/resend", status_code=303)
async def resend_mail(door: NamedDependency[Door]) -> Response[Any]:
    """Have the link sent once more; or say how long to wait."""
    registrant_id = own_registrant(door)
    if registrant_id is None:
        return ask_to_log_in(door, PATH)
    try:
        await resend(door.conn, act=door.act, registrant_id=registrant_id)
    except (MailNothingToVerify, MailJustSent) as refusal:
        return await _page(door, registrant_id, faults={"": refusal})
    return door.page.go(PATH, flash="mail_resent")


@get("/mail/verify")
async def show_link(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """One button: opening the link alone verifies nothing, since scanners of mail open links too."""
    token = request.query_params.get("token", "")
    try:
        found = await look_at_mail_link(door.conn, act=door.act, token=token)
    except (LinkUnknown, LinkExpired, LinkUsed) as refusal:
        return _link_page(door, refusal=refusal)
    return _link_page(door, token=token, found=found)


@post("/mail/verify", status_code=HTTP_200_OK)
async def follow_link(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Verify the address; who is logged out can do it too."""
    form = await request.form()
    try:
        found = await verify_mail(door.conn, act=door.act, token=str(form.get("token", "")))
    except (LinkUnknown, LinkExpired, LinkUsed) as refusal:
        return _link_page(door, refusal=refusal)
    return _link_page(door, found=found, done=True)


def _typed_faults(typed: Mapping[str, str]) -> dict[str, YoyakuError]:
    faults: dict[str, YoyakuError] = {}
    try:
        read_address(typed["email"])
    except MailMalformed as fault:
        faults["email"] = fault
    if typed["email"] != typed["email_again"]:
        faults["email_again"] = MailsDiffer()
    return faults


async def _page(
    door: Door,
    registrant_id: UUID,
    *,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, YoyakuError] | None = None,
) -> Response[str]:
    words = door.words
    state = await read_mail_state(door.conn, registrant_id=registrant_id)
    return door.page.show(
        "registration/mail.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if faults else HTTP_200_OK,
        crumbs=[Crumb(label=words.say("account.title"), path="/account"), Crumb(label=words.say("life.mail"))],
        state=state,
        until=door.now + (state.until - door.real_now) if state.until and state.until > door.real_now else None,
        consequences=_consequences(door, state),
        hint=words.text(door.terms.mail.if_it_does_not_come),
        hours=door.terms.mail.link_hours,
        form=typed or {},
        errors={field: words.sentence(fault) for field, fault in (faults or {}).items()},
    )


def _consequences(door: Door, state: MailState) -> list[str]:
    """What cannot be done before the address is verified, in words."""
    terms = door.terms.mail
    if state.waiting is None:
        return []
    kept = [terms.unverified_may_book_by != "all" and "booking", not terms.unverified_may_enter_lottery and "lottery"]
    when = "changed" if state.verified else "first"
    return [door.words.say(f"life.mail_waits.{what}.{when}") for what in kept if what]


def _link_page(
    door: Door,
    *,
    token: str = "",
    found: VerifiedMail | None = None,
    refusal: YoyakuError | None = None,
    done: bool = False,
) -> Response[str]:
    return door.page.show(
        "registration/mail_verify.html",
        status=refusal.status if refusal else HTTP_200_OK,
        crumbs=[Crumb(label=door.words.say("life.verify"))],
        token=token,
        email=found.email if found else "",
        refusal=door.words.sentence(refusal) if refusal else None,
        done=done,
        is_logged_in=own_registrant(door) is not None,
    )


ROUTES: Final = [show_mail, change_mail, resend_mail, show_link, follow_link]
