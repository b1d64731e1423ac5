"""From the values of services to what the API gives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from yoyaku.billing.policy import PaymentDue
from yoyaku.booking.api.caller import Caller
from yoyaku.booking.api.shapes import (
    ApplicationOut,
    BookingOut,
    CancellationOut,
    CartItemOut,
    DrawnOut,
    DueOut,
    EventOut,
    LineOut,
    QuoteOut,
    ScheduleOut,
)
from yoyaku.booking.drawn import DrawnQuote
from yoyaku.booking.policy import BookingPlan, BookingRequest, ScheduleRow
from yoyaku.booking.views import Application, BookingEvent, BookingView, CancellationOffer, CartItem, QuotedItem
from yoyaku.fee.policy import FeeLine
from yoyaku.rules.trace import Trace, trace_to_json
from yoyaku.ui.problem import ClauseUsed


def application_out(made: Application) -> ApplicationOut:
    """A submission with its bookings."""
    return ApplicationOut(
        application_id=made.application_id,
        repeated=made.repeated,
        bookings=[booking_out(one) for one in made.bookings],
    )


_OF_BOOKING: Final = (
    "booking_id", "application_id", "number", "state", "facility_name", "space_name", "channel", "arose", "made_at",
    "lapses_at", "confirmed_at", "ended_at", "total_yen", "paid_yen", "kept_yen", "refund_yen", "rule_set_version",
    "inventory_version",
)  # fmt: skip
_OF_REQUEST: Final = (
    "facility", "space", "use_on", "bands", "nights", "surfaces", "unit", "activity", "guests", "preferences",
    "equipment", "lent", "form",
)  # fmt: skip


def booking_out(booking: BookingView) -> BookingOut:
    """A stored booking."""
    return BookingOut(
        **{name: getattr(booking, name) for name in _OF_BOOKING},
        **{name: getattr(booking.request, name) for name in _OF_REQUEST},
        starts_at=booking.period.starts_at,
        ends_at=booking.period.ends_at,
        lines=_lines(booking.lines),
        dues=dues_out(booking.dues),
        reasons=_reasons(booking.trace),
    )


def quote_out(caller: Caller, one: QuotedItem | CartItem) -> QuoteOut:
    """What an item would become and cost, or which lottery draws it, or its refusal in words."""
    if one.drawn is not None:
        return _drawn(one.drawn)
    if one.plan is None:
        return QuoteOut(refusal=caller.told(one.refusal))
    return _planned(one.plan)


def _drawn(drawn: DrawnQuote) -> QuoteOut:
    day = drawn.day
    return QuoteOut(
        drawn=DrawnOut(name=day.name, closes_at=day.closes_at, announces_at=day.announces_at),
        total_yen=drawn.quote.total_yen,
        lines=_lines(drawn.quote.lines),
        reasons=_reasons(drawn.trace),
    )


def _planned(plan: BookingPlan) -> QuoteOut:
    return QuoteOut(
        state=plan.state,
        starts_at=plan.period.starts_at,
        ends_at=plan.period.ends_at,
        total_yen=plan.quote.total_yen,
        lines=_lines(plan.quote.lines),
        dues=dues_out(plan.payment),
        lapses_at=plan.lapses_at,
        reasons=_reasons(plan.trace),
    )


def cart_item_out(caller: Caller, item: CartItem) -> CartItemOut:
    """A wish in the cart, as it stands now."""
    return CartItemOut(
        item_id=item.item_id, added_at=item.added_at, wish=_wish(item.request), quote=quote_out(caller, item)
    )


def _wish(request: BookingRequest) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(request)
    return {name: value for name, value in told.items() if value not in (None, [], (), {})}


def event_out(event: BookingEvent) -> EventOut:
    """An act on a booking."""
    return EventOut(
        kind=event.kind,
        at=event.at,
        actor=event.actor,
        staff_name=event.staff_name,
        why=event.why,
        facts=event.facts,
    )


def offer_out(caller: Caller, offer: CancellationOffer) -> CancellationOut:
    """What cancelling would do, or why it is refused."""
    schedule = [_schedule(row) for row in offer.schedule]
    plan = offer.plan
    if plan is None:
        return CancellationOut(possible=False, refusal=caller.told(offer.refusal), schedule=schedule)
    return CancellationOut(
        possible=True,
        ends_as=plan.ends_as,
        refund_yen=plan.refund_yen,
        kept_yen=plan.kept_yen,
        until=plan.until,
        bans_same_slot=plan.bans_same_slot,
        schedule=schedule,
    )


def _schedule(row: ScheduleRow) -> ScheduleOut:
    return ScheduleOut(
        from_date=row.from_date,
        to_date=row.to_date,
        percent=row.percent,
        refund_yen=row.refund_yen,
        kept_yen=row.kept_yen,
    )


def _lines(lines: Iterable[FeeLine]) -> list[LineOut]:
    return [LineOut(code=line.code, name=line.name, yen=line.yen, tax=line.tax) for line in lines]


def dues_out(dues: Iterable[PaymentDue]) -> list[DueOut]:
    """The ways of payment with their due dates."""
    return [
        DueOut(method=due.method, name=due.name, due_at=due.due_at, online=due.online, remind_at=due.remind_at)
        for due in dues
    ]


def _reasons(trace: Trace) -> list[ClauseUsed]:
    return [ClauseUsed(**use) for use in trace_to_json(trace)]
