"""What cancelling costs, today and on each later day: before booking, and before cancelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from yoyaku.booking.policy import BookedFacts, BookingPlan, ScheduleRow, cancellation_schedule
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import State
from yoyaku.booking.visit import Visit


@dataclass(frozen=True, kw_only=True)
class ScheduleSpan:
    """What cancelling costs on the days from ``first`` to ``last``; ``today`` marks the span of today."""

    first: date
    last: date
    refund_yen: int
    kept_yen: int
    today: bool


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A schedule and the wording key that says for which state it is (``now`` or ``after_payment``)."""

    key: str
    spans: Sequence[ScheduleSpan]


def schedule_spans(rows: Iterable[ScheduleRow], *, total_yen: int, today: date) -> list[ScheduleSpan]:
    """The schedule as a page shows it: what does not stand goes back, or is not charged."""
    return [
        ScheduleSpan(
            first=row.from_date,
            last=row.to_date,
            refund_yen=total_yen - row.kept_yen,
            kept_yen=row.kept_yen,
            today=row.from_date <= today <= row.to_date,
        )
        for row in rows
    ]


def planned_schedules(rules: ServiceRules, plan: BookingPlan, *, visit: Visit) -> list[Schedule]:
    """What cancelling would cost after this booking is made, and, where it begins tentative, after it is paid."""
    cases: list[tuple[str, State, str | None]] = [("now", plan.state, None)]
    if plan.state == "tentative":
        online = [due.method for due in plan.payment if due.online]
        cases += [("after_payment", "confirmed", method) for method in online[:1]]
    found = []
    for key, state, method in cases:
        facts = _as_booked(plan, visit=visit, state=state, method=method)
        rows = cancellation_schedule(rules, facts, visit.now)
        spans = schedule_spans(rows, total_yen=facts.total_yen, today=rules.civil_date(visit.now))
        if spans:
            found.append(Schedule(key=key, spans=spans))
    return found


def _as_booked(plan: BookingPlan, *, visit: Visit, state: State, method: str | None) -> BookedFacts:
    """The booking as it would be, unpaid or paid by a method."""
    return BookedFacts(
        booking_id=None,
        request=plan.request,
        period=plan.period,
        state=state,
        made_at=visit.now,
        total_yen=plan.quote.total_yen,
        paid_yen=plan.quote.total_yen if method else 0,
        paid_by=frozenset({method}) if method else frozenset(),
        paid_at=visit.now if method else None,
        channel=visit.channel,
        lapses_at=plan.lapses_at,
        person=visit.person,
    )
