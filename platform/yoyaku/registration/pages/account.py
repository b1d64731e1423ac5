"""One's own registration: what it is, until when it holds, what it says, and changing it."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.fields import Typed, field_views, in_parts, say_faults, shown_answers
from yoyaku.registration.pages.own import ask_to_log_in, own_registrant
from yoyaku.registration.policy.form import ApplicationRefused, Asked, fields_asked, find_class
from yoyaku.registration.policy.identity import steps_for
from yoyaku.registration.service.details import (
    Profile,
    change_details,
    changeable_fields,
    profile_facts,
    read_profile,
    stage_of,
    typed_text,
)
from yoyaku.registration.service.identity import get_person
from yoyaku.registration.service.identity_means import facts_of
from yoyaku.ui.page import Crumb


@get("/account")
async def show_account(door: NamedDependency[Door]) -> Response[Any]:
    """The registration as it stands, and where each thing is changed."""
    registrant_id = own_registrant(door)
    if registrant_id is None:
        return ask_to_log_in(door, "/account")
    profile = await read_profile(door.conn, registrant_id=registrant_id)
    person = await get_person(door.conn, registrant_id=registrant_id)
    words, chosen = door.words, find_class(door.terms, profile.row.user_class)
    asked = fields_asked(door.terms, profile_facts(profile, door.terms))
    return door.page.show(
        "registration/account.html",
        crumbs=[Crumb(label=words.say("account.title"))],
        profile=profile,
        stage=stage_of(door.terms, profile),
        class_name=words.text(chosen.name) if chosen else profile.row.user_class,
        rows=shown_answers([one.field for one in asked if one.field.code != "email"], profile.answers, words),
        expiries=_expiries(door, profile),
        id_label=words.text(door.terms.login.id_label),
        may_change=bool(changeable_fields(door.terms, profile, by="resident")),
        has_steps=bool(steps_for(door.terms, facts_of(person, today=door.today))),
        lost_card=door.terms.words.lost_card,
    )


def _expiries(door: Door, profile: Profile) -> list[dict[str, object]]:
    """The last days on which the registration holds, under the names that the rules give them."""
    named = {one.code: one.name for one in door.terms.validity}
    return [
        {"name": door.words.text(named[code]), "last": last, "over": last < door.today}
        for code, last in profile.expiries.items()
        if code in named
    ]


@get("/account/edit")
async def show_edit(door: NamedDependency[Door]) -> Response[Any]:
    """The form with what is known."""
    registrant_id = own_registrant(door)
    if registrant_id is None:
        return ask_to_log_in(door, "/account/edit")
    profile = await read_profile(door.conn, registrant_id=registrant_id)
    kept = {code: typed_text(answer) for code, answer in profile.answers.items()}
    return _show_edit(door, profile, Typed(answers=kept))


@post("/account/edit", status_code=303)
async def send_edit(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Change what may be changed, or show every fault at its field."""
    registrant_id = own_registrant(door)
    if registrant_id is None:
        return ask_to_log_in(door, "/account/edit")
    sent = await request.form()
    typed = {name: value for name, value in sent.multi_items() if isinstance(value, str)}
    try:
        changed = await change_details(
            door.conn, act=door.act, registrant_id=registrant_id, answers=typed, by="resident"
        )
    except ApplicationRefused as refused:
        profile = await read_profile(door.conn, registrant_id=registrant_id)
        return _show_edit(door, profile, Typed(answers=typed, errors=say_faults(refused.faults, door.words)))
    return door.page.go("/account", flash="details_changed" if changed else "details_same")


def _show_edit(door: Door, profile: Profile, typed: Typed) -> Response[str]:
    words = door.words
    open_to = {one.code for one in changeable_fields(door.terms, profile, by="resident")}
    asked = fields_asked(door.terms, profile_facts(profile, door.terms))
    shown: list[Asked] = [one for one in asked if one.field.code in open_to]
    fixed = [one.field for one in asked if one.field.code not in open_to and one.field.code != "email"]
    return door.page.show(
        "registration/account_edit.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if typed.errors else 200,
        crumbs=[Crumb(label=words.say("account.title"), path="/account"), Crumb(label=words.say("account.edit.title"))],
        parts=in_parts(field_views(shown, words, typed=typed), group=profile.row.kind == "group"),
        fixed=shown_answers(fixed, profile.answers, words),
        errors=typed.errors,
    )


ROUTES: Final = [show_account, show_edit, send_edit]
