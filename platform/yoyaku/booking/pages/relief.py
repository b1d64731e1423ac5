"""Asking for a reduction of a booking's fee (減免), by the resident or by a clerk for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here
from yoyaku.booking.policy import OfferedRelief, ReliefNotOffered, offered_reliefs
from yoyaku.booking.repository.rows import booked_facts
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.refusals import GroundsMissing, ReliefAskedBefore, ReliefDecidedBefore
from yoyaku.booking.service.relief import ask_relief, reliefs_of_booking, withdraw_relief
from yoyaku.booking.views import BookingView, ReliefView
from yoyaku.ui.page import Crumb
from yoyaku.ui.words import Text


@dataclass(frozen=True, kw_only=True)
class ReliefRow:
    """An application as a booking's page shows it."""

    name: Text
    view: ReliefView
    path: str


def relief_rows(rules: ServiceRules, asked: Sequence[ReliefView], base: str) -> list[ReliefRow]:
    """Applications with the names of what was asked for."""
    names = {one.code: one.name for one in rules.fees.relief}
    return [
        ReliefRow(name=names.get(one.code, one.code), view=one, path=f"{base}/relief/{one.relief_id}") for one in asked
    ]


def offers_of(here: Here, rules: ServiceRules, booking: BookingView) -> tuple[OfferedRelief, ...]:
    """What can be asked for now."""
    return offered_reliefs(rules, booked_facts(booking), now=here.visit.now)


async def relief_part(here: Here, rules: ServiceRules, booking: BookingView) -> dict[str, Any]:
    """What a booking's page tells of reductions: the applications, and whether one can be asked for."""
    if not rules.fees.relief:
        return {"reliefs": [], "may_ask_relief": False}
    asked = await reliefs_of_booking(here.conn, visit=here.visit, booking_id=booking.booking_id)
    waits = any(one.state == "asked" for one in asked)
    return {
        "reliefs": relief_rows(rules, asked, base_of(here, booking.booking_id)),
        "may_ask_relief": not waits and bool(offers_of(here, rules, booking)),
    }


def base_of(here: Here, booking_id: UUID) -> str:
    """Where the booking's own page is, for a resident or at the counter."""
    return f"{'/me' if here.visit.staff_id is None else '/counter'}/bookings/{booking_id}"


def crumbs_from(here: Here, booking: BookingView, *steps: Crumb) -> list[Crumb]:
    """The way here from one's own page, or from the console's, by way of the booking."""
    words = here.words
    first = (
        Crumb(label=words.say("nav.my_page"), path="/me")
        if here.visit.staff_id is None
        else Crumb(label=here.page.console, path="/counter")
    )
    return [first, Crumb(label=booking.number, path=base_of(here, booking.booking_id)), *steps]


async def relief_page(
    here: Here, booking_id: UUID, *, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> Response[Any]:
    """The form: which reduction, on which grounds, and what the booking would cost with it."""
    booking, rules = await open_booking(here, booking_id)
    offers = offers_of(here, rules, booking)
    if not offers:
        return here.page.go(base_of(here, booking_id))
    return here.page.show(
        "booking/relief.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        booking=booking_row(rules, booking, here),
        offers=offers,
        choices=[(one.terms.code, _offer_words(here, one)) for one in offers],
        form={"relief": "", "grounds": "", **(typed or {})},
        errors=errors or {},
        crumbs=crumbs_from(here, booking, Crumb(label=here.words.say("relief.title"))),
    )


def _offer_words(here: Here, offer: OfferedRelief) -> str:
    words = here.words
    return words.say("relief.offer", name=words.text(offer.terms.name), total=_yen(here, offer.total_yen))


def _yen(here: Here, yen: int) -> str:
    return here.words.say("relief.yen", yen=f"{yen:,}")


async def take_relief(here: Here, booking_id: UUID, request: Request[Any, Any, Any]) -> Response[Any]:
    """Take the form; what is missing is said at its field, and nothing that was typed is lost."""
    sent = await request.form()
    typed = {name: str(sent.get(name, "")).strip() for name in ("relief", "grounds")}
    _, rules = await open_booking(here, booking_id)
    try:
        await ask_relief(
            here.conn,
            visit=here.visit,
            rules=rules,
            booking_id=booking_id,
            code=typed["relief"],
            grounds=typed["grounds"],
        )
    except GroundsMissing as missing:
        errors = {"grounds": here.words.sentence(missing)}
        if not typed["relief"]:
            errors = {"relief": here.words.say("relief.choose"), **errors}
        return await relief_page(here, booking_id, errors=errors, typed=typed)
    except ReliefNotOffered:
        errors = {"relief": here.words.say("relief.choose")}
        return await relief_page(here, booking_id, errors=errors, typed=typed)
    except ReliefAskedBefore:
        return here.page.go(base_of(here, booking_id), flash="relief_asked_before")
    return here.page.go(base_of(here, booking_id), flash="relief_asked")


@get("/me/bookings/{booking_id:uuid}/relief")
async def show_relief(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """Ask for a reduction of one's own booking's fee."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    return await relief_page(here, booking_id)


@post("/me/bookings/{booking_id:uuid}/relief", status_code=303)
async def ask(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Send the application; the fee stays as it is until it is decided."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    return await take_relief(here, booking_id, request)


@post("/me/bookings/{booking_id:uuid}/relief/{relief_id:uuid}/withdraw", status_code=303)
async def withdraw(here: NamedDependency[Here], booking_id: FromPath[UUID], relief_id: FromPath[UUID]) -> Response[Any]:
    """Take one's application back."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next=/me/bookings/{booking_id}")
    try:
        await withdraw_relief(here.conn, visit=here.visit, relief_id=relief_id)
    except ReliefDecidedBefore:
        return here.page.go(base_of(here, booking_id), flash="relief_decided_before")
    return here.page.go(base_of(here, booking_id), flash="relief_withdrawn")


ROUTES: Final = [show_relief, ask, withdraw]
