"""Refunds by bank transfer: asked for here, made by the city's accounting, and marked by a clerk when they are.

It is how money goes back that no provider takes back: what was debited from an account, what a convenience store took.
Until the clerk says so the refund is an open attempt, on its way; the ledger moves with that word.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.refusals import AlreadySettled, TransferDayWrong
from yoyaku.billing.repository import attempts as repository
from yoyaku.billing.repository.telling import audit
from yoyaku.billing.service.beginning import add_attempt, new_row
from yoyaku.billing.service.outcomes import TRANSFER, take_outcome
from yoyaku.billing.views import AttemptView
from yoyaku.extension.payment import Found
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id


async def begin_transfer(  # how much of which payment, and why
    conn: AsyncConnection, *, act: MoneyAct, payment: AttemptView, yen: int, why: str | None
) -> AttemptView:
    """Ask the accounting to send so much of a payment to an account of the payer's; the database refuses more than it was."""
    row = {
        **new_row(act, payment.charge_id, new_id()),
        "kind": "refund",
        "of_attempt_id": payment.attempt_id,
        "method": payment.method,
        "plugin": TRANSFER,
        "profile": None,
        "payee": payment.payee,
        "facility_id": payment.facility_id,
        "amount_yen": yen,
        "why": why,
    }
    made = await add_attempt(conn, row)
    await repository.mark_pending(conn, attempt_id=made.attempt_id, ref=None)
    await _record(conn, act=act, what="transfer_asked", attempt=made, why=why)
    return made


async def mark_transferred(conn: AsyncConnection, *, act: MoneyAct, attempt_id: UUID, on: date) -> AttemptView:
    """The accounting has sent it on that day.

    Raises:
        NotFound: there is no such transfer.
        AlreadySettled: it is marked already.
        TransferDayWrong: the day is to come, or before it was asked for.
    """
    attempt = await _open_transfer(conn, attempt_id=attempt_id)
    if not act.civil_date(attempt.created_at) <= on <= act.today:
        raise TransferDayWrong(first=act.civil_date(attempt.created_at).isoformat(), last=act.today.isoformat())
    found = Found(
        state="succeeded",
        amount_yen=attempt.amount_yen,
        at=act.real_now,
        detail={"transferred_on": on.isoformat()},
    )
    await _record(conn, act=act, what="transfer_made", attempt=attempt, why=None)
    return await take_outcome(conn, act=act, attempt_id=attempt_id, found=found)


async def mark_not_transferred(conn: AsyncConnection, *, act: MoneyAct, attempt_id: UUID, why: str) -> AttemptView:
    """It could not be sent (a wrong account): it waits for a clerk among what is to be looked at.

    Raises:
        NotFound, AlreadySettled: as :func:`mark_transferred`.
    """
    attempt = await _open_transfer(conn, attempt_id=attempt_id)
    await _record(conn, act=act, what="transfer_failed", attempt=attempt, why=why)
    found = Found(state="failed", reason="transfer_failed")
    return await take_outcome(conn, act=act, attempt_id=attempt_id, found=found)


async def _open_transfer(conn: AsyncConnection, *, attempt_id: UUID) -> AttemptView:
    attempt = await repository.read_attempt(conn, attempt_id=attempt_id)
    if attempt is None or attempt.plugin != TRANSFER:
        raise NotFound(what="transfer")
    if not attempt.is_open:
        raise AlreadySettled
    return attempt


async def _record(conn: AsyncConnection, *, act: MoneyAct, what: str, attempt: AttemptView, why: str | None) -> None:
    subject = ("booking", str(attempt.charge_id))
    await audit(conn, act=act, what=what, subject=subject, why=why, facts={"amount_yen": attempt.amount_yen})
