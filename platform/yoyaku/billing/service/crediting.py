"""What was paid for one charge pays for another: both in one transaction, over the account ``credit``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.refusals import AmountWrong, PaymentUnderWay
from yoyaku.billing.repository.telling import audit
from yoyaku.billing.service.beginning import Account, add_attempt, new_row, open_account
from yoyaku.billing.service.left import payments_left
from yoyaku.billing.service.outcomes import CREDIT, settle_at_once
from yoyaku.billing.ties import charge_keeper
from yoyaku.billing.views import AttemptView
from yoyaku.kernel.ids import new_id


async def open_both(
    conn: AsyncConnection, *, act: MoneyAct, from_charge: UUID, to_charge: UUID
) -> tuple[Account, Account]:
    """Both charges, held still; always locked in the same order, so that two clerks never wait for each other."""
    for charge_id in sorted((from_charge, to_charge)):
        await charge_keeper().lock(conn, act=act, charge_id=charge_id)
    accounts = {
        charge_id: await open_account(conn, act=act, charge_id=charge_id)
        for charge_id in sorted((from_charge, to_charge))
    }
    return accounts[from_charge], accounts[to_charge]


def left_of(account: Account, act: MoneyAct) -> dict[UUID, int]:
    """The payments of a charge with what of each has not gone back, nor is on its way."""
    return {
        one.attempt_id: one.left_yen
        for one in payments_left(account.attempts, account.subject.terms, act)
        if one.left_yen and isinstance(one.attempt_id, UUID)
    }


async def move_credit(  # from where to where, how much, and why
    conn: AsyncConnection, *, act: MoneyAct, source: Account, target: Account, yen: int, why: str
) -> AttemptView:
    """Move so much of what was paid for one charge to another, both held still; the payment of the other.

    Raises:
        AmountWrong: not that much is left of what was paid.
        PaymentUnderWay: a payment of the other charge is not decided yet.
    """
    left = left_of(source, act)
    if yen > sum(left.values()):
        raise AmountWrong(amount_yen=yen, expected_yen=sum(left.values()))
    if target.open_payment is not None:
        raise PaymentUnderWay(number=target.charge.number)
    settlement_id, rest = new_id(), yen
    for payment in reversed([one for one in source.attempts if one.attempt_id in left]):
        part = min(rest, left[payment.attempt_id])
        if part:
            row = {**_row(act, source, settlement_id, part, why), "kind": "refund", "method": payment.method}
            refund = await add_attempt(conn, {**row, "of_attempt_id": payment.attempt_id})
            await settle_at_once(conn, act=act, attempt=refund)
            rest -= part
    paid = {**_row(act, target, settlement_id, yen, why), "kind": "payment", "method": CREDIT}
    facts = {"number": source.charge.number, "to": target.charge.number, "amount_yen": yen}
    subject = ("booking", str(source.charge.charge_id))
    await audit(conn, act=act, what="credit_moved", subject=subject, why=why, facts=facts)
    return await settle_at_once(conn, act=act, attempt=await add_attempt(conn, paid))


def _row(act: MoneyAct, account: Account, settlement_id: UUID, yen: int, why: str) -> dict[str, Any]:
    return {
        **new_row(act, account.charge.charge_id, settlement_id),
        "plugin": CREDIT,
        "profile": None,
        "payee": account.charge.payee,
        "amount_yen": yen,
        "why": why,
    }
