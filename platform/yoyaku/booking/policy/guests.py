"""How many surfaces, which one, who stays the night, and with what equipment."""

from __future__ import annotations

from collections.abc import Mapping

from yoyaku.booking.policy.case import Case
from yoyaku.booking.policy.lending import take_lent
from yoyaku.booking.policy.refusals import (
    EquipmentShort,
    FormInvalid,
    FormMissing,
    TooManyGuests,
    TooManySurfaces,
)
from yoyaku.booking.policy.values import BookingRequest
from yoyaku.facility.policy import Use
from yoyaku.facility.terms import NightTimetable
from yoyaku.rules.condition import matches


def check_surfaces(case: Case, request: BookingRequest) -> None:
    """Let pass as many surfaces as the space has, and a unit only where it may be chosen.

    Raises:
        TooManySurfaces: more than there are, or none.
        FormInvalid, FormMissing: a unit that does not exist or may not be chosen, or none where one must be.
    """
    space = case.placed.space
    if not 1 <= request.surfaces <= space.capacity:
        raise TooManySurfaces(maximum=space.capacity, trace=case.ended_by(space, "too many"))
    if request.unit is None:
        if space.choose_unit:
            raise FormMissing(fields=["unit"], labels=[part.name for part in space.parts], trace=tuple(case.trace))
        return
    if not space.choose_unit or not 1 <= request.unit <= space.capacity or request.surfaces > 1:
        raise FormInvalid(field="unit", label="unit", found=str(request.unit), trace=case.ended_by(space, "no choice"))


def check_activity(case: Case, request: BookingRequest) -> None:
    """Let pass an activity that is done there.

    Raises:
        FormInvalid: it is not.
    """
    space = case.placed.space
    if request.activity is not None and space.activities and request.activity not in space.activities:
        raise FormInvalid(
            field="activity", label="activity", found=request.activity, trace=case.ended_by(space, "not done here")
        )


def check_guests(case: Case, request: BookingRequest, use: Use, *, required: bool) -> None:
    """Let pass guests that the rooms sleep, for each night, and wishes that were answered.

    Without ``required`` what is missing is left out.

    Raises:
        FormMissing: the guests of a night, or a wish that must be answered.
        FormInvalid: an age group that is not counted here.
        TooManyGuests: more than the rooms sleep.
    """
    timetable = use.timetable
    if not isinstance(timetable, NightTimetable):
        return
    case.facts["people"] = max((sum(night.values()) for night in request.guests), default=0)
    missing = [] if len(request.guests) == use.nights else ["guests"]
    for night in request.guests:
        missing += _check_night(case, timetable, night, surfaces=request.surfaces)
    missing += [
        f"preference.{wish.code}"
        for wish in timetable.preferences
        if matches(wish.when, case.facts) and wish.code not in request.preferences
    ]
    if missing and required:
        raise FormMissing(fields=sorted(set(missing)), labels=[], trace=case.ended_by(timetable, "missing"))


def _check_night(case: Case, timetable: NightTimetable, night: Mapping[str, int], *, surfaces: int) -> list[str]:
    groups = {group.code: group for group in timetable.age_groups}
    unknown = [code for code in night if code not in groups]
    if unknown or any(count < 0 for count in night.values()):
        raise FormInvalid(
            field="guests", label="guests", found=", ".join(unknown), trace=case.ended_by(timetable, "unknown group")
        )
    counted = sum(count for code, count in night.items() if groups[code].counts_for_capacity)
    sleeps = case.placed.space.people
    if sleeps is not None and counted > sleeps * surfaces:
        raise TooManyGuests(maximum=sleeps * surfaces, trace=case.ended_by(case.placed.space, "too many"))
    return ["guests"] if sum(night.values()) < timetable.minimum_guests else []


def take_equipment(case: Case, request: BookingRequest, use: Use) -> BookingRequest:
    """The request with equipment that is lent with the space, up to its stock; what is lent elsewhere is seen later.

    Raises:
        FormInvalid: it is not lent there.
        EquipmentShort: more than there is.
        LentTimeWrong: it is not lent from then to then.
    """
    if not request.equipment:
        return request
    lent = case.rules.inventory.equipment(case.placed.space_id)
    for code, wanted in request.equipment.items():
        item = lent.get(code)
        if item is None or wanted < 0:
            raise FormInvalid(field="equipment", label="equipment", found=code, trace=tuple(case.trace))
        if wanted > item.stock:
            raise EquipmentShort(
                equipment=code,
                name=item.name,
                counted_in=item.unit_name,
                wanted=wanted,
                free=item.stock,
                stock=item.stock,
                trace=case.ended_by(item, item.stock),
            )
    return take_lent(case, request, use)
