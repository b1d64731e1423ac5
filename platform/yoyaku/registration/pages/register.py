"""Registering: what one needs, the form, one look at all of it, and the id that one is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.registration.pages.applicant import (
    FORM_LASTS,
    open_mark,
    remember_applicant,
    seal_mark,
)
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.fields import Typed, field_views, in_parts, say_faults, shown_answers, typed_of
from yoyaku.registration.pages.last_step import faults_of_login, in_order, is_of_last_step
from yoyaku.registration.pages.login import SESSION_COOKIE
from yoyaku.registration.pages.lookup import look_up_address
from yoyaku.registration.pages.register_guide import class_guides, crumb
from yoyaku.registration.policy.eligibility import CONSENT, answered_facts, check_application, consents_asked
from yoyaku.registration.policy.form import (
    FORM,
    Answers,
    Application,
    ApplicationRefused,
    Asked,
    FieldFault,
    fields_asked,
    find_class,
    form_facts,
)
from yoyaku.registration.policy.throttle import TooManyAttempts, sources_of
from yoyaku.registration.service.applying import Applied, apply_for_registration
from yoyaku.registration.service.sessions import Origin, begin_session
from yoyaku.registration.terms import RegistrantClass
from yoyaku.ui.page import Crumb

FORM_KEY: Final = "form_key"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One form as it was sent: for which class, what is asked, what was typed, and the key that makes it one form."""

    door: Door
    chosen: RegistrantClass
    form: Mapping[str, str] = field(default_factory=dict)
    form_key: str = ""

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The fields, by what is answered so far."""
        facts = form_facts(self.chosen, way="web")
        typed = {f"{FORM}{one.code}": self.form.get(one.code) or None for one in self.door.terms.fields}
        return fields_asked(self.door.terms, {**typed, **facts})

    @property
    def answers(self) -> dict[str, str]:
        """What was typed into the fields that are asked."""
        return typed_of(self.form, self.asked)

    @property
    def application(self) -> Application:
        """What is applied for by this form."""
        login, given = self.door.terms.login, self.form
        key = open_mark(self.door.means.seal, self.form_key, purpose=FORM_KEY, real_now=self.door.real_now)
        consents = {name.removeprefix(CONSENT) for name in given if name.startswith(CONSENT)}
        return Application(
            user_class=self.chosen.code,
            way="web",
            answers=self.answers,
            consents=frozenset(consents),
            login_id=given.get("login_id", "").strip() if login.issued is None else None,
            password=given.get("password", "") if asks_password(self.door) else None,
            language=self.door.words.reads or self.door.words.language,
            form_key=None if key is None else str(key),
        )


def asks_password(door: Door) -> bool:
    """Whether people choose a password when they apply, rather than being given a first one by rule."""
    return door.terms.login.password.initial == "none"


@get("/register")
async def show_start(door: NamedDependency[Door]) -> Response[str]:
    """Who can register, as what, by which way, and what one needs."""
    return door.page.show(
        "registration/register.html",
        crumbs=[Crumb(label=door.words.say("register.title"))],
        guides=class_guides(door),
        terms=door.terms,
    )


@get("/register/{user_class:str}")
async def show_form(door: NamedDependency[Door], user_class: FromPath[str]) -> Response[str]:
    """The empty form."""
    sheet = Sheet(door=door, chosen=_class_on_web(door, user_class), form_key=_new_key(door))
    return _show_form(sheet)


@post("/register/{user_class:str}", status_code=200)
async def send_form(
    door: NamedDependency[Door], request: Request[Any, Any, Any], user_class: FromPath[str]
) -> Response[Any]:
    """Look up an address, check the form, go back to it, or apply."""
    sent = await request.form()
    form = {name: value for name, value in sent.multi_items() if isinstance(value, str)}
    chosen, key = _class_on_web(door, user_class), form.get(FORM_KEY, "")
    known = open_mark(door.means.seal, key, purpose=FORM_KEY, real_now=door.real_now) is not None
    sheet = Sheet(door=door, chosen=chosen, form=form, form_key=key if known else _new_key(door))
    act, _, of_field = form.get("act", "check").partition(".")
    if act in {"look_up", "town"}:
        return await _fill_address(sheet, of_field)
    if act == "back":
        return _show_form(sheet)
    if act == "apply":
        return await _apply(sheet)
    return _check(sheet)


def _check(sheet: Sheet) -> Response[str]:
    read = check_application(sheet.door.terms, sheet.application, today=sheet.door.today)
    faults = [fault for fault in read.faults if not is_of_last_step(fault)]
    return _show_form(sheet, faults) if faults else _show_check(sheet, read)


async def _apply(sheet: Sheet) -> Response[Any]:
    """Apply, or show what is wrong where it was typed. Who applies again and again is slowed: each application sends a mail."""
    door = sheet.door
    try:
        applied = await _apply_or_refuse(sheet)
    except TooManyAttempts as refusal:
        read = check_application(door.terms, sheet.application, today=door.today)
        return _show_check(sheet, read, [FieldFault(field="", code=refusal.code, error=refusal)])
    except ApplicationRefused as refused:
        earlier = [fault for fault in refused.faults if not is_of_last_step(fault)]
        if earlier:
            return _show_form(sheet, earlier)
        read = check_application(door.terms, sheet.application, today=door.today)
        return _show_check(sheet, read, refused.faults)
    await _let_in(door, applied)
    return door.page.go("/register/done")


async def _apply_or_refuse(sheet: Sheet) -> Applied:
    door = sheet.door
    faults = faults_of_login(sheet.form, door.terms.login, door.words, asks_password=asks_password(door))
    if faults:
        read = check_application(door.terms, sheet.application, today=door.today)
        raise ApplicationRefused([*read.faults, *faults])
    aim = sheet.form.get("email", "").strip().casefold()
    await door.throttle.take(sources_of(address=door.client.address, aim=aim, purpose="apply"), real_now=door.real_now)
    return await apply_for_registration(
        door.conn, act=door.act, seal=door.means.seal, application=sheet.application, means=door.identity_means
    )


async def _let_in(door: Door, applied: Applied) -> None:
    """Whoever chose a password is logged in at once; everybody may go on with what belongs to applying."""
    remember_applicant(door.page, seal=door.means.seal, registrant_id=applied.registrant_id, real_now=door.real_now)
    stage = next((one for one in door.terms.stages if one.code == applied.stage), None)
    has_own = applied.password_state == "own"  # noqa: S105  # a state, no password
    if not has_own or stage is None or not stage.may_log_in or applied.again or door.session is not None:
        return
    origin = Origin(address=door.client.address, browser=door.client.browser, today=door.today)
    begun = await begin_session(
        door.conn, account_id=applied.account_id, limits=door.limits, real_now=door.real_now, origin=origin
    )
    door.page.remember(SESSION_COOKIE, begun.token)


def _class_on_web(door: Door, code: str) -> RegistrantClass:
    chosen = find_class(door.terms, code)
    if chosen is None or "web" not in chosen.apply_by:
        raise NotFound(what="class")
    return chosen


def _new_key(door: Door) -> str:
    until = door.real_now + FORM_LASTS
    return seal_mark(door.means.seal, purpose=FORM_KEY, registrant_id=new_id(), until=until)


async def _fill_address(sheet: Sheet, postcode_field: str) -> Response[str]:
    found = await look_up_address(sheet.asked, sheet.form, postcode_field)
    return _show_form(replace(sheet, form=found.form), found.faults, towns=found.towns, filled=found.filled)


def _show_form(
    sheet: Sheet,
    faults: list[FieldFault] | None = None,
    *,
    towns: Mapping[str, list[str]] | None = None,
    filled: str | None = None,
) -> Response[str]:
    door, words = sheet.door, sheet.door.words
    errors = say_faults(faults or (), words)
    views = field_views(sheet.asked, words, typed=Typed(answers=sheet.answers, errors=errors, towns=towns or {}))
    return door.page.show(
        "registration/register_form.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if faults else 200,
        crumbs=[crumb(door), Crumb(label=words.text(sheet.chosen.name))],
        chosen=sheet.chosen,
        parts=in_parts(views, group=sheet.chosen.account_kind == "group"),
        errors=errors,
        filled=filled,
        form_key=sheet.form_key,
        before_applying=door.terms.words.before_applying,
    )


def _show_check(sheet: Sheet, read: Answers, faults: list[FieldFault] | None = None) -> Response[str]:
    door, words, terms = sheet.door, sheet.door.words, sheet.door.terms
    facts = answered_facts(sheet.chosen, read, way="web", today=door.today)
    errors = say_faults(in_order(faults or ()), words)
    return door.page.show(
        "registration/register_check.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if faults else 200,
        crumbs=[crumb(door), Crumb(label=words.text(sheet.chosen.name))],
        chosen=sheet.chosen,
        rows=shown_answers([one.field for one in sheet.asked], read.values, words),
        hidden=[(FORM_KEY, sheet.form_key), *sheet.answers.items()],
        consents=[(CONSENT + one.code, words.text(one.text), one.required) for one in consents_asked(terms, facts)],
        ticked={name for name in sheet.form if name.startswith(CONSENT)},
        login=terms.login,
        login_id=sheet.form.get("login_id", ""),
        asks_id=terms.login.issued is None,
        asks_password=asks_password(door),
        before_applying=terms.words.before_applying,
        errors=errors,
    )


ROUTES: Final = [show_start, show_form, send_form]
