"""What the API gives. Amounts are whole yen, instants RFC 3339 in UTC, dates ``2027-02-20``.

A text is one string, or one for each language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from yoyaku.rules.values import Text
from yoyaku.ui.problem import ClauseUsed, Problem


class LineOut(Struct, frozen=True, kw_only=True):
    """One line of a price."""

    code: str
    name: Text
    yen: int
    tax: Literal["included", "exempt", "out_of_scope"]


class DueOut(Struct, frozen=True, kw_only=True):
    """A method of payment and the instant before which it must be paid; ``remind_at`` is when one is reminded of it."""

    method: str
    name: Text
    due_at: datetime | None
    online: bool
    remind_at: datetime | None = None


class ScheduleOut(Struct, frozen=True, kw_only=True):
    """What cancelling does on the days ``from_date`` to ``to_date``, both counted."""

    from_date: date
    to_date: date
    percent: int
    refund_yen: int
    kept_yen: int


class DrawnOut(Struct, frozen=True, kw_only=True):
    """A lottery that draws what was asked for: it is entered there, not booked; what stands beside it is of winning."""

    name: Text
    closes_at: datetime
    announces_at: datetime


class QuoteOut(Struct, frozen=True, kw_only=True):
    """An item's price and state, or which lottery draws it, or its refusal; exactly one."""

    refusal: Problem | None = None
    drawn: DrawnOut | None = None
    state: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    total_yen: int | None = None
    lines: list[LineOut] = []
    dues: list[DueOut] = []
    lapses_at: datetime | None = None
    reasons: Sequence[ClauseUsed] = []


class BookingOut(Struct, frozen=True, kw_only=True):
    """A booking as it stands."""

    booking_id: UUID
    application_id: UUID
    number: str
    state: str
    facility: str
    facility_name: Text
    space: str
    space_name: Text
    use_on: date
    starts_at: datetime
    ends_at: datetime
    bands: Sequence[str]
    nights: int
    surfaces: int
    unit: int | None
    activity: str | None
    guests: Sequence[Mapping[str, int]]
    preferences: Mapping[str, bool]
    equipment: Mapping[str, int]
    lent: Mapping[str, tuple[str, str]]
    form: Mapping[str, Any]
    channel: str
    arose: Literal["first_come", "lottery"]
    made_at: datetime
    lapses_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    total_yen: int
    paid_yen: int
    kept_yen: int | None
    refund_yen: int | None
    lines: list[LineOut]
    dues: list[DueOut]
    rule_set_version: int
    inventory_version: int
    reasons: Sequence[ClauseUsed]


class ApplicationOut(Struct, frozen=True, kw_only=True):
    """What a submission made; ``repeated`` where the same key had made it before."""

    application_id: UUID
    repeated: bool
    bookings: list[BookingOut]


class CartItemOut(Struct, frozen=True, kw_only=True):
    """One wish in the cart, and what it would become now; its ``wish`` may be sent in an application as it is."""

    item_id: UUID
    added_at: datetime
    wish: Mapping[str, Any]
    quote: QuoteOut


class EventOut(Struct, frozen=True, kw_only=True):
    """One act on a booking: who did it, when, why."""

    kind: str
    at: datetime
    actor: str
    staff_name: str | None
    why: str | None
    facts: Mapping[str, Any]


class CancellationOut(Struct, frozen=True, kw_only=True):
    """What cancelling now would do, or why it is refused; and on each later day."""

    possible: bool
    ends_as: str | None = None
    refund_yen: int | None = None
    kept_yen: int | None = None
    until: datetime | None = None
    bans_same_slot: bool = False
    refusal: Problem | None = None
    schedule: list[ScheduleOut] = []


class ClosedOut(Struct, frozen=True, kw_only=True):
    """Why the city has closed a slot: a closure, or use of its own, with the reason that it gives."""

    kind: Literal["closure", "official"]
    reason: Text


class SlotOut(Struct, frozen=True, kw_only=True):
    """A slot of a day: how many are free, and whether it can be booked by this channel now."""

    starts_at: datetime
    ends_at: datetime
    code: str | None
    free: int
    capacity: int
    mark: Literal["free", "some", "full", "closed", "outside", "not_offered"]
    closed: ClosedOut | None = None


class DayOut(Struct, frozen=True, kw_only=True):
    """One space on one day."""

    space: str
    use_on: date
    slots: list[SlotOut]


class SpaceOut(Struct, frozen=True, kw_only=True):
    """What is booked: ``capacity`` surfaces or rooms for ``people`` each; where not ``online``, at the counter only."""

    space: str
    name: Text
    kind: str
    capacity: int
    people: int | None
    online: bool


class FacilityOut(Struct, frozen=True, kw_only=True):
    """A facility with its spaces."""

    facility: str
    name: Text
    address: Text | None
    phone: str | None
    bookable: bool
    spaces: list[SpaceOut]


class QuestionOut(Struct, frozen=True, kw_only=True):
    """A question of the application form; its answer goes into ``form`` under its code.

    ``required`` says that it must be answered whatever the other answers are. ``choices`` are codes with their labels;
    of a ``people_by_class`` question, the classes that are counted.
    """

    code: str
    label: Text
    kind: Literal["text", "long_text", "whole_number", "choice", "yes_no", "people_by_class"]
    required: bool
    hint: Text | None
    choices: Mapping[str, Text]
    minimum: int | None
    maximum: int | None


class TermsOut(Struct, frozen=True, kw_only=True):
    """Terms of use; their code goes into ``accepted_terms``."""

    code: str
    label: Text


class EquipmentOut(Struct, frozen=True, kw_only=True):
    """What can be borrowed; how many pieces goes into ``equipment`` under its code."""

    code: str
    name: Text
    stock: int


class FormOut(Struct, frozen=True, kw_only=True):
    """What an application for a space is asked."""

    questions: list[QuestionOut]
    terms: list[TermsOut]
    equipment: list[EquipmentOut]
