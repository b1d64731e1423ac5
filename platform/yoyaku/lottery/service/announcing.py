"""The result is announced: from that moment everybody may know it, and whoever won has until then to accept it.

In three parts, each of which may be killed and done again: :func:`announce_lottery`, the bookings of wins that need no
acceptance, :func:`tell_lottery`.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.policy.life import is_past, require_state
from yoyaku.lottery.repository.batches import add_batch, list_batches
from yoyaku.lottery.repository.dues import set_due, wake_dues
from yoyaku.lottery.repository.lotteries import LotteryRow, change_lottery, lock_lottery
from yoyaku.lottery.repository.told import set_accept_until, tell_everybody, tell_results, was_told
from yoyaku.lottery.rules import scheme_of, win_moment
from yoyaku.lottery.terms import WinTerms


async def announce_lottery(conn: AsyncConnection, *, rules: ServiceRules, lottery_id: UUID, now: datetime) -> bool:
    """Let the result be seen, and wins be accepted from now on; whether this was the call that did.

    Raises:
        NotReady: it is not drawn yet.
        LookupError: the rules do not know the scheme.
    """
    row = await lock_lottery(conn, lottery_id=lottery_id)
    require_state(row.state, "drawn")
    if is_past(row.state, "announced"):
        return False
    scheme = scheme_of(rules, row.scheme)
    if scheme is None:
        raise LookupError(f"the rules have no lottery {row.scheme}")
    await change_lottery(conn, lottery_id=lottery_id, state="announced", announced_at=now)
    if scheme.win.accept == "required":
        await _set_ends(conn, rules=rules, win=scheme.win, row=row, now=now)
    await wake_dues(conn, subject_id=lottery_id)
    return True


async def _set_ends(
    conn: AsyncConnection, *, rules: ServiceRules, win: WinTerms, row: LotteryRow, now: datetime
) -> None:
    """Until when wins can be accepted, and when those are reminded who did not."""
    if win.until is not None:
        until = win_moment(rules, win.until, month=row.month, announced_at=now)
        await set_accept_until(conn, lottery_id=row.lottery_id, until=until)
        await set_due(conn, kind="lottery_lapse", subject_id=row.lottery_id, due_at=until)
    if win.remind is not None:
        remind_at = win_moment(rules, win.remind, month=row.month, announced_at=now)
        await set_due(conn, kind="lottery_remind_win", subject_id=row.lottery_id, due_at=remind_at)


async def tell_lottery(conn: AsyncConnection, *, lottery_id: UUID, now: datetime) -> int:
    """Tell each applicant once what became of their entries; how many are told now."""
    row = await lock_lottery(conn, lottery_id=lottery_id)
    require_state(row.state, "announced")
    if any(batch.kind == "announce" for batch in await list_batches(conn, lottery_id=lottery_id)):
        return 0
    told = await tell_results(conn, lottery_id=lottery_id)
    await add_batch(conn, lottery_id=lottery_id, kind="announce", at=now, facts={"told": told})
    return told


async def tell_delay(conn: AsyncConnection, *, lottery_id: UUID) -> int:
    """Where a result should be announced by now and is not even drawn, tell each applicant so, once; how many."""
    row = await lock_lottery(conn, lottery_id=lottery_id)
    if is_past(row.state, "drawn") or await was_told(conn, lottery_id=lottery_id, kind="lottery_delayed"):
        return 0
    return await tell_everybody(conn, lottery_id=lottery_id, kind="lottery_delayed")
