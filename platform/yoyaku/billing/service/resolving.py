"""Money that waits for a person: looked at with what may be done, and settled by one of these ways, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy import SettlementPlan
from yoyaku.billing.policy.postings import Posting, postings_of_applying, postings_of_transfer
from yoyaku.billing.policy.waiting import Waiting, Way, ways_out
from yoyaku.billing.refusals import AlreadySettled, WayNotOpen
from yoyaku.billing.repository import attempts as repository
from yoyaku.billing.repository import ledger, unmatched
from yoyaku.billing.repository.charges import lock_charge, read_charge
from yoyaku.billing.repository.telling import audit
from yoyaku.billing.repository.unmatched import UnmatchedView
from yoyaku.billing.service.beginning import Account, begin_refund
from yoyaku.billing.service.counter import return_in_cash
from yoyaku.billing.service.left import can_go_back
from yoyaku.billing.service.outcomes import count_payment
from yoyaku.billing.service.transfers import begin_transfer
from yoyaku.billing.ties import charge_keeper
from yoyaku.billing.views import AttemptView, returning_yen
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id

OFTEN: Final = 5
"""So often a provider was asked in vain before a person looks at an attempt."""
LONG_OVER: Final = timedelta(hours=1)
"""So long after its time an attempt that is not decided is looked at by a person."""
RESOLUTIONS: Final[dict[Way, Literal["refunded", "applied", "explained"]]] = {
    "refund": "refunded",
    "cash": "refunded",
    "apply": "applied",
    "transfer": "refunded",
    "explain": "explained",
}


@dataclass(frozen=True, kw_only=True)
class WaitingItem:
    """Something that waits, with the charge and the payment behind it (both absent where nobody knows whose it is)."""

    item: UnmatchedView
    account: Account | None
    payment: AttemptView | None
    ways: frozenset[Way]


async def bare_account(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> Account:
    """What stands in the books of a charge, without what would settle it: that may be too late.

    Raises:
        NotFound: nothing was ever owed for that.
    """
    subject = await charge_keeper().read(conn, act=act, charge_id=charge_id)
    charge = await read_charge(conn, charge_id=charge_id)
    if charge is None:
        raise NotFound(what="charge")
    attempts = await repository.attempts_of(conn, charge_id=charge_id)
    return Account(charge=charge, subject=subject, attempts=attempts, plan=SettlementPlan())


async def look_at_item(conn: AsyncConnection, *, act: MoneyAct, item_id: UUID) -> WaitingItem:
    """One item and what may be done with it.

    Raises:
        NotFound: there is none of that id.
    """
    item = await unmatched.read_item(conn, item_id=item_id)
    if item is None:
        raise NotFound(what="unmatched money")
    if item.charge_id is None:
        return WaitingItem(item=item, account=None, payment=None, ways=_open_ways(item, None))
    account = await bare_account(conn, act=act, charge_id=item.charge_id)
    payment = _payment_behind(item, account)
    waiting = None if payment is None else _waiting(item, account, payment)
    return WaitingItem(item=item, account=account, payment=payment, ways=_open_ways(item, waiting))


def _open_ways(item: UnmatchedView, waiting: Waiting | None) -> frozenset[Way]:
    if item.resolution is not None:
        return frozenset()
    return frozenset({"explain"}) if waiting is None else ways_out(waiting)


def _payment_behind(item: UnmatchedView, account: Account) -> AttemptView | None:
    attempts = {one.attempt_id: one for one in account.attempts}
    found = attempts.get(item.attempt_id) if item.attempt_id else None
    return attempts.get(found.of_attempt_id) if found is not None and found.of_attempt_id is not None else found


def _waiting(item: UnmatchedView, account: Account, payment: AttemptView) -> Waiting:
    returned = sum(
        one.moved_yen or one.amount_yen
        for one in account.attempts
        if one.of_attempt_id == payment.attempt_id and one.gives_back
    )
    return Waiting(
        kind=item.kind,
        amount_yen=item.amount_yen,
        left_yen=(payment.moved_yen or payment.amount_yen) - returned,
        counted=payment.counted,
        room_yen=account.charge.standing_yen - account.charge.paid_yen + returning_yen(account.attempts),
        through_provider=can_go_back(account.subject.terms, payment),
        returned=bool(item.facts.get("returned")),
    )


async def resolve_item(  # what is done with which, and why
    conn: AsyncConnection, *, act: MoneyAct, item_id: UUID, way: Way, why: str
) -> AttemptView | None:
    """Settle one item; the refund that began, where one did. Its provider is asked after the transaction.

    Raises:
        NotFound: there is none of that id.
        AlreadySettled: somebody has.
        WayNotOpen: it cannot be settled in that way (any more).
    """
    seen = await look_at_item(conn, act=act, item_id=item_id)
    if seen.account is not None:
        await charge_keeper().lock(conn, act=act, charge_id=seen.account.charge.charge_id)
        await lock_charge(conn, charge_id=seen.account.charge.charge_id)
    if not await unmatched.lock_item(conn, item_id=item_id):
        raise AlreadySettled
    found = await look_at_item(conn, act=act, item_id=item_id)
    if way not in found.ways:
        raise WayNotOpen(way=way)
    attempt = await _settle(conn, act=act, found=found, way=way, why=why)
    await unmatched.settle_item(
        conn, item_id=item_id, resolution=RESOLUTIONS[way], at=act.now, by=act.staff_id, why=why
    )
    facts = {"kind": found.item.kind, "amount_yen": found.item.amount_yen, "reference": found.item.reference}
    subject = ("unmatched_money", str(item_id))
    await audit(conn, act=act, what=f"money_{RESOLUTIONS[way]}", subject=subject, why=why, facts=facts)
    return attempt


async def _settle(
    conn: AsyncConnection, *, act: MoneyAct, found: WaitingItem, way: Way, why: str
) -> AttemptView | None:
    payment, account, yen = found.payment, found.account, found.item.amount_yen
    if payment is None or account is None or way == "explain":
        return None
    if way == "refund":
        return await begin_refund(conn, act=act, payment=payment, yen=yen, settlement_id=new_id(), why=why)
    if way == "cash":
        return await return_in_cash(conn, act=act, account=account, payment=payment, yen=yen, why=why)
    if way == "transfer" and not found.item.facts.get("returned"):
        return await begin_transfer(conn, act=act, payment=payment, yen=yen, why=why)
    if way == "transfer":
        postings = postings_of_transfer(yen)
        await _post(conn, act=act, payment=payment, key=f"transferred:{found.item.item_id}", postings=postings)
        return None
    await repository.count_attempt(conn, attempt_id=payment.attempt_id)
    postings = postings_of_applying(yen, charge_id=payment.charge_id)
    await _post(conn, act=act, payment=payment, key=f"applied:{payment.attempt_id}", postings=postings)
    await count_payment(conn, act=act, attempt=payment, charge=account.charge, others=account.attempts)
    return None


async def _post(
    conn: AsyncConnection, *, act: MoneyAct, payment: AttemptView, key: str, postings: tuple[Posting, ...]
) -> None:
    transaction = ledger.Transaction(
        key=key,
        kind=key.partition(":")[0],
        at=act.now,
        payee=payment.payee,
        postings=postings,
        charge_id=payment.charge_id,
        attempt_id=payment.attempt_id,
    )
    await ledger.post(conn, tenant_id=act.tenant_id, service_id=act.service_id, transaction=transaction)
