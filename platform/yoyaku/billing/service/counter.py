"""Money over the counter: the city is its own provider, and the clerk's word is the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.refusals import AmountWrong, PaymentUnderWay
from yoyaku.billing.repository.telling import audit
from yoyaku.billing.service.beginning import (
    Account,
    add_attempt,
    new_row,
    next_collection_number,
    open_account,
)
from yoyaku.billing.service.crediting import left_of
from yoyaku.billing.service.left import goes_back_online
from yoyaku.billing.service.outcomes import CASH, CREDIT, settle_at_once
from yoyaku.billing.service.transfers import begin_transfer
from yoyaku.billing.views import AttemptView
from yoyaku.kernel.ids import new_id

AT_COUNTER: Final = frozenset({CASH, CREDIT})
"""Payments that go back over the counter: cash, and what was moved from another charge."""


async def take_cash(  # how much for what, at which till, and by which of the city's names
    conn: AsyncConnection,
    *,
    act: MoneyAct,
    charge_id: UUID,
    amount_yen: int,
    method_code: str | None = None,
    facility_id: str | None = None,
) -> AttemptView:
    """Take cash for a charge; it counts at once. ``facility_id`` is the till (absent: the facility's own).

    ``method_code`` is the city's name for it (absent: the first method of the charge that is taken at a counter).

    Raises:
        NotFound: nothing is owed for that.
        AmountWrong: more than is still to be paid.
        PaymentUnderWay: an online payment is not decided yet.
    """
    account = await open_account(conn, act=act, charge_id=charge_id)
    if account.open_payment is not None:
        raise PaymentUnderWay(number=account.charge.number)
    if not 0 < amount_yen <= account.charge.outstanding_yen:
        raise AmountWrong(amount_yen=amount_yen, expected_yen=account.charge.outstanding_yen, typed=True)
    row = {
        **new_row(act, charge_id, new_id()),
        "kind": "payment",
        "method": method_code or counter_method(account),
        "plugin": CASH,
        "profile": None,
        "payee": account.charge.payee,
        "amount_yen": amount_yen,
        "facility_id": facility_id or account.subject.facility_id,
        "collection_number": await next_collection_number(conn, act=act, subject=account.subject),
    }
    attempt = await add_attempt(conn, row)
    await _record(conn, act=act, what="cash_taken", attempt=attempt, number=account.charge.number)
    return await settle_at_once(conn, act=act, attempt=attempt)


async def give_back_cash(
    conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, why: str | None = None
) -> list[AttemptView]:
    """Give back at the counter what was paid there too much (窓口還付, MG-046); what goes back online is not touched.

    What came by a file of the bank goes back by transfer, which is only asked for here; cash goes back at once.

    Raises:
        NotFound, RefundTooLate: as :func:`open_account`.
        AmountWrong: there is nothing to give back at the counter.
    """
    account = await open_account(conn, act=act, charge_id=charge_id)
    rest, left = account.plan.counter_yen, left_of(account, act)
    if not rest:
        raise AmountWrong(amount_yen=0, expected_yen=0)
    given: list[AttemptView] = []
    for payment in _offline(account, act, left):
        part = min(rest, left[payment.attempt_id])
        if part <= 0:
            continue
        if payment.plugin in AT_COUNTER:
            given.append(await return_in_cash(conn, act=act, account=account, payment=payment, yen=part, why=why))
        else:
            given.append(await begin_transfer(conn, act=act, payment=payment, yen=part, why=why))
        rest -= part
    return given


def by_transfer_yen(account: Account, act: MoneyAct) -> int:
    """How much of what the counter gives back goes by bank transfer."""
    rest, left, yen = account.plan.counter_yen, left_of(account, act), 0
    for payment in _offline(account, act, left):
        part = max(min(rest, left[payment.attempt_id]), 0)
        yen += 0 if payment.plugin in AT_COUNTER else part
        rest -= part
    return yen


def _offline(account: Account, act: MoneyAct, left: Mapping[UUID, int]) -> list[AttemptView]:
    """Payments of which something is left and that no provider takes back, the newest first."""
    terms = account.subject.terms
    return [
        one for one in reversed(account.attempts) if one.attempt_id in left and not goes_back_online(one, terms, act)
    ]


async def return_in_cash(  # how much of which payment of what, and why
    conn: AsyncConnection, *, act: MoneyAct, account: Account, payment: AttemptView, yen: int, why: str | None
) -> AttemptView:
    """Give back so much of a payment over the counter, by whichever way it came; the database refuses more than it was.

    Cash goes out of the till into which it came, other money out of the facility's own.
    """
    row = {
        **new_row(act, payment.charge_id, new_id()),
        "kind": "refund",
        "of_attempt_id": payment.attempt_id,
        "method": payment.method,
        "plugin": CASH,
        "profile": None,
        "payee": payment.payee,
        "facility_id": payment.facility_id or account.subject.facility_id,
        "amount_yen": yen,
        "why": why,
    }
    refund = await add_attempt(conn, row)
    await _record(conn, act=act, what="cash_given_back", attempt=refund, number=account.charge.number)
    return await settle_at_once(conn, act=act, attempt=refund)


def counter_method(account: Account) -> str:
    """The city's name for cash at the counter: the first method of the charge by that plugin."""
    names = {one.code for one in account.subject.terms.methods if one.plugin == CASH and not one.online}
    return next((one.method for one in account.subject.dues if one.method in names), "cash")


async def _record(conn: AsyncConnection, *, act: MoneyAct, what: str, attempt: AttemptView, number: str) -> None:
    facts = {"number": number, "amount_yen": attempt.amount_yen, "facility": attempt.facility_id}
    subject = ("booking", str(attempt.charge_id))
    await audit(conn, act=act, what=what, subject=subject, why=attempt.why, facts=facts)
