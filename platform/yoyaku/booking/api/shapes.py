"""What the API takes and gives. Amounts are whole yen, instants RFC 3339 with an offset, dates ``2027-02-20``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from yoyaku.booking.policy import BookingPlan, BookingRequest, ScheduleRow
from yoyaku.booking.views import BookingView, CancellationOffer
from yoyaku.rules.trace import trace_to_json
from yoyaku.rules.values import Text

TimeText = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", examples=["09:00"])]
CodeText = Annotated[str, Meta(min_length=1, max_length=100, examples=["main-hall"])]
Count = Annotated[int, Meta(ge=0, le=10_000, examples=[1])]
Answer = str | int | bool | dict[str, int]


class WishIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One use that is asked for: by ``starts`` and ``ends``, by ``bands``, or by ``nights`` with ``guests`` a night."""

    facility: CodeText
    space: CodeText
    use_on: date
    starts: TimeText | None = None
    ends: TimeText | None = None
    bands: Annotated[list[CodeText], Meta(max_length=20)] = []
    nights: Annotated[int, Meta(ge=0, le=60)] = 0
    surfaces: Annotated[int, Meta(ge=1, le=1000)] = 1
    unit: Annotated[int, Meta(ge=1, le=1000)] | None = None
    activity: CodeText | None = None
    guests: Annotated[list[dict[str, Count]], Meta(max_length=60)] = []
    preferences: dict[str, bool] = {}
    equipment: dict[str, Count] = {}
    form: dict[str, Answer] = {}

    def request(self) -> BookingRequest:
        """The same as the policies read it."""
        return BookingRequest(
            facility=self.facility,
            space=self.space,
            use_on=self.use_on,
            starts=self.starts,
            ends=self.ends,
            bands=tuple(self.bands),
            nights=self.nights,
            surfaces=self.surfaces,
            unit=self.unit,
            activity=self.activity,
            guests=tuple(self.guests),
            preferences=self.preferences,
            equipment=self.equipment,
            form=self.form,
        )


Wishes = Annotated[list[WishIn], Meta(min_length=1, max_length=50)]


class QuoteIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be priced; answers in ``form`` hold for all items."""

    items: Wishes
    form: dict[str, Answer] = {}


class ApplicationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A submission: all items are booked, or none."""

    items: Wishes
    form: dict[str, Answer] = {}
    accepted_terms: Annotated[list[CodeText], Meta(max_length=20)] = []


class CancellationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``expected_refund_yen`` is what was shown before; if another sum would go back now, nothing is cancelled."""

    reason: Annotated[str, Meta(max_length=1000)] | None = None
    expected_refund_yen: Annotated[int, Meta(ge=0)] | None = None


class ChangeIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only what is to change."""

    nights: Annotated[int, Meta(ge=1, le=60)] | None = None
    guests: Annotated[list[dict[str, Count]], Meta(max_length=60)] | None = None
    preferences: dict[str, bool] | None = None
    form: dict[str, Answer] | None = None
    surfaces: Annotated[int, Meta(ge=1, le=1000)] | None = None
    starts: TimeText | None = None
    ends: TimeText | None = None
    equipment: dict[str, Count] | None = None

    def changes(self) -> dict[str, Any]:
        """What was given, as the policy reads it."""
        given = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in given.items() if value is not None}


class LineOut(Struct, frozen=True, kw_only=True):
    """One line of a price."""

    code: str
    name: Text
    yen: int
    tax: Literal["included", "exempt", "out_of_scope"]


class DueOut(Struct, frozen=True, kw_only=True):
    """A method of payment and the instant before which it must be paid."""

    method: str
    name: Text
    due_at: datetime | None
    online: bool


class ScheduleOut(Struct, frozen=True, kw_only=True):
    """What cancelling does on the days ``from_date`` to ``to_date``, both counted."""

    from_date: date
    to_date: date
    percent: int
    refund_yen: int
    kept_yen: int


class RefusalOut(Struct, frozen=True, kw_only=True):
    """Why an item is refused: the stable code, a sentence, and what it depends on."""

    code: str
    detail: str
    facts: Mapping[str, Any]


class QuoteOut(Struct, frozen=True, kw_only=True):
    """An item's price and state, or its refusal; exactly one."""

    refusal: RefusalOut | None = None
    state: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    total_yen: int | None = None
    lines: list[LineOut] = []
    dues: list[DueOut] = []
    lapses_at: datetime | None = None
    reasons: list[dict[str, Any]] = []


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
    bands: list[str]
    nights: int
    surfaces: int
    guests: list[Mapping[str, int]]
    equipment: Mapping[str, int]
    form: Mapping[str, Any]
    channel: str
    made_at: datetime
    lapses_at: datetime | None
    total_yen: int
    paid_yen: int
    kept_yen: int | None
    refund_yen: int | None
    lines: list[LineOut]
    dues: list[DueOut]
    rule_set_version: int
    inventory_version: int
    reasons: list[dict[str, Any]]


