"""Deadlines of money: reminders, due dates, and the steps of what is not paid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.service.arrears import Met, meet_due_date, meet_step
from yoyaku.billing.service.reminding import remind_of_payment
from yoyaku.db import work
from yoyaku.worker.due import Due
from yoyaku.worker.payments import money_act


async def _due_date(conn: AsyncConnection, due: Due) -> bool:
    return await _met(conn, due, await meet_due_date(conn, act=_act(conn, due), charge_id=due.subject_id))


async def _step(conn: AsyncConnection, due: Due) -> bool:
    return await _met(conn, due, await meet_step(conn, act=_act(conn, due), charge_id=due.subject_id))


async def _remind(conn: AsyncConnection, due: Due) -> bool:
    return await _met(conn, due, await remind_of_payment(conn, act=_act(conn, due), charge_id=due.subject_id))


async def _met(conn: AsyncConnection, due: Due, met: Met) -> bool:
    if met.again_at is not None:
        await work.postpone_deadline(conn, work_id=due.work_id, due_at=met.again_at)
    return met.settled


def _act(conn: AsyncConnection, due: Due) -> MoneyAct:
    return replace(money_act(due.runtime, due.site, conn), now=due.now)


HANDLERS: Final[Mapping[str, Callable[[AsyncConnection, Due], Awaitable[bool]]]] = {
    "payment_reminder": _remind,
    "payment_due": _due_date,
    "arrears_step": _step,
}
