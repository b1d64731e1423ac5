"""The whole rule set: every domain's section, the document's own head, and its examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from yoyaku.billing.terms import PaymentTerms
from yoyaku.booking.terms import BookingTerms
from yoyaku.facility.terms import Facility, Timetable, TimetableUse
from yoyaku.fee.terms import FeeTerms
from yoyaku.notice.terms import Notice
from yoyaku.registration.terms import RegistrationTerms
from yoyaku.rules.values import CalendarTerms, Code, DateText, Season, Text


class Applies(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To which bookings this version applies; there is no default."""

    by: Literal["made", "used", "drawn", "applied"]
    since: DateText = field(name="from")


class Example(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case a clerk can read: given (clock, user, bookings), when (one action), then (the outcome)."""

    name: str
    facts: list[str] = []
    given: dict[str, Any]
    when: dict[str, Any]
    then: dict[str, Any]


class RuleSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of one service, in one version."""

    language: Annotated[int, Meta(ge=1, le=1)]
    service: Code
    title: Text
    time_zone: str = "Asia/Tokyo"
    applies: Applies
    calendars: dict[str, CalendarTerms] = {}
    seasons: list[Season] = []
    timetables: dict[str, Timetable]
    timetable_use: list[TimetableUse]
    registration: RegistrationTerms
    booking: BookingTerms
    fees: FeeTerms
    payment: PaymentTerms = PaymentTerms()
    notices: list[Notice] = []
    inventory: list[Facility] = []
    wording: dict[str, Text] = {}
    examples: list[Example] = []
