"""What changes something: submitting, cancelling, changing. Each is one transaction."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, patch, post
from litestar.params import Body, Parameter

from yoyaku.booking.api.reading import told
from yoyaku.booking.api.shapes import (
    ApplicationIn,
    ApplicationOut,
    BookingOut,
    CancellationIn,
    ChangeIn,
    QuoteIn,
    QuoteOut,
    booking_out,
    quoted,
)
from yoyaku.booking.pages.here import Here
from yoyaku.booking.service import (
    QuotedItem,
    cancel_booking,
    change_booking,
    get_booking,
    quote_application,
    submit_application,
)

Key = Annotated[
    str | None,
    Parameter(
        header="Idempotency-Key",
        min_length=8,
        max_length=200,
        description="Made by the client, once for each submission: sent again, it gives the first answer again.",
    ),
]


@post("/quotes", status_code=200, summary="What it would cost", tags=["Bookings"])
async def quote(here: Here, data: Annotated[QuoteIn, Body(description="Items to price")]) -> list[QuoteOut]:
    """Say for each item what it would become and cost, or why it is refused; nothing is held."""
    items = [item.request() for item in data.items]
    rules = await here.rules(items[0].use_on)
    found = await quote_application(here.conn, visit=here.visit, rules=rules, items=items, form=data.form)
    return [_answer(here, one) for one in found]


def _answer(here: Here, one: QuotedItem) -> QuoteOut:
    if one.plan is not None:
        return quoted(one.plan)
    return QuoteOut(refusal=None if one.refusal is None else told(here, one.refusal))


@post("/applications", status_code=201, summary="Book", tags=["Bookings"])
async def submit(
    here: Here,
    data: Annotated[ApplicationIn, Body(description="What to book; all items or none")],
    key: Key = None,
) -> Response[ApplicationOut]:
    """Book all items or none. 201 with the bookings; 200 where the same key has made them before."""
    items = [item.request() for item in data.items]
    made = await submit_application(
        here.conn,
        visit=here.visit,
        rules=await here.rules(items[0].use_on),
        items=items,
        form=data.form,
        accepted_terms=data.accepted_terms,
        idempotency_key=key,
    )
    body = ApplicationOut(
        application_id=made.application_id,
        repeated=made.repeated,
        bookings=[booking_out(one) for one in made.bookings],
    )
    return Response(body, status_code=200 if made.repeated else 201)


@post("/bookings/{booking_id:uuid}/cancellation", status_code=200, summary="Cancel", tags=["Bookings"])
async def cancel(here: Here, booking_id: UUID, data: CancellationIn) -> BookingOut:
    """End a booking by the rules under which it was made."""
    seen = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await here.rules_for.pinned(version=seen.rule_set_version, inventory_version=seen.inventory_version)
    ended = await cancel_booking(
        here.conn,
        visit=here.visit,
        rules=rules,
        booking_id=booking_id,
        reason=data.reason,
        expected_refund_yen=data.expected_refund_yen,
    )
    return booking_out(ended)


@patch("/bookings/{booking_id:uuid}", summary="Change", tags=["Bookings"])
async def change(here: Here, booking_id: UUID, data: ChangeIn) -> BookingOut:
    """Change what the rules let be changed; the price follows."""
    seen = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await here.rules_for.pinned(version=seen.rule_set_version, inventory_version=seen.inventory_version)
    return booking_out(
        await change_booking(here.conn, visit=here.visit, rules=rules, booking_id=booking_id, changes=data.changes())
    )


ACTING = [quote, submit, cancel, change]
