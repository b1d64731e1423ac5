"""Suspending whoever does not pay, and letting them in again once everything is paid (KS-113, KS-114)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.arrears import ladder_for
from yoyaku.billing.repository.telling import audit, tell
from yoyaku.billing.ties import ChargeSubject
from yoyaku.billing.views import ChargeView
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.kernel.ids import new_id
from yoyaku.registration.repository import suspensions as repository
from yoyaku.registration.repository.suspensions import SuspensionView


class StillOverdue(YoyakuError):
    """Something beyond its due date is still to be paid (``overdue_yen``): the suspension stands."""

    status = 409
    code = "still_overdue"
    title = "Not everything is paid yet."


async def suspend(conn: AsyncConnection, *, act: MoneyAct, charge: ChargeView) -> None:
    """Whoever booked, and whoever was to pay for them, use the service no more until everything is paid."""
    for registrant_id in {charge.registrant_id, charge.payer_id or charge.registrant_id}:
        row = {
            "suspension_id": new_id(),
            "registrant_id": registrant_id,
            "cause": "arrears",
            "reason": "",
            "charge_id": charge.charge_id,
            "since": act.now,
        }
        await repository.add_suspension(conn, row)


async def reinstate_by_itself(
    conn: AsyncConnection, *, act: MoneyAct, charge: ChargeView, subject: ChargeSubject
) -> None:
    """Let people in again where the rules do so by themselves, and nothing of theirs is overdue."""
    people = list({charge.registrant_id, charge.payer_id or charge.registrant_id})
    found = await repository.suspensions_of(conn, registrant_ids=people)
    if not found or not subject.terms.arrears:
        return
    ladder = ladder_for(subject.terms.arrears, subject.occasion().facts)
    if ladder is None or ladder.reinstated != "automatically":
        return
    for one in found:
        if one.cause == "arrears" and one.overdue_yen == 0:
            await _reinstate(conn, act=act, one=one, why=None)


async def reinstate(conn: AsyncConnection, *, act: MoneyAct, suspension_id: UUID, why: str | None = None) -> None:
    """A clerk lets somebody in again, who has paid everything and asked for it.

    Raises:
        NotFound: nobody is suspended under that id.
        StillOverdue: something is still to be paid.
    """
    one = await repository.lock_suspension(conn, suspension_id=suspension_id)
    if one is None or one.lifted_at is not None:
        raise NotFound(what="suspension")
    if one.overdue_yen > 0:
        raise StillOverdue(overdue_yen=one.overdue_yen)
    await _reinstate(conn, act=act, one=one, why=why)


async def lift_of_charge(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, why: str) -> int:
    """Take back the suspensions that a charge brought, since it should not have; how many."""
    found = [one for one in await repository.current_suspensions(conn) if one.charge_id == charge_id]
    for one in found:
        await repository.lift_suspension(
            conn, suspension_id=one.suspension_id, at=act.now, staff_id=act.staff_id, why=why
        )
    return len(found)


async def _reinstate(conn: AsyncConnection, *, act: MoneyAct, one: SuspensionView, why: str | None) -> None:
    await repository.lift_suspension(conn, suspension_id=one.suspension_id, at=act.now, staff_id=act.staff_id, why=why)
    facts = {"why": why or ""}
    await tell(conn, act=act, kind="arrears_reinstated", subject_id=one.registrant_id, facts=facts)
    subject = ("registrant", str(one.registrant_id))
    await audit(conn, act=act, what="arrears_reinstated", subject=subject, why=why, facts={"cause": one.cause})
