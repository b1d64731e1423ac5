"""Bookings between the database's rows and the values that policies and pages read."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import RowMapping

from yoyaku.billing.policy import PaymentDue
from yoyaku.booking.policy import Arisen, BookedFacts, BookingPlan, BookingRequest, HeldBooking, Person
from yoyaku.booking.terms import State
from yoyaku.booking.views import BookingView, Contact
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import TimesOfDay
from yoyaku.fee.policy import FeeLine
from yoyaku.fee.terms import Tax
from yoyaku.kernel.period import Period
from yoyaku.rules.condition import Facts, Value
from yoyaku.rules.trace import trace_from_json, trace_to_json
from yoyaku.rules.values import Anchor

MIDNIGHT = "24:00"


def new_row(  # noqa: PLR0913  # what a row consists of
    plan: BookingPlan,
    *,
    visit: Visit,
    booking_id: UUID,
    application_id: UUID,
    number: str,
    versions: tuple[int, int],
    arisen: Arisen | None = None,
) -> dict[str, Any]:
    """All columns of a new booking, for JSON; ``versions`` are those of the rule set and the inventory."""
    request = plan.request
    return {
        "tenant_id": visit.tenant_id,
        "service_id": visit.service_id,
        "booking_id": booking_id,
        "application_id": application_id,
        "number": number,
        "registrant_id": visit.registrant_id,
        "channel": visit.channel,
        "made_at": visit.now,
        "entered_by": visit.staff_id,
        "state": plan.state,
        **_beginning(plan, visit=visit, arisen=arisen),
        "paid_yen": 0,
        "paid_by": [],
        "payee": plan.payee,
        "kept_tax": "out_of_scope",
        "preferences": request.preferences,
        "form": request.form,
        "activity": request.activity,
        "rule_set_version": versions[0],
        "inventory_version": versions[1],
        **changeable_columns(plan),
        "facts": {
            **_names(plan),
            "use": facts_to_json(plan.facts),
            "person": None if visit.person is None else facts_to_json(visit.person.facts),
            "registered_at": None if visit.person is None else visit.person.registered_at,
        },
    }


def _beginning(plan: BookingPlan, *, visit: Visit, arisen: Arisen | None) -> dict[str, Any]:
    """How it arose, and since when it is tentative or confirmed."""
    anchors = {} if arisen is None else dict(arisen.anchors)
    since = {"tentative_since": anchors.get("tentative_since", visit.now), "confirmed_at": None}
    return {
        **(since if plan.state == "tentative" else {"tentative_since": None, "confirmed_at": visit.now}),
        "arose": "first_come" if arisen is None else "lottery",
        "entry_id": None if arisen is None else arisen.entry_id,
        "anchors": anchors,
    }


def changeable_columns(plan: BookingPlan) -> dict[str, Any]:
    """The columns that follow from a plan, and change with it."""
    request = plan.request
    return {
        "facility_id": plan.facility_id,
        "space_id": plan.space_id,
        "use_on": plan.use_on,
        "starts_at": plan.period.starts_at,
        "ends_at": plan.period.ends_at,
        "nights": request.nights,
        "surfaces": request.surfaces,
        "unit": request.unit,
        "bands": plan.bands,
        "guests": request.guests,
        "equipment": request.equipment,
        "lent": {code: times for code, times in request.lent.items() if request.equipment.get(code)},
        "unused": request.unused,
        "lapses_at": plan.lapses_at,
        "total_yen": plan.quote.total_yen,
        "lines": plan.quote.lines,
        "dues": plan.payment,
        "bans_same_slot": False,
        "trace": trace_to_json(plan.trace),
    }


def _names(plan: BookingPlan) -> dict[str, Any]:
    """Names as they were when it was booked: a renamed hall keeps its name in the history."""
    return {"facility_name": plan.placed.facility.name, "space_name": plan.placed.space.name}


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """Facts for storing; sets become sorted lists."""
    return {name: sorted(value, key=str) if isinstance(value, AbstractSet) else value for name, value in facts.items()}


def facts_from_json(stored: Mapping[str, Any]) -> dict[str, Value]:
    """Facts as they were stored; lists are sets again."""
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in stored.items()}


class BookingRow(TypedDict):
    """What decisions about a booking follow from, as JSON tells its row, with the tenant's time zone."""

    booking_id: UUID
    application_id: UUID
    number: str
    registrant_id: UUID
    facility_id: str
    space_id: str
    use_on: date
    starts_at: datetime
    ends_at: datetime
    nights: int
    surfaces: int
    unit: int | None
    bands: list[str]
    activity: str | None
    guests: list[dict[str, int]]
    preferences: dict[str, bool]
    equipment: dict[str, int]
    lent: dict[str, TimesOfDay]
    unused: tuple[TimesOfDay, ...]
    form: dict[str, Any]
    state: State
    channel: str
    made_at: datetime
    lapses_at: datetime | None
    confirmed_at: datetime | None
    total_yen: int
    paid_yen: int
    paid_by: list[str]
    rule_set_version: int
    inventory_version: int
    time_zone: str
    relief: str | None
    entry_id: UUID | None
    anchors: dict[Anchor, datetime]


