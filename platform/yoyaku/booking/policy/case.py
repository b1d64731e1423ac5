"""The facts of one decision: of the use, of the person, of the act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from yoyaku.booking.policy.values import Arisen, BookedFacts, BookingRequest, Person
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Actor, Majority
from yoyaku.facility.policy import PlacedSpace, Use, locate_use, minute_of_day, timetable_for, use_facts
from yoyaku.rules.condition import Facts, Value
from yoyaku.rules.trace import ClauseUse, Plain
from yoyaku.rules.values import Anchor, Clause, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something, by which channel, and when."""

    person: Person | None
    channel: str
    actor: Actor
    now: datetime


@dataclass(slots=True, kw_only=True)
class Case:
    """One decision while it is made: ``facts`` and ``trace`` grow, nothing else changes.

    ``made_at`` is when the booking was made: now, for a new one. ``relief`` is the code of the relief that was granted.
    """

    rules: ServiceRules
    placed: PlacedSpace
    use_on: date
    act: Act
    made_at: datetime
    facts: dict[str, Value]
    anchors: dict[Anchor, date | datetime]
    trace: list[ClauseUse]
    relief: str | None = None

    def moment(self, moment: Moment) -> datetime:
        """The instant of a moment in this case."""
        return self.rules.moment(moment, placed=self.placed, use_on=self.use_on, anchors=self.anchors)

    def cite(self, clause: Clause, outcome: Plain) -> ClauseUse:
        """That a clause gave this outcome, by the facts so far."""
        return self.rules.cite(clause, facts=self.facts, outcome=outcome)

    def note(self, clause: Clause, outcome: Plain) -> None:
        """Put a clause into the trace."""
        self.trace.append(self.cite(clause, outcome))

    def ended_by(self, clause: Clause, outcome: Plain) -> tuple[ClauseUse, ...]:
        """The trace of a refusal, the refusing clause last."""
        return (*self.trace, self.cite(clause, outcome))


def open_case(
    rules: ServiceRules,
    *,
    request: BookingRequest,
    act: Act,
    made_at: datetime | None = None,
    arisen: Arisen | None = None,
    relief: str | None = None,
) -> tuple[Case, Use]:
    """The case of a booking that is asked for, or was won (``arisen``), with the use it is about.

    Raises:
        Refusal: there is no such place or time.
    """
    made_at = made_at or act.now
    use = locate_use(rules, request.wish, made_at)
    facts = use_facts(rules, use.placed, use.use_on)
    facts |= {
        "timetable": use.entry.timetable,
        "band": frozenset(use.bands) or None,
        "starts_minute": use.starts_minute,
        "ends_minute": use.ends_minute,
        "minutes": use.minutes,
    }
    facts |= request_facts(request) | arisen_facts(arisen) | act_facts(rules, act, use.use_on)
    anchors = use_anchors(use.use_on, use.period.starts_at, use.period.ends_at) | act_anchors(act, made_at)
    anchors |= arisen_anchors(arisen)
    case = Case(
        rules=rules,
        placed=use.placed,
        use_on=use.use_on,
        act=act,
        made_at=made_at,
        facts=facts,
        anchors=anchors,
        trace=[rules.cite(use.entry, facts=facts, outcome=use.entry.timetable)],
        relief=relief,
    )
    return case, use


def booked_case(
    rules: ServiceRules, booking: BookedFacts, *, act: Act, more: Mapping[str, Value] | None = None
) -> Case:
    """The case of a booking that was made, whether or not it could be made today."""
    request = booking.request
    placed = rules.inventory.space(request.space_id)
    entry, _ = timetable_for(rules, placed, request.use_on, booking.made_at)
    facts = use_facts(rules, placed, request.use_on)
    facts |= {
        "timetable": entry.timetable,
        "band": frozenset(request.bands) or None,
        "starts_minute": None if request.starts is None else minute_of_day(request.starts),
        "ends_minute": None if request.ends is None else minute_of_day(request.ends),
        "minutes": booking.period.minutes,
        "state": booking.state,
        "paid": booking.paid,
        "paid_by": booking.paid_by,
        "paid_only_by": next(iter(booking.paid_by)) if len(booking.paid_by) == 1 else None,
    }
    facts |= request_facts(request) | arisen_facts(booking.arisen)
    facts |= form_answers(request.form) | derived_facts(rules, request.form)
    facts |= act_facts(rules, act, request.use_on) | dict(more or {})
    return Case(
        rules=rules,
        placed=placed,
        use_on=request.use_on,
        act=act,
        made_at=booking.made_at,
        facts=facts,
        anchors=_booked_anchors(booking, act),
        trace=[],
    )


