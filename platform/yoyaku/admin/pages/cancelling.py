"""A booking cancelled at the counter for whoever asks for it there or by telephone: what goes back is shown before."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.serving import counter_crumbs, require_clerk
from yoyaku.booking.pages.booked import open_booking
from yoyaku.booking.pages.cancel_seen import Cancelling
from yoyaku.booking.pages.here import Here

HOME: Final = "/counter/bookings/{booking_id:uuid}/cancel"


@get(HOME)
async def show_cancelling_for(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """What cancelling would do now, by the rules for the counter (MG-057: paid in part there, it is cancelled there)."""
    require_clerk(here)
    return (await _cancelling(here, booking_id)).show({}, reason="")


@post(HOME, status_code=303)
async def cancel_for(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Cancel, if what goes back is still what was shown; where something was paid, its money is looked at next."""
    require_clerk(here)
    cancelling, path = await _cancelling(here, booking_id), f"/counter/bookings/{booking_id}"
    onward = f"{path}/money" if cancelling.booking.paid_yen else path
    return await cancelling.do(await read_form(request), path=path, onward=onward)


async def _cancelling(here: Here, booking_id: UUID) -> Cancelling:
    booking, rules = await open_booking(here, booking_id)
    crumbs = counter_crumbs(here, booking.number, here.words.say("cancel.title"))
    return Cancelling(here=here, rules=rules, booking=booking, crumbs=lambda _: crumbs)


ROUTES: Final = [show_cancelling_for, cancel_for]
