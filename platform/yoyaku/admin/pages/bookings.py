"""The counter: find a booking, book on behalf, confirm, revoke for rain, print the day's sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.admin.service.counter import (
    WalkIn,
    begin_serving,
    clerk_channels,
    look_up_bookings,
    look_up_people,
    take_walk_in,
)
from yoyaku.booking.pages.here import Here, read_date, read_number
from yoyaku.booking.pages.mine import booking_row
from yoyaku.booking.pages.places import facility_choices
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import (
    booking_history,
    confirm_booking,
    day_sheet,
    get_booking,
    revoke_booking,
)
from yoyaku.booking.views import BookingView
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.pages import BEHALF_COOKIE
from yoyaku.registration.policy import COUNTER_CLERK, RoleMissing
from yoyaku.ui.page import Crumb


def _require_clerk(here: Here) -> None:
    if here.visit.actor != "clerk":
        raise RoleMissing(role=COUNTER_CLERK)


def _crumbs(here: Here, *labels: str) -> list[Crumb]:
    first = Crumb(label=here.words.say("counter.title"), path="/counter" if labels else None)
    return [first, *(Crumb(label=label) for label in labels)]


@get("/counter")
async def show_counter(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The console's first page, with what was searched for."""
    if here.visit.account_id is None:
        return here.page.go("/login?next=/counter")
    if here.visit.staff_id is not None and here.visit.actor != "clerk":
        return here.page.go("/counter/log")  # staff without bookings read the record
    _require_clerk(here)
    query = request.query_params.get("q", "").strip()
    rules = await here.rules()
    found = await look_up_bookings(here.conn, visit=here.visit, query=query) if query else None
    return here.page.show(
        "admin/counter.html",
        query=query,
        facility_choices=facility_choices(rules, here.words),
        today=here.today.isoformat(),
        found=None if found is None else [booking_row(rules, booking, here) for booking in found],
        crumbs=_crumbs(here),
    )


