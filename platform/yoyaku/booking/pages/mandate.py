"""A resident's own mandate: how it stands, asking for one, ending it (KS-081, KS-082)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.billing.policy.debits import CURRENT_MANDATES
from yoyaku.billing.repository.mandates import mandate_of
from yoyaku.billing.service.mandates import end_mandate
from yoyaku.billing.terms import PaymentMethod
from yoyaku.booking.pages.debit_view import account_form, account_missing, debit_means, try_mandate
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.home_parts import HomePart
from yoyaku.booking.rules import ServiceRules
from yoyaku.kernel.errors import NotAllowed, NotFound, YoyakuError
from yoyaku.registration.pages import Means
from yoyaku.ui.page import Crumb

PATH: Final = "/me/debit"


def debit_method(rules: ServiceRules) -> PaymentMethod | None:
    """The way of payment by file that hangs on a mandate, where the rules have one."""
    return next((one for one in rules.payment.methods if one.collection is not None and one.automatic), None)


async def _owner(here: Here) -> tuple[ServiceRules, PaymentMethod, UUID] | None:
    """Whose mandate; ``None`` where nobody is logged in.

    Raises:
        NotFound: this service debits no accounts.
        NotAllowed: it is a group's, and they only act for it.
    """
    rules = await here.rules()
    method = debit_method(rules)
    if here.visit.registrant_id is None or here.visit.staff_id is not None:
        return None
    if method is None:
        raise NotFound(what="page")
    if here.page.visitor is not None and here.page.visitor.is_acting:
        raise NotAllowed  # whoever acts for a group books for it, and changes nothing of it
    return rules, method, here.visit.registrant_id


@get(PATH)
async def show_mandate(here: NamedDependency[Here]) -> Response[Any]:
    """How it stands with one's account transfer."""
    found = await _owner(here)
    return here.page.go(f"/login?next={PATH}") if found is None else await _page(here, found)


async def _page(
    here: Here,
    found: tuple[ServiceRules, PaymentMethod, UUID],
    *,
    form: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response[Any]:
    _, method, registrant_id = found
    mandate = await mandate_of(here.conn, registrant_id=registrant_id)
    return here.page.show(
        "booking/mandate.html",
        status=422 if errors else 200,
        mandate=mandate,
        is_current=mandate is not None and mandate.state in CURRENT_MANDATES,
        method=method,
        reception=None if method.collection is None else method.collection.reception,
        errors=errors or {},
        **account_form(here, form or {}),
        crumbs=[
            Crumb(label=here.words.say("nav.my_page"), path="/me"),
            Crumb(label=here.words.say("mandate.title")),
        ],
    )


@post(PATH, status_code=303)
async def ask_for_mandate(
    here: NamedDependency[Here], means: NamedDependency[Means], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Ask for one's account to be debited; it begins once the bank has agreed."""
    found = await _owner(here)
    if found is None:
        return here.page.go(f"/login?next={PATH}")
    rules, method, registrant_id = found
    form = await typed(request)
    errors = account_missing(here, form)
    if not form.get("agreed"):
        errors["agreed"] = here.words.say("mandate.agreed_missing")
    errors = errors or await try_mandate(
        here,
        lent=debit_means(here, rules, means),
        method=method.code,
        registrant_id=registrant_id,
        form=form,
        is_active=False,
    )
    if errors:
        return await _page(here, found, form=form, errors=errors)
    return here.page.go(PATH, flash="mandate_asked")


@post(f"{PATH}/end", status_code=303)
async def end_own(here: NamedDependency[Here], means: NamedDependency[Means]) -> Response[Any]:
    """End one's mandate, or take back that one asked for it."""
    found = await _owner(here)
    if found is None:
        return here.page.go(f"/login?next={PATH}")
    rules, _, registrant_id = found
    mandate = await mandate_of(here.conn, registrant_id=registrant_id)
    if mandate is None:
        raise NotFound(what="mandate")
    try:
        await end_mandate(
            here.conn,
            means=debit_means(here, rules, means),
            mandate_id=mandate.mandate_id,
            registrant_id=registrant_id,
        )
    except YoyakuError as refusal:
        return await _page(here, found, errors={"": here.words.sentence(refusal)})
    return here.page.go(PATH, flash="mandate_ended")


async def typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What was typed, without spaces around."""
    sent = await request.form()
    return {name: value.strip() for name, value in sent.multi_items() if isinstance(value, str)}


async def mandate_part(here: Here) -> HomePart | None:
    """Account transfers on my page, where the service has them."""
    method = debit_method(await here.rules())
    visitor = here.page.visitor
    if method is None or here.visit.registrant_id is None or visitor is None or visitor.is_acting:
        return None
    say = here.words.say
    mandate = await mandate_of(here.conn, registrant_id=here.visit.registrant_id)
    state = mandate.state if mandate is not None and mandate.state in CURRENT_MANDATES else "none"
    return HomePart(
        code="debit",
        heading=say("mandate.title"),
        lead=say(f"mandate.home.{state}", account=mandate.account_shown if mandate else ""),
        button=say("mandate.home_button"),
        path=PATH,
    )


ROUTES: Final = [show_mandate, ask_for_mandate, end_own]
