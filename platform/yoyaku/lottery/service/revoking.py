"""Wins that the city takes back, since it closes the place, and gives again where it opens it in time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.repository.won import give_back
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.lottery.repository import wins
from yoyaku.lottery.service.lapsing import take_again


async def revoke_wins(conn: AsyncConnection, *, visit: Visit, entry_ids: Sequence[UUID], why: str) -> list[UUID]:
    """End wins that nobody decided yet and free what they occupy; the winners are told why. The entries concerned."""
    locked = await wins.lock_wins(conn, entry_ids=entry_ids)
    ids = [win.entry_id for win in locked if win.state == "won"]
    if ids:
        await wins.decide_wins(conn, entry_ids=ids, state="revoked", at=visit.now, by=visit.staff_id)
        await give_back(conn, visit=visit, entry_ids=ids)
        await wins.tell_winners(conn, kind="lottery_revoked", entry_ids=ids, facts={"why": why})
    return ids


async def give_again(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, entry_ids: Sequence[UUID], why: str
) -> list[UUID]:
    """Let revoked wins wait for their answer again, until when they did; the winners are told. The entries concerned.

    What cannot be accepted in time any more, or is taken by now, stays revoked.
    """
    back = []
    for win in await wins.lock_wins(conn, entry_ids=entry_ids):
        until = win.accept_until
        if win.state != "revoked" or until is None or until <= visit.now:
            continue
        if await take_again(conn, visit=visit, rules=rules, win=win):
            await wins.reopen_wins(conn, entry_ids=[win.entry_id], accept_until=until)
            back.append(win.entry_id)
    if back:
        await wins.tell_winners(conn, kind="lottery_restored", entry_ids=back, facts={"why": why})
    return back
