"""The whole rule set: every domain's section, the document's own head, and its examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from yoyaku.billing.terms import PaymentTerms
from yoyaku.booking.terms import Actor, BookingTerms, StaffTerms, State
from yoyaku.facility.terms import Facility, Timetable, TimetableUse
from yoyaku.fee.terms import FeeTerms
from yoyaku.lottery.terms import LotteryTerms
from yoyaku.notice.terms import Notice
from yoyaku.registration.terms import RegistrationTerms, Way
from yoyaku.rules.values import CalendarTerms, Code, DateText, InstantText, Season, Text

MonthText = Annotated[str, Meta(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$", description='A month, quoted: "2027-02".')]


class Applies(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To which bookings this version applies; there is no default."""

    by: Literal["made", "used", "drawn", "applied"]
    since: DateText = field(name="from")


class ExampleUse(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The use that an example speaks of: place, day, and times, bands or nights, as a resident would enter it."""

    facility: Code | None = None
    space: Code | None = None
    date: DateText | None = None
    starts: str | None = field(name="from", default=None)
    ends: str | None = field(name="to", default=None)
    bands: list[Code] = []
    nights: int = 0
    surfaces: int = 1
    unit: int | None = None
    activity: Code | None = None
    guests: list[dict[str, int]] = []
    preference: dict[str, bool] = {}
    equipment: dict[str, int] = {}
    lent: dict[str, tuple[str, str]] = {}
    form: dict[str, Any] = {}


class GivenBooking(ExampleUse, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A booking that is there already.

    Without ``fee_yen`` its fee is what the rules ask; without ``lapses_at`` it lapses as they say. ``user`` is whose it
    is, by default the example's user where it is ``by: self``.
    """

    id: Code
    by: Literal["self", "other"] = "self"
    state: State
    made: InstantText
    channel: Code = "web"
    fee_yen: int | None = None
    paid_yen: int = 0
    paid_by: list[Code] = []
    paid_at: InstantText | None = None
    lapses_at: InstantText | None = None
    application: str | None = None
    user: dict[str, str | int | bool] | None = None


class GivenEntry(ExampleUse, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry to a lottery that is there already; those of one person stand in the order of their wishes.

    ``by`` is whose it is: ``self``, or any other code, which also is the pseudonym in a draw; ``user`` says who they
    are, by default as the example's user. ``also`` are further uses of the same set. ``announced`` is when it was won.
    """

    id: Code
    by: Code = "self"
    also: list[ExampleUse] = []
    state: Literal["waiting", "won", "accepted", "declined", "lapsed", "lost"] = "waiting"
    announced: InstantText | None = None
    user: dict[str, str | int | bool] | None = None


class GivenRegistration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is registered already, by the answers that tell people apart."""

    user_class: Code
    answers: dict[str, str] = {}


class Given(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The clock, who asks (``user``: the facts of the registration; absent: nobody registered), and what is booked.

    ``sequence`` is the last part of the next booking number.
    """

    now: InstantText
    user: dict[str, str | int | bool] | None = None
    registered_at: InstantText | None = None
    bookings: list[GivenBooking] = []
    lottery_entries: list[GivenEntry] = []
    registrations: list[GivenRegistration] = []
    sequence: int | None = None


class ExampleAct(ExampleUse, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One action. ``booking`` names a given one; for ``availability`` ``from`` and ``to`` are dates; ``quote`` may have a
    ``relief`` as if it were granted.

    Of registration: ``register`` sends the form (``answers`` as typed); ``set_password`` tries one, which must be none
    of the ``personal`` texts; ``login`` finds the one spelling of an id; ``reach`` comes to a ``stage`` today;
    ``verify`` learns an ``address``.

    Of lotteries: ``lottery`` reads the days of one (that of a place and ``date``, or of a ``scheme`` and ``month``);
    ``enter`` makes an entry, with ``also`` a set, at a ``rank``; ``draw`` draws the given entries with a ``seed``, or
    with the first that gives these ``orders`` of the people (drawn per slot: of the entries); ``accept`` and
    ``decline`` answer the win of the given ``entry``.
    """

    action: Literal[
        "book", "quote", "cancel", "confirm", "lapse", "change", "windows", "availability",
        "lottery", "enter", "draw", "accept", "decline",
        "register", "set_password", "login", "reach", "verify",
    ]  # fmt: skip
    channel: Code = "web"
    actor: Actor | None = None
    booking: Code | None = None
    accepted_terms: list[Code] | None = None
    application: str | None = None
    reason: str | None = None
    grounds: Code | None = None
    changes: dict[str, Any] = {}
    by: Literal["payment", "counter", "approval"] = "counter"
    documents_seen: bool = False
    fee_taken_yen: int = 0
    paid_by: Code | None = None
    relief: Code | None = None
    user_class: Code | None = None
    way: Way = "web"
    answers: dict[str, str] = {}
    consents: list[Code] = []
    by_proxy: bool = False
    login_id: str | None = None
    password: str | None = None
    personal: list[str] = []
    stage: Code | None = None
    address: str | None = None
    scheme: Code | None = None
    month: MonthText | None = None
    also: list[ExampleUse] = []
    rank: int | None = None
    entry: Code | None = None
    seed: str | None = None
    orders: list[list[Code]] = []


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes of it; what is not named is not looked at. ``lines`` are all lines, ``due`` those named,
    ``methods`` all by which it may be paid through the channel of the act.

    Of registration: ``faults`` are all, by field; ``written`` how answers named are kept; ``stage`` the first one;
    ``papers`` and ``checks`` all that are asked for then; ``reasons`` all that is wrong with a password, and
    ``city_pattern`` what the city's own patterns alone say of it; ``expiries`` the last days.

    Of lotteries: ``requirement`` is the one that kept somebody out, ``results`` what became of each entry, ``rounds``
    in which round, ``accept_until`` the end of a winner's time.
    """

    outcome: Literal["allowed", "refused"] | None = None
    reason: Code | None = None
    allowed_from: InstantText | None = None
    allowed_until: InstantText | None = None
    opens_at: InstantText | None = None
    closes_at: InstantText | None = None
    visible_at: InstantText | None = None
    is_open: bool | None = None
    state: State | None = None
    total_yen: int | None = None
    tax_yen: int | None = None
    more_yen: int | None = None
    lines: dict[str, int] | None = None
    due: dict[str, InstantText] | None = None
    methods: list[Code] | None = None
    lapses_at: InstantText | None = None
    number: str | None = None
    refund_yen: int | None = None
    kept_yen: int | None = None
    cells: dict[str, Any] | None = None
    faults: dict[str, str] | None = None
    written: dict[str, str] | None = None
    stage: Code | None = None
    papers: list[Code] | None = None
    checks: list[Code] | None = None
    reasons: list[str] | None = None
    city_pattern: Literal["allowed", "refused"] | None = None
    login_key: str | None = None
    expiries: dict[str, DateText] | None = None
    residency: str | None = None
    draws_at: InstantText | None = None
    announces_at: InstantText | None = None
    releases_at: InstantText | None = None
    accept_until: InstantText | None = None
    rank: int | None = None
    requirement: Code | None = None
    results: dict[str, Literal["won", "lost", "void"]] | None = None
    rounds: dict[str, int] | None = None


class Example(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case a clerk can read: given (clock, user, bookings), when (one action), then (the outcome)."""

    name: str
    facts: list[str] = []
    given: Given
    when: ExampleAct
    then: Expected


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case to explain: as an example, without an expectation."""

    name: str = ""
    facts: list[str] = []
    given: Given
    when: ExampleAct
    then: Expected = Expected()


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
    lottery: LotteryTerms = LotteryTerms()
    notices: list[Notice] = []
    staff: StaffTerms = StaffTerms()
    inventory: list[Facility] = []
    wording: dict[str, Text] = {}
    examples: list[Example] = []
