"""What booking decisions are made from, and what they give."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from yoyaku.billing.policy import PaymentDue
from yoyaku.billing.terms import CITY
from yoyaku.booking.terms import State
from yoyaku.facility.policy import Claim, PlacedSpace, TimesOfDay, Wish
from yoyaku.fee.policy import Quote
from yoyaku.fee.terms import Tax
from yoyaku.kernel.period import Period
from yoyaku.rules.condition import Facts
from yoyaku.rules.trace import Trace
from yoyaku.rules.values import Anchor

LIVE_STATES: frozenset[State] = frozenset({"tentative", "confirmed"})
"""States in which a booking occupies what it claims, and can be changed or ended."""

ChangeKind = Literal[
    "fewer_nights", "guests", "preference", "form", "fewer_surfaces", "shorter", "extension", "equipment"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """What somebody asks for: the codes of facility and space, the day, and from–to, bands or nights.

    ``unit`` is the surface chosen, where there is a choice. ``guests`` counts by age group for each night (one entry
    counts for all nights). ``lent`` says from when to when a piece of equipment is lent, where that is not all the time.
    ``unused`` are times of day in its middle in which it could not be used. ``form`` holds the answers by the code of the
    question.
    """

    facility: str
    space: str
    use_on: date
    starts: str | None = None
    ends: str | None = None
    bands: tuple[str, ...] = ()
    nights: int = 0
    surfaces: int = 1
    unit: int | None = None
    activity: str | None = None
    guests: tuple[Mapping[str, int], ...] = ()
    preferences: Mapping[str, bool] = field(default_factory=dict)
    equipment: Mapping[str, int] = field(default_factory=dict)
    lent: Mapping[str, TimesOfDay] = field(default_factory=dict)
    unused: tuple[TimesOfDay, ...] = ()
    form: Mapping[str, object] = field(default_factory=dict)

    @property
    def space_id(self) -> str:
        """``<facility>.<space>``."""
        return f"{self.facility}.{self.space}"

    @property
    def wish(self) -> Wish:
        """The time asked for."""
        return Wish(
            space_id=self.space_id,
            use_on=self.use_on,
            starts=self.starts,
            ends=self.ends,
            bands=self.bands,
            nights=self.nights,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who books: ``user_class``, ``account_kind``, ``residency``, ``registration`` (the stage) and what else is known."""

    facts: Facts
    registered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arisen:
    """From which entry of a lottery a booking arose, and the moments of it that due dates hang on (aware, UTC)."""

    entry_id: Hashable
    anchors: Mapping[Anchor, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBooking:
    """A booking that is there already: for limits, bans on the same time, and what is free.

    ``application_id`` is that of the submission it came with.
    """

    booking_id: Hashable
    space_id: str
    period: Period
    use_on: date
    state: State
    made_at: datetime
    nights: int = 0
    surfaces: int = 1
    unit: int | None = None
    equipment: Mapping[str, int] = field(default_factory=dict)
    lent: Mapping[str, TimesOfDay] = field(default_factory=dict)
    application_id: Hashable = None
    by_self: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPlan:
    """A booking as it would be made now: nothing has been written yet.

    ``request`` is the one decided, with the form's answers as they were understood. ``claims`` are in the order in
    which they are locked. ``facts`` are those of the whole decision, for notices and later decisions.
    """

    request: BookingRequest
    placed: PlacedSpace
    period: Period
    use_on: date
    bands: tuple[str, ...]
    claims: tuple[Claim, ...]
    state: State
    lapses_at: datetime | None
    payment: tuple[PaymentDue, ...]
    quote: Quote
    facts: Facts
    trace: Trace
    payee: str = CITY

    @property
    def space_id(self) -> str:
        """``<facility>.<space>``."""
        return self.placed.space_id

    @property
    def facility_id(self) -> str:
        """The code of the facility."""
        return self.placed.facility.code


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedFacts:
    """A booking that was made, as far as later decisions need it.

    ``person`` is who it belongs to (``None``: not registered). ``kept`` money: ``total_yen`` was due, ``paid_yen`` came
    in by the methods ``paid_by``. ``arisen``: from a lottery, where it was not by first come. ``relief``: the code of the one
    that was granted.
    """

    booking_id: Hashable
    request: BookingRequest
    period: Period
    state: State
    made_at: datetime
    total_yen: int
    paid_yen: int = 0
    paid_by: frozenset[str] = frozenset()
    paid_at: datetime | None = None
    channel: str = "web"
    lapses_at: datetime | None = None
    person: Person | None = None
    application_id: Hashable = None
    arisen: Arisen | None = None
    relief: str | None = None

    @property
    def paid(self) -> Literal["free", "unpaid", "partly", "paid"]:
        """How far it is paid."""
        if self.total_yen == 0:
            return "free"
        if self.paid_yen == 0:
            return "unpaid"
        return "paid" if self.paid_yen >= self.total_yen else "partly"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """Whether an action is open now. ``allowed_from`` is the next instant at which it would be, if there is one.

    ``opens_at`` and ``closes_at`` are those of the window that is open, else of the next to open, else of the last that
    closed; ``visible_at`` is from when it is shown. ``matched`` is false where no window speaks of this channel and person.
    """

    is_open: bool
    matched: bool
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    allowed_from: datetime | None = None
    visible_at: datetime | None = None
    trace: Trace = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPlan:
    """How a booking ends: ``refund_yen`` goes back of what is paid, ``kept_yen`` is the fee that stands.

    ``outstanding_yen`` of the fee that stands is still owed. ``until`` is when this way closes. ``kept_tax`` is what the
    kept part is for consumption tax.
    """

    code: str
    ends_as: State
    percent: int
    refund_yen: int
    kept_yen: int
    outstanding_yen: int
    until: datetime | None
    bans_same_slot: bool
    trace: Trace
    kept_tax: Tax = "out_of_scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """What cancelling costs from ``from_date`` to ``to_date`` (both counted, civil dates)."""

    from_date: date
    to_date: date
    percent: int
    refund_yen: int
    kept_yen: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationPlan:
    """A tentative booking becomes confirmed; ``paid_yen`` is what has then come in."""

    state: State
    paid_yen: int
    paid_by: frozenset[str]
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class LapsePlan:
    """A tentative booking ends by itself."""

    state: State
    lapsed_at: datetime
    bans_same_slot: bool
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan:
    """A booking as it would be after a change; ``kinds`` are what is changed. ``more_yen`` is the difference in price."""

    kinds: tuple[ChangeKind, ...]
    plan: BookingPlan
    more_yen: int
    trace: Trace
