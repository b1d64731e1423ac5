"""The ladder of an unpaid charge: which step comes next, when, and until when it is to be paid then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from yoyaku.billing.terms import Arrears, ArrearsStep, LateCounter, PaymentTerms
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.values import Anchor, Moment, Text

Told = Literal["arrears_demanded", "arrears_reminded", "arrears_suspended"]
MomentOf = Callable[[Moment, Mapping[Anchor, datetime]], datetime]
"""The instant of a moment in the case of a charge, with these anchors known besides."""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A step that was reached: when, and until when it should have been paid then (``None``: nothing was said)."""

    code: str
    at: datetime
    pay_by: datetime | None


@dataclass(frozen=True, kw_only=True)
class Rung:
    """The next step. ``at`` is when it is due; ``told`` the event by which the payer hears of it."""

    step: ArrearsStep
    at: datetime
    told: Told

    @property
    def name(self) -> Text:
        """What the city calls it."""
        return self.step.name


def ladder_for(ladders: Sequence[Arrears], facts: Facts) -> Arrears | None:
    """The first ladder whose condition holds."""
    return next((one for one in ladders if matches(one.when, facts)), None)


def late_counter(terms: PaymentTerms, facts: Facts) -> LateCounter | None:
    """Who takes what is late; ``None`` where the rules name nobody."""
    return next((one for one in terms.late_counters if matches(one.when, facts)), None)


def next_rung(ladder: Arrears, *, reached: Sequence[Reached], due_at: datetime, moment: MomentOf) -> Rung | None:
    """The step after those that were reached; ``None`` where the ladder ends.

    ``step`` of a moment is when the step before should have been paid, else when it was reached, else the due date.
    """
    done = {one.code: one for one in reached}
    before = due_at
    for place, step in enumerate(ladder.steps):
        found = done.get(step.code)
        if found is None:
            at = moment(step.at, {"due": due_at, "step": before})
            return Rung(step=step, at=max(at, due_at), told=_told(step, place))
        before = found.pay_by or found.at
    return None


def pay_by(step: ArrearsStep, *, reached_at: datetime, due_at: datetime, moment: MomentOf) -> datetime | None:
    """Until when to pay once a step is reached: counted from when it really was, however late that came."""
    return None if step.pay_by is None else moment(step.pay_by, {"due": due_at, "step": reached_at})


def _told(step: ArrearsStep, place: int) -> Told:
    if step.suspends:
        return "arrears_suspended"
    return "arrears_reminded" if place else "arrears_demanded"