@get("/counter/sheet")
async def show_sheet(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Who uses a facility on a day."""
    _require_clerk(here)
    rules, words = await here.rules(), here.words
    code = request.query_params.get("facility", "")
    facility = rules.inventory.facility(code)
    day = read_date(request.query_params.get("day")) or here.today
    rows = await day_sheet(here.conn, visit=here.visit, facility=code, day=day)

    def link(days: int) -> str:
        return here.page.url("/counter/sheet", facility=code, day=(day + timedelta(days=days)).isoformat())

    return here.page.show(
        "admin/sheet.html",
        facility=facility.name,
        day=day,
        rows=[booking_row(rules, booking, here) for booking in rows],
        previous=link(-1),
        previous_label=words.say("day.previous"),
        next=link(1),
        next_label=words.say("day.next"),
        crumbs=_crumbs(here, words.say("counter.day_sheet")),
    )


@get("/counter/behalf")
async def show_behalf(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Whom to book for, and how they came."""
    _require_clerk(here)
    return await _behalf_page(here, request.query_params.get("person", "").strip(), {})


async def _behalf_page(
    here: Here, query: str, errors: Mapping[str, str], typed: Mapping[str, Any] | None = None
) -> Response[Any]:
    rules, words = await here.rules(), here.words
    people = []
    if query:
        rows = await look_up_people(here.conn, visit=here.visit, rules=rules, query=query)
        people = [(str(row.registrant_id), _person_words(row)) for row in rows]
    blank = {"registrant": people[0][0] if len(people) == 1 else "", "channel": "", "name": "", "phone": ""}
    return here.page.show(
        "admin/behalf.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        query=query,
        people=people,
        channels=_channels(here, rules),
        form={**blank, **(typed or {})},
        errors=errors,
        walk_in=True,
        crumbs=_crumbs(here, words.say("counter.book_for")),
    )


def _person_words(row: Any) -> str:  # noqa: ANN401 (a registrant's row)
    said = [row.name, f"（{row.kana}）" if row.kana else "", row.login_id or "", row.phone or ""]
    return "　".join(text for text in said if text)


def _channels(here: Here, rules: ServiceRules) -> list[tuple[str, str]]:
    return [(code, here.words.text(name)) for code, name in clerk_channels(rules).items()]


@post("/counter/behalf", status_code=303)
async def begin_behalf(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """From here on, enter for this person by this channel."""
    _require_clerk(here)
    form = await request.form()
    registrant, channel = str(form.get("registrant", "")), str(form.get("channel", ""))
    rules = await here.rules()
    errors = _behalf_errors(here, rules, registrant, channel)
    if errors:
        typed = {name: text for name, text in (("registrant", registrant), ("channel", channel)) if text}
        return await _behalf_page(here, str(form.get("person", "")).strip(), errors, typed)
    await begin_serving(here.conn, visit=here.visit, rules=rules, registrant_id=_need_id(registrant), channel=channel)
    return _entering(here, registrant, channel)


def _need_id(text: str) -> UUID:
    """Read an id that a form of ours sent; whoever made it up finds nobody."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(what="registrant") from None


def _behalf_errors(here: Here, rules: ServiceRules, registrant: str, channel: str) -> dict[str, str]:
    words, errors = here.words, {}
    if not registrant:
        errors["registrant"] = words.say("form.choose_one", label=words.say("counter.person"))
    if channel not in dict(_channels(here, rules)):
        errors["channel"] = words.say("form.choose_one", label=words.say("booking.channel"))
    return errors


def _entering(here: Here, registrant: str, channel: str) -> Response[Any]:
    here.page.remember(BEHALF_COOKIE, f"{registrant}.{channel}")
    return here.page.go("/search")


@post("/counter/walk-in", status_code=303)
async def begin_walk_in(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Enter for somebody without a registration, by name and telephone number; the rules say what they may book."""
    _require_clerk(here)
    form = await request.form()
    name, phone = str(form.get("name", "")).strip(), str(form.get("phone", "")).strip()
    channel = str(form.get("channel", ""))
    errors = _behalf_errors(here, await here.rules(), "new", channel)
    if not name or not phone:
        key = "person.name" if not name else "person.phone"
        errors[key.removeprefix("person.")] = here.words.say("form.missing", label=here.words.say(key))
    if errors:
        return await _behalf_page(here, "", errors, {"name": name, "phone": phone, "channel": channel})
    registrant = await take_walk_in(here.conn, visit=here.visit, person=WalkIn(name=name, phone=phone))
    return _entering(here, str(registrant), channel)


@post("/counter/behalf/end", status_code=303)
async def end_behalf(here: NamedDependency[Here]) -> Response[Any]:
    """Enter for nobody any more."""
    here.page.forget(BEHALF_COOKIE)
    return here.page.go("/counter", flash="behalf_ended")


async def _opened(here: Here, booking_id: UUID) -> tuple[BookingView, ServiceRules]:
    booking = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await here.rules_for.pinned(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    return booking, rules


@get("/counter/bookings/{booking_id:uuid}")
async def show_booking(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """One booking, with what the counter may do with it."""
    _require_clerk(here)
    return await _booking_page(here, booking_id, {})


async def _booking_page(
    here: Here, booking_id: UUID, errors: Mapping[str, str], form: Mapping[str, Any] | None = None
) -> Response[Any]:
    booking, rules = await _opened(here, booking_id)
    events = await booking_history(here.conn, visit=here.visit, booking_id=booking_id)
    grounds = dict.fromkeys(code for entry in rules.booking.cancellation for code in entry.grounds)
    typed = form or {}
    return here.page.show(
        "admin/counter_booking.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        booking=booking_row(rules, booking, here, events=events),
        grounds=[(code, here.words.maybe(f"counter.grounds.{code}") or code) for code in grounds],
        form={
            "fee_taken_yen": typed.get("fee_taken_yen", booking.total_yen - booking.paid_yen),
            "grounds": typed.get("grounds", ""),
        },
        errors=errors,
        crumbs=_crumbs(here, booking.number),
    )


@post("/counter/bookings/{booking_id:uuid}/confirm", status_code=303)
async def confirm(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Make it final: documents seen, fee taken."""
    _require_clerk(here)
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
    _require_clerk(here)
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
    show_sheet,
    show_behalf,
    begin_behalf,
    begin_walk_in,
    end_behalf,
    show_booking,
    confirm,
    revoke,
]
