"""What the use cases of bookings answer: plain values for pages, the API and notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from yoyaku.billing.policy import PaymentDue
from yoyaku.booking.drawn import DrawnQuote
from yoyaku.booking.policy import BookingPlan, BookingRequest, CancellationPlan, Person, ScheduleRow
from yoyaku.booking.policy.closing import Closing
from yoyaku.booking.terms import State
from yoyaku.facility.policy import Slot
from yoyaku.fee.policy import FeeLine
from yoyaku.fee.terms import Tax
from yoyaku.kernel.period import Period
from yoyaku.rules.condition import Facts
from yoyaku.rules.refusal import Refusal
from yoyaku.rules.trace import Trace
from yoyaku.rules.values import Anchor, Text

Mark = Literal["free", "some", "full", "closed", "outside", "not_offered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The registrant a booking belongs to, as notices and the counter need them."""

    registrant_id: UUID
    name: str
    kana: str
    phone: str | None
    email: str | None
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingView:
    """A booking as it is stored. Amounts are whole yen, instants aware UTC.

    ``request`` is what was decided; ``facts`` are those of that decision and ``person`` who it was made for.
    ``kept_yen`` and ``refund_yen`` are set when it has ended. ``trace`` says by which clauses it was made, under
    version ``rule_set_version`` of the rules and ``inventory_version`` of the facilities.
    """

    booking_id: UUID
    application_id: UUID
    number: str
    state: State
    facility_id: str
    space_id: str
    facility_name: Text
    space_name: Text
    request: BookingRequest
    period: Period
    channel: str
    made_at: datetime
    tentative_since: datetime | None
    lapses_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    grounds: str | None
    total_yen: int
    lines: tuple[FeeLine, ...]
    dues: tuple[PaymentDue, ...]
    paid_yen: int
    paid_by: frozenset[str]
    kept_yen: int | None
    refund_yen: int | None
    bans_same_slot: bool
    facts: Facts
    person: Person | None
    contact: Contact
    rule_set_version: int
    inventory_version: int
    trace: Trace
    # Who pays, where it is not the registrant.
    payer_id: UUID | None = None
    payer_name: str | None = None
    # The entry that won it, where it arose from a lottery, with the moments its due dates hang on.
    entry_id: UUID | None = None
    anchors: Mapping[Anchor, datetime] = field(default_factory=dict)
    # The relief that was granted, by its code; and what the kept part is for consumption tax.
    relief: str | None = None
    kept_tax: Tax = "out_of_scope"

    @property
    def arose(self) -> Literal["first_come", "lottery"]:
        """How it arose."""
        return "first_come" if self.entry_id is None else "lottery"

    @property
    def use_on(self) -> date:
        """The civil day of use (the first night's)."""
        return self.request.use_on

    @property
    def nights(self) -> int:
        """How many nights; 0 for hours."""
        return self.request.nights

    @property
    def surfaces(self) -> int:
        """How many courts or rooms."""
        return self.request.surfaces

    @property
    def form(self) -> Mapping[str, object]:
        """The answers of the application form, by the code of the question."""
        return self.request.form


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One submission with the bookings it made; ``repeated`` where the same key was submitted before."""

    application_id: UUID
    bookings: tuple[BookingView, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedItem:
    """What an item would cost and become, or how it would be entered into a lottery, or why not; exactly one of these.

    ``by_lot``: it is drawn by lot and entered by the cart, whether it may be or not.
    """

    request: BookingRequest
    plan: BookingPlan | None = None
    refusal: Refusal | None = None
    drawn: DrawnQuote | None = None
    by_lot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CartItem:
    """One wish in the cart, as it stands now."""

    item_id: UUID
    added_at: datetime
    request: BookingRequest
    plan: BookingPlan | None = None
    refusal: Refusal | None = None
    drawn: DrawnQuote | None = None
    by_lot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotState:
    """How many of ``capacity`` surfaces are free in a slot, its mark in the grid, and the closure that closes it."""

    slot: Slot
    free: int
    capacity: int
    mark: Mark
    closing: Closing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationOffer:
    """What cancelling now would do, or why it is refused, and what it costs on each later day."""

    plan: CancellationPlan | None
    refusal: Refusal | None
    schedule: tuple[ScheduleRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingEvent:
    """One act on a booking: who, when, why. ``member_name``: who acted for the group whose booking it is."""

    kind: str
    at: datetime
    actor: str
    staff_name: str | None
    why: str | None
    facts: Mapping[str, object]
    member_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefView:
    """An application for a reduction: of which booking, on which grounds, and what was decided (``why``, by whom)."""

    relief_id: UUID
    booking_id: UUID
    number: str
    facility_id: str
    use_on: date
    booking_state: State
    total_yen: int
    person: str
    code: str
    state: Literal["asked", "approved", "refused", "withdrawn"]
    grounds: str
    asked_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    why: str | None
