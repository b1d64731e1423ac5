"""Wins that the city takes back, since it closes the place."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.repository.won import give_back
from yoyaku.booking.visit import Visit
from yoyaku.lottery.repository import wins


async def revoke_wins(conn: AsyncConnection, *, visit: Visit, entry_ids: Sequence[UUID], why: str) -> list[UUID]:
    """End wins that nobody decided yet and free what they occupy; the winners are told why. The entries concerned."""
    locked = await wins.lock_wins(conn, entry_ids=entry_ids)
    ids = [win.entry_id for win in locked if win.state == "won"]
    if ids:
        await wins.decide_wins(conn, entry_ids=ids, state="revoked", at=visit.now, by=visit.staff_id)
        await give_back(conn, visit=visit, entry_ids=ids)
        await wins.tell_winners(conn, kind="lottery_revoked", entry_ids=ids, facts={"why": why})
    return ids
