"""What anybody may read, and what belongs to whoever is logged in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

from litestar import get
from litestar.params import Parameter

from yoyaku.booking.api.shapes import (
    BookingOut,
    CancellationOut,
    DayOut,
    FacilityOut,
    RefusalOut,
    SlotOut,
    SpaceOut,
    booking_out,
    offer_out,
)
from yoyaku.booking.pages.here import Here
from yoyaku.booking.service import get_booking, list_bookings, month_availability, offer_cancellation
from yoyaku.kernel.errors import Malformed
from yoyaku.rules.refusal import Refusal

LONGEST_DAYS = 62


class PeriodTooLong(Malformed):
    """More days were asked for at once than one answer holds, or none."""

    code: ClassVar[str] = "period_too_long"
    title: ClassVar[str] = "Ask for at least one and at most 62 days at a time."


@get("/facilities", summary="Facilities and their spaces", tags=["Availability"])
async def list_facilities(here: Here) -> list[FacilityOut]:
    """List what this service lends, in the order of its folder."""
    rules = await here.rules()
    return [
        FacilityOut(
            facility=facility.code,
            name=facility.name,
            address=facility.address,
            phone=facility.phone,
            bookable=facility.bookable,
            spaces=[
                SpaceOut(space=one.code, name=one.name, kind=one.kind, capacity=one.capacity, people=one.people)
                for one in facility.spaces
            ],
        )
        for facility in rules.inventory.facilities.values()
    ]


@get("/availability", summary="Free slots of a facility", tags=["Availability"])
async def read_availability(
    here: Here,
    facility: Annotated[str, Parameter(description="Code of the facility", max_length=100)],
    first: Annotated[date, Parameter(description="First day")],
    end: Annotated[date, Parameter(description="Day after the last one; at most 62 days after the first")],
    space: Annotated[str | None, Parameter(description="Only this space", max_length=100)] = None,
) -> list[DayOut]:
    """Say for each space and day which slots there are and how many are free; nobody need be logged in."""
    if not timedelta(0) < end - first <= timedelta(days=LONGEST_DAYS):
        raise PeriodTooLong(longest_days=LONGEST_DAYS)
    rules = await here.rules(first)
    spaces = [space] if space else [one.code for one in rules.inventory.facility(facility).spaces]
    ids = [f"{facility}.{code}" for code in spaces]
    grid = await month_availability(here.conn, visit=here.visit, rules=rules, space_ids=ids, first=first, end=end)
    return [
        DayOut(
            space=space_id.partition(".")[2],
            use_on=day,
            slots=[
                SlotOut(
                    starts_at=one.slot.starts_at,
                    ends_at=one.slot.ends_at,
                    code=one.slot.code,
                    free=one.free,
                    capacity=one.capacity,
                    mark=one.mark,
                )
                for one in slots
            ],
        )
        for (space_id, day), slots in grid.items()
    ]


@get("/bookings", summary="My bookings", tags=["Bookings"])
async def list_mine(
    here: Here,
    *,
    past: Annotated[bool, Parameter(description="Those whose time is over")] = False,
) -> list[BookingOut]:
    """List the bookings of whoever is logged in."""
    return [booking_out(one) for one in await list_bookings(here.conn, visit=here.visit, past=past)]


@get("/bookings/{booking_id:uuid}", summary="One booking", tags=["Bookings"])
async def read_one(here: Here, booking_id: UUID) -> BookingOut:
    """Give one of one's own bookings; for a clerk, any of the service."""
    return booking_out(await get_booking(here.conn, visit=here.visit, booking_id=booking_id))


@get("/bookings/{booking_id:uuid}/cancellation", summary="What cancelling would return", tags=["Bookings"])
async def read_cancellation(here: Here, booking_id: UUID) -> CancellationOut:
    """Say what cancelling would do now and on each later day, by the code that later does it."""
    booking = await get_booking(here.conn, visit=here.visit, booking_id=booking_id)
    rules = await here.rules_for.pinned(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    offer = offer_cancellation(rules, visit=here.visit, booking=booking)
    return offer_out(offer, None if offer.refusal is None else told(here, offer.refusal))


def told(here: Here, refusal: Refusal) -> RefusalOut:
    """A refusal with its sentence, in the language that was asked for."""
    facts: dict[str, Any] = {name: value for name, value in refusal.facts.items() if value is not None}
    return RefusalOut(code=refusal.code, detail=here.words.sentence(refusal), facts=facts)


READING = [list_facilities, read_availability, list_mine, read_one, read_cancellation]
