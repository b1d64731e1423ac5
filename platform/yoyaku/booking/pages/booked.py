"""A stored booking in words, as lists, its own page, the counter and mails' readers see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from litestar import Response

from yoyaku.billing.policy import PaymentDue, reminder_of
from yoyaku.billing.policy.offering import is_settled_here
from yoyaku.booking.pages.answers import answer_rows
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.price import TaxInside, price_reasons, tax_inside
from yoyaku.booking.pages.schedules import ScheduleSpan, schedule_spans
from yoyaku.booking.pages.views import request_detail, request_hours, why_lines
from yoyaku.booking.policy import LIVE_STATES
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import get_booking
from yoyaku.booking.views import BookingEvent, BookingView, CancellationOffer
from yoyaku.fee.policy import FeeLine
from yoyaku.ui.formats import deadline, long_date
from yoyaku.ui.words import Text, Words


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
    pay_state: Literal["paid", "part", "late"] | None
    pay_path: str | None
    pay_elsewhere: bool
    pay_returns: bool
    remind_at: datetime | None
    person: str
    person_phone: str | None
    payer: str | None = None
    address: Text | None = None
    answers: Sequence[tuple[str, str]] = ()
    why: Sequence[str] = ()
    reasons: Sequence[str] = ()
    tax: TaxInside | None = None
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
        dues=booking.dues if live or (booking.kept_yen or 0) > booking.paid_yen else (),
        lapses_at=booking.lapses_at if live else None,
        **_reached(rules, booking),
        todo=_todo(booking, words, here.visit.now),
        channel=_received(rules, booking, words),
        made_at=booking.made_at,
        ended=_ended(booking, words),
        **_settled(rules, booking, here),
        **_people(booking),
        answers=answer_rows(rules.booking.form, booking.form, words),
        why=why_lines(booking.trace, words),
        **_explained(rules, booking, words),
        events=[{"at": event.at, "words": _event_words(event, words)} for event in events],
        **(_offered(offer, booking, here) if offer else {}),
    )


def to_log_in(here: Here) -> Response[None]:
    """Where nobody is logged in whose bookings these could be."""
    return here.page.go("/counter" if here.visit.staff_id else f"/login?next={here.page.path}")


async def open_booking(here: Here, booking_id: UUID) -> tuple[BookingView, ServiceRules]:
    """A booking that this visit may see, with the rules that it keeps.

    Raises:
        BookingNotFound: there is none of that id, or it is another's.
    """
    booking = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await here.rules_for.pinned(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    return booking, rules


def _explained(rules: ServiceRules, booking: BookingView, words: Words) -> dict[str, Any]:
    """Why the price is what it is, and the tax inside."""
    return {"reasons": price_reasons(rules, booking.trace, words), "tax": tax_inside(rules, booking.lines)}


def _settled(rules: ServiceRules, booking: BookingView, here: Here) -> dict[str, Any]:
    """What was paid, what of it is kept, what goes back; and where a resident brings it into line online.

    At a terminal that takes no payments they are told to do it elsewhere (MG-002).
    """
    owed_yen = booking.total_yen if booking.kept_yen is None else booking.kept_yen
    open_ways = any(
        due.due_at is None or here.visit.now < due.due_at or due.method in booking.paid_by
        for due in booking.dues
        if due.online
    )
    lacks = booking.paid_yen < owed_yen
    waits = open_ways and booking.paid_yen != owed_yen and here.visit.staff_id is None
    is_here = is_settled_here(rules.payment, here.visit.own_channel)
    return {
        "remind_at": _remind_at(booking, now=here.visit.now),
        "paid_yen": booking.paid_yen,
        "kept_yen": booking.kept_yen,
        "refund_yen": booking.refund_yen,
        "pay_state": _pay_state(booking, lacks=lacks, now=here.visit.now),
        "pay_path": f"/me/bookings/{booking.booking_id}/pay" if waits and is_here else None,
        "pay_elsewhere": waits and not is_here,
        "pay_returns": waits and not lacks,
    }


def _pay_state(booking: BookingView, *, lacks: bool, now: datetime) -> Literal["paid", "part", "late"] | None:
    """How it stands with the payment; of what is not paid at all, only that its last day has passed."""
    if booking.paid_yen:
        return "part" if lacks else "paid"
    over = [due.due_at is not None and due.due_at <= now for due in booking.dues]
    return "late" if lacks and over and all(over) and booking.state in {"confirmed", "used"} else None


def _remind_at(booking: BookingView, *, now: datetime) -> datetime | None:
    """When whoever has not paid is going to be reminded; nothing where that is over."""
    remind_at = reminder_of(booking.dues) if booking.state in LIVE_STATES else None
    is_owed = booking.paid_yen < booking.total_yen
    return remind_at if is_owed and remind_at is not None and now < remind_at else None


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


def _todo(booking: BookingView, words: Words, now: datetime) -> str | None:
    if booking.state == "tentative" and booking.lapses_at is not None:
        if booking.lapses_at <= now:  # it stands only because a payment is not decided yet
            return words.say("me.todo_result")
        return words.say("me.todo_lapses", deadline=deadline(booking.lapses_at, words.language))
    if any(due.collect_on is not None for due in booking.dues):
        return None  # a bank debits it: nothing is to be done
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
