"""Mandates at the counter: those that wait for the bank, and one person's: entered from the bank's form, decided, ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, read_form, ways
from yoyaku.billing.policy.debits import CURRENT_MANDATES
from yoyaku.billing.repository.mandates import MandateView, mandate_of, waiting_mandates
from yoyaku.billing.service.mandates import decide_mandate, end_mandate
from yoyaku.booking.pages.debit_view import account_form, account_missing, debit_means, try_mandate
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.mandate import debit_method
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.pages import Means
from yoyaku.registration.policy.roles import Permission
from yoyaku.registration.service.details import read_profile

HOME: Final = "/counter/mandates"
OF_PERSON: Final = HOME + "/{registrant_id:uuid}"


@get(HOME)
async def show_mandates(here: NamedDependency[Here]) -> Response[Any]:
    """Mandates that wait for what the bank says, the oldest first."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    at_desk(here, Permission.MANDATES)
    return here.page.show(
        "admin/mandates.html",
        offered=debit_method(await here.rules()) is not None,
        rows=await waiting_mandates(here.conn),
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("mandate.waiting"), None)),
    )


@get(OF_PERSON)
async def show_of_person(here: NamedDependency[Here], registrant_id: FromPath[UUID]) -> Response[Any]:
    """One person's mandate."""
    at_desk(here, Permission.MANDATES)
    return await _page(here, registrant_id)


async def _page(
    here: Here,
    registrant_id: UUID,
    *,
    form: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response[Any]:
    profile = await read_profile(here.conn, registrant_id=registrant_id)
    mandate = await mandate_of(here.conn, registrant_id=registrant_id)
    return here.page.show(
        "admin/mandate.html",
        status=422 if errors else 200,
        offered=debit_method(await here.rules()) is not None,
        name=profile.row.name,
        kana=profile.row.kana,
        mandate=mandate,
        is_current=mandate is not None and mandate.state in CURRENT_MANDATES,
        path=f"{HOME}/{registrant_id}",
        errors=errors or {},
        **account_form(here, {"holder_kana": profile.row.kana, **(form or {})}),
        crumbs=crumbs(here, (here.words.say("mandate.waiting"), HOME), (profile.row.name, None)),
    )


@post(OF_PERSON, status_code=303)
async def enter_mandate(
    here: NamedDependency[Here],
    means: NamedDependency[Means],
    registrant_id: FromPath[UUID],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """Enter a mandate from the bank's form; with the bank's mark it counts at once."""
    at_desk(here, Permission.MANDATES)
    form = await read_form(request)
    rules = await here.rules()
    method = debit_method(rules)
    if method is None:
        raise NotFound(what="payment method")
    errors = account_missing(here, form) or await try_mandate(
        here,
        lent=debit_means(here, rules, means),
        method=method.code,
        registrant_id=registrant_id,
        form=form,
        is_active=bool(form.get("is_active")),
    )
    if errors:
        return await _page(here, registrant_id, form=form, errors=errors)
    return here.page.go(f"{HOME}/{registrant_id}", flash="staff_done")


@post(OF_PERSON + "/decide", status_code=303)
async def decide_one(
    here: NamedDependency[Here],
    means: NamedDependency[Means],
    registrant_id: FromPath[UUID],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """What the bank said; a refusal has its reason, which the person is told."""
    at_desk(here, Permission.MANDATES)
    form = await read_form(request)
    accepted = form.get("bank") == "yes"
    if not accepted and not form.get("why"):
        missing = here.words.say("form.missing", label=here.words.say("mandate.refused_why"))
        return await _page(here, registrant_id, form=form, errors={"why": missing})
    lent = debit_means(here, await here.rules(), means)

    async def act(one: MandateView) -> None:
        why = None if accepted else form["why"]
        await decide_mandate(here.conn, means=lent, mandate_id=one.mandate_id, accepted=accepted, why=why)

    return await _do(here, registrant_id, act)


@post(OF_PERSON + "/end", status_code=303)
async def end_one(
    here: NamedDependency[Here],
    means: NamedDependency[Means],
    registrant_id: FromPath[UUID],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """End a mandate, because its owner or the bank asks for it."""
    at_desk(here, Permission.MANDATES)
    why = (await read_form(request)).get("end_why", "")
    if not why:
        missing = here.words.say("form.missing", label=here.words.say("mandate.end_why"))
        return await _page(here, registrant_id, errors={"end_why": missing})
    lent = debit_means(here, await here.rules(), means)

    async def act(one: MandateView) -> None:
        await end_mandate(here.conn, means=lent, mandate_id=one.mandate_id, why=why)

    return await _do(here, registrant_id, act)


async def _do(here: Here, registrant_id: UUID, act: Callable[[MandateView], Awaitable[None]]) -> Response[Any]:
    mandate = await mandate_of(here.conn, registrant_id=registrant_id)
    if mandate is None:
        raise NotFound(what="mandate")
    try:
        await act(mandate)
    except YoyakuError as refusal:
        return await _page(here, registrant_id, errors={"": here.words.sentence(refusal)})
    return here.page.go(f"{HOME}/{registrant_id}", flash="staff_done")


ROUTES: Final = [show_mandates, show_of_person, enter_mandate, decide_one, end_one]
