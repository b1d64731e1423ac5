"""A debt that the city gives up (不納欠損, when it has lapsed), and one that it takes up again: by a clerk, with the reason."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.postings import postings_of_writing_off
from yoyaku.billing.refusals import NothingToPay, NotLate, PaymentUnderWay
from yoyaku.billing.repository import charges, ledger
from yoyaku.billing.repository.attempts import has_open_payment
from yoyaku.billing.repository.telling import audit
from yoyaku.billing.ties import charge_keeper
from yoyaku.billing.views import ChargeView
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id


async def write_off(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, why: str) -> int:
    """Give up all that is still owed of a late charge; how much that was, in yen.

    Raises:
        NotFound: nothing was ever owed for that.
        NothingToPay: nothing is owed any more.
        NotLate: it can still be paid in time.
        PaymentUnderWay: a payment is not decided yet.
    """
    charge = await _held(conn, act=act, charge_id=charge_id)
    yen = charge.outstanding_yen
    if not yen:
        raise NothingToPay
    if not charge.is_late(act.now):
        raise NotLate(number=charge.number)
    if await has_open_payment(conn, charge_id=charge_id):
        raise PaymentUnderWay(number=charge.number)
    await charges.write_off(conn, charge_id=charge_id, yen=yen)
    transaction = ledger.Transaction(
        key=f"written_off:{new_id()}",
        kind="written_off",
        at=act.now,
        payee=charge.payee,
        postings=postings_of_writing_off(yen, charge_id=charge_id),
        charge_id=charge_id,
        note=why,
    )
    await ledger.post(conn, tenant_id=act.tenant_id, service_id=act.service_id, transaction=transaction)
    await _record(conn, act=act, what="debt_written_off", charge=charge, yen=yen, why=why)
    return yen


async def take_up_again(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, why: str) -> int:
    """What was given up is owed again, since somebody pays after all; how much that is, in yen.

    Raises:
        NotFound: nothing was ever owed for that.
        NothingToPay: nothing of it was given up.
    """
    charge = await _held(conn, act=act, charge_id=charge_id)
    if not charge.written_off_yen:
        raise NothingToPay
    await charges.owe_again(conn, charge_id=charge_id, at=act.now)
    await _record(conn, act=act, what="debt_owed_again", charge=charge, yen=charge.written_off_yen, why=why)
    return charge.written_off_yen


async def _held(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> ChargeView:
    await charge_keeper().lock(conn, act=act, charge_id=charge_id)
    charge = await charges.lock_charge(conn, charge_id=charge_id)
    if charge is None:
        raise NotFound(what="charge")
    return charge


async def _record(  # what was done with which debt
    conn: AsyncConnection, *, act: MoneyAct, what: str, charge: ChargeView, yen: int, why: str
) -> None:
    subject = ("booking", str(charge.charge_id))
    facts = {"number": charge.number, "amount_yen": yen}
    await audit(conn, act=act, what=what, subject=subject, why=why, facts=facts)
