"""Examples for the documentation of the API: an invented town with a court by the hour and a lodge by the night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import to_builtins
from msgspec.structs import replace

from yoyaku.booking.api.shapes import (
    ApplicationOut,
    BookingOut,
    CancellationOut,
    CartItemOut,
    ClosedOut,
    DayOut,
    DueOut,
    EquipmentOut,
    EventOut,
    FacilityOut,
    FormOut,
    LineOut,
    QuestionOut,
    QuoteOut,
    ScheduleOut,
    SlotOut,
    SpaceOut,
    TermsOut,
)
from yoyaku.booking.policy import (
    CartFull,
    LimitReached,
    NotCancellable,
    NotChangeable,
    NotRegistered,
    OutsideWindow,
    SlotTaken,
    TermsNotAccepted,
)
from yoyaku.facility.policy import UnknownSpace
from yoyaku.rules.trace import ClauseUse
from yoyaku.ui.languages import DEFAULT_LANGUAGE
from yoyaku.ui.problem import ClauseUsed, problem_of
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words

_DAY = date(2027, 2, 20)
_STARTS, _ENDS = datetime(2027, 2, 20, 0, 0, tzinfo=UTC), datetime(2027, 2, 20, 2, 0, tzinfo=UTC)
_MADE = datetime(2027, 1, 16, 0, 3, 12, tzinfo=UTC)
_OPENS = datetime(2027, 1, 16, 0, 0, tzinfo=UTC)
_COURT = {"facility": "midori-park", "space": "tennis", "use_on": str(_DAY), "starts": "09:00", "ends": "11:00"}
_STAY = {"facility": "forest-lodge", "space": "room", "use_on": str(_DAY), "nights": 2}

WISHES: Final[list[tuple[str, dict[str, Any]]]] = [
    ("A court for two hours", {"items": [_COURT], "form": {"people": 4}}),
    (
        "Two nights",
        {"items": [{**_STAY, "guests": [{"adult": 2, "child": 1}] * 2, "preferences": {"japanese_western": True}}]},
    ),
]
SUBMISSIONS: Final = [(name, {**body, "accepted_terms": ["terms"]}) for name, body in WISHES]
CART_WISHES: Final[list[tuple[str, dict[str, Any]]]] = [("A court for two hours", {"items": [_COURT]})]
CANCELLATIONS: Final = [("As it was shown", {"reason": "都合が悪くなったため", "expected_refund_yen": 0})]
CHANGES: Final = [("Fewer people", {"form": {"people": 3}}), ("One night less", {"nights": 1})]

_WHY = (
    ClauseUse(
        path="booking.windows[0]",
        reference="第5条第1項",
        inputs={"channel": "web", "space_kind": "court"},
        outcome="2027-01-16T00:00:00+00:00",
    ),
)
_WORDS = Words(DEFAULT_LANGUAGE, Wording(DEFAULT_LANGUAGE))
_TAKEN = SlotTaken(facility="midori-park", space="tennis", starts_at=_STARTS, ends_at=_ENDS, free=0, item=0, trace=_WHY)
REFUSALS: Final = (
    _TAKEN,
    OutsideWindow(opens_at=_OPENS, closes_at=_STARTS, allowed_from=_OPENS, item=0, trace=_WHY),
    LimitReached(limit="month", cap=4, unit="bookings", per="month", used=4, item=0, trace=_WHY),
    NotRegistered(registrations=["registered"], item=0),
    UnknownSpace(item=0),
    TermsNotAccepted(terms=["terms"], labels=["利用規約"]),
)
CART_REFUSALS: Final = (CartFull(maximum=10), *REFUSALS[:-1])
NOT_CANCELLABLE: Final = NotCancellable(state="confirmed", until=_STARTS, trace=_WHY)
NOT_CHANGEABLE: Final = NotChangeable(kinds=["guests"], until=_STARTS, trace=_WHY)

_LINES = [LineOut(code="base", name={"ja": "使用料", "en": "Fee"}, yen=1200, tax="included")]
_DUES = [DueOut(method="counter", name="窓口", due_at=datetime(2027, 2, 19, 15, 0, tzinfo=UTC), online=False)]
_REASONS = [
    ClauseUsed(path=use.path, reference=use.reference, inputs=dict(use.inputs), outcome=use.outcome) for use in _WHY
]
_BOOKING = BookingOut(
    booking_id=UUID("0194b3a0-5c1e-7d3a-9b52-3d6c1f0a7e11"),
    application_id=UUID("0194b3a0-5c1e-7c04-8f6e-51c2a90b4d23"),
    number="2026-000719",
    state="tentative",
    facility="midori-park",
    facility_name={"ja": "みどり公園", "en": "Midori Park"},
    space="tennis",
    space_name={"ja": "テニスコート", "en": "Tennis court"},
    use_on=_DAY,
    starts_at=_STARTS,
    ends_at=_ENDS,
    bands=[],
    nights=0,
    surfaces=1,
    unit=None,
    activity=None,
    guests=[],
    preferences={},
    equipment={},
    lent={},
    form={"people": 4},
    channel="web",
    arose="first_come",
    made_at=_MADE,
    lapses_at=datetime(2027, 1, 30, 15, 0, tzinfo=UTC),
    confirmed_at=None,
    ended_at=None,
    total_yen=1200,
    paid_yen=0,
    kept_yen=None,
    refund_yen=None,
    lines=_LINES,
    dues=_DUES,
    rule_set_version=3,
    inventory_version=2,
    reasons=_REASONS,
)
_APPLICATION = ApplicationOut(application_id=_BOOKING.application_id, repeated=False, bookings=[_BOOKING])
_QUOTE = QuoteOut(
    state="tentative",
    starts_at=_STARTS,
    ends_at=_ENDS,
    total_yen=1200,
    lines=_LINES,
    dues=_DUES,
    lapses_at=_BOOKING.lapses_at,
    reasons=_REASONS,
)
_ITEM = CartItemOut(
    item_id=UUID("0194b39f-1a2b-7c3d-8e4f-5a6b7c8d9e0f"), added_at=_MADE, wish={**_COURT, "surfaces": 1}, quote=_QUOTE
)


def _one(name: str, value: object) -> list[tuple[str, Any]]:
    return [(name, to_builtins(value))]


APPLICATION: Final = _one("One booking", _APPLICATION)
REPEATED: Final = _one("Sent again", replace(_APPLICATION, repeated=True))
BOOKING: Final = _one("Tentative", _BOOKING)
BOOKINGS: Final = _one("One to come", [_BOOKING])
CONFIRMED: Final = _one(
    "Confirmed", replace(_BOOKING, state="confirmed", paid_yen=1200, confirmed_at=_MADE, lapses_at=None)
)
CANCELLED: Final = _one(
    "Cancelled", replace(_BOOKING, state="cancelled", ended_at=_MADE, kept_yen=0, refund_yen=0, lapses_at=None)
)
REVOKED: Final = _one(
    "Revoked for rain", replace(_BOOKING, state="revoked", ended_at=_MADE, kept_yen=0, refund_yen=0, lapses_at=None)
)
QUOTES: Final = [
    ("Possible", to_builtins([_QUOTE])),
    ("Taken", to_builtins([QuoteOut(refusal=problem_of(_TAKEN, _WORDS))])),
]
CART: Final = _one("One wish", [_ITEM])
EVENTS: Final = _one(
    "Made and confirmed",
    [
        EventOut(kind="booking_made", at=_MADE, actor="resident", staff_name=None, why=None, facts={"total_yen": 1200}),
        EventOut(
            kind="booking_confirmed",
            at=_MADE,
            actor="clerk",
            staff_name="窓口 一郎",
            why=None,
            facts={"paid_yen": 1200},
        ),
    ],
)
OFFER: Final = _one(
    "Free of charge for a week",
    CancellationOut(
        possible=True,
        ends_as="cancelled",
        refund_yen=0,
        kept_yen=0,
        until=_STARTS,
        schedule=[
            ScheduleOut(from_date=date(2027, 1, 16), to_date=date(2027, 2, 13), percent=100, refund_yen=0, kept_yen=0)
        ],
    ),
)
DAYS: Final = _one(
    "A court on one day",
    [
        DayOut(
            space="tennis",
            use_on=_DAY,
            slots=[
                SlotOut(starts_at=_STARTS, ends_at=_ENDS, code=None, free=3, capacity=4, mark="some"),
                SlotOut(
                    starts_at=_ENDS,
                    ends_at=_ENDS + timedelta(hours=2),
                    code=None,
                    free=0,
                    capacity=4,
                    mark="closed",
                    closed=ClosedOut(kind="closure", reason={"ja": "雨天のため", "en": "Because of rain"}),
                ),
            ],
        )
    ],
)
FACILITIES: Final = _one(
    "A park with a court",
    [
        FacilityOut(
            facility="midori-park",
            name={"ja": "みどり公園", "en": "Midori Park"},
            address="緑町1丁目1番1号",
            phone="03-0000-0000",
            bookable=True,
            spaces=[SpaceOut(space="tennis", name="テニスコート", kind="court", capacity=4, people=None, online=True)],
        )
    ],
)
FORM: Final = _one(
    "A question and terms",
    FormOut(
        questions=[
            QuestionOut(
                code="people",
                label={"ja": "利用人数", "en": "People"},
                kind="whole_number",
                required=True,
                hint=None,
                choices={},
                minimum=1,
                maximum=None,
            )
        ],
        terms=[TermsOut(code="terms", label={"ja": "利用規約", "en": "Terms of use"})],
        equipment=[EquipmentOut(code="racket", name={"ja": "ラケット", "en": "Racket"}, stock=8)],
    ),
)
