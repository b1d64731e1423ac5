"""Beginning payments and refunds: attempts are written first, and providers are asked after the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy import PaymentDue, SettlementPlan, plan_settlement
from yoyaku.billing.policy.offering import is_offered
from yoyaku.billing.refusals import AmountWrong, ChoiceNotOffered, MethodNotOpen, NothingToPay, PaymentUnderWay
from yoyaku.billing.repository import attempts as repository
from yoyaku.billing.repository import numbers
from yoyaku.billing.repository.charges import lock_charge, read_charge
from yoyaku.billing.service.left import payments_left
from yoyaku.billing.terms import PaymentMethod
from yoyaku.billing.ties import ChargeSubject, charge_keeper
from yoyaku.billing.views import AttemptView, ChargeView
from yoyaku.extension.registry import payment_plugin
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Account:
    """A charge held still, with what it is for, its attempts, and what would bring it into line."""

    charge: ChargeView
    subject: ChargeSubject
    attempts: Sequence[AttemptView]
    plan: SettlementPlan

    @property
    def open_payment(self) -> AttemptView | None:
        """The payment that is not decided yet."""
        return next((one for one in self.attempts if one.kind == "payment" and one.is_open), None)


async def open_account(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> Account:
    """Everything about a charge, held still until the transaction ends.

    Raises:
        NotFound: nothing was ever owed for that.
        RefundTooLate: what would have to go back is too old for it.
    """
    subject = await charge_keeper().lock(conn, act=act, charge_id=charge_id)
    return await _account(conn, act=act, subject=subject, charge=await lock_charge(conn, charge_id=charge_id))


async def look_at_account(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> Account:
    """The same for looking: nothing is held.

    Raises:
        NotFound, RefundTooLate: as :func:`open_account`.
    """
    subject = await charge_keeper().read(conn, act=act, charge_id=charge_id)
    return await _account(conn, act=act, subject=subject, charge=await read_charge(conn, charge_id=charge_id))


async def _account(
    conn: AsyncConnection, *, act: MoneyAct, subject: ChargeSubject, charge: ChargeView | None
) -> Account:
    if charge is None:
        raise NotFound(what="charge")
    attempts = await repository.attempts_of(conn, charge_id=charge.charge_id)
    return account_of(charge, act=act, subject=subject, attempts=attempts)


def account_of(
    charge: ChargeView, *, act: MoneyAct, subject: ChargeSubject, attempts: Sequence[AttemptView]
) -> Account:
    """The account of a charge that was read together with others.

    Raises:
        RefundTooLate: as :func:`open_account`.
    """
    plan = plan_settlement(
        owed_yen=charge.standing_yen,
        payments=payments_left(attempts, subject.terms, act),
        terms=subject.terms.refunds,
        today=act.today,
    )
    return Account(charge=charge, subject=subject, attempts=attempts, plan=plan)


def open_methods(
    subject: ChargeSubject, *, act: MoneyAct, paid_by: Collection[str] = ()
) -> list[tuple[PaymentMethod, PaymentDue]]:
    """The methods by which a charge can be paid now, the first shown first, with their due dates.

    ``paid_by``: methods by which it was paid before (see :func:`ways_paid`). They stay open after their due date, since
    that was met: what is charged anew after a change or an end is paid the same way (MG-044, MG-064, KS-105).
    """
    found = []
    for due in subject.dues:
        terms = next((one for one in subject.terms.methods if one.code == due.method), None)
        if terms is not None and _is_open(terms, due, act=act, paid_by=paid_by):
            found.append((terms, due))
    return found


def ways_paid(attempts: Sequence[AttemptView]) -> frozenset[str]:
    """The methods by which a charge was ever paid, whether it was given back since or not."""
    return frozenset(one.method for one in attempts if one.kind == "payment" and one.counted)


def _is_open(terms: PaymentMethod, due: PaymentDue, *, act: MoneyAct, paid_by: Collection[str]) -> bool:
    in_time = due.due_at is None or act.now < due.due_at or terms.open_after_due or terms.code in paid_by
    return in_time and is_offered(terms, act.channel)


def method_called(subject: ChargeSubject, code: str, *, act: MoneyAct, paid_by: Collection[str] = ()) -> PaymentMethod:
    """The method of that code, open to the charge now (KS-088); ``paid_by`` as for :func:`open_methods`.

    Raises:
        MethodNotOpen: it is not among those of the charge, not offered here, or its time has passed.
    """
    due = next((one for one in subject.dues if one.method == code), None)
    terms = next((one for one in subject.terms.methods if one.code == code), None)
    if due is None or terms is None:
        raise MethodNotOpen(method=code)
    if not _is_open(terms, due, act=act, paid_by=paid_by):
        raise MethodNotOpen(method=code, due_at=due.due_at)
    return terms


def check_choice(method: PaymentMethod, choice: str | None) -> None:
    """Let pass what the rules offer of a provider's methods: one of the choices, or none where they name none.

    Raises:
        ChoiceNotOffered: anything else, whatever the provider could do.
    """
    offered: set[str | None] = {one.code for one in method.choices}
    if choice not in (offered or {None}):
        raise ChoiceNotOffered(choice=choice, method=method.code)


async def begin_settlement(  # noqa: PLR0913  # who settles which charge by which way, and the sums that they saw
    conn: AsyncConnection,
    *,
    act: MoneyAct,
    charge_id: UUID,
    method_code: str | None,
    choice: str | None = None,
    expected: tuple[int, int] | None = None,
    why: str | None = None,
) -> list[AttemptView]:
    """Begin what brings a charge into line: refunds of what goes back online, then one payment of what is to be paid.

    ``expected`` are the yen that the payer saw: what is reversed, what is charged. Nothing is asked of anybody yet.

    Raises:
        NotFound, RefundTooLate: as :func:`open_account`.
        NothingToPay, AmountWrong, MethodNotOpen, ChoiceNotOffered, PaymentUnderWay.
    """
    account = await open_account(conn, act=act, charge_id=charge_id)
    plan = account.plan
    if not plan.reversals and not plan.charge_yen:
        raise NothingToPay
    if expected is not None and expected != (plan.reversed_yen, plan.charge_yen):
        raise AmountWrong(amount_yen=expected[1], expected_yen=plan.charge_yen)
    if account.open_payment is not None:
        raise PaymentUnderWay(number=account.charge.number)
    settlement_id = new_id()
    begun = await _begin_refunds(conn, act=act, account=account, settlement_id=settlement_id, why=why)
    if plan.charge_yen and method_code is not None:
        begun.append(
            await _begin_payment(
                conn, act=act, account=account, settlement_id=settlement_id, method_code=method_code, choice=choice
            )
        )
    return begun


async def _begin_refunds(
    conn: AsyncConnection, *, act: MoneyAct, account: Account, settlement_id: UUID, why: str | None
) -> list[AttemptView]:
    payments = {one.attempt_id: one for one in account.attempts}
    return [
        await begin_refund(
            conn, act=act, payment=payments[one.attempt_id], yen=one.yen, settlement_id=settlement_id, why=why
        )
        for one in account.plan.reversals
    ]


async def begin_refund(  # what of which payment goes back, and why
    conn: AsyncConnection, *, act: MoneyAct, payment: AttemptView, yen: int, settlement_id: UUID, why: str | None
) -> AttemptView:
    """Write a refund of a payment; its provider is asked next. The database refuses more than was paid."""
    row = {
        **new_row(act, payment.charge_id, settlement_id),
        "kind": "refund",
        "of_attempt_id": payment.attempt_id,
        "method": payment.method,
        "plugin": payment.plugin,
        "profile": payment.profile,
        "payee": payment.payee,
        "facility_id": payment.facility_id,
        "amount_yen": yen,
        "why": why,
        "next_ask_at": act.real_now,
    }
    return await add_attempt(conn, row)


async def _begin_payment(  # as begin_settlement
    conn: AsyncConnection,
    *,
    act: MoneyAct,
    account: Account,
    settlement_id: UUID,
    method_code: str,
    choice: str | None,
) -> AttemptView:
    method = method_called(account.subject, method_code, act=act, paid_by=ways_paid(account.attempts))
    check_choice(method, choice)
    way = payment_plugin(method.plugin)
    row = {
        **new_row(act, account.charge.charge_id, settlement_id),
        "kind": "payment",
        "method": method.code,
        "plugin": way.name,
        "profile": method.profile,
        "choice": choice,
        "payee": account.charge.payee,
        "amount_yen": account.plan.charge_yen,
        "collection_number": await next_collection_number(conn, act=act, subject=account.subject),
        "expires_at": act.real_now + timedelta(minutes=account.subject.terms.minutes),
        "next_ask_at": act.real_now,
    }
    return await add_attempt(conn, row)


async def next_collection_number(conn: AsyncConnection, *, act: MoneyAct, subject: ChargeSubject) -> str | None:
    """The city's own number of the next settlement (収納番号, MG-024); ``None`` where the rules have none."""
    terms = subject.terms.collection_number
    if terms is None:
        return None
    sequence = await numbers.next_number(conn, act=act, scope=f"collection:{act.today}")
    parts = {
        "number_code": subject.number_code or "",
        "date": f"{act.today:%Y%m%d}",
        "sequence": str(sequence).zfill(terms.sequence_digits),
    }
    return "".join(parts[part] for part in terms.parts)


def new_row(act: MoneyAct, charge_id: UUID, settlement_id: UUID) -> dict[str, Any]:
    """What every new attempt of a charge has."""
    return {
        **act.keys,
        "attempt_id": new_id(),
        "charge_id": charge_id,
        "settlement_id": settlement_id,
        "of_attempt_id": None,
        "choice": None,
        "collection_number": None,
        "facility_id": None,
        "entered_by": act.staff_id,
        "why": None,
        "created_at": act.now,
        "expires_at": None,
        "next_ask_at": None,
    }


async def add_attempt(conn: AsyncConnection, row: dict[str, Any]) -> AttemptView:
    """Write a new attempt; the attempt."""
    await repository.add_attempt(conn, row)
    added = await repository.read_attempt(conn, attempt_id=row["attempt_id"])
    if added is None:
        raise LookupError(row["attempt_id"])
    return added
