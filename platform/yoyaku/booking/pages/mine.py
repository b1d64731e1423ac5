"""One's bookings, those that are over, one of them, and cancelling it with what goes back shown before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.billing.policy import PaymentDue
from yoyaku.booking.pages.answers import answer_rows
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.pages.schedules import ScheduleSpan, schedule_spans
from yoyaku.booking.pages.views import request_detail, request_hours, why_lines
from yoyaku.booking.policy import LIVE_STATES, ReasonMissing
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import booking_history, cancel_booking, get_booking, list_bookings, offer_cancellation
from yoyaku.booking.service.refusals import RefundChanged
from yoyaku.booking.views import BookingEvent, BookingView, CancellationOffer
from yoyaku.fee.policy import FeeLine
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.formats import deadline, long_date
from yoyaku.ui.page import Crumb
from yoyaku.ui.words import Text, Words

GROUPS: Final = (("tentative", ("tentative",)), ("confirmed", ("confirmed",)))
ENDED: Final = ("withdrawn", "cancelled", "revoked", "lapsed")


@dataclass(frozen=True, kw_only=True)
class BookingRow:
    """A booking as lists and its own page show it."""

    path: str
    number: str
    state: str
    when: str
    hours: str
    facility: Text
    space: Text
    detail: str
    lines: Sequence[FeeLine]
    yen: int
    dues: Sequence[PaymentDue]
    lapses_at: datetime | None
    phone: str | None
    todo: str | None
    channel: str
    made_at: datetime
    ended: str | None
    paid_yen: int
    kept_yen: int | None
    refund_yen: int | None
    person: str
    person_phone: str | None
    payer: str | None = None
    address: Text | None = None
    answers: Sequence[tuple[str, str]] = ()
    why: Sequence[str] = ()
    events: Sequence[Mapping[str, object]] = ()
    cancellable: bool = False
    not_cancellable: str | None = None
    schedule: Sequence[ScheduleSpan] = field(default=())


def booking_row(
    rules: ServiceRules,
    booking: BookingView,
    here: Here,
    *,
    offer: CancellationOffer | None = None,
    events: Sequence[BookingEvent] = (),
) -> BookingRow:
    """A stored booking in words; names are those of the day on which it was booked."""
    words = here.words
    live = booking.state in LIVE_STATES
    base = "/me/bookings" if here.visit.staff_id is None else "/counter/bookings"
    hours = request_hours(rules, booking.request, words)
    return BookingRow(
        path=f"{base}/{booking.booking_id}",
        number=booking.number,
        state=booking.state,
        when=f"{long_date(booking.use_on, words.language)} {hours}",
        hours=hours,
        facility=booking.facility_name,
        space=booking.space_name,
        detail=request_detail(rules, booking.request, words) if booking.space_id in rules.inventory.spaces else "",
        lines=booking.lines,
        yen=booking.total_yen,
        dues=booking.dues if live else (),
        lapses_at=booking.lapses_at if live else None,
        **_reached(rules, booking),
        todo=_todo(booking, words),
        channel=_received(rules, booking, words),
        made_at=booking.made_at,
        ended=_ended(booking, words),
        **_settled(booking),
        **_people(booking),
        answers=answer_rows(rules.booking.form, booking.form, words),
        why=why_lines(booking.trace, words),
        events=[{"at": event.at, "words": _event_words(event, words)} for event in events],
        **(_offered(offer, booking, here) if offer else {}),
    )


def _settled(booking: BookingView) -> dict[str, Any]:
    """What was paid, what of it is kept, what goes back."""
    return {"paid_yen": booking.paid_yen, "kept_yen": booking.kept_yen, "refund_yen": booking.refund_yen}


def _people(booking: BookingView) -> dict[str, Any]:
    """Whose it is, and who pays where it is somebody else."""
    return {"person": booking.contact.name, "person_phone": booking.contact.phone, "payer": booking.payer_name}


def _reached(rules: ServiceRules, booking: BookingView) -> dict[str, Any]:
    """How to reach the facility, as far as it is still there."""
    facility = rules.inventory.facilities.get(booking.facility_id)
    return {"phone": facility.phone, "address": facility.address} if facility else {}


def _offered(offer: CancellationOffer, booking: BookingView, here: Here) -> dict[str, Any]:
    """Whether the booking can be cancelled, why not, and what would come back when."""
    refused = offer.refusal if booking.state in LIVE_STATES else None
    return {
        "cancellable": offer.plan is not None,
        "not_cancellable": here.words.sentence(refused) if refused else None,
        "schedule": schedule_spans(offer.schedule, total_yen=booking.total_yen, today=here.today),
    }


def _received(rules: ServiceRules, booking: BookingView, words: Words) -> str:
    """By which channel it came, and that it was won by lot."""
    channel = channel_name(rules, booking.channel, words)
    return words.say("booking.channel_lottery", channel=channel) if booking.arose == "lottery" else channel


def channel_name(rules: ServiceRules, code: str, words: Words) -> str:
    """A channel in the words of the rule set."""
    return next((words.text(channel.name) for channel in rules.booking.channels if channel.code == code), code)


def _todo(booking: BookingView, words: Words) -> str | None:
    if booking.state == "tentative" and booking.lapses_at is not None:
        return words.say("me.todo_lapses", deadline=deadline(booking.lapses_at, words.language))
    due = next((due.due_at for due in booking.dues if due.due_at is not None), None)
    if booking.state == "confirmed" and due is not None and booking.paid_yen < booking.total_yen:
        return words.say("me.todo_pay", deadline=deadline(due, words.language))
    return None


def _ended(booking: BookingView, words: Words) -> str | None:
    if booking.ended_at is None:
        return None
    grounds = words.maybe(f"counter.grounds.{booking.grounds}") if booking.grounds else None
    said = [words.fact(booking.ended_at), grounds, booking.end_reason]
    return "　".join(text for text in said if text)


def _event_words(event: BookingEvent, words: Words) -> str:
    actor = words.maybe(f"history.by.{event.actor}") or ""
    said = [
        words.maybe(f"history.{event.kind}") or event.kind,
        event.staff_name or event.member_name or actor,
        event.why,
    ]
    return "　".join(text for text in said if text)


@get("/me/bookings")
async def show_mine(here: NamedDependency[Here]) -> Response[Any]:
    """One's bookings to come, those that need something first."""
    return await _list(here, past=False)


@get("/me/history")
async def show_history(here: NamedDependency[Here]) -> Response[Any]:
    """One's bookings that are over."""
    return await _list(here, past=True)


def to_log_in(here: Here) -> Response[None]:
    """Where nobody is logged in whose bookings these could be."""
    return here.page.go("/counter" if here.visit.staff_id else f"/login?next={here.page.path}")


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
    return here.page.show("booking/bookings.html", past=past, groups=groups, crumbs=crumbs)


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
    return here.page.show("booking/booking.html", booking=row, crumbs=crumbs)


@get("/me/bookings/{booking_id:uuid}/cancel")
async def show_cancel(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """What cancelling would do now, before one decides."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    booking = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    return _cancel_page(here, await _rules_of(here, booking), booking, {}, reason="")


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


ROUTES: Final = [show_mine, show_history, show_booking, show_cancel, do_cancel]
