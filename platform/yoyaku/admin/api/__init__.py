"""The counter for clerks' programs: find, book on behalf, confirm, revoke for rain, the day's sheet.

Every act leaves an entry with who and why, as on the counter's pages.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import to_builtins

from yoyaku.admin.api.shapes import (
    FOUND_SHOWN,
    PERSON_SHOWN,
    ConfirmationIn,
    CounterBookingOut,
    OnBehalfIn,
    PersonOut,
    RevocationIn,
    SearchIn,
    WalkInIn,
    counter_booking_out,
    person_out,
)
from yoyaku.admin.service.counter import (
    NotAClerksChannel,
    WalkIn,
    look_up_bookings,
    look_up_people,
    require_clerk,
    serve,
    take_walk_in,
)
from yoyaku.admin.service.looking import PurposeMissing, read_purpose
from yoyaku.booking.api import examples
from yoyaku.booking.api.acting import MADE, Key
from yoyaku.booking.api.answers import application_out, booking_out
from yoyaku.booking.api.caller import By, Caller, DateOutOfReach, DifferentRules, near
from yoyaku.booking.api.shapes import ApplicationOut, BookingOut
from yoyaku.booking.policy import FeeOutstanding, NotConfirmable
from yoyaku.booking.service import (
    BookingNotFound,
    DocumentsNotSeen,
    KeyUsedBefore,
    WhyMissing,
    confirm_booking,
    day_sheet,
    get_booking,
    revoke_booking,
    submit_application,
)
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import UnknownSpace
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.api import BEARER, NotLoggedIn
from yoyaku.registration.policy import RoleMissing
from yoyaku.registration.service import get_registrant
from yoyaku.ui.problem import answers, shown

NO_CLERK: Final = (NotLoggedIn(), RoleMissing(role="counter_clerk"))
"""What everybody else is refused with."""


def _clerk(caller: Caller) -> None:
    caller.require_login()
    require_clerk(caller.session)


def _for_purpose(caller: Caller, data: SearchIn) -> Visit:
    """The clerk's visit, for the purpose that the search names."""
    return replace(caller.visit, purpose=read_purpose(data.purpose, data.purpose_words))


@post(
    "/counter/people/search",
    status_code=200,
    summary="Find people",
    tags=["Counter"],
    security=BEARER,
    responses=answers(
        shown(list[PersonOut], ("One", to_builtins([PERSON_SHOWN])), says="By reading, 50 at most."),
        *NO_CLERK,
        PurposeMissing(),
    ),
)
async def find_people(caller: By, data: JSONBody[SearchIn]) -> list[PersonOut]:
    """Find registrants by login id, name or reading; that they were looked up is written down."""
    _clerk(caller)
    rules = await caller.rules()
    found = await look_up_people(caller.conn, visit=_for_purpose(caller, data), rules=rules, query=data.query)
    return [person_out(one) for one in found]


@post(
    "/counter/people",
    status_code=201,
    summary="Take down a walk-in",
    tags=["Counter"],
    security=BEARER,
    responses=answers(
        {201: shown(PersonOut, ("Taken down", to_builtins(PERSON_SHOWN)), says="Somebody without a registration.")},
        *NO_CLERK,
    ),
)
async def add_person(caller: By, data: JSONBody[WalkInIn]) -> PersonOut:
    """Take down somebody without a registration; the rules say what they may book."""
    _clerk(caller)
    walk_in = WalkIn(name=data.name, kana=data.kana, phone=data.phone)
    registrant_id = await take_walk_in(caller.conn, visit=caller.visit, person=walk_in)
    return person_out(await get_registrant(caller.conn, registrant_id=registrant_id))


@post(
    "/counter/bookings/search",
    status_code=200,
    summary="Find bookings",
    tags=["Counter"],
    security=BEARER,
    responses=answers(
        shown(list[CounterBookingOut], ("One", [FOUND_SHOWN]), says="The latest use first, 50 at most."),
        *NO_CLERK,
        PurposeMissing(),
    ),
)
async def find(caller: By, data: JSONBody[SearchIn]) -> list[CounterBookingOut]:
    """Find bookings by number, or by the name or reading of whose they are; the look-up is written down."""
    _clerk(caller)
    found = await look_up_bookings(caller.conn, visit=_for_purpose(caller, data), query=data.query)
    return [counter_booking_out(one) for one in found]


