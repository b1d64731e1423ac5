"""The till: what it took and gave back since it was last counted, counting it, and the sheet of each close."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, read_form, ways
from yoyaku.billing.refusals import DifferenceUnexplained, NothingToClose, TillMoved
from yoyaku.billing.repository.closes import (
    entries_of_close,
    entries_of_till,
    latest_closes,
    open_tills,
    read_close,
)
from yoyaku.billing.service.closing import Count, close_till
from yoyaku.billing.service.outcomes import named
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.charged import money_act
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.kernel.text import fold_width
from yoyaku.registration.policy.roles import Permission
from yoyaku.ui.words import Text

HOME: Final = "/counter/till"
MINUS: Final = ("-", "−", "－", "▲", "△")
"""How people write that more went out than came in."""


def facility_name(rules: ServiceRules, code: str) -> Text:
    """A facility as the rules of today name it; its code where it is gone."""
    found = rules.inventory.facilities.get(code)
    return code if found is None else found.name


def payee_name(here: Here, rules: ServiceRules, code: str) -> Text:
    """Whose money it is, as the rules of today name them."""
    found = next((one for one in rules.payment.payees if one.code == code), None)
    return here.page.look.owner if found is None else found.name


def provider_name(here: Here, rules: ServiceRules, code: str) -> str:
    """Who holds money, as the books know them: the till of a facility, or a way of payment by its name in the rules."""
    if code in rules.inventory.facilities:
        return here.words.text(facility_name(rules, code))
    ways = (one for one in rules.payment.methods if code in {one.plugin, named(one.plugin, one.profile)})
    names = dict.fromkeys(here.words.text(one.name) for one in ways)
    return "・".join(names) or here.words.maybe(f"payment.method.{code}") or code


def method_name(rules: ServiceRules, code: str, here: Here) -> str:
    """A way of payment in words; one that no rule names, by the platform's word for it."""
    found = next((one for one in rules.payment.methods if one.code == code), None)
    return here.words.maybe(f"payment.method.{code}") or code if found is None else here.words.text(found.name)


@get(HOME)
async def show_tills(here: NamedDependency[Here]) -> Response[Any]:
    """The tills with cash to be counted, and the latest closes."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    at_desk(here, Permission.TILL)
    rules = await here.rules()
    tills = [one for one in await open_tills(here.conn) if here.visit.reaches(one.facility_id)]
    closes = await latest_closes(here.conn, facilities=sorted(here.visit.facilities))
    return here.page.show(
        "admin/tills.html",
        tills=[(one, *_names(here, rules, one.facility_id, one.payee)) for one in tills],
        closes=[(one, *_names(here, rules, one.facility_id, one.payee)) for one in closes],
        home=HOME,
        today=here.today,
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("till.title"), None)),
    )


def _names(here: Here, rules: ServiceRules, facility: str, payee: str) -> tuple[Text, Text]:
    return facility_name(rules, facility), payee_name(here, rules, payee)


@get(f"{HOME}/count")
async def show_count(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """One till, and the form for what was counted."""
    at_desk(here, Permission.TILL)
    asked = request.query_params
    return await _count_page(here, asked.get("facility", ""), asked.get("payee", ""))


async def _count_page(
    here: Here,
    facility: str,
    payee: str,
    errors: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Response[Any]:
    """A till with what is wrong in its form; nothing to count leads back to the list."""
    rules = await here.rules()
    found = next(
        (one for one in await open_tills(here.conn) if (one.facility_id, one.payee) == (facility, payee)), None
    )
    if found is None or not here.visit.reaches(facility):
        raise NotFound(what="till")
    named, owner = _names(here, rules, facility, payee)
    entries = await entries_of_till(here.conn, facility_id=facility, payee=payee)
    return here.page.show(
        "admin/till_count.html",
        status=422 if errors else 200,
        till=found,
        facility=named,
        payee=owner,
        moves=[(one, method_name(rules, one.method, here)) for one in entries],
        home=HOME,
        form=form or {},
        errors=errors or {},
        crumbs=crumbs(here, (here.words.say("till.title"), HOME), (here.words.text(named), None)),
    )


@post(HOME, status_code=303)
async def close_one(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Close a till by what was counted."""
    at_desk(here, Permission.TILL)
    form = await read_form(request)
    facility, payee = form.get("facility", ""), form.get("payee", "")
    if not here.visit.reaches(facility):
        raise NotFound(what="till")
    counted, seen = read_signed(form.get("counted", "")), read_signed(form.get("seen", ""))
    if counted is None or seen is None:
        label = here.words.say("till.counted")
        return await _count_page(
            here, facility, payee, {"counted": here.words.say("form.not_a_number", label=label)}, form
        )
    count = Count(
        facility_id=facility, payee=payee, counted_yen=counted, seen_yen=seen, why=form.get("why", "") or None
    )
    try:
        close_id = await close_till(here.conn, act=money_act(here.visit, await here.rules()), count=count)
    except NothingToClose:
        return here.page.go(HOME, flash="till_empty")
    except (DifferenceUnexplained, TillMoved) as refusal:
        return await _count_page(here, facility, payee, {_field(refusal): here.words.sentence(refusal)}, form)
    return here.page.go(f"{HOME}/closes/{close_id}", flash="till_closed")


def _field(refusal: YoyakuError) -> str:
    return "why" if isinstance(refusal, DifferenceUnexplained) else "counted"


def read_signed(typed: str) -> int | None:
    """A whole number of yen as people type it, with a comma or in full width, below nothing too."""
    text = fold_width(typed).strip().replace(",", "")
    sign = -1 if text.startswith(MINUS) else 1
    found = read_number(text.lstrip("".join(MINUS)))
    return None if found is None else sign * found


@get(f"{HOME}/closes/{{close_id:uuid}}")
async def show_close(here: NamedDependency[Here], close_id: FromPath[UUID]) -> Response[Any]:
    """The sheet of a close, to print and to go with the money."""
    at_desk(here, Permission.TILL)
    rules = await here.rules()
    found = await read_close(here.conn, close_id=close_id)
    if found is None or not here.visit.reaches(found.facility_id):
        raise NotFound(what="close")
    named, owner = _names(here, rules, found.facility_id, found.payee)
    entries = await entries_of_close(here.conn, close_id=close_id)
    return here.page.show(
        "admin/till_sheet.html",
        close=found,
        facility=named,
        payee=owner,
        moves=[(one, method_name(rules, one.method, here)) for one in entries],
        taken_yen=sum(one.amount_yen for one in entries if one.kind == "payment"),
        given_yen=sum(one.amount_yen for one in entries if one.kind == "refund"),
        home=HOME,
        crumbs=crumbs(here, (here.words.say("till.title"), HOME), (here.words.text(named), None)),
    )


ROUTES: Final = [show_tills, show_count, close_one, show_close]
