"""Channels, windows, limits, the life of a booking, its form, terms, number, change and cancellation."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from yoyaku.fee.terms import Tax
from yoyaku.kernel.yen import Rounding
from yoyaku.rules.values import Clause, Code, Moment, Percent, Text, TimeOfDay, When

Actor = Literal["resident", "clerk", "system"]
Action = Literal["book", "change", "cancel"]
State = Literal["tentative", "confirmed", "withdrawn", "cancelled", "revoked", "lapsed", "used"]


class OfficeHours(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a channel answers: on the open days of a calendar, between two times."""

    calendar: str
    opens: TimeOfDay
    closes: TimeOfDay


class Channel(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way to the service (web, telephone, counter, kiosk) and who types.

    ``idle_minutes``: who is logged in through it is logged out after so many minutes without a page, where that is
    sooner than elsewhere (a terminal that many people use).
    """

    code: Code
    name: Text
    entered_by: Literal["resident", "clerk"]
    idle_minutes: Annotated[int, Meta(ge=1)] | None = None


class Window(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when to when an action may be done, by which channels, where ``when`` holds.

    An action is open when at least one window that matches is open: ``opens <= now < closes``.
    ``office_hours`` narrows it to the channel's hours. ``visible`` ◇ shows before it is bookable.
    """

    code: Code
    name: Text | None = None
    action: Action = "book"
    channels: Annotated[list[Code], Meta(min_length=1)]
    when: When = {}
    opens: Moment | None = None
    closes: Moment
    visible: Moment | None = None
    office_hours: OfficeHours | None = None


class Weight(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where ``when`` holds, each unit of a limit counts this many times (a weekend's slot twice)."""

    when: When = {}
    times: Annotated[int, Meta(ge=0)]


class Limit(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most ``cap`` of ``unit`` for each ``scope`` in each ``per``, counting bookings where ``when`` holds.

    ``per: booking`` bounds a single booking, ``per: application`` one submission, ``outstanding``
    counts what is still to be used, ``at_once`` what overlaps in time. ``states`` says what counts.
    ``weights`` let a unit count more than once or not at all: the first that holds, else one.
    """

    code: Code
    name: Text | None = None
    when: When = {}
    scope: Literal["registrant", "group", "facility", "service"] = "registrant"
    unit: Literal["bookings", "slots", "hours", "minutes", "nights", "days", "surfaces"]
    per: Literal["booking", "application", "day", "week", "month", "fiscal_year", "outstanding", "at_once"]
    cap: Annotated[int, Meta(ge=0)]
    states: tuple[State, ...] = ("tentative", "confirmed")
    weights: list[Weight] = []


class Lifecycle(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In what state a booking begins, what confirms it, when it lapses and what follows.

    The first entry whose condition holds counts. ``confirmed_by`` names what makes a tentative
    booking confirmed; ``lapses`` is the moment (``None``: never by itself); ``due`` is what the
    resident must do by then, as a wording key.
    """

    when: When = {}
    initial: Literal["tentative", "confirmed"]
    confirmed_by: list[Literal["payment", "counter", "approval"]] = []
    lapses: Moment | None = None


class SameSlotBan(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After these ends of a booking, the same registrant may not book the same space and time again."""

    after: Annotated[list[State], Meta(min_length=1)]
    when: When = {}


class FormField(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of the application form (★ where required); its answer is the fact ``form.<code>``."""

    code: Code
    label: Text
    kind: Literal["text", "long_text", "whole_number", "choice", "yes_no", "people_by_class"]
    required: bool = False
    when: When = {}
    hint: Text | None = None
    choices: dict[str, Text] = {}
    minimum: int | None = None
    maximum: int | None = None
    at_most_capacity: bool = False


class Majority(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact from the numbers of a ``people_by_class`` field: the class with more than half, else ``tie``."""

    field: Code
    more_than_half: Code
    otherwise: Code


class TermsToAccept(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Terms of use that must be ticked before submission; ``page`` is a page of the tenant folder."""

    code: Code
    label: Text
    page: Code


class NumberFormat(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Booking numbers: ``{fiscal_year}``, ``{year}``, ``{sequence:06d}``, ``{number_code}``.

    ``restarts`` says when the sequence begins again; ``begins_at`` is its first value.
    """

    format: str
    restarts: Literal["fiscal_year", "year", "never"] = "never"
    begins_at: int = 1


class RefundTier(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On ``at_least``..``at_most`` days before the use day, this percent goes back (or is not charged)."""

    at_least: Annotated[int, Meta(ge=0)]
    at_most: Annotated[int, Meta(ge=0)] | None = None
    percent: Percent


class Cancellation(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may end a booking until when, and what goes back; the first entry whose condition holds counts.

    ``ends_as`` is the state it gets. ``reason`` asks for one. ``tiers`` must cover all days without
    gap or overlap. ``charge_stands``: what is unpaid is still owed by the same tiers. ``kept_tax`` is what the kept part is
    for consumption tax: a fee that changes with the day is damages, out of its scope; a fee for the handling is taxable.
    """

    code: Code
    when: When = {}
    by: Annotated[list[Actor], Meta(min_length=1)]
    until: Moment | None = None
    ends_as: State = "cancelled"
    reason: Literal["required", "optional", "none"] = "none"
    tiers: Annotated[list[RefundTier], Meta(min_length=1)]
    kept_tax: Tax = "out_of_scope"
    rounding: Rounding = Rounding.DOWN
    unit_yen: Annotated[int, Meta(ge=1)] = 1
    grounds: list[Code] = []


class Change(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed in a booking, by whom, until when; nothing that is not listed.

    ``total: not_less`` refuses a change after which the booking would cost less than before. ``grounds``: only on one of
    these grounds, which staff name (rain, a fault of the facility): what could not be used is not charged.
    """

    code: Code
    when: When = {}
    by: Annotated[list[Actor], Meta(min_length=1)]
    until: Moment | None = None
    allows: list[
        Literal["fewer_nights", "guests", "preference", "form", "fewer_surfaces", "shorter", "extension", "equipment"]
    ]
    total: Literal["any", "not_less"] = "any"
    grounds: list[Code] = []


class BookingTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section ``booking``.

    ``lending_minutes``: equipment may be lent for a part of the booked time, in steps of so many minutes from its
    beginning; without, always for all of it.
    """

    channels: Annotated[list[Channel], Meta(min_length=1)]
    windows: Annotated[list[Window], Meta(min_length=1)]
    limits: list[Limit] = []
    lifecycle: Annotated[list[Lifecycle], Meta(min_length=1)]
    same_slot_ban: list[SameSlotBan] = []
    form: list[FormField] = []
    derived: dict[str, Majority] = {}
    terms: list[TermsToAccept] = []
    number: NumberFormat
    cancellation: Annotated[list[Cancellation], Meta(min_length=1)]
    change: list[Change] = []
    cart_at_most: Annotated[int, Meta(ge=1)] = 10
    lending_minutes: Literal[10, 15, 30, 60] | None = None


WaitingDays = Annotated[int, Meta(ge=1, le=365, description="Whole days.")]


class LateAfterDays(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After how many days what waits for staff has waited too long: more than so many, and it is shown as late."""

    registrations: WaitingDays = 7
    reliefs: WaitingDays = 7
    tentative: WaitingDays = 7
    mandates: WaitingDays = 30
    money: WaitingDays = 3
    drafts: WaitingDays = 7


class StaffTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section ``staff``: what its work is measured by."""

    late_after_days: LateAfterDays = LateAfterDays()
