"""Cards and letters: which are to be printed, and the sheets to print; printing notes them as sent."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import at_desk, crumbs, may, need_id
from yoyaku.admin.service.looking import note
from yoyaku.billing.repository.arrears import letters_of_arrears
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.roles import Permission
from yoyaku.registration.service.identity_views import letters_due, print_letters


@get("/counter/letters")
async def show_letters(door: NamedDependency[Door]) -> Response[Any]:
    """What is to be printed, the oldest first."""
    if door.session is None:
        return door.page.go("/login?next=/counter/letters")
    at_desk(door, Permission.LETTERS)
    rows = await letters_due(door.conn)
    for one in rows:
        await note(door.conn, act=door.act, done="person_found", registrant_id=one.registrant_id, purpose="review")
    return door.page.show(
        "admin/letters.html",
        rows=rows,
        late=len(await letters_of_arrears(door.conn)) if may(door, Permission.ARREARS) else 0,
        crumbs=crumbs(door, (door.words.say("staff.letters"), None)),
    )


@post("/counter/letters", status_code=200)
async def print_chosen(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """The letters that were ticked, one a sheet."""
    at_desk(door, Permission.LETTERS)
    sent = await request.form()
    ids = [need_id(str(value), "identity check") for name, value in sent.multi_items() if name == "check"]
    letters = await print_letters(door.conn, act=door.act, means=door.identity_means, check_ids=ids)
    for one in letters:
        await note(
            door.conn,
            act=door.act,
            done="letter_printed",
            registrant_id=one.registrant_id,
            subject=("identity_check", str(one.check_id)),
            purpose="review",
        )
    return door.page.show(
        "admin/letters_print.html",
        letters=letters,
        crumbs=crumbs(
            door, (door.words.say("staff.letters"), "/counter/letters"), (door.words.say("button.print"), None)
        ),
    )


ROUTES: Final = [show_letters, print_chosen]
