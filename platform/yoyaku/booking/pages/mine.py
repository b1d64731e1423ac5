"""One's bookings, those that are over, one of them, and cancelling it with what goes back shown before."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.billing.policy.offering import is_settled_here
from yoyaku.booking.pages import cancelling, receipts, relief
from yoyaku.booking.pages.booked import BookingRow, booking_row, to_log_in
from yoyaku.booking.pages.cancel_seen import Cancelling
from yoyaku.booking.pages.equipment import equipment_path
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.relief import relief_part
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import booking_history, get_booking, list_bookings, offer_cancellation
from yoyaku.booking.service.receipts import receipts_of_booking
from yoyaku.booking.views import BookingView
from yoyaku.ui.page import Crumb

GROUPS: Final = (("tentative", ("tentative",)), ("confirmed", ("confirmed",)))
ENDED: Final = ("withdrawn", "cancelled", "revoked", "lapsed")


@get("/me/bookings")
async def show_mine(here: NamedDependency[Here]) -> Response[Any]:
    """One's bookings to come, those that need something first."""
    return await _list(here, past=False)


@get("/me/history")
async def show_history(here: NamedDependency[Here]) -> Response[Any]:
    """One's bookings that are over."""
    return await _list(here, past=True)


async def _list(here: Here, *, past: bool) -> Response[Any]:
    if here.visit.registrant_id is None:
        return to_log_in(here)
    bookings = await list_bookings(here.conn, visit=here.visit, past=past)
    rules, words = await here.rules(), here.words
    groups = []
    for code, states in (
        (("past", ("tentative", "confirmed", "used")), ("ended", ENDED)) if past else (*GROUPS, ("ended", ENDED))
    ):
        rows = [booking_row(rules, booking, here) for booking in bookings if booking.state in states]
        if rows:
            groups.append({"code": code, "title": words.say(f"me.group.{code}"), "bookings": rows})
    crumbs = [
        Crumb(label=words.say("nav.my_page"), path="/me"),
        Crumb(label=words.say("home.history" if past else "home.bookings")),
    ]
    online = is_settled_here(rules.payment, here.visit.own_channel)
    return here.page.show("booking/bookings.html", past=past, groups=groups, crumbs=crumbs, pays_online=online)


async def _rules_of(here: Here, booking: BookingView) -> ServiceRules:
    return await here.rules_for.pinned(version=booking.rule_set_version, inventory_version=booking.inventory_version)


@get("/me/bookings/{booking_id:uuid}")
async def show_booking(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """One booking: contents, price, history, and whether it can be cancelled."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    booking = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await _rules_of(here, booking)
    offer = offer_cancellation(rules, visit=here.visit, booking=booking)
    events = await booking_history(here.conn, visit=here.visit, booking_id=booking_id)
    row = booking_row(rules, booking, here, offer=offer, events=events)
    crumbs = [Crumb(label=here.words.say("nav.my_page"), path="/me"), Crumb(label=booking.number)]
    parts = await relief_part(here, rules, booking)
    has_receipts = bool(await receipts_of_booking(here.conn, visit=here.visit, rules=rules, booking=booking))
    parts["equipment_path"] = equipment_path(here, rules, booking)
    return here.page.show("booking/booking.html", booking=row, crumbs=crumbs, has_receipts=has_receipts, **parts)


@get("/me/bookings/{booking_id:uuid}/cancel")
async def show_cancel(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """What cancelling would do now, before one decides."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    booking = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await _rules_of(here, booking)
    if booking.paid_yen and rules.payment.refunds.by == "resident" and here.visit.staff_id is None:
        return here.page.go(f"{cancelling.PATH}?booking={booking_id}")
    return _cancelling(here, rules, booking).show({}, reason="")


def _cancelling(here: Here, rules: ServiceRules, booking: BookingView) -> Cancelling:
    def crumbs(row: BookingRow) -> list[Crumb]:
        return [
            Crumb(label=here.words.say("nav.my_page"), path="/me"),
            Crumb(label=booking.number, path=row.path),
            Crumb(label=here.words.say("cancel.title")),
        ]

    return Cancelling(here=here, rules=rules, booking=booking, crumbs=crumbs)


@post("/me/bookings/{booking_id:uuid}/cancel", status_code=303)
async def do_cancel(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Cancel, if what goes back is still what was shown."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    booking = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await _rules_of(here, booking)
    path = f"/me/bookings/{booking_id}"
    return await _cancelling(here, rules, booking).do(await request.form(), path=path, onward=path)


ROUTES: Final = [show_mine, show_history, show_booking, show_cancel, do_cancel, *relief.ROUTES, *receipts.ROUTES]
