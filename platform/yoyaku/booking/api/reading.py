"""What anybody may read: what the service lends, what is free, what an application is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Final

from litestar import get
from litestar.params import Parameter

from yoyaku.booking.api import examples
from yoyaku.booking.api.caller import By, Caller, near
from yoyaku.booking.api.shapes import (
    ClosedOut,
    DayOut,
    EquipmentOut,
    FacilityOut,
    FormOut,
    QuestionOut,
    SlotOut,
    SpaceOut,
    TermsOut,
)
from yoyaku.booking.pages.answers import asked_questions, is_always_required
from yoyaku.booking.pages.here import looking_visit
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import month_availability
from yoyaku.booking.terms import FormField
from yoyaku.booking.views import SlotState
from yoyaku.facility.policy import UnknownSpace
from yoyaku.facility.terms import Facility
from yoyaku.kernel.errors import Malformed
from yoyaku.registration.api import ANYBODY, NotLoggedIn
from yoyaku.ui.problem import answers, shown

LONGEST_DAYS: Final = 62
FacilityCode = Annotated[str, Parameter(description="Code of the facility", max_length=100)]
SpaceCode = Annotated[str, Parameter(description="Code of the space", max_length=100)]


class PeriodTooLong(Malformed):
    """More days were asked for at once than one answer holds (``longest_days``), or none."""

    code = "period_too_long"
    title = "Ask for at least one and at most 62 days at a time."


@get(
    "/facilities",
    summary="Facilities and their spaces",
    tags=["Availability"],
    security=ANYBODY,
    responses=answers(shown(list[FacilityOut], *examples.FACILITIES, says="What is lent."), NotLoggedIn()),
)
async def list_facilities(caller: By) -> list[FacilityOut]:
    """List what this service lends, in the order of its folder."""
    rules = await caller.rules()
    return [_facility(one) for one in rules.inventory.facilities.values()]


def _facility(facility: Facility) -> FacilityOut:
    return FacilityOut(
        facility=facility.code,
        name=facility.name,
        address=facility.address,
        phone=facility.phone,
        bookable=facility.bookable,
        spaces=[
            SpaceOut(
                space=one.code,
                name=one.name,
                kind=one.kind,
                capacity=one.capacity,
                people=one.people,
                online=one.online,
            )
            for one in facility.spaces
        ],
    )


@get(
    "/availability",
    summary="Free slots of a facility",
    tags=["Availability"],
    security=ANYBODY,
    responses=answers(
        shown(list[DayOut], *examples.DAYS, says="The slots by space and day; none on a closed day."),
        NotLoggedIn(),
        UnknownSpace(),
        PeriodTooLong(longest_days=LONGEST_DAYS),
    ),
)
async def read_availability(
    caller: By,
    facility: FacilityCode,
    first: Annotated[date, Parameter(description="First day")],
    end: Annotated[date, Parameter(description="Day after the last one; at most 62 days after the first")],
    space: Annotated[str | None, Parameter(description="Only this space", max_length=100)] = None,
) -> list[DayOut]:
    """Say for each space and day which slots there are and how many are free; nobody need be logged in."""
    if not timedelta(0) < near(end) - near(first) <= timedelta(days=LONGEST_DAYS):
        raise PeriodTooLong(longest_days=LONGEST_DAYS)
    rules = await caller.rules(first)
    spaces = [space] if space else [one.code for one in rules.inventory.facility(facility).spaces]
    grid = await month_availability(
        caller.conn,
        visit=looking_visit(caller.visit, rules),
        rules=rules,
        space_ids=[f"{facility}.{code}" for code in spaces],
        first=first,
        end=end,
    )
    return _days(grid)


def _days(grid: Mapping[tuple[str, date], Sequence[SlotState]]) -> list[DayOut]:
    return [
        DayOut(space=space_id.partition(".")[2], use_on=day, slots=[_slot(one) for one in slots])
        for (space_id, day), slots in grid.items()
    ]


def _slot(one: SlotState) -> SlotOut:
    return SlotOut(
        starts_at=one.slot.starts_at,
        ends_at=one.slot.ends_at,
        code=one.slot.code,
        free=one.free,
        capacity=one.capacity,
        mark=one.mark,
        closed=None if one.closing is None else ClosedOut(kind=one.closing.kind, reason=one.closing.reason),
    )


@get(
    "/form",
    summary="What an application is asked",
    tags=["Availability"],
    security=ANYBODY,
    responses=answers(
        shown(FormOut, *examples.FORM, says="Questions, terms to accept, and what can be borrowed."),
        NotLoggedIn(),
        UnknownSpace(),
    ),
)
async def read_form(
    caller: By,
    facility: FacilityCode,
    space: SpaceCode,
    use_on: Annotated[date, Parameter(description="Day of use, or of the first night")],
    nights: Annotated[int, Parameter(description="How many nights; 0 for hours", ge=0, le=60)] = 0,
) -> FormOut:
    """Say which questions the application form has for a space, and which terms are to be accepted."""
    rules = await caller.rules(use_on)
    request = BookingRequest(facility=facility, space=space, use_on=use_on, nights=nights)
    return _form(rules, request, _asked(caller, rules, request))


def _asked(caller: Caller, rules: ServiceRules, request: BookingRequest) -> list[FormField]:
    person = looking_visit(caller.visit, rules).person
    return asked_questions(rules, [request], person={} if person is None else person.facts)


def _form(rules: ServiceRules, request: BookingRequest, questions: Sequence[FormField]) -> FormOut:
    lent = rules.inventory.equipment(request.space_id)
    return FormOut(
        questions=[_question(one) for one in questions],
        terms=[TermsOut(code=one.code, label=one.label) for one in rules.booking.terms],
        equipment=[EquipmentOut(code=code, name=one.name, stock=one.stock) for code, one in lent.items()],
    )


def _question(one: FormField) -> QuestionOut:
    return QuestionOut(
        code=one.code,
        label=one.label,
        kind=one.kind,
        required=is_always_required(one),
        hint=one.hint,
        choices=one.choices,
        minimum=one.minimum,
        maximum=one.maximum,
    )


READING: Final = [list_facilities, read_availability, read_form]
