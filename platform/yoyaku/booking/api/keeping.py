"""What belongs to whoever is logged in: their bookings and their cart."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody, Parameter

from yoyaku.booking.api import examples
from yoyaku.booking.api.answers import application_out, booking_out, cart_item_out, event_out
from yoyaku.booking.api.caller import By, Caller, DateOutOfReach, DifferentRules
from yoyaku.booking.api.shapes import ApplicationOut, BookingOut, CartItemOut, EventOut
from yoyaku.booking.api.wishes import CartIn
from yoyaku.booking.service import (
    Application,
    BookingNotFound,
    add_to_cart,
    application_bookings,
    booking_history,
    cart_items,
    get_booking,
    list_bookings,
    remove_from_cart,
)
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.api import BEARER, NotLoggedIn
from yoyaku.registration.policy import RoleMissing
from yoyaku.ui.problem import answers, shown


@get(
    "/bookings",
    summary="My bookings",
    tags=["Bookings"],
    security=BEARER,
    responses=answers(
        shown(list[BookingOut], *examples.BOOKINGS, says="In order of use."),
        NotLoggedIn(),
        RoleMissing(role="resident"),
    ),
)
async def list_mine(
    caller: By,
    *,
    past: Annotated[bool, Parameter(description="Those whose time is over")] = False,
) -> list[BookingOut]:
    """List the bookings of whoever is logged in; a clerk, who has none, asks under ``/counter/bookings``."""
    _require_resident(caller)
    return [booking_out(one) for one in await list_bookings(caller.conn, visit=caller.visit, past=past)]


@get(
    "/bookings/{booking_id:uuid}",
    summary="One booking",
    tags=["Bookings"],
    security=BEARER,
    responses=answers(shown(BookingOut, *examples.BOOKING, says="The booking."), NotLoggedIn(), BookingNotFound()),
)
async def read_one(caller: By, booking_id: FromPath[UUID]) -> BookingOut:
    """Give one of one's own bookings; for a clerk, any of the service."""
    caller.require_login()
    return booking_out(await get_booking(caller.conn, visit=caller.visit, booking_id=booking_id))


@get(
    "/bookings/{booking_id:uuid}/events",
    summary="What happened to a booking",
    tags=["Bookings"],
    security=BEARER,
    responses=answers(
        shown(list[EventOut], *examples.EVENTS, says="The oldest first."), NotLoggedIn(), BookingNotFound()
    ),
)
async def read_events(caller: By, booking_id: FromPath[UUID]) -> list[EventOut]:
    """Say who did what with the booking, when and why."""
    caller.require_login()
    found = await booking_history(caller.conn, visit=caller.visit, booking_id=booking_id)
    return [event_out(one) for one in found]


@get(
    "/applications/{application_id:uuid}",
    summary="One submission",
    tags=["Bookings"],
    security=BEARER,
    responses=answers(
        shown(ApplicationOut, *examples.APPLICATION, says="The bookings that it made, as they stand."),
        NotLoggedIn(),
        BookingNotFound(),
    ),
)
async def read_application(caller: By, application_id: FromPath[UUID]) -> ApplicationOut:
    """Give the bookings of one of one's own submissions; for a clerk, of any of the service."""
    caller.require_login()
    found = await application_bookings(caller.conn, visit=caller.visit, application_id=application_id)
    return application_out(Application(application_id=application_id, bookings=found))


@get(
    "/cart",
    summary="My cart",
    tags=["Cart"],
    security=BEARER,
    responses=answers(
        shown(list[CartItemOut], *examples.CART, says="The wishes and what they would become now."), NotLoggedIn()
    ),
)
async def read_cart(caller: By) -> list[CartItemOut]:
    """Give the cart as it stands: it holds nothing, so what somebody took meanwhile carries its refusal."""
    caller.require_login()
    found = await cart_items(caller.conn, visit=caller.visit, rules=await caller.rules())
    return [cart_item_out(caller, one) for one in found]


@post(
    "/cart",
    status_code=201,
    summary="Put into the cart",
    tags=["Cart"],
    security=BEARER,
    responses=answers(
        {201: shown(list[CartItemOut], *examples.CART, says="The whole cart as it stands now.")},
        NotLoggedIn(),
        *examples.CART_REFUSALS,
        DifferentRules(),
        DateOutOfReach(first_year=2000, last_year=2099),
    ),
)
async def add(caller: By, data: JSONBody[CartIn]) -> list[CartItemOut]:
    """Put wishes into the cart, all or none; sent twice they are in it once."""
    caller.require_login()
    items = [item.request() for item in data.items]
    rules = await caller.rules_for_all(items)
    await add_to_cart(caller.conn, visit=caller.visit, rules=rules, items=items)
    found = await cart_items(caller.conn, visit=caller.visit, rules=await caller.rules())
    return [cart_item_out(caller, one) for one in found]


@delete(
    "/cart/{item_id:uuid}",
    summary="Take out of the cart",
    tags=["Cart"],
    security=BEARER,
    responses=answers(
        {204: shown(None, says="It is not in the cart (any more).")}, NotLoggedIn(), NotFound(what="address")
    ),
)
async def remove(caller: By, item_id: FromPath[UUID]) -> None:
    """Take one wish out of the cart; one that is not in it is no fault."""
    caller.require_login()
    await remove_from_cart(caller.conn, visit=caller.visit, items=[item_id])


def _require_resident(caller: Caller) -> None:
    caller.require_login()
    if caller.visit.actor == "clerk":
        raise RoleMissing(role="resident")


KEEPING: Final = [list_mine, read_one, read_events, read_application, read_cart, add, remove]
