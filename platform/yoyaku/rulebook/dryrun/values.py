"""What is looked at in a dry run, and what is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal, get_args

from yoyaku.booking.policy import BookedFacts, BookingRequest, HeldBooking, Person
from yoyaku.kernel.ids import Key
from yoyaku.lottery.rules import Month, Times
from yoyaku.ruleset.policy import Days

FindingKind = Literal["validity", "state", "price", "due", "refund", "cancel", "change", "registration"]
KINDS: Final[tuple[FindingKind, ...]] = get_args(FindingKind)
SubjectKind = Literal["booking", "entry", "charge", "registration"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What something is known by, and under which versions (rules, inventory) it was decided."""

    kind: SubjectKind
    subject_id: Key
    number: str
    registrant_id: Key
    facility_id: str
    use_on: date
    versions: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A booking that is still open. ``promised``: it is confirmed, or was won. ``unpaid``: money is still owed.

    ``over``: its use has begun, so that only its price and due date matter.
    """

    head: Head
    booked: BookedFacts
    promised: bool
    unpaid: bool
    over: bool = False

    def days(self, civil_date: Callable[[datetime], date]) -> Days:
        """By which a version would be chosen, if it were made anew."""
        return Days(made_on=civil_date(self.booked.made_at), used_on=self.head.use_on)

    @property
    def held(self) -> HeldBooking:
        """The booking as limits on others count it."""
        booked = self.booked
        return HeldBooking(
            booking_id=booked.booking_id,
            space_id=booked.request.space_id,
            period=booked.period,
            use_on=booked.request.use_on,
            state=booked.state,
            made_at=booked.made_at,
            nights=booked.request.nights,
            surfaces=booked.request.surfaces,
            unit=booked.request.unit,
            equipment=booked.request.equipment,
            lent=booked.request.lent,
            application_id=booked.application_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySubject:
    """An entry of a lottery that stands, or a win that waits (``promised``): who entered it, when and how."""

    head: Head
    scheme: str
    month: Month
    times: Times
    parts: tuple[BookingRequest, ...]
    person: Person | None
    channel: str
    made_at: datetime
    promised: bool

    def days(self, civil_date: Callable[[datetime], date]) -> Days:
        """By which a version would be chosen for its lottery."""
        return self.times.days(self.month, civil_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the draft would decide otherwise, and the clause that makes the difference.

    ``was`` and ``becomes`` hold plain values: an error as it is kept (``code``, ``facts``), ``yen``, moments by method, rows of
    a schedule. ``change_yen`` is by how much what is owed (for ``refund``: what goes back) would grow.
    """

    kind: FindingKind
    path: str = ""
    reference: str | None = None
    was: Mapping[str, Any] = field(default_factory=dict)
    becomes: Mapping[str, Any] = field(default_factory=dict)
    change_yen: int = 0
    today_yen: int = 0
    breaks: bool = False
