"""What the counter does for somebody besides: begins a check, corrects details, sets a stage, tells a forgotten id."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, read_form
from yoyaku.admin.pages.person_view import do_for, person_page
from yoyaku.admin.service.helping import (
    ByHand,
    WhoAsks,
    begin_visit,
    correct_details,
    drop_second_factor,
    put_at_stage,
    tell_id,
)
from yoyaku.admin.service.looking import note_look
from yoyaku.kernel.dates import read_date
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.fields import Typed, field_views, in_parts, say_faults
from yoyaku.registration.policy.form import ApplicationRefused, fields_asked
from yoyaku.registration.policy.roles import Permission
from yoyaku.registration.service.details import (
    Profile,
    changeable_fields,
    profile_facts,
    read_profile,
    typed_text,
)

FORGOTTEN: Final = "/counter/people/forgotten-id"
_ASKED: Final = ("name", "birth_date", "address")


@post("/counter/people/{registrant_id:uuid}/visit", status_code=303)
async def begin_for(
    door: NamedDependency[Door], registrant_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Begin a check by the papers that lie on the counter, and go on to decide it."""
    session = at_desk(door, Permission.REVIEW)
    if not session.purpose:
        return door.page.go("/counter/people")
    step = (await read_form(request)).get("step", "")
    check_id = await begin_visit(
        door.conn,
        act=door.act,
        means=door.identity_means,
        registrant_id=registrant_id,
        step=step,
        purpose=session.purpose,
    )
    return door.page.go(f"/counter/registrations/{check_id}")


@post("/counter/people/{registrant_id:uuid}/stage", status_code=303)
async def put_for(
    door: NamedDependency[Door], registrant_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Put a registration at a stage that the rules leave to clerks, saying why."""
    session = at_desk(door, Permission.REGISTER)
    if not session.purpose:
        return door.page.go("/counter/people")
    form, words = await read_form(request), door.words
    missing = {
        "stage": words.say("form.choose_one", label=words.say("staff.stage")),
        "stage_why": words.say("form.missing", label=words.say("staff.why")),
    }
    errors = {name: sentence for name, sentence in missing.items() if not form.get(name)}
    if errors:
        return await person_page(door, registrant_id, errors=errors, typed=form)
    purpose, to = session.purpose, ByHand(stage=form["stage"], why=form["stage_why"])

    async def act() -> None:
        await put_at_stage(
            door.conn, act=door.act, means=door.identity_means, registrant_id=registrant_id, to=to, purpose=purpose
        )

    return await do_for(door, registrant_id, "stage", act, typed=form)


@post("/counter/people/{registrant_id:uuid}/second-factor", status_code=303)
async def drop_for(door: NamedDependency[Door], registrant_id: FromPath[UUID]) -> Response[Any]:
    """Take a lost second step away."""
    session = at_desk(door, Permission.CODES)
    if not session.purpose:
        return door.page.go("/counter/people")
    await drop_second_factor(door.conn, act=door.act, registrant_id=registrant_id, purpose=session.purpose)
    return door.page.go(f"/counter/people/{registrant_id}", flash="staff_done")


@get("/counter/people/{registrant_id:uuid}/edit")
async def show_edit(door: NamedDependency[Door], registrant_id: FromPath[UUID]) -> Response[Any]:
    """The form with what is registered."""
    session = at_desk(door, Permission.REGISTER)
    if not session.purpose:
        return door.page.go("/counter/people")
    profile = await read_profile(door.conn, registrant_id=registrant_id)
    await note_look(door.conn, act=door.act, purpose=session.purpose, registrant_id=registrant_id)
    kept = {code: typed_text(answer) for code, answer in profile.answers.items()}
    return _edit_page(door, profile, Typed(answers=kept))


@post("/counter/people/{registrant_id:uuid}/edit", status_code=303)
async def send_edit(
    door: NamedDependency[Door], registrant_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Correct what clerks may correct, or show every fault at its field."""
    session = at_desk(door, Permission.REGISTER)
    if not session.purpose:
        return door.page.go("/counter/people")
    typed = await read_form(request)
    profile = await read_profile(door.conn, registrant_id=registrant_id)
    kept = dict.fromkeys(("email", "email_again"), profile.row.email or "")  # an address of mail has its own form
    try:
        changed = await correct_details(
            door.conn,
            act=door.act,
            seal=door.means.seal,
            registrant_id=registrant_id,
            answers={**typed, **kept},
            purpose=session.purpose,
        )
    except ApplicationRefused as refused:
        return _edit_page(door, profile, Typed(answers=typed, errors=say_faults(refused.faults, door.words)))
    return door.page.go(f"/counter/people/{registrant_id}", flash="staff_done" if changed else "details_same")


def _edit_page(door: Door, profile: Profile, typed: Typed) -> Response[Any]:
    words, of = door.words, profile.row
    open_to = {one.code for one in changeable_fields(door.terms, profile, by="clerk")} - {"email"}
    asked = [one for one in fields_asked(door.terms, profile_facts(profile, door.terms)) if one.field.code in open_to]
    here = f"/counter/people/{of.registrant_id}"
    return door.page.show(
        "admin/person_edit.html",
        status=422 if typed.errors else 200,
        errors=typed.errors,
        here=here,
        name=of.name,
        parts=in_parts(field_views(asked, words, typed=typed), group=of.kind == "group"),
        crumbs=crumbs(
            door, (words.say("staff.people"), "/counter/people"), (of.name, here), (words.say("desk.edit"), None)
        ),
    )


@get(FORGOTTEN)
async def show_forgotten(door: NamedDependency[Door]) -> Response[Any]:
    """What somebody must say who has forgotten their id."""
    session = at_desk(door, Permission.PEOPLE)
    return _forgotten_page(door, {}) if session.purpose else door.page.go("/counter/people")


@post(FORGOTTEN, status_code=200)
async def find_forgotten(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Their id, if all that they say is as it is registered."""
    session = at_desk(door, Permission.PEOPLE)
    if not session.purpose:
        return door.page.go("/counter/people")
    form, words = await read_form(request), door.words
    errors = {
        name: words.say("form.missing", label=words.say(f"desk.claim.{name}")) for name in _ASKED if not form.get(name)
    }
    born = read_date(form.get("birth_date", ""))
    if born is None:
        errors.setdefault("birth_date", words.say("fault.no_such_day", label=words.say("staff.birth_date")))
    if errors or born is None:
        return _forgotten_page(door, form, errors=errors)
    asks = WhoAsks(name=form["name"], birth_date=born, address=form["address"])
    found = await tell_id(door.conn, act=door.act, asks=asks, purpose=session.purpose)
    return _forgotten_page(door, form, found=found, asked=True)


def _forgotten_page(
    door: Door,
    form: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    found: Profile | None = None,
    asked: bool = False,
) -> Response[Any]:
    words = door.words
    return door.page.show(
        "admin/forgotten_id.html",
        status=422 if errors else 200,
        errors=errors or {},
        form=form,
        found=found,
        asked=asked,
        here=FORGOTTEN,
        id_label=words.text(door.terms.login.id_label),
        crumbs=crumbs(door, (words.say("staff.people"), "/counter/people"), (words.say("desk.forgotten"), None)),
    )


ROUTES: Final = [begin_for, put_for, drop_for, show_edit, send_edit, show_forgotten, find_forgotten]
