"""Time that could not be used, for rain or a fault of the facility, taken out of a booking and its fee (KS-101, KS-102)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.change_seen import change_as_seen
from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.serving import counter_crumbs, require_clerk
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.changing import grounds_to_shorten
from yoyaku.booking.views import BookingView
from yoyaku.facility.policy import minute_of_day
from yoyaku.facility.policy.slots import offered_slots, time_of_day

HOME: Final = "/counter/bookings/{booking_id:uuid}/unusable"


@get(HOME)
async def show_unusable(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """From when until when it could not be used, and why."""
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
    times = _times(here, rules, booking)
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
            "from": form.get("from", ""),
            "to": form.get("to", ""),
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


def _missing(
    here: Here, form: Mapping[str, str], grounds: tuple[str, ...], *, times: Mapping[str, str]
) -> dict[str, str]:
    say, errors = here.words.say, {}
    for name in ("from", "to"):
        if form.get(name) not in times:
            errors[name] = say("form.choose_one", label=say(f"unusable.{name}"))
    if form.get("grounds") not in grounds:
        errors["grounds"] = say("form.choose_one", label=say("counter.grounds"))
    if not form.get("why"):
        errors["why"] = say("form.missing", label=say("change.why"))
    return errors


def _changes(here: Here, booking: BookingView, form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What becomes of the booking without that time, or what is wrong with it.

    At an end it begins later or ends earlier; in the middle it goes on, and what could not be used is not paid.
    """
    request, starts, ends = booking.request, form["from"], form["to"]
    lost = (starts, ends)
    if starts >= ends or request.starts is None or request.ends is None:
        return {}, {"to": here.words.say("unusable.backwards")}
    if lost == (request.starts, request.ends):
        return {}, {"to": here.words.say("unusable.all")}
    if any(first <= starts and ends <= last for first, last in request.unused):
        return {}, {"to": here.words.say("unusable.nothing")}
    if starts == request.starts:
        return {"from": ends}, {}
    return ({"to": starts} if ends == request.ends else {"unused": [*request.unused, lost]}), {}


@post(HOME, status_code=303)
async def take_out(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Show what it would cost then; with the sum that was seen, take it out."""
    require_clerk(here)
    form = await read_form(request)
    booking, rules = await open_booking(here, booking_id)
    grounds = grounds_to_shorten(rules, visit=here.visit, booking=booking)
    errors = _missing(here, form, grounds, times=dict(_times(here, rules, booking)))
    changes: dict[str, Any] = {}
    if not errors:
        changes, errors = _changes(here, booking, form)

    async def show(errors: Mapping[str, str], after: BookingView | None) -> Response[Any]:
        return await _page(here, booking, rules, form, errors=errors, after=after)

    if errors:
        return await show(errors, None)
    return await change_as_seen(
        here,
        form,
        rules=rules,
        booking_id=booking_id,
        changes=changes,
        grounds=form["grounds"],
        show=show,
        errors_of=lambda refusal: {"to": here.words.sentence(refusal)},
        flash="unusable_taken_out",
    )


ROUTES: Final = [show_unusable, take_out]