@get(
    "/counter/sheet",
    summary="The day's sheet",
    tags=["Counter"],
    security=BEARER,
    responses=answers(
        shown(list[CounterBookingOut], ("One", [FOUND_SHOWN]), says="In order of time."), *NO_CLERK, UnknownSpace()
    ),
)
async def read_sheet(
    caller: By,
    facility: Annotated[str, Parameter(description="Code of the facility", max_length=100)],
    day: Annotated[date, Parameter(description="The day of use")],
) -> list[CounterBookingOut]:
    """Say who uses a facility on a day, stays that began before it included."""
    _clerk(caller)
    rules = await caller.rules()
    known = rules.inventory.facility(facility)
    found = await day_sheet(caller.conn, visit=caller.visit, facility=known.code, day=near(day))
    return [counter_booking_out(one) for one in found]


@post(
    "/counter/applications",
    status_code=201,
    summary="Book on behalf",
    tags=["Counter"],
    security=BEARER,
    responses=answers(
        MADE,
        *NO_CLERK,
        NotFound(what="registrant"),
        NotAClerksChannel(channel="web", allowed=["counter", "phone"]),
        *examples.REFUSALS,
        DifferentRules(),
        KeyUsedBefore(key="0c6e5d0e"),
        DateOutOfReach(first_year=2000, last_year=2099),
    ),
)
async def submit_on_behalf(caller: By, data: JSONBody[OnBehalfIn], key: Key = None) -> Response[ApplicationOut]:
    """Book for somebody who came by telephone or to the counter, by the windows and limits of that channel."""
    _clerk(caller)
    items = [item.request() for item in data.items]
    rules = await caller.rules_for_all(items)
    visit = await serve(
        caller.conn, visit=caller.visit, rules=rules, registrant_id=data.registrant_id, channel=data.channel
    )
    made = await submit_application(
        caller.conn,
        visit=visit,
        rules=rules,
        items=items,
        form=data.form,
        accepted_terms=data.accepted_terms,
        idempotency_key=key,
    )
    return Response(application_out(made), status_code=200 if made.repeated else 201)


@post(
    "/counter/bookings/{booking_id:uuid}/confirmation",
    status_code=200,
    summary="Confirm",
    tags=["Counter"],
    security=BEARER,
    responses=answers(
        shown(BookingOut, *examples.CONFIRMED, says="The booking, confirmed."),
        *NO_CLERK,
        BookingNotFound(),
        NotConfirmable(state="confirmed"),
        FeeOutstanding(outstanding_yen=1200),
        DocumentsNotSeen(),
    ),
)
async def confirm(caller: By, booking_id: FromPath[UUID], data: JSONBody[ConfirmationIn]) -> BookingOut:
    """Make a tentative booking final: documents seen, fee taken."""
    _clerk(caller)
    seen = await get_booking(caller.conn, visit=caller.visit, booking_id=booking_id)
    confirmed = await confirm_booking(
        caller.conn,
        visit=caller.visit,
        rules=await caller.pinned(seen),
        booking_id=booking_id,
        documents_seen=data.documents_seen,
        fee_taken_yen=data.fee_taken_yen,
        why=data.why,
    )
    return booking_out(confirmed)


@post(
    "/counter/bookings/{booking_id:uuid}/revocation",
    status_code=200,
    summary="Revoke without charge",
    tags=["Counter"],
    security=BEARER,
    responses=answers(
        shown(BookingOut, *examples.REVOKED, says="The booking, ended by the city."),
        *NO_CLERK,
        BookingNotFound(),
        examples.NOT_CANCELLABLE,
        WhyMissing(),
    ),
)
async def revoke(caller: By, booking_id: FromPath[UUID], data: JSONBody[RevocationIn]) -> BookingOut:
    """End a booking on the city's grounds (rain): by the clause of the rules that names them."""
    _clerk(caller)
    seen = await get_booking(caller.conn, visit=caller.visit, booking_id=booking_id)
    revoked = await revoke_booking(
        caller.conn,
        visit=caller.visit,
        rules=await caller.pinned(seen),
        booking_id=booking_id,
        grounds=data.grounds,
        why=data.why,
    )
    return booking_out(revoked)


ROUTES: Final = [find_people, add_person, find, read_sheet, submit_on_behalf, confirm, revoke]
