"""From the words of an example to what the policies ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from yoyaku.booking.policy import Act, BookedFacts, BookingRequest, HeldBooking, Person, quote_booking
from yoyaku.booking.policy.life import lapse_deadline
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Actor
from yoyaku.facility.policy import locate_use
from yoyaku.kernel.errors import YoyakuError
from yoyaku.rulebook.terms import Case, Example, ExampleUse, GivenBooking
from yoyaku.rules.moment import civil_time
from yoyaku.rules.trace import Trace


class ExampleIncomplete(YoyakuError):
    """The example does not say enough to be tried (``missing``), or speaks of a booking that is not given."""

    code = "example_incomplete"
    title = "The example does not say enough to be tried."


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of an act: ``found`` by the keys of ``then``, the clauses, and the refusal if it was one."""

    found: Mapping[str, Any]
    trace: Trace = ()
    error: YoyakuError | None = None


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One example, as the policies see it."""

    rules: ServiceRules
    example: Example | Case

    @cached_property
    def now(self) -> datetime:
        """The clock of the example."""
        return to_instant(self.example.given.now, self.rules.zone)

    @cached_property
    def person(self) -> Person | None:
        """Who asks."""
        given = self.example.given
        registered = given.registered_at
        at = None if registered is None else to_instant(registered, self.rules.zone)
        return None if given.user is None else self.person_of(given.user, at)

    @property
    def channel(self) -> str:
        """The channel of the act."""
        return self.example.when.channel

    @property
    def actor(self) -> Actor:
        """Who types: as said, else whoever enters by that channel."""
        act = self.example.when
        if act.actor is not None:
            return act.actor
        entered_by = {channel.code: channel.entered_by for channel in self.rules.booking.channels}
        return entered_by.get(act.channel, "resident")

    @property
    def act(self) -> Act:
        """Who does it, by which channel, when."""
        return Act(person=self.person, channel=self.channel, actor=self.actor, now=self.now)

    @cached_property
    def request(self) -> BookingRequest:
        """What is asked for."""
        return to_request(self.example.when)

    @cached_property
    def held(self) -> Sequence[HeldBooking]:
        """The given bookings, as limits and free time see them."""
        return [self._held(given) for given in self.example.given.bookings]

    @cached_property
    def booked(self) -> BookedFacts:
        """The given booking that the act is about."""
        name = self.example.when.booking
        given = next((each for each in self.example.given.bookings if each.id == name), None)
        if given is None:
            raise ExampleIncomplete(missing="booking")
        return self._booked(given)

    def person_of(self, user: Mapping[str, str | int | bool], registered_at: datetime | None = None) -> Person:
        """A person by the facts given, completed by what their class says."""
        classes = {each.code: each for each in self.rules.registration.classes}
        found = classes.get(str(user.get("user_class")))
        known = {} if found is None else {"account_kind": found.account_kind, "residency": found.residency}
        facts = {name: value for name, value in known.items() if value is not None} | dict(user)
        return Person(facts=facts, registered_at=registered_at)

    def _held(self, given: GivenBooking) -> HeldBooking:
        request = to_request(given)
        made_at = to_instant(given.made, self.rules.zone)
        use = locate_use(self.rules, request.wish, made_at)
        return HeldBooking(
            booking_id=given.id,
            space_id=request.space_id,
            period=use.period,
            use_on=request.use_on,
            state=given.state,
            made_at=made_at,
            nights=use.nights,
            surfaces=given.surfaces,
            unit=given.unit,
            equipment=given.equipment,
            lent=given.lent,
            application_id=given.application,
            by_self=given.by == "self",
        )

    def _booked(self, given: GivenBooking) -> BookedFacts:
        request = to_request(given)
        made_at = to_instant(given.made, self.rules.zone)
        person = self.person if given.user is None else self.person_of(given.user)
        act = Act(person=person, channel=given.channel, actor="resident", now=made_at)
        fee = given.fee_yen
        paid_at = given.paid_at
        lapses_at = given.lapses_at
        booked = BookedFacts(
            booking_id=given.id,
            request=request,
            period=locate_use(self.rules, request.wish, made_at).period,
            state=given.state,
            made_at=made_at,
            total_yen=quote_booking(self.rules, request=request, act=act).total_yen if fee is None else fee,
            paid_yen=given.paid_yen,
            paid_by=frozenset(given.paid_by),
            paid_at=None if paid_at is None else to_instant(paid_at, self.rules.zone),
            channel=given.channel,
            lapses_at=None if lapses_at is None else to_instant(lapses_at, self.rules.zone),
            person=person,
            application_id=given.application,
        )
        if given.state != "tentative" or lapses_at is not None:
            return booked
        return replace(booked, lapses_at=lapse_deadline(self.rules, booked))


def to_instant(text: str, zone: ZoneInfo) -> datetime:
    """``"2027-01-16T08:59:59"`` in a zone, in UTC; ``"…T24:00"`` is the midnight that ends the day."""
    day, _, at = text.partition("T")
    return datetime.combine(*civil_time(date.fromisoformat(day), at), tzinfo=zone).astimezone(UTC)


def to_request(use: ExampleUse) -> BookingRequest:
    """What an example's use asks for.

    Raises:
        ExampleIncomplete: place or day is missing.
    """
    missing = [name for name in ("facility", "space", "date") if getattr(use, name) is None]
    if missing or use.facility is None or use.space is None or use.date is None:
        raise ExampleIncomplete(missing=", ".join(missing))
    return BookingRequest(
        facility=use.facility,
        space=use.space,
        use_on=date.fromisoformat(use.date),
        starts=use.starts,
        ends=use.ends,
        bands=tuple(use.bands),
        nights=use.nights,
        surfaces=use.surfaces,
        unit=use.unit,
        activity=use.activity,
        guests=tuple(use.guests),
        preferences=use.preference,
        equipment=use.equipment,
        lent=use.lent,
        form=use.form,
    )
