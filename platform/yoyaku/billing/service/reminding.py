"""Reminding of what is to be paid soon: once, before the last day, and only whoever has not paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.dues import PaymentDue, reminder_of
from yoyaku.billing.repository.attempts import has_open_payment
from yoyaku.billing.repository.telling import tell
from yoyaku.billing.service.arrears import RESULT_PAUSE, SETTLED, Met, hold_charge, told_facts


async def remind_of_payment(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> Met:
    """The time to remind somebody of a charge has come; done again, it tells nothing twice, since its deadline is met.

    Who has paid, or may not pay any more, is told nothing; where a payment is not decided yet, its result is waited for as
    long as that is before the last day.
    """
    subject, charge = await hold_charge(conn, act=act, charge_id=charge_id)
    remind_at = reminder_of(subject.dues)
    if charge is None or charge.state != "open" or remind_at is None or charge.is_late(act.now):
        return SETTLED
    if act.now < remind_at:
        return Met(settled=False, again_at=remind_at)
    if await has_open_payment(conn, charge_id=charge_id):
        return Met(settled=False, again_at=act.now + RESULT_PAUSE)
    facts = told_facts(charge, subject) | {
        "use_on": subject.use_on.isoformat(),
        "ways": _ways(subject.dues),
        "lapses": subject.lapses,
    }
    payer_id = charge.payer_id or charge.registrant_id
    await tell(conn, act=act, kind="payment_due_soon", subject_id=payer_id, facts=facts)
    return SETTLED


def _ways(dues: Sequence[PaymentDue]) -> list[dict[str, Any]]:
    """By which ways it can be paid, and until when by each."""
    return [{"name": due.name, "due_at": None if due.due_at is None else due.due_at.isoformat()} for due in dues]
