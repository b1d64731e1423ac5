"""What changes something: submitting, cancelling, changing. Each is one transaction."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.params import FromPath, HeaderParameter, JSONBody

from yoyaku.booking.api import examples
from yoyaku.booking.api.answers import application_out, booking_out, offer_out, quote_out
from yoyaku.booking.api.caller import By, DateOutOfReach, DifferentRules
from yoyaku.booking.api.shapes import ApplicationOut, BookingOut, CancellationOut, QuoteOut
from yoyaku.booking.api.wishes import ApplicationIn, CancellationIn, ChangeIn, QuoteIn
from yoyaku.booking.service import (
    BookingNotFound,
    KeyUsedBefore,
    RefundChanged,
    cancel_booking,
    change_booking,
    get_booking,
    offer_cancellation,
    quote_application,
    remove_from_cart,
    submit_application,
)
from yoyaku.registration.api import ANYBODY, BEARER, NotLoggedIn
from yoyaku.ui.problem import answers, shown

Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=200,
        description=(
            "Made by the client, once for each submission (a UUID). Sent again with the same submission, the first "
            "answer comes again with status 200 and nothing is booked twice; with another submission it is refused."
        ),
    ),
]
MADE: Final = {
    201: shown(ApplicationOut, *examples.APPLICATION, says="Booked."),
    200: shown(ApplicationOut, *examples.REPEATED, says="The same key has made these before."),
}


@post(
    "/quotes",
    status_code=200,
    summary="What it would cost",
    tags=["Bookings"],
    security=ANYBODY,
    responses=answers(
        shown(list[QuoteOut], *examples.QUOTES, says="For each item its price and state, or its refusal."),
        NotLoggedIn(),
        DifferentRules(),
        DateOutOfReach(first_year=2000, last_year=2099),
    ),
)
async def quote(caller: By, data: JSONBody[QuoteIn]) -> list[QuoteOut]:
    """Say for each item what it would become and cost, or why it is refused; nothing is held."""
    items = [item.request() for item in data.items]
    rules = await caller.rules_for_all(items)
    found = await quote_application(caller.conn, visit=caller.visit, rules=rules, items=items, form=data.form)
    return [quote_out(caller, one) for one in found]


@post(
    "/applications",
    status_code=201,
    summary="Book",
    tags=["Bookings"],
    security=BEARER,
    responses=answers(
        MADE,
        NotLoggedIn(),
        *examples.REFUSALS,
        DifferentRules(),
        KeyUsedBefore(key="0c6e5d0e"),
        DateOutOfReach(first_year=2000, last_year=2099),
    ),
)
async def submit(caller: By, data: JSONBody[ApplicationIn], key: Key = None) -> Response[ApplicationOut]:
    """Book all items or none. 201 with the bookings; 200 where the same key has made them before."""
    caller.require_login()
    items = [item.request() for item in data.items]
    made = await submit_application(
        caller.conn,
        visit=caller.visit,
        rules=await caller.rules_for_all(items),
        items=items,
        form=data.form,
        accepted_terms=data.accepted_terms,
        idempotency_key=key,
    )
    if data.from_cart:
        await remove_from_cart(caller.conn, visit=caller.visit, items=data.from_cart)
    return Response(application_out(made), status_code=200 if made.repeated else 201)


@get(
    "/bookings/{booking_id:uuid}/cancellation",
    summary="What cancelling would return",
    tags=["Bookings"],
    security=BEARER,
    responses=answers(
        shown(CancellationOut, *examples.OFFER, says="What cancelling does now and on each later day."),
        NotLoggedIn(),
        BookingNotFound(),
    ),
)
async def read_cancellation(caller: By, booking_id: FromPath[UUID]) -> CancellationOut:
    """Say what cancelling would do now and on each later day, by the code that later does it."""
    caller.require_login()
    booking = await get_booking(caller.conn, visit=caller.visit, booking_id=booking_id)
    return offer_out(caller, offer_cancellation(await caller.pinned(booking), visit=caller.visit, booking=booking))


@post(
    "/bookings/{booking_id:uuid}/cancellation",
    status_code=200,
    summary="Cancel",
    tags=["Bookings"],
    security=BEARER,
    responses=answers(
        shown(BookingOut, *examples.CANCELLED, says="The booking, ended."),
        NotLoggedIn(),
        BookingNotFound(),
        examples.NOT_CANCELLABLE,
        RefundChanged(expected_yen=1200, refund_yen=600),
    ),
)
async def cancel(caller: By, booking_id: FromPath[UUID], data: JSONBody[CancellationIn]) -> BookingOut:
    """End a booking by the rules under which it was made."""
    caller.require_login()
    seen = await get_booking(caller.conn, visit=caller.visit, booking_id=booking_id)
    ended = await cancel_booking(
        caller.conn,
        visit=caller.visit,
        rules=await caller.pinned(seen),
        booking_id=booking_id,
        reason=data.reason,
        expected_refund_yen=data.expected_refund_yen,
    )
    return booking_out(ended)


@patch(
    "/bookings/{booking_id:uuid}",
    summary="Change",
    tags=["Bookings"],
    security=BEARER,
    responses=answers(
        shown(BookingOut, *examples.BOOKING, says="The booking as it now stands."),
        NotLoggedIn(),
        BookingNotFound(),
        examples.NOT_CHANGEABLE,
    ),
)
async def change(caller: By, booking_id: FromPath[UUID], data: JSONBody[ChangeIn]) -> BookingOut:
    """Change what the rules let be changed; the price follows."""
    caller.require_login()
    seen = await get_booking(caller.conn, visit=caller.visit, booking_id=booking_id)
    changed = await change_booking(
        caller.conn,
        visit=caller.visit,
        rules=await caller.pinned(seen),
        booking_id=booking_id,
        changes=data.changes(),
        why=data.why,
    )
    return booking_out(changed)


ACTING: Final = [quote, submit, read_cancellation, cancel, change]