def made_case(rules: ServiceRules, booking: BookedFacts) -> Case:
    """The case of a booking as it was when it was made: nothing paid yet, by the channel of that day."""
    paid = "free" if booking.total_yen == 0 else "unpaid"
    more = {"state": None, "paid": paid, "paid_by": None}
    return booked_case(rules, booking, act=made_act(rules, booking), more=more)


def made_act(rules: ServiceRules, booking: BookedFacts) -> Act:
    """Who made a booking, by which channel and when."""
    entered_by = {channel.code: channel.entered_by for channel in rules.booking.channels}
    return Act(
        person=booking.person,
        channel=booking.channel,
        actor=entered_by.get(booking.channel, "resident"),
        now=booking.made_at,
    )


def _booked_anchors(booking: BookedFacts, act: Act) -> dict[Anchor, date | datetime]:
    anchors = use_anchors(booking.request.use_on, booking.period.starts_at, booking.period.ends_at)
    anchors |= act_anchors(act, booking.made_at) | arisen_anchors(booking.arisen)
    if booking.paid_at is not None:
        anchors["paid"] = booking.paid_at
    return anchors


def request_facts(request: BookingRequest) -> dict[str, Value]:
    """What the request itself says, its form left out."""
    return {
        "nights": request.nights,
        "surfaces": request.surfaces,
        "activity": request.activity,
    }


def arisen_facts(arisen: Arisen | None) -> dict[str, Value]:
    """How the booking arose."""
    return {"arose": "first_come" if arisen is None else "lottery"}


def arisen_anchors(arisen: Arisen | None) -> dict[Anchor, date | datetime]:
    """The moments of the lottery that it arose from."""
    return {} if arisen is None else dict(arisen.anchors)


def act_facts(rules: ServiceRules, act: Act, use_on: date) -> dict[str, Value]:
    """What the person, the channel and the day of the act say."""
    person: Facts = act.person.facts if act.person is not None else {}
    return {
        **person,
        "channel": act.channel,
        "actor": act.actor,
        "days_before_use": (use_on - rules.civil_date(act.now)).days,
    }


def form_answers(form: Mapping[str, object]) -> dict[str, Value]:
    """``form.<code>`` of each answer that conditions can ask for: choices, yes or no, whole numbers, numbers by class.

    The fact of numbers by class is their sum.
    """
    return {f"form.{code}": _plain(answer) for code, answer in form.items()}


def _plain(answer: object) -> Value:
    if isinstance(answer, Mapping):
        return sum(count for count in answer.values() if isinstance(count, int))
    return answer if isinstance(answer, int) else str(answer)


def derived_facts(rules: ServiceRules, taken: Mapping[str, object]) -> dict[str, Value]:
    """The facts under ``booking.derived`` whose answers are there."""
    return {
        name: _majority(majority, taken[majority.field])
        for name, majority in rules.booking.derived.items()
        if majority.field in taken
    }


def _majority(majority: Majority, answer: object) -> str:
    """The class if more than half are of it; equal numbers are not more than half."""
    counts: Mapping[str, int] = answer if isinstance(answer, Mapping) else {}
    more = 2 * counts.get(majority.more_than_half, 0) > sum(counts.values())
    return majority.more_than_half if more else majority.otherwise


def use_anchors(use_on: date, starts_at: datetime, ends_at: datetime) -> dict[Anchor, date | datetime]:
    """The anchors that the use gives."""
    return {"use_day": use_on, "use_start": starts_at, "use_end": ends_at}


def act_anchors(act: Act, made_at: datetime) -> dict[Anchor, date | datetime]:
    """The anchors that the act and the making of the booking give."""
    anchors: dict[Anchor, date | datetime] = {
        "now": act.now,
        "made": made_at,
        "applied": made_at,
        "tentative_since": made_at,
    }
    if act.person is not None and act.person.registered_at is not None:
        anchors["registered"] = act.person.registered_at
    return anchors
