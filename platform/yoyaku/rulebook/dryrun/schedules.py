"""What cancelling gives back from today to the day of use, under one rule set; worked out once for what is alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from yoyaku.booking.policy import BookedFacts, ScheduleRow, cancellation_schedule, decide_cancellation
from yoyaku.booking.policy.case import Act, booked_case
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace
from yoyaku.rules.refusal import Refusal
from yoyaku.rules.trace import ClauseUse
from yoyaku.rules.values import Moment

CHANNEL: Final = "web"
OF_THE_USE: Final = frozenset({"use_day", "use_start", "use_end", "use_month", "use_fiscal_year"})


class Schedules:
    """The schedules of bookings under one rule set, as of one instant."""

    def __init__(self, rules: ServiceRules, now: datetime) -> None:
        self._rules = rules
        self._now = now
        self._places: dict[str, tuple[tuple[int, ...], frozenset[str], bool]] = {}
        self._kept: dict[object, tuple[ScheduleRow, ...]] = {}

    def of(self, booking: BookedFacts) -> tuple[ScheduleRow, ...]:
        """As :func:`cancellation_schedule` gives it for a resident."""
        key = self._key(booking)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = cancellation_schedule(self._rules, booking, self._now, channel=CHANNEL)
        return found

    def clause_on(self, booking: BookedFacts, day: date) -> ClauseUse | None:
        """The clause by which cancelling on a day is decided, or refused."""
        at = max(self._now, self._rules.instant(day, 0))
        try:
            plan = decide_cancellation(
                self._rules, booking=booking, actor="resident", channel=CHANNEL, now=at, reason="?"
            )
        except Refusal as refusal:
            return refusal.trace[-1] if refusal.trace else None
        return plan.trace[-1]

    def _key(self, booking: BookedFacts) -> object:
        """Everything that a schedule can follow from: what the clauses at the place look at, and the money."""
        request = booking.request
        placed = self._rules.inventory.space(request.space_id)
        if placed.space_id not in self._places:
            self._places[placed.space_id] = self._look(placed)
        clauses, names, hangs = self._places[placed.space_id]
        act = Act(person=booking.person, channel=CHANNEL, actor="resident", now=self._now)
        facts = booked_case(self._rules, booking, act=act).facts
        when = (request.use_on, booking.period.starts_at, booking.period.ends_at)
        money = (booking.total_yen, booking.paid_yen, booking.paid_by, booking.state)
        more = (booking.made_at, booking.paid_at, booking.person and booking.person.registered_at) if hangs else ()
        arisen = () if booking.arisen is None else tuple(booking.arisen.anchors.items())
        seen = tuple(facts.get(name) for name in names)
        return clauses, placed.facility.code, when, money, more, arisen if hangs else (), seen

    def _look(self, placed: PlacedSpace) -> tuple[tuple[int, ...], frozenset[str], bool]:
        """The clauses that can hold there, the facts they name, and whether they count from more than the use."""
        windows = [one for one in self._rules.windows_at(placed) if one.action == "cancel"]
        clauses: Sequence[Any] = [*self._rules.cancellations_at(placed), *windows]
        names = {name for clause in clauses for name in clause.when} - {"days_before_use"}
        moments = [value for one in clauses for value in _moments(one)]
        hangs = any(not _of_the_use(moment) for moment in moments)
        return tuple(id(one) for one in clauses), frozenset(names), hangs


def on_day(rows: Sequence[ScheduleRow], day: date) -> ScheduleRow | None:
    """The row of a day; ``None`` where it cannot be cancelled."""
    return next((row for row in rows if row.from_date <= day <= row.to_date), None)


def _moments(clause: Any) -> list[Moment]:  # noqa: ANN401  # a window or a way to end
    return [value for name in ("until", "opens", "closes") if isinstance(value := getattr(clause, name, None), Moment)]


def _of_the_use(moment: Moment) -> bool:
    bounds = (moment.not_before, moment.not_after)
    return moment.anchor in OF_THE_USE and all(one is None or _of_the_use(one) for one in bounds)
