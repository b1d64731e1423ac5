"""The counter: find a booking, confirm, revoke for rain, print the day's sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.admin.pages.changes import is_changed_here
from yoyaku.admin.pages.desk import ways
from yoyaku.admin.pages.hub import show_hub
from yoyaku.admin.pages.queues import my_queues
from yoyaku.admin.pages.serving import ROUTES as SERVING
from yoyaku.admin.pages.serving import counter_crumbs, purpose_asked, require_clerk
from yoyaku.admin.service.counter import look_up_bookings
from yoyaku.booking.pages.booked import booking_row
from yoyaku.booking.pages.here import Here, read_date, read_number
from yoyaku.booking.pages.places import facility_choices
from yoyaku.booking.pages.relief import relief_part
from yoyaku.booking.policy import LIVE_STATES
from yoyaku.booking.repository.no_shows import read_no_shows
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import (
    booking_history,
    confirm_booking,
    day_sheet,
    get_booking,
    offer_cancellation,
    revoke_booking,
)
from yoyaku.booking.service.changing import grounds_to_shorten
from yoyaku.booking.service.no_shows import may_be_missed
from yoyaku.booking.service.receipts import receipts_of_booking
from yoyaku.booking.views import BookingView
from yoyaku.kernel.errors import YoyakuError


@get("/counter")
async def show_counter(here: NamedDependency[Here]) -> Response[Any]:
    """The console's first page."""
    if here.visit.account_id is None:
        return here.page.go("/login?next=/counter")
    if here.visit.staff_id is not None and here.visit.actor != "clerk":
        return await show_hub(here)  # staff without bookings have no desk
    require_clerk(here)
    return await _counter_page(here, "")


@post("/counter", status_code=200)
async def find_booking(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The bookings that fit what was typed; no name stands in an address."""
    require_clerk(here)
    if not here.visit.purpose:
        return here.page.go("/counter")  # which asks for what first
    return await _counter_page(here, str((await request.form()).get("q", "")).strip())


async def _counter_page(here: Here, query: str) -> Response[Any]:
    rules = await here.rules()
    found = await look_up_bookings(here.conn, visit=here.visit, query=query) if query else None
    return here.page.show(
        "admin/counter.html",
        query=query,
        **purpose_asked(here),
        facility_choices=[one for one in facility_choices(rules, here.words) if here.visit.reaches(one[0])],
        today=here.today.isoformat(),
        found=None if found is None else [booking_row(rules, booking, here) for booking in found],
        queues=await my_queues(here),
        ways=ways(here),
        crumbs=counter_crumbs(here),
    )


@get("/counter/sheet")
async def show_sheet(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Who uses a facility on a day."""
    require_clerk(here)
    rules, words = await here.rules(), here.words
    code = request.query_params.get("facility", "")
    facility = rules.inventory.facility(code)
    day = read_date(request.query_params.get("day")) or here.today
    rows = await day_sheet(here.conn, visit=here.visit, facility=code, day=day)

    missed = await read_no_shows(here.conn, visit=here.visit, booking_ids=[one.booking_id for one in rows])

    def link(days: int) -> str:
        return here.page.url("/counter/sheet", facility=code, day=(day + timedelta(days=days)).isoformat())

    return here.page.show(
        "admin/sheet.html",
        facility=facility.name,
        day=day,
        rows=[booking_row(rules, booking, here) for booking in rows],
        missed={f"/counter/bookings/{one}" for one in missed},
        previous=link(-1),
        previous_label=words.say("day.previous"),
        next=link(1),
        next_label=words.say("day.next"),
        crumbs=counter_crumbs(here, words.say("counter.day_sheet")),
    )


async def _opened(here: Here, booking_id: UUID) -> tuple[BookingView, ServiceRules]:
    booking = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await here.rules_for.pinned(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    return booking, rules


@get("/counter/bookings/{booking_id:uuid}")
async def show_booking(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """One booking, with what the counter may do with it."""
    require_clerk(here)
    return await _booking_page(here, booking_id, {})


async def _booking_page(
    here: Here, booking_id: UUID, errors: Mapping[str, str], form: Mapping[str, Any] | None = None
) -> Response[Any]:
    booking, rules = await _opened(here, booking_id)
    events = await booking_history(here.conn, visit=here.visit, booking_id=booking_id)
    offer = offer_cancellation(rules, visit=here.visit, booking=booking) if booking.state in LIVE_STATES else None
    grounds = dict.fromkeys(code for entry in rules.booking.cancellation for code in entry.grounds)
    typed = form or {}
    return here.page.show(
        "admin/counter_booking.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        booking=booking_row(rules, booking, here, offer=offer, events=events),
        grounds=[(code, here.words.maybe(f"counter.grounds.{code}") or code) for code in grounds],
        form={
            "fee_taken_yen": typed.get("fee_taken_yen", booking.total_yen - booking.paid_yen),
            "grounds": typed.get("grounds", ""),
        },
        errors=errors,
        may_be_missed=may_be_missed(here.visit, booking),
        may_change=booking.state in LIVE_STATES and is_changed_here(here, booking, rules),
        may_shorten=bool(grounds_to_shorten(rules, visit=here.visit, booking=booking)),
        is_missed=bool(await read_no_shows(here.conn, visit=here.visit, booking_ids=[booking_id])),
        has_receipts=bool(await receipts_of_booking(here.conn, visit=here.visit, rules=rules, booking=booking)),
        **await relief_part(here, rules, booking),
        crumbs=counter_crumbs(here, booking.number),
    )


@post("/counter/bookings/{booking_id:uuid}/confirm", status_code=303)
async def confirm(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Make it final: documents seen, fee taken."""
    require_clerk(here)
    form = await request.form()
    taken = read_number(str(form.get("fee_taken_yen", "")))
    if taken is None:
        errors = {"fee_taken_yen": here.words.say("form.not_a_number", label=here.words.say("counter.fee_taken"))}
        return await _booking_page(here, booking_id, errors, form)
    _, rules = await _opened(here, booking_id)
    try:
        await confirm_booking(
            here.conn,
            visit=here.visit,
            rules=rules,
            booking_id=booking_id,
            documents_seen=bool(form.get("documents_seen")),
            fee_taken_yen=taken,
            why=str(form.get("note", "")).strip() or None,
        )
    except YoyakuError as refusal:
        return await _booking_page(here, booking_id, {"fee_taken_yen": here.words.sentence(refusal)}, form)
    return here.page.go(f"/counter/bookings/{booking_id}", flash="confirmed")


@post("/counter/bookings/{booking_id:uuid}/revoke", status_code=303)
async def revoke(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """End it without charge, on the city's grounds."""
    require_clerk(here)
    form = await request.form()
    _, rules = await _opened(here, booking_id)
    try:
        await revoke_booking(
            here.conn,
            visit=here.visit,
            rules=rules,
            booking_id=booking_id,
            grounds=str(form.get("grounds", "")),
            why=str(form.get("why", "")),
        )
    except YoyakuError as refusal:
        return await _booking_page(here, booking_id, {"why": here.words.sentence(refusal)}, form)
    return here.page.go(f"/counter/bookings/{booking_id}", flash="revoked")


ROUTES: Final = [
    show_counter,
    find_booking,
    *SERVING,
    show_sheet,
    show_booking,
    confirm,
    revoke,
]
