"""Finding people: for what first, then by name, reading, id, telephone number or birth date; no name stands in an address."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import at_desk, crumbs, may, purposes, read_form, shown_purpose
from yoyaku.admin.service.looking import PurposeMissing, find_people, read_purpose, say_purpose
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.roles import Permission
from yoyaku.ui.page import safe_return_path

ASKED_ON: Final = "/counter"
"""Below this lie the pages on which one is asked for what one looks at people."""


@get("/counter/people")
async def show_people(door: NamedDependency[Door]) -> Response[Any]:
    """Where one says for what, and whom one looks for."""
    if door.session is None:
        return door.page.go("/login?next=/counter/people")
    at_desk(door, Permission.PEOPLE)
    return _page(door)


@post("/counter/people", status_code=200)
async def find(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Whoever fits what was typed."""
    session = at_desk(door, Permission.PEOPLE)
    query = (await read_form(request)).get("query", "")
    if not query:
        return _page(door, errors={"query": door.words.say("form.missing", label=door.words.say("staff.query"))})
    try:
        found = await find_people(door.conn, act=door.act, purpose=session.purpose, query=query)
    except PurposeMissing as refusal:
        return _page(door, errors={"purpose": door.words.sentence(refusal)}, query=query)
    return _page(door, query=query, found=[_row(door, one) for one in found])


@post("/counter/purpose", status_code=303)
async def choose_purpose(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """For what one looks at people from now on."""
    session = at_desk(door, Permission.PEOPLE)
    form = await read_form(request)
    try:
        purpose = read_purpose(form.get("purpose", ""), form.get("purpose_words", ""))
    except PurposeMissing as refusal:
        return _page(door, errors={"purpose": door.words.sentence(refusal)}, form=form)
    if session.session_id is not None:
        await say_purpose(door.conn, act=door.act, session_id=session.session_id, purpose=purpose)
    asked_on = safe_return_path(form.get("next"))
    return door.page.go(asked_on if asked_on.startswith(ASKED_ON) else "/counter/people")


def _row(door: Door, one: Any) -> dict[str, Any]:  # noqa: ANN401  # somebody found
    stage = next((stage.name for stage in door.terms.stages if stage.code == one.stage), one.stage)
    return {
        "path": f"/counter/people/{one.registrant_id}",
        "name": one.name,
        "kana": one.kana,
        "login_id": one.login_id or "",
        "stage": stage,
        "phone": one.phone or "",
        "birth_date": one.birth_date,
    }


def _page(
    door: Door,
    *,
    errors: dict[str, str] | None = None,
    query: str = "",
    found: list[dict[str, Any]] | None = None,
    form: dict[str, str] | None = None,
) -> Response[Any]:
    session = at_desk(door, Permission.PEOPLE)
    return door.page.show(
        "admin/people.html",
        status=422 if errors else 200,
        errors=errors or {},
        query=query,
        found=found,
        form=form or {},
        purposes=purposes(door.words),
        purpose=session.purpose,
        purpose_words=shown_purpose(door.words, session.purpose),
        id_label=door.words.text(door.terms.login.id_label),
        may_register=may(door, Permission.REGISTER),
        crumbs=crumbs(door, (door.words.say("staff.people"), None)),
    )


ROUTES: Final = [show_people, find, choose_purpose]
