"""What a tenant lends (the facility folder) and how its time is cut (the rule set's timetables)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from yoyaku.rules.values import CalendarTerms, Clause, Code, Moment, Text, TimeOfDay, When


class Consumes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one booked surface of a space takes of a floor: any ``units``, or the ``named`` ones.

    A basketball court takes any 4 of a floor's 8 units, a table-tennis table any 1; the east half of
    a divided room takes the unit named 1, the whole room 1 and 2.
    """

    floor: Code
    units: Annotated[int, Meta(ge=1)] = 1
    named: list[Annotated[int, Meta(ge=1)]] | None = None


class Floor(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Capacity that several spaces share, in units that the spaces consume."""

    code: Code
    units: Annotated[int, Meta(ge=1)]


class SpacePart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A surface the user may choose (面): unit number and name."""

    unit: Annotated[int, Meta(ge=1)]
    name: Text


class Space(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one books (室場). Without ``consumes`` it has a floor of its own with ``capacity`` units.

    ``capacity`` counts surfaces or rooms of the type; ``choose_unit`` lets the user pick one of
    ``parts`` (otherwise the unit is named on arrival). ``people`` is the number admitted (定員).
    ``bucket_minutes`` is the smallest piece of time that is occupied (1440 for nights).
    """

    code: Code
    name: Text
    kind: Code
    capacity: Annotated[int, Meta(ge=1)] = 1
    choose_unit: bool = False
    parts: list[SpacePart] = []
    consumes: Consumes | None = None
    people: int | None = None
    bucket_minutes: Literal[10, 15, 30, 60, 1440] = 30
    activities: list[Code] = []
    online: bool = True


class Equipment(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Equipment (備品) lent with the spaces of a facility: ``stock`` pieces, never more."""

    code: Code
    name: Text
    stock: Annotated[int, Meta(ge=1)]
    unit_name: Text | None = None
    spaces: list[Code] | None = None


class OpeningHours(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours in which spaces may be used; the first entry whose condition holds counts."""

    when: When = {}
    opens: TimeOfDay
    closes: TimeOfDay


Degrees = Annotated[
    str, Meta(pattern=r"^-?[0-9]{1,3}\.[0-9]{3,6}$", description='Degrees of WGS 84, quoted: "35.641463".')
]


class Position(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a facility stands on a map, north and east counting up."""

    latitude: Degrees
    longitude: Degrees


class Facility(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A facility (館): identity, place, parts, stock, opening hours, closed days.

    ``groups`` are the city's own sorts (paid, school, free park); ``service`` is the service that
    books it; ``bookable`` false lists it for information only (ticket machine, no registration).
    """

    code: Code
    name: Text
    kana: str | None = None
    service: Code
    groups: list[Code] = []
    category: Code | None = None
    address: Text | None = None
    phone: str | None = None
    access: Text | None = None
    position: Position | None = None
    bookable: bool = True
    calendar: CalendarTerms = CalendarTerms()
    hours: list[OpeningHours] = []
    floors: list[Floor] = []
    spaces: list[Space] = []
    equipment: list[Equipment] = []
    number_code: str | None = None
    staff_mail: str | None = None


class FacilityFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of ``tenants/<slug>/facilities/``, or the rule file's inline ``inventory``."""

    facilities: Annotated[list[Facility], Meta(min_length=1)]


# --- the rule set's part -------------------------------------------------------------------------


class TimeBand(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named band of the day (区分)."""

    code: Code
    name: Text
    starts: TimeOfDay
    ends: TimeOfDay


class BandTimetable(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="bands"):
    """Named bands; ``joined_at_most`` neighbouring bands may be one booking."""

    bands: Annotated[list[TimeBand], Meta(min_length=1)]
    joined_at_most: Annotated[int, Meta(ge=1)] = 1


class GridTimetable(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="grid"):
    """A regular grid between ``opens`` and ``closes``; a booking takes whole steps.

    ``starts_on_minutes`` ◇ allows starts only on those minutes past the hour; ``buffer_minutes`` ◇
    are kept free after each booking; ``gap_minutes`` ◇ refuses leaving a shorter hole.
    """

    opens: TimeOfDay
    closes: TimeOfDay
    step_minutes: Annotated[int, Meta(ge=5)]
    minimum_minutes: int | None = None
    maximum_minutes: int | None = None
    starts_on_minutes: list[int] | None = None
    buffer_minutes: Annotated[int, Meta(ge=0)] = 0


class AgeGroup(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group by which guests are counted per night (大人, 子供)."""

    code: Code
    name: Text
    counts_for_capacity: bool = True


class GuestPreference(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish granted at check-in (和洋室希望): a yes/no question, required where ``when`` holds."""

    code: Code
    label: Text
    when: When = {}


class NightTimetable(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="nights"):
    """Nights: one bucket a night; guests are counted per night by age group."""

    check_in: TimeOfDay
    check_out: TimeOfDay
    minimum_nights: Annotated[int, Meta(ge=1)] = 1
    maximum_nights: Annotated[int, Meta(ge=1)]
    age_groups: Annotated[list[AgeGroup], Meta(min_length=1)]
    minimum_guests: Annotated[int, Meta(ge=1)] = 1
    preferences: list[GuestPreference] = []
    may_touch_closed_days: bool = False
    may_cross_month_end: bool = True


Timetable = BandTimetable | GridTimetable | NightTimetable


class TimetableUse(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which spaces are cut by which timetable; the first whose condition holds counts.

    ``since`` (a moment by the use day) or ``from_days_before_use`` let slot rooms become hourly near
    the date: before it the entry is passed over, and a later one counts.
    """

    when: When = {}
    timetable: Code
    since: Moment | None = None
    from_days_before_use: int | None = field(default=None)
