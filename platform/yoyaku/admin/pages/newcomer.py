"""Registering somebody at the counter: for whom, the form with the papers, and the sheet with id and code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.admin.pages.counter_form import FORM_KEY, PAPER, CounterForm, fresh_key, known_key
from yoyaku.admin.pages.desk import at_desk, crumbs, read_form
from yoyaku.admin.pages.parts import paper_views, show_code_sheet
from yoyaku.admin.service.entering import ENTERED_FOR, Entry, enter_application
from yoyaku.extension.identity import AnswerRefused
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.fields import Typed, field_views, in_parts, say_faults
from yoyaku.registration.pages.lookup import look_up_address
from yoyaku.registration.policy.eligibility import CONSENT, consents_asked
from yoyaku.registration.policy.form import ApplicationRefused, FieldFault, find_class
from yoyaku.registration.policy.roles import Permission
from yoyaku.registration.terms import RegistrantClass, Way

HERE: Final = "/counter/people/new"
WAYS: Final[tuple[Way, ...]] = ("counter", "post")
"""By which ways a clerk enters an application: somebody stands there, or their form has come by post."""


@get(HERE)
async def show_new(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """As what somebody registers; then the empty form."""
    if door.session is None:
        return door.page.go(f"/login?next={HERE}")
    at_desk(door, Permission.REGISTER)
    told = {name: str(value) for name, value in request.query_params.items()}
    if not told.get("user_class"):
        return _show_choice(door, told, {})
    chosen = find_class(door.terms, told["user_class"])
    if chosen is None or told.get("way", WAYS[0]) not in _ways(chosen):
        words = door.words
        return _show_choice(door, told, {"user_class": words.say("form.choose_one", label=words.say("staff.class"))})
    return _show_form(_sheet(door, told))


@post(HERE, status_code=200)
async def enter(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Look up an address, show what is wrong, or register and show the sheet with id and code, this once."""
    session = at_desk(door, Permission.REGISTER)
    form = await read_form(request)
    sheet = _sheet(door, form)
    act, _, of_field = form.get("act", "enter").partition(".")
    if act in {"look_up", "town"}:
        found = await look_up_address(sheet.asked, sheet.form, of_field)
        return _show_form(replace(sheet, form=found.form), found.faults, towns=found.towns, filled=found.filled)
    missing = sheet.missing_papers()
    entry = Entry(
        application=sheet.application,
        saw=sheet.saw,
        apart_why=form.get("apart_why", "").strip() or None,
        purpose=session.purpose or ENTERED_FOR,
    )
    try:
        entered = await enter_application(door.conn, act=door.act, means=door.identity_means, entry=entry)
    except ApplicationRefused as refused:
        return _show_form(sheet, [*refused.faults, *missing])
    except AnswerRefused as refusal:
        return _show_form(sheet, missing or [FieldFault(field="note", code=refusal.code, error=refusal)])
    if entered.profile is None or entered.code is None:
        return door.page.go(f"/counter/people/{entered.applied.registrant_id}", flash="staff_done")
    return show_code_sheet(door, entered.profile, entered.code)


def _ways(chosen: RegistrantClass) -> list[Way]:
    return [way for way in WAYS if way in chosen.apply_by]


def _sheet(door: Door, form: Mapping[str, str]) -> CounterForm:
    """The form of a class.

    Raises:
        NotFound: it cannot be registered as at the counter.
    """
    chosen = find_class(door.terms, form.get("user_class", ""))
    way = next((way for way in WAYS if chosen and way in _ways(chosen) and way == form.get("way", WAYS[0])), None)
    if chosen is None or way is None:
        raise NotFound(what="class")
    key = known_key(door, form[FORM_KEY]) if form.get(FORM_KEY) else fresh_key(door)
    by_proxy = bool(form.get("by_proxy"))
    return CounterForm(door=door, chosen=chosen, way=way, by_proxy=by_proxy, form=form, form_key=key)


def _show_choice(door: Door, told: Mapping[str, str], errors: dict[str, str]) -> Response[Any]:
    words = door.words
    classes = [one for one in door.terms.classes if _ways(one)]
    offered = [way for way in WAYS if any(way in one.apply_by for one in classes)]
    return door.page.show(
        "admin/newcomer_choice.html",
        status=422 if errors else 200,
        errors=errors,
        told=told,
        classes=[(one.code, words.text(one.name)) for one in classes],
        ways=[(way, words.say(f"desk.way.{way}")) for way in offered],
        crumbs=_crumbs(door),
    )


def _show_form(
    sheet: CounterForm,
    faults: list[FieldFault] | None = None,
    *,
    towns: Mapping[str, list[str]] | None = None,
    filled: str | None = None,
) -> Response[Any]:
    door, words = sheet.door, sheet.door.words
    errors = say_faults(faults or (), words)
    views = field_views(sheet.asked, words, typed=Typed(answers=sheet.answers, errors=errors, towns=towns or {}))
    consents = consents_asked(door.terms, sheet.facts)
    return door.page.show(
        "admin/newcomer.html",
        status=422 if faults else 200,
        sheet=sheet,
        here=HERE,
        class_name=words.text(sheet.chosen.name),
        parts=in_parts(views, group=sheet.chosen.account_kind == "group"),
        consents=[(CONSENT + one.code, words.text(one.text), one.required) for one in consents],
        papers=paper_views(sheet.papers, words, prefix=PAPER),
        login=door.terms.login,
        errors=errors,
        filled=filled,
        crumbs=_crumbs(door),
    )


def _crumbs(door: Door) -> Any:  # noqa: ANN401  # the page's way here
    say = door.words.say
    return crumbs(door, (say("staff.people"), "/counter/people"), (say("desk.new"), None))


ROUTES: Final = [show_new, enter]
