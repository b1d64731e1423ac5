"""How a charge is brought into line with what was paid: what is given back of which payment, and what is charged anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yoyaku.billing.terms import Refunds
from yoyaku.kernel.ids import Key
from yoyaku.rules.refusal import Refusal


class RefundTooLate(Refusal):
    """A payment can no longer be given back online (``paid_on``, ``until``): only the counter helps."""

    code = "refund_too_late"
    title = "This payment can no longer be given back online."


@dataclass(frozen=True, kw_only=True)
class Paid:
    """A payment that counted: how much of it has not been given back, nor is on its way; ``online`` or at a counter."""

    attempt_id: Key
    left_yen: int
    online: bool
    paid_on: date


@dataclass(frozen=True, kw_only=True)
class Reversal:
    """So much of a payment goes back."""

    attempt_id: Key
    yen: int


@dataclass(frozen=True, kw_only=True)
class SettlementPlan:
    """What brings a charge into line: payments given back online, what is charged anew, what a counter gives back."""

    reversals: tuple[Reversal, ...] = ()
    charge_yen: int = 0
    counter_yen: int = 0

    @property
    def reversed_yen(self) -> int:
        """What goes back online (クレジット取消予定額)."""
        return sum(one.yen for one in self.reversals)


def plan_settlement(*, owed_yen: int, payments: Sequence[Paid], terms: Refunds, today: date) -> SettlementPlan:
    """How what is owed and what was paid come together; nothing to do gives an empty plan (MG-017, MG-059, KS-098).

    Raises:
        RefundTooLate: a payment would have to go back that is too old for it (MG-061).
    """
    paid_yen = sum(one.left_yen for one in payments)
    if owed_yen == paid_yen:
        return SettlementPlan()
    online = [one for one in payments if one.online and one.left_yen]
    counter_yen = sum(one.left_yen for one in payments if not one.online)
    if terms.online == "reverse_and_recharge" and online:
        reversals = tuple(Reversal(attempt_id=one.attempt_id, yen=one.left_yen) for one in online)
        plan = SettlementPlan(
            reversals=reversals, charge_yen=max(owed_yen - counter_yen, 0), counter_yen=max(counter_yen - owed_yen, 0)
        )
    else:
        reversals = _newest_first(online, paid_yen - owed_yen)
        rest_yen = max(paid_yen - owed_yen - sum(one.yen for one in reversals), 0)
        plan = SettlementPlan(reversals=reversals, charge_yen=max(owed_yen - paid_yen, 0), counter_yen=rest_yen)
    _check_age(plan, online, terms, today)
    return plan


def _newest_first(payments: Sequence[Paid], yen: int) -> tuple[Reversal, ...]:
    reversals = []
    for one in sorted(payments, key=lambda paid: paid.paid_on, reverse=True):
        part = min(one.left_yen, max(yen, 0))
        if part:
            reversals.append(Reversal(attempt_id=one.attempt_id, yen=part))
            yen -= part
    return tuple(reversals)


def _check_age(plan: SettlementPlan, payments: Sequence[Paid], terms: Refunds, today: date) -> None:
    if terms.within_days is None:
        return
    touched = {one.attempt_id for one in plan.reversals}
    for one in payments:
        until = one.paid_on + timedelta(days=terms.within_days)
        if one.attempt_id in touched and today > until:
            raise RefundTooLate(paid_on=one.paid_on.isoformat(), until=until.isoformat())
