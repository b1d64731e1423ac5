"""What was booked, what to do next by when, and the facility to be kept for next time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.booked import booking_row
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.home import kept_facilities
from yoyaku.booking.service import application_bookings
from yoyaku.booking.views import BookingView


@get("/done/{application_id:uuid}")
async def show_done(here: NamedDependency[Here], application_id: FromPath[UUID]) -> Response[str]:
    """The booking numbers, and what to do next by when."""
    made = await application_bookings(here.conn, visit=here.visit, application_id=application_id)
    rules = await here.rules()
    state = "tentative" if any(booking.state == "tentative" for booking in made) else "confirmed"
    following = state if state == "tentative" else _following(made)
    rows = [booking_row(rules, booking, here) for booking in made]
    kept, booked = await kept_facilities(here), dict.fromkeys(booking.facility_id for booking in made)
    new = [] if kept is None else [code for code in booked if code not in kept and code in rules.inventory.facilities]
    places = [rules.inventory.facilities[code] for code in new]
    return here.page.show("booking/done.html", state=state, following=following, bookings=rows, places=places)


def _following(made: Sequence[BookingView]) -> str:
    """What follows from bookings that are certain: something is paid, a bank debits it all, or nothing is owed."""
    costly = [booking for booking in made if booking.total_yen]
    if not costly:
        return "free"
    debited = all(any(due.collect_on for due in booking.dues) for booking in costly)
    return "debited" if debited else "confirmed"


ROUTES: Final = [show_done]
