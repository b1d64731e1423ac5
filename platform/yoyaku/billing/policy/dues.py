"""How a fee can be paid, and until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from yoyaku.billing.terms import PaymentMethod
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.trace import ClauseUse, Plain, Trace
from yoyaku.rules.values import Moment, Text


@dataclass(frozen=True, slots=True)
class PaymentDue:
    """A method that is open to this booking, and the instant before which it must be paid (``None``: no such instant).

    ``after_due`` says whether the booking is ``kept`` (other methods remain) or ``lapses``. ``collect_on`` is the day on
    which a bank debits it, where it is paid by file.
    """

    method: str
    name: Text
    due_at: datetime | None
    after_due: Literal["kept", "lapses"] = "kept"
    online: bool = False
    collect_on: date | None = None


@dataclass(frozen=True, slots=True)
class Dues:
    """The methods that apply, the first shown first, with the clauses that made them."""

    methods: tuple[PaymentDue, ...]
    trace: Trace = field(default=(), compare=False)


def payment_dues(  # what is to be paid by which facts, and three ways to look things up
    methods: Sequence[PaymentMethod],
    *,
    total_yen: int,
    facts: Facts,
    instant: Callable[[Moment], datetime],
    civil: Callable[[datetime], date],
    cite: Callable[[PaymentMethod, Plain], ClauseUse],
) -> Dues:
    """The methods by which ``total_yen`` can be paid; none where nothing is to be paid."""
    if total_yen <= 0:
        return Dues(())
    dues: list[PaymentDue] = []
    trace: list[ClauseUse] = []
    for method in methods:
        if matches(method.when, facts):
            due_at = None if method.due is None else instant(method.due)
            collect_on = None if method.collection is None else civil(instant(method.collection.on))
            due = PaymentDue(method.code, method.name, due_at, method.after_due, method.online, collect_on)
            dues.append(due)
            trace.append(cite(method, None if due_at is None else due_at.isoformat()))
    return Dues(tuple(dues), tuple(trace))
