"""The closures that stand or stood, and ending one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, may, read_form, ways
from yoyaku.admin.service.closure_ending import displaced_by, end_closure, gives_back, list_closures, read_closure
from yoyaku.admin.service.closure_refusals import ClosureEnded
from yoyaku.booking.pages.closed import place_words, when_words
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.places import facility_choices
from yoyaku.booking.repository.closures import ClosureView
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.registration.policy.roles import Permission

HOME: Final = "/counter/closures"


def closer(here: Here) -> Visit:
    """The visit of whoever closes: staff of whatever role, what they may was looked at before."""
    at_desk(here, Permission.CLOSURES)
    return replace(here.visit, actor="clerk", channel="counter")


def own_facilities(here: Here, rules: ServiceRules) -> list[tuple[str, str]]:
    """The facilities that a member of staff works for, to choose from."""
    return [(code, name) for code, name in facility_choices(rules, here.words) if here.visit.reaches(code)]


@get(HOME)
async def show_closures(here: NamedDependency[Here]) -> Response[Any]:
    """What is closed, and where to close something."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    visit = closer(here)
    rules = await here.rules()
    found = await list_closures(here.conn, visit=visit, rules=rules)
    return here.page.show(
        "admin/closures/closures.html",
        closures=[closure_row(here, rules, one) for one in found],
        facility_choices=own_facilities(here, rules),
        may_change=may(here, Permission.FACILITIES),
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("closures.title"), None)),
    )


def closure_row(here: Here, rules: ServiceRules, one: ClosureView) -> dict[str, Any]:
    """A closure in words."""
    words, over = here.words, one.closing.last_on < here.today
    state = "ended" if one.ended_at else "over" if over else "standing"
    return {
        "path": f"{HOME}/{one.closure_id}",
        "when": when_words(one.closing, words),
        "where": place_words(rules, one.closing, words),
        "kind": words.say(f"closures.kind_short.{one.closing.kind}"),
        "reason": one.closing.reason,
        "state": state,
        "displaced": one.displaced,
        "view": one,
    }


@get(HOME + "/{closure_id:uuid}")
async def show_closure(here: NamedDependency[Here], closure_id: FromPath[UUID]) -> Response[Any]:
    """One closure, whom it displaced, and the form to end it."""
    return await _page(here, closure_id, {}, {})


@post(HOME + "/{closure_id:uuid}/end", status_code=303)
async def end(
    here: NamedDependency[Here], closure_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """End it from now on."""
    visit, form = closer(here), await read_form(request)
    errors = {
        name: here.words.say("form.missing", label=here.words.say(f"closures.end_{name}"))
        for name in ("why", "sure")
        if not form.get(name)
    }
    if errors:
        return await _page(here, closure_id, form, errors)
    rules = await here.rules()
    try:
        await end_closure(
            here.conn, visit=visit, rules=rules, rules_of=here.rules_for.pinned, closure_id=closure_id, why=form["why"]
        )
    except ClosureEnded as refusal:
        return await _page(here, closure_id, form, {"": here.words.sentence(refusal)})
    return here.page.go(f"{HOME}/{closure_id}", flash="closure_ended")


async def _page(here: Here, closure_id: UUID, form: Mapping[str, str], errors: Mapping[str, str]) -> Response[Any]:
    visit, rules = closer(here), await here.rules()
    found = await read_closure(here.conn, visit=visit, closure_id=closure_id)
    title = here.words.say("closures.one_title")
    return here.page.show(
        "admin/closures/closure.html",
        status=422 if errors else 200,
        closure=closure_row(here, rules, found),
        displaced=await displaced_by(here.conn, closure_id=closure_id),
        may_see=may(here, Permission.BOOKINGS),
        gives_back=gives_back(rules, found, now=visit.now),
        form=form,
        errors=errors,
        crumbs=crumbs(here, (here.words.say("closures.title"), HOME), (title, None)),
    )


ROUTES: Final = [show_closures, show_closure, end]