class ApplicationOut(Struct, frozen=True, kw_only=True):
    """What a submission made; ``repeated`` where the same key had made it before."""

    application_id: UUID
    repeated: bool
    bookings: list[BookingOut]


class CancellationOut(Struct, frozen=True, kw_only=True):
    """What cancelling now would do, or why it is refused; and on each later day."""

    possible: bool
    ends_as: str | None = None
    refund_yen: int | None = None
    kept_yen: int | None = None
    until: datetime | None = None
    bans_same_slot: bool = False
    refusal: RefusalOut | None = None
    schedule: list[ScheduleOut] = []


class SlotOut(Struct, frozen=True, kw_only=True):
    """A slot of a day: how many are free, and whether it can be booked by this channel now."""

    starts_at: datetime
    ends_at: datetime
    code: str | None
    free: int
    capacity: int
    mark: Literal["free", "some", "full", "closed", "outside", "not_offered"]


class DayOut(Struct, frozen=True, kw_only=True):
    """One space on one day."""

    space: str
    use_on: date
    slots: list[SlotOut]


class SpaceOut(Struct, frozen=True, kw_only=True):
    """A space that can be booked."""

    space: str
    name: Text
    kind: str
    capacity: int
    people: int | None


class FacilityOut(Struct, frozen=True, kw_only=True):
    """A facility with its spaces."""

    facility: str
    name: Text
    address: Text | None
    phone: str | None
    bookable: bool
    spaces: list[SpaceOut]


def quoted(plan: BookingPlan) -> QuoteOut:
    """A plan as the API tells it."""
    return QuoteOut(
        state=plan.state,
        starts_at=plan.period.starts_at,
        ends_at=plan.period.ends_at,
        total_yen=plan.quote.total_yen,
        lines=[LineOut(code=line.code, name=line.name, yen=line.yen, tax=line.tax) for line in plan.quote.lines],
        dues=[DueOut(method=due.method, name=due.name, due_at=due.due_at, online=due.online) for due in plan.payment],
        lapses_at=plan.lapses_at,
        reasons=trace_to_json(plan.trace),
    )


def booking_out(booking: BookingView) -> BookingOut:
    """A stored booking as the API tells it."""
    request = booking.request
    return BookingOut(
        booking_id=booking.booking_id,
        application_id=booking.application_id,
        number=booking.number,
        state=booking.state,
        facility=request.facility,
        facility_name=booking.facility_name,
        space=request.space,
        space_name=booking.space_name,
        use_on=booking.use_on,
        starts_at=booking.period.starts_at,
        ends_at=booking.period.ends_at,
        bands=list(request.bands),
        nights=request.nights,
        surfaces=request.surfaces,
        guests=list(request.guests),
        equipment=request.equipment,
        form=request.form,
        channel=booking.channel,
        made_at=booking.made_at,
        lapses_at=booking.lapses_at,
        total_yen=booking.total_yen,
        paid_yen=booking.paid_yen,
        kept_yen=booking.kept_yen,
        refund_yen=booking.refund_yen,
        lines=[LineOut(code=line.code, name=line.name, yen=line.yen, tax=line.tax) for line in booking.lines],
        dues=[DueOut(method=due.method, name=due.name, due_at=due.due_at, online=due.online) for due in booking.dues],
        rule_set_version=booking.rule_set_version,
        inventory_version=booking.inventory_version,
        reasons=trace_to_json(booking.trace),
    )


def offer_out(offer: CancellationOffer, refusal: RefusalOut | None) -> CancellationOut:
    """A cancellation offer as the API tells it; its refusal in words comes from the caller."""
    plan = offer.plan
    return CancellationOut(
        possible=plan is not None,
        ends_as=None if plan is None else plan.ends_as,
        refund_yen=None if plan is None else plan.refund_yen,
        kept_yen=None if plan is None else plan.kept_yen,
        until=None if plan is None else plan.until,
        bans_same_slot=plan is not None and plan.bans_same_slot,
        refusal=refusal,
        schedule=[_schedule_out(row) for row in offer.schedule],
    )


def _schedule_out(row: ScheduleRow) -> ScheduleOut:
    return ScheduleOut(
        from_date=row.from_date,
        to_date=row.to_date,
        percent=row.percent,
        refund_yen=row.refund_yen,
        kept_yen=row.kept_yen,
    )
