"""How a fee can be paid, and until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from yoyaku.billing.terms import PaymentMethod, Reminder
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.moment import civil_time
from yoyaku.rules.trace import ClauseUse, Plain, Trace
from yoyaku.rules.values import Moment, Text


@dataclass(frozen=True, slots=True)
class PaymentDue:
    """A method that is open to this booking, and the instant before which it must be paid (``None``: no such instant).

    ``after_due`` says whether the booking is ``kept`` (other methods remain) or ``lapses``. ``collect_on`` is the day on
    which a bank debits it, where it is paid by file. ``remind_at`` is when who has not paid by then is reminded.
    """

    method: str
    name: Text
    due_at: datetime | None
    after_due: Literal["kept", "lapses"] = "kept"
    online: bool = False
    collect_on: date | None = None
    remind_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dues:
    """The methods that apply, the first shown first, with the clauses that made them."""

    methods: tuple[PaymentDue, ...]
    trace: Trace = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDays:
    """How the rules of a service count days: a moment's instant, the civil date of one, and the zone; ``now`` of the act."""

    instant: Callable[[Moment], datetime]
    zone: ZoneInfo
    now: datetime

    def civil(self, at: datetime) -> date:
        """The date of an instant where the service is."""
        return at.astimezone(self.zone).date()


def reminder_of(dues: Sequence[PaymentDue]) -> datetime | None:
    """When to remind of a fee: the earliest that its methods name; never where a bank debits it without the payer."""
    if any(due.collect_on is not None for due in dues):
        return None
    return min((due.remind_at for due in dues if due.remind_at is not None), default=None)


def payment_dues(
    methods: Sequence[PaymentMethod],
    *,
    total_yen: int,
    facts: Facts,
    days: DueDays,
    cite: Callable[[PaymentMethod, Plain], ClauseUse],
) -> Dues:
    """The methods by which ``total_yen`` can be paid; none where nothing is to be paid."""
    if total_yen <= 0:
        return Dues(())
    dues: list[PaymentDue] = []
    trace: list[ClauseUse] = []
    for method in methods:
        if matches(method.when, facts):
            due_at = None if method.due is None else days.instant(method.due)
            collect_on = None if method.collection is None else days.civil(days.instant(method.collection.on))
            remind_at = _remind_at(method.remind, due_at, days)
            dues.append(
                PaymentDue(method.code, method.name, due_at, method.after_due, method.online, collect_on, remind_at)
            )
            trace.append(cite(method, None if due_at is None else due_at.isoformat()))
    return Dues(tuple(dues), tuple(trace))


def _remind_at(remind: Reminder | None, due_at: datetime | None, days: DueDays) -> datetime | None:
    """When it is reminded of; nothing where that would be no later than the act itself: whoever acts knows."""
    if remind is None or due_at is None:
        return None
    last_day = days.civil(due_at - timedelta(microseconds=1))
    day, at = civil_time(last_day - timedelta(days=remind.days_before), remind.at)
    remind_at = datetime.combine(day, at, tzinfo=days.zone).astimezone(UTC)
    return remind_at if days.now < remind_at < due_at else None
