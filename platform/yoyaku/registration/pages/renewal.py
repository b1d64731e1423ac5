"""Until when the registration holds, and renewing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.own import ask_to_log_in, own_registrant
from yoyaku.registration.policy.life import (
    NothingToRenew,
    RenewalByClerk,
    RenewalNotOpen,
    find_validity,
    renewal_opens,
)
from yoyaku.registration.service.stages import facts_of, get_life, renew_registration
from yoyaku.ui.page import Crumb

PATH: Final = "/account/renew"


@dataclass(frozen=True, kw_only=True)
class ExpiryView:
    """An expiry for the page: its name and last day, whether it is over, and from when it can be renewed here."""

    code: str
    name: str
    last_day: date
    is_over: bool
    by_resident: bool
    opens_on: date
    is_open: bool


@get(PATH)
async def show_renewal(door: NamedDependency[Door]) -> Response[Any]:
    """Every expiry, and the button where it can be renewed now."""
    registrant_id = own_registrant(door)
    return ask_to_log_in(door, PATH) if registrant_id is None else await _page(door, registrant_id)


@post(PATH, status_code=303)
async def renew(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Renew one expiry; or say why not."""
    registrant_id = own_registrant(door)
    if registrant_id is None:
        return ask_to_log_in(door, PATH)
    form = await request.form()
    code = str(form.get("validity", ""))
    try:
        await renew_registration(door.conn, act=door.act, registrant_id=registrant_id, validity=code, by="resident")
    except (NothingToRenew, RenewalByClerk, RenewalNotOpen) as refusal:
        return await _page(door, registrant_id, refusal=door.words.sentence(refusal))
    return door.page.go(PATH, flash="renewed")


async def _page(door: Door, registrant_id: UUID, *, refusal: str | None = None) -> Response[str]:
    return door.page.show(
        "registration/renew.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if refusal else HTTP_200_OK,
        crumbs=[
            Crumb(label=door.words.say("account.title"), path="/account"),
            Crumb(label=door.words.say("life.renewal")),
        ],
        expiries=await _expiries(door, registrant_id),
        errors={"": refusal} if refusal else {},
    )


async def _expiries(door: Door, registrant_id: UUID) -> list[ExpiryView]:
    row = await get_life(door.conn, registrant_id=registrant_id)
    views = []
    for code, last in sorted(row.expiries.items(), key=lambda one: (one[1], one[0])):
        clause = find_validity(door.terms, code, facts_of(row))
        if clause is None:
            continue
        opens_on = renewal_opens(clause, last)
        views.append(
            ExpiryView(
                code=code,
                name=door.words.text(clause.name),
                last_day=last,
                is_over=last < door.today,
                by_resident="resident" in clause.renewal_by,
                opens_on=opens_on,
                is_open=opens_on <= door.today,
            )
        )
    return views


ROUTES: Final = [show_renewal, renew]
