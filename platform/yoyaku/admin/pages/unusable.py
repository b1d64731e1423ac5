"""Time that could not be used, for rain or a fault of the facility, taken out of a booking and its fee (KS-101, KS-102)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.serving import counter_crumbs, require_clerk
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import change_booking
from yoyaku.booking.service.changing import grounds_to_shorten
from yoyaku.booking.service.quoting_changes import quote_change
from yoyaku.booking.views import BookingView
from yoyaku.facility.policy import minute_of_day
from yoyaku.facility.policy.slots import offered_slots, time_of_day
from yoyaku.rules.refusal import Refusal

HOME: Final = "/counter/bookings/{booking_id:uuid}/unusable"


@get(HOME)
async def show_unusable(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """From when until when it could be used, and why not longer."""
    require_clerk(here)
    booking, rules = await open_booking(here, booking_id)
    return await _page(here, booking, rules, {})


async def _page(
    here: Here,
    booking: BookingView,
    rules: ServiceRules,
    form: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    after: BookingView | None = None,
) -> Response[Any]:
    """The form, or (``after``) what it would make of the booking."""
    request, times = booking.request, _times(here, rules, booking)
    grounds = grounds_to_shorten(rules, visit=here.visit, booking=booking)
    return here.page.show(
        "admin/unusable.html",
        status=422 if errors else 200,
        booking=booking_row(rules, booking, here),
        after=None if after is None else booking_row(rules, after, here),
        less_yen=0 if after is None else booking.total_yen - after.total_yen,
        grounds=[(code, here.words.maybe(f"counter.grounds.{code}") or code) for code in grounds],
        times=times,
        form={
            "from": form.get("from") or request.starts,
            "to": form.get("to") or request.ends,
            "grounds": form.get("grounds", ""),
            "why": form.get("why", ""),
        },
        errors=errors or {},
        path=f"/counter/bookings/{booking.booking_id}/unusable",
        crumbs=counter_crumbs(here, booking.number, here.words.say("unusable.title")),
    )


def _times(here: Here, rules: ServiceRules, booking: BookingView) -> list[tuple[str, str]]:
    """The times at which a use of that place may begin or end, within the booking."""
    request = booking.request
    if request.starts is None or request.ends is None or booking.space_id not in rules.inventory.spaces:
        return []
    first, last = minute_of_day(request.starts), minute_of_day(request.ends)
    slots = offered_slots(rules, booking.space_id, booking.use_on, here.visit.now)
    edges = {first, last} | {edge for one in slots for edge in (one.starts_minute, one.ends_minute)}
    return [(text, text) for text in (time_of_day(one) for one in sorted(edges) if first <= one <= last)]


def _missing(here: Here, form: Mapping[str, str], grounds: tuple[str, ...]) -> dict[str, str]:
    say, errors = here.words.say, {}
    if form.get("grounds") not in grounds:
        errors["grounds"] = say("form.choose_one", label=say("counter.grounds"))
    if not form.get("why"):
        errors["why"] = say("form.missing", label=say("change.why"))
    return errors


@post(HOME, status_code=303)
async def take_out(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Show what it would cost then; with the sum that was seen, take it out."""
    require_clerk(here)
    form = await read_form(request)
    booking, rules = await open_booking(here, booking_id)
    errors = _missing(here, form, grounds_to_shorten(rules, visit=here.visit, booking=booking))
    changes = {
        name: form[name]
        for name, now in (("from", booking.request.starts), ("to", booking.request.ends))
        if form.get(name) and form[name] != now
    }
    if not changes and not errors:
        errors["to"] = here.words.say("unusable.nothing")
    if errors or form.get("step") == "again":
        return await _page(here, booking, rules, form, errors=errors)
    asked: dict[str, Any] = {"rules": rules, "booking_id": booking_id, "changes": changes, "grounds": form["grounds"]}
    try:
        after = await quote_change(here.conn, visit=here.visit, **asked)
        if form.get("step") != "do":
            return await _page(here, booking, rules, form, after=after)
        if read_number(form.get("total_yen", "")) != after.total_yen:
            return await _page(here, booking, rules, form, errors={"": here.words.say("change.moved")}, after=after)
        await change_booking(here.conn, visit=here.visit, why=form["why"], **asked)
    except Refusal as refusal:
        return await _page(here, booking, rules, form, errors={"to": here.words.sentence(refusal)})
    return here.page.go(f"/counter/bookings/{booking_id}/money", flash="unusable_taken_out")


ROUTES: Final = [show_unusable, take_out]
