"""A lottery opens: the days that it draws are held back, and people may enter; before it closes they are reminded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.policy.life import HeldTwice, held_days
from yoyaku.lottery.repository.holds import hold_days, read_held
from yoyaku.lottery.repository.lotteries import LotteryRow, change_lottery, lock_lottery
from yoyaku.lottery.repository.told import tell_everybody
from yoyaku.lottery.rules import scheme_of


async def open_lottery(conn: AsyncConnection, *, rules: ServiceRules, lottery_id: UUID, now: datetime) -> bool:
    """Open a planned lottery; whether this was the call that did.

    Raises:
        HeldTwice: another lottery holds some of its days.
    """
    row = await lock_lottery(conn, lottery_id=lottery_id)
    if row.state != "planned":
        return False
    await hold(conn, rules=rules, row=row, now=now)
    await change_lottery(conn, lottery_id=lottery_id, state="open")
    return True


async def hold(conn: AsyncConnection, *, rules: ServiceRules, row: LotteryRow, now: datetime) -> int:
    """Hold the days of a lottery back from first come; how many days of resources. ``rules`` are those of the row.

    Raises:
        HeldTwice: another lottery holds some of them.
        LookupError: the rules do not know the scheme.
    """
    scheme = scheme_of(rules, row.scheme)
    if scheme is None:
        raise LookupError(f"the rules have no lottery {row.scheme}")
    held = held_days(rules, scheme, row.month, now=now)
    await hold_days(conn, lottery_id=row.lottery_id, held=held)
    if lost := held - await read_held(conn, lottery_id=row.lottery_id):
        raise HeldTwice(days=[f"{resource} {day}" for resource, day in sorted(lost)][:10])
    return len(held)


async def remind_entrants(conn: AsyncConnection, *, lottery_id: UUID, now: datetime) -> int:
    """Before closing, tell those who have entries what they entered for; how many. Nobody once it is closed.

    A worker that was down may come after the closing and before it is sealed: then there is nothing to change any more.
    """
    row = await lock_lottery(conn, lottery_id=lottery_id)
    if row.state != "open" or now >= row.closes_at:
        return 0
    return await tell_everybody(conn, lottery_id=lottery_id, kind="lottery_reminder")
