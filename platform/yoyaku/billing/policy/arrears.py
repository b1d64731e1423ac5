"""The ladder of an unpaid charge: which step comes next, when, and until when it is to be paid then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from yoyaku.billing.terms import Arrears, ArrearsStep, LateCounter, PaymentTerms
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.values import Anchor, Moment, Text

Told = Literal["arrears_demanded", "arrears_reminded", "arrears_suspended"]
MomentOf = Callable[[Moment, Mapping[Anchor, datetime]], datetime]
"""The instant of a moment in the case of a charge, with these anchors known besides."""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A step that was reached: when, and until when it should have been paid then (``None``: nothing was said).

    ``letter_waits``: its letter was not printed yet, so that nobody was asked by letter so far.
    """

    code: str
    at: datetime
    pay_by: datetime | None
    letter_waits: bool = False


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
    """The step after those that were reached; ``None`` where the ladder ends, or stands still until a letter is printed.

    ``step`` of a moment is when the step before should have been paid, else when it was reached, else the due date.
    """
    done = {one.code: one for one in reached}
    before = due_at
    for place, step in enumerate(ladder.steps):
        found = done.get(step.code)
        if found is None:
            at = moment(step.at, {"due": due_at, "step": before})
            return Rung(step=step, at=max(at, due_at), told=_told(step, place))
        if found.letter_waits:
            return None
        before = found.pay_by or found.at
    return None


def pay_by(step: ArrearsStep, *, reached_at: datetime, due_at: datetime, moment: MomentOf) -> datetime | None:
    """Until when to pay once a step is reached: counted from when it really was, however late that came."""
    return None if step.pay_by is None else moment(step.pay_by, {"due": due_at, "step": reached_at})


def pay_by_of_letter(reached: Reached, *, issued_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Until when to pay by a letter that is issued days after its step was reached: so many days later, too.

    Whoever gets it late has as many days as those who got it in time; "the 20th" in a letter of the 25th would be over.
    """
    if reached.pay_by is None:
        return None
    late = issued_at.astimezone(zone).date() - reached.at.astimezone(zone).date()
    return (reached.pay_by.astimezone(zone) + late).astimezone(UTC)


def told_of(ladder: Arrears, code: str) -> Told | None:
    """The event by which the payer hears of the step of that code; ``None`` where the ladder has none."""
    return next((_told(step, place) for place, step in enumerate(ladder.steps) if step.code == code), None)


def _told(step: ArrearsStep, place: int) -> Told:
    if step.suspends:
        return "arrears_suspended"
    return "arrears_reminded" if place else "arrears_demanded"
