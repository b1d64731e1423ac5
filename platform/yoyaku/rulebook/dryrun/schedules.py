"""What cancelling gives back from today to the day of use, under one rule set, and what that can follow from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from yoyaku.booking.policy import BookedFacts, ScheduleRow, cancellation_schedule, decide_cancellation
from yoyaku.booking.policy.case import Act, booked_case
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace
from yoyaku.rules.refusal import Refusal
from yoyaku.rules.trace import ClauseUse
from yoyaku.rules.values import Moment

CHANNEL: Final = "web"
IN_KEY: Final = frozenset({"days_before_use", "grounds", "state", "paid", "paid_by", "paid_only_by"})
"""Facts that follow from what every key holds anyway; nobody cancels on grounds of the city here."""
OF_THE_USE: Final = frozenset({"use_day", "use_start", "use_end", "use_month", "use_fiscal_year"})


@dataclass(frozen=True, slots=True)
class _Look:
    """What schedules at a place can follow from.

    The clauses that can hold there, the facts they name, whether they count from more than the use, and whose calendar.
    """

    clauses: tuple[int, ...]
    names: frozenset[str]
    hangs: bool
    calendar_of: str


class Schedules:
    """The schedules of bookings under one rule set, as of one instant: of residents, or of clerks at the counter."""

    def __init__(self, rules: ServiceRules, now: datetime, *, actor: Literal["resident", "clerk"] = "resident") -> None:
        self._rules = rules
        self._now = now
        self._actor = actor
        self._channel = CHANNEL
        if actor == "clerk":
            own = (one.code for one in rules.booking.channels if one.entered_by == "clerk")
            self._channel = next(own, CHANNEL)
        self._places: dict[str, _Look] = {}

    def of(self, booking: BookedFacts) -> tuple[ScheduleRow, ...]:
        """As :func:`cancellation_schedule` gives it for whoever cancels."""
        return cancellation_schedule(self._rules, booking, self._now, channel=self._channel, actor=self._actor)

    def clause_on(self, booking: BookedFacts, day: date) -> ClauseUse | None:
        """The clause by which cancelling on a day is decided, or refused."""
        at = max(self._now, self._rules.instant(day, 0))
        try:
            plan = decide_cancellation(
                self._rules, booking=booking, actor=self._actor, channel=self._channel, now=at, reason="?"
            )
        except Refusal as refusal:
            return refusal.trace[-1] if refusal.trace else None
        return plan.trace[-1]

    def key(self, booking: BookedFacts) -> Hashable:
        """Everything that a schedule can follow from: what the clauses at the place look at, and the money."""
        request = booking.request
        placed = self._rules.inventory.space(request.space_id)
        if placed.space_id not in self._places:
            self._places[placed.space_id] = self._look(placed)
        look = self._places[placed.space_id]
        when = (request.use_on, booking.period.starts_at, booking.period.ends_at)
        money = (booking.total_yen, booking.paid_yen, booking.paid_by, booking.state)
        return look.clauses, look.calendar_of, when, money, self._seen(look, booking), self._hung(look, booking)

    def _seen(self, look: _Look, booking: BookedFacts) -> Hashable:
        """The facts that the clauses name."""
        if not look.names:
            return ()
        act = Act(person=booking.person, channel=self._channel, actor=self._actor, now=self._now)
        facts = booked_case(self._rules, booking, act=act).facts
        return tuple(facts.get(name) for name in look.names)

    def _hung(self, look: _Look, booking: BookedFacts) -> Hashable:
        """The instants beside those of the use that their moments may count from."""
        if not look.hangs:
            return ()
        registered_at = None if booking.person is None else booking.person.registered_at
        arisen = () if booking.arisen is None else tuple(booking.arisen.anchors.items())
        return booking.made_at, booking.paid_at, registered_at, arisen

    def _look(self, placed: PlacedSpace) -> _Look:
        windows = [one for one in self._rules.windows_at(placed) if one.action == "cancel"]
        clauses: Sequence[Any] = [*self._rules.cancellations_at(placed), *windows]
        moments = [value for one in clauses for value in _moments(one)]
        counts = any(_counts_days(one) for one in moments) or any(one.office_hours is not None for one in windows)
        return _Look(
            clauses=tuple(id(one) for one in clauses),
            names=frozenset({name for clause in clauses for name in clause.when} - IN_KEY),
            hangs=any(not _of_the_use(moment) for moment in moments),
            calendar_of=placed.facility.code if counts else "",
        )


def on_day(rows: Sequence[ScheduleRow], day: date) -> ScheduleRow | None:
    """The row of a day; ``None`` where it cannot be cancelled."""
    return next((row for row in rows if row.from_date <= day <= row.to_date), None)


def _moments(clause: Any) -> list[Moment]:  # noqa: ANN401  # a window or a way to end
    return [value for name in ("until", "opens", "closes") if isinstance(value := getattr(clause, name, None), Moment)]


def _of_the_use(moment: Moment) -> bool:
    bounds = (moment.not_before, moment.not_after)
    return moment.anchor in OF_THE_USE and all(one is None or _of_the_use(one) for one in bounds)


def _counts_days(moment: Moment) -> bool:
    """Whether a moment looks at a calendar, which may be the facility's own."""
    bounds = (moment.not_before, moment.not_after)
    counts = bool(moment.open_days) or moment.roll is not None
    return counts or any(one is not None and _counts_days(one) for one in bounds)
