"""One registration at the counter: all of it, who looked at it, and what the counter does for its owner."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, read_form
from yoyaku.admin.pages.parts import show_code_sheet
from yoyaku.admin.pages.person_view import do_for, person_page
from yoyaku.admin.service.barring import bar, unbar
from yoyaku.admin.service.looking import note_look
from yoyaku.admin.service.persons import correct_mail, end_on_request, issue_code, renew
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.roles import Permission
from yoyaku.registration.service.details import read_profile


@get("/counter/people/{registrant_id:uuid}")
async def show_person(door: NamedDependency[Door], registrant_id: FromPath[UUID]) -> Response[Any]:
    """Who somebody is; that it was looked at is written down."""
    session = at_desk(door, Permission.PEOPLE)
    if not session.purpose:
        return door.page.go("/counter/people")
    await read_profile(door.conn, registrant_id=registrant_id)
    await note_look(door.conn, act=door.act, purpose=session.purpose, registrant_id=registrant_id)
    return await person_page(door, registrant_id)


@post("/counter/people/{registrant_id:uuid}/code", status_code=200)
async def give_code(door: NamedDependency[Door], registrant_id: FromPath[UUID]) -> Response[Any]:
    """The sheet with id and one-time code, shown and printed this once."""
    session = at_desk(door, Permission.CODES)
    profile, code = await issue_code(
        door.conn, act=door.act, seal=door.means.seal, registrant_id=registrant_id, purpose=session.purpose
    )
    return show_code_sheet(door, profile, code)


@post("/counter/people/{registrant_id:uuid}/mail", status_code=303)
async def change_mail(
    door: NamedDependency[Door], registrant_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Correct the address of mail; its owner verifies it."""
    session = at_desk(door, Permission.REGISTER)
    email = (await read_form(request)).get("email", "")

    async def act() -> None:
        await correct_mail(door.conn, act=door.act, registrant_id=registrant_id, email=email, purpose=session.purpose)

    return await do_for(door, registrant_id, "email", act, typed={"email": email})


@post("/counter/people/{registrant_id:uuid}/renew", status_code=303)
async def renew_for(
    door: NamedDependency[Door], registrant_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Renew one expiry."""
    session = at_desk(door, Permission.REGISTER)
    validity = (await read_form(request)).get("validity", "")

    async def act() -> None:
        await renew(door.conn, act=door.act, registrant_id=registrant_id, validity=validity, purpose=session.purpose)

    return await do_for(door, registrant_id, f"validity.{validity}", act)


@post("/counter/people/{registrant_id:uuid}/end", status_code=303)
async def end_for(
    door: NamedDependency[Door], registrant_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """End the registration, because its owner asks for it."""
    session = at_desk(door, Permission.DELETE)
    why = (await read_form(request)).get("why", "")
    if not why:
        error = door.words.say("form.missing", label=door.words.say("staff.why"))
        return await person_page(door, registrant_id, errors={"why": error})

    async def act() -> None:
        await end_on_request(door.conn, act=door.act, registrant_id=registrant_id, purpose=session.purpose, why=why)

    return await do_for(door, registrant_id, "why", act, typed={"why": why})


@post("/counter/people/{registrant_id:uuid}/suspension", status_code=303)
async def suspend_for(
    door: NamedDependency[Door], registrant_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Suspend somebody's use, or let them in again; either with the reason."""
    session = at_desk(door, Permission.DELETE)
    form = await read_form(request)
    reason, turn = form.get("reason", ""), unbar if form.get("act") == "lift" else bar
    if not reason:
        error = door.words.say("form.missing", label=door.words.say("staff.why"))
        return await person_page(door, registrant_id, errors={"reason": error})

    async def act() -> None:
        told = {"reason": reason} if turn is bar else {"why": reason}
        await turn(door.conn, act=door.act, registrant_id=registrant_id, purpose=session.purpose, **told)

    return await do_for(door, registrant_id, "reason", act, typed={"reason": reason})


ROUTES: Final = [show_person, give_code, change_mail, renew_for, end_for, suspend_for]
