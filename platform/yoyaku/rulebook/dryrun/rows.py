"""What is open, from the JSON of its rows to what is compared."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypedDict
from uuid import UUID

import msgspec

from yoyaku.booking.policy import Arisen, BookedFacts, Person
from yoyaku.booking.repository.rows import BookingRow, facts_from_json, read_request
from yoyaku.kernel.period import Period
from yoyaku.lottery.repository.entry_rows import read_requests
from yoyaku.lottery.rules import Month, Times
from yoyaku.rulebook.dryrun.registrations import RegistrationSubject
from yoyaku.rulebook.dryrun.values import EntrySubject, Head, Subject


class _Booking(BookingRow):
    person: dict[str, Any] | None
    registered_at: datetime | None
    unpaid: bool


class _Registration(TypedDict):
    registrant_id: UUID
    number: str | None
    kind: str
    user_class: str
    residency: str | None
    stage: str
    since: date
    facts: dict[str, Any]


class _Entry(TypedDict):
    entry_id: UUID
    receipt: str
    registrant_id: UUID
    scheme: str
    period_starts: date
    period_ends: date
    opens_at: datetime
    closes_at: datetime
    draws_at: datetime
    announces_at: datetime
    releases_at: datetime
    requests: list[Any]
    form: dict[str, Any]
    channel: str
    entered_at: datetime
    person: dict[str, Any]
    rule_set_version: int
    inventory_version: int
    won: bool | None


_BOOKINGS = msgspec.json.Decoder(_Booking)
_REGISTRATIONS = msgspec.json.Decoder(_Registration)
_ENTRIES = msgspec.json.Decoder(_Entry)


def read_subject(told: str, *, as_of: datetime) -> Subject:
    """A booking that is open, or whose fee is."""
    row = _BOOKINGS.decode(told)
    over = _utc(row["starts_at"]) <= as_of
    head = Head(
        kind="charge" if over else "booking",
        subject_id=row["booking_id"],
        number=row["number"],
        registrant_id=row["registrant_id"],
        facility_id=row["facility_id"],
        use_on=row["use_on"],
        versions=(row["rule_set_version"], row["inventory_version"]),
    )
    promised = row["state"] == "confirmed" or row["entry_id"] is not None
    return Subject(head=head, booked=_booked(row), promised=promised, unpaid=row["unpaid"], over=over)


def _booked(row: _Booking) -> BookedFacts:
    registered_at = row["registered_at"]
    person = row["person"]
    known = None if registered_at is None else _utc(registered_at)
    anchors = {name: _utc(at) for name, at in row["anchors"].items()}
    lapses_at, paid_at = row["lapses_at"], row["confirmed_at"] if row["paid_yen"] else None
    return BookedFacts(
        booking_id=row["booking_id"],
        request=read_request(row),
        period=Period(_utc(row["starts_at"]), _utc(row["ends_at"])),
        state=row["state"],
        made_at=_utc(row["made_at"]),
        total_yen=row["total_yen"],
        paid_yen=row["paid_yen"],
        paid_by=frozenset(row["paid_by"]),
        paid_at=None if paid_at is None else _utc(paid_at),
        channel=row["channel"],
        lapses_at=None if lapses_at is None else _utc(lapses_at),
        person=None if person is None else Person(facts=facts_from_json(person), registered_at=known),
        application_id=row["application_id"],
        arisen=None if row["entry_id"] is None else Arisen(entry_id=row["entry_id"], anchors=anchors),
        relief=row["relief"],
    )


def read_entry(told: str) -> EntrySubject:
    """An entry that stands."""
    row = _ENTRIES.decode(told)
    parts = read_requests(row["requests"], row["form"])
    head = Head(
        kind="entry",
        subject_id=row["entry_id"],
        number=row["receipt"],
        registrant_id=row["registrant_id"],
        facility_id=parts[0].facility,
        use_on=parts[0].use_on,
        versions=(row["rule_set_version"], row["inventory_version"]),
    )
    return EntrySubject(
        head=head,
        scheme=row["scheme"],
        month=Month(starts=row["period_starts"], ends=row["period_ends"]),
        times=_times(row),
        parts=parts,
        person=Person(facts=facts_from_json(row["person"])),
        channel=row["channel"],
        made_at=_utc(row["entered_at"]),
        promised=bool(row["won"]),
    )


def read_registration(told: str, *, versions: tuple[int, int]) -> RegistrationSubject:
    """A registration, beside the version of the rules that counts for it."""
    row = _REGISTRATIONS.decode(told)
    usual = {
        "user_class": row["user_class"],
        "account_kind": row["kind"],
        "residency": row["residency"],
        "registration": row["stage"],
    }
    head = Head(
        kind="registration",
        subject_id=row["registrant_id"],
        number=row["number"] or "",
        registrant_id=row["registrant_id"],
        facility_id="",
        use_on=row["since"],
        versions=versions,
    )
    return RegistrationSubject(
        head=head,
        user_class=row["user_class"],
        stage=row["stage"],
        since=row["since"],
        facts={**row["facts"], **{name: value for name, value in usual.items() if value is not None}},
    )


def _times(row: _Entry) -> Times:
    return Times(
        opens_at=_utc(row["opens_at"]),
        closes_at=_utc(row["closes_at"]),
        draws_at=_utc(row["draws_at"]),
        announces_at=_utc(row["announces_at"]),
        releases_at=_utc(row["releases_at"]),
        remind_at=None,
        value_after=_utc(row["draws_at"]),
    )


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
