"""One's bookings, those that are over, one of them, and cancelling it with what goes back shown before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.billing.policy.offering import is_settled_here
from yoyaku.booking.pages import cancelling, receipts, relief
from yoyaku.booking.pages.booked import booking_row, to_log_in
from yoyaku.booking.pages.equipment import equipment_path
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.pages.relief import relief_part
from yoyaku.booking.policy import ReasonMissing
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import booking_history, cancel_booking, get_booking, list_bookings, offer_cancellation
from yoyaku.booking.service.receipts import receipts_of_booking
from yoyaku.booking.service.refusals import RefundChanged
from yoyaku.booking.views import BookingView
from yoyaku.rules.refusal import Refusal
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
    return _cancel_page(here, rules, booking, {}, reason="")


def _cancel_page(
    here: Here, rules: ServiceRules, booking: BookingView, errors: Mapping[str, str], *, reason: str
) -> Response[Any]:
    offer = offer_cancellation(rules, visit=here.visit, booking=booking)
    row = booking_row(rules, booking, here, offer=offer)
    if offer.plan is None:
        return here.page.go(row.path)
    entry = next((one for one in rules.booking.cancellation if one.code == offer.plan.code), None)
    crumbs = [
        Crumb(label=here.words.say("nav.my_page"), path="/me"),
        Crumb(label=booking.number, path=row.path),
        Crumb(label=here.words.say("cancel.title")),
    ]
    return here.page.show(
        "booking/cancel.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        booking=row,
        plan=offer.plan,
        free_yen=booking.total_yen - offer.plan.kept_yen,
        schedule=row.schedule,
        reason=entry.reason if entry else "none",
        form={"reason": reason},
        errors=errors,
        crumbs=crumbs,
    )


@post("/me/bookings/{booking_id:uuid}/cancel", status_code=303)
async def do_cancel(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Cancel, if what goes back is still what was shown."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    form = await request.form()
    reason = str(form.get("reason", "")).strip()
    booking = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await _rules_of(here, booking)
    if not form.get("sure"):
        return _cancel_page(here, rules, booking, {"sure": here.words.say("cancel.tick_sure")}, reason=reason)
    try:
        await cancel_booking(
            here.conn,
            visit=here.visit,
            rules=rules,
            booking_id=booking_id,
            reason=reason or None,
            expected_refund_yen=read_number(str(form.get("expected_refund_yen", ""))),
        )
    except (ReasonMissing, RefundChanged) as refusal:
        where = "reason" if isinstance(refusal, ReasonMissing) else ""
        return _cancel_page(here, rules, booking, {where: here.words.sentence(refusal)}, reason=reason)
    except Refusal:
        return here.page.go(f"/me/bookings/{booking_id}", flash="not_cancelled")
    return here.page.go(f"/me/bookings/{booking_id}", flash="cancelled")


ROUTES: Final = [show_mine, show_history, show_booking, show_cancel, do_cancel, *relief.ROUTES, *receipts.ROUTES]