class StoredBooking(BookingRow):
    """All of a row of ``booking``, with the registrant's contact."""

    tentative_since: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    grounds: str | None
    lines: tuple[FeeLine, ...]
    dues: tuple[PaymentDue, ...]
    kept_yen: int | None
    refund_yen: int | None
    bans_same_slot: bool
    kept_tax: Tax
    facts: dict[str, Any]
    trace: list[dict[str, Any]]
    registrant_name: str
    registrant_kana: str
    registrant_phone: str | None
    registrant_email: str | None
    registrant_language: str
    payer_id: UUID | None
    payer_name: str | None


_STORED = msgspec.json.Decoder(StoredBooking)


def read_view(told: str) -> BookingView:
    """A stored booking, from the JSON of its row."""
    row: Mapping[str, Any] = _STORED.decode(told)
    stored = row["facts"]
    person = stored["person"]
    instants: dict[str, Any] = {name: row[name] and _instant(row[name]) for name in _INSTANTS}
    return BookingView(
        **{name: row[name] for name in _AS_THEY_ARE},
        **instants,
        facility_name=stored["facility_name"],
        space_name=stored["space_name"],
        request=read_request(row),
        period=Period(_instant(row["starts_at"]), _instant(row["ends_at"])),
        made_at=_instant(row["made_at"]),
        lines=row["lines"],
        dues=row["dues"],
        paid_by=frozenset(row["paid_by"]),
        facts=facts_from_json(stored["use"]),
        person=None if person is None else _person(person, stored["registered_at"]),
        contact=Contact(
            registrant_id=row["registrant_id"],
            **{name.removeprefix("registrant_"): row[name] for name in _CONTACT},
        ),
        trace=trace_from_json(row["trace"]),
        anchors={name: _instant(at) for name, at in row["anchors"].items()},
    )


_AS_THEY_ARE = (
    "booking_id", "application_id", "number", "state", "facility_id", "space_id", "channel", "end_reason", "grounds",
    "total_yen", "paid_yen", "kept_yen", "refund_yen", "bans_same_slot", "rule_set_version", "inventory_version",
    "payer_id", "payer_name", "entry_id", "relief", "kept_tax",
)  # fmt: skip
_INSTANTS = ("tentative_since", "lapses_at", "confirmed_at", "ended_at")
_CONTACT = ("registrant_name", "registrant_kana", "registrant_phone", "registrant_email", "registrant_language")


def _instant(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _person(facts: Mapping[str, Any], registered_at: str | None) -> Person:
    since = None if registered_at is None else msgspec.convert(registered_at, datetime)
    return Person(facts=facts_from_json(facts), registered_at=since)


def read_request(row: Mapping[str, Any]) -> BookingRequest:
    """What was asked for, as the policy takes it: nights, bands, or times of day of the tenant."""
    facility, space, zone = row["facility_id"], row["space_id"], ZoneInfo(row["time_zone"])
    by_time = not row["nights"] and not row["bands"]
    return BookingRequest(
        facility=facility,
        space=space.removeprefix(f"{facility}."),
        use_on=row["use_on"],
        starts=_time_of_day(row["starts_at"], row["use_on"], zone) if by_time else None,
        ends=_time_of_day(row["ends_at"], row["use_on"], zone) if by_time else None,
        bands=tuple(row["bands"]),
        guests=tuple(row["guests"]),
        **{name: row[name] for name in _ASKED},
    )


_ASKED = ("nights", "surfaces", "unit", "activity", "preferences", "equipment", "lent", "unused", "form")


def _time_of_day(instant: datetime, use_on: date, zone: ZoneInfo) -> str:
    civil = instant.astimezone(zone)
    ends_with_day = civil.date() == use_on + timedelta(days=1) and (civil.hour, civil.minute) == (0, 0)
    return MIDNIGHT if ends_with_day else f"{civil:%H:%M}"


def booked_facts(booking: BookingView) -> BookedFacts:
    """The booking as later decisions take it."""
    return BookedFacts(
        booking_id=booking.booking_id,
        request=booking.request,
        period=booking.period,
        state=booking.state,
        made_at=booking.made_at,
        total_yen=booking.total_yen,
        paid_yen=booking.paid_yen,
        paid_by=booking.paid_by,
        paid_at=booking.confirmed_at if booking.paid_yen else None,
        channel=booking.channel,
        lapses_at=booking.lapses_at,
        person=booking.person,
        application_id=booking.application_id,
        arisen=None if booking.entry_id is None else Arisen(entry_id=booking.entry_id, anchors=booking.anchors),
        relief=booking.relief,
    )


def read_held(row: RowMapping) -> HeldBooking:
    """A booking for limits and bans."""
    return HeldBooking(
        booking_id=row["booking_id"],
        space_id=row["space_id"],
        period=Period(_instant(row["starts_at"]), _instant(row["ends_at"])),
        use_on=row["use_on"],
        state=row["state"],
        made_at=_instant(row["made_at"]),
        **{
            name: row[name] for name in ("nights", "surfaces", "unit", "equipment", "lent", "application_id", "by_self")
        },
    )
