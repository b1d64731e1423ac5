"""Wins that nobody accepted in time: looked at beforehand, let lapse as one batch, restored with a notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy.case import Act, open_case
from yoyaku.booking.policy.decide import candidate_of, claims_of
from yoyaku.booking.repository.claims import claim
from yoyaku.booking.repository.won import give_back
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.finding import require_clerk, require_why
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import Claim
from yoyaku.lottery.policy.win_refusals import NothingLapsed, RestoreTooEarly
from yoyaku.lottery.repository import wins
from yoyaku.lottery.repository.batches import add_batch, lock_batch, mark_reverted
from yoyaku.lottery.repository.dues import set_due
from yoyaku.lottery.repository.entry_rows import read_requests
from yoyaku.lottery.repository.lotteries import get_lottery
from yoyaku.lottery.repository.wins import WinRow


@dataclass(frozen=True, kw_only=True)
class LapsePreview:
    """What a lapse would take away: the wins that nobody decided, and how many of them lapse when (business time)."""

    wins: Sequence[WinRow]
    by_deadline: Mapping[datetime, int]


@dataclass(frozen=True, kw_only=True)
class Lapsed:
    """How many wins lapsed now, in which batch, and when the next do (``None``: none is left)."""

    wins: int
    batch_id: UUID | None
    again_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Restored:
    """The entries whose wins can be accepted again, and those whose place somebody else has by now."""

    entry_ids: Sequence[UUID]
    gone: Sequence[UUID]


async def preview_lapse(conn: AsyncConnection, *, lottery_id: UUID) -> LapsePreview:
    """The wins of a lottery that wait for an answer; none before the announcement. Nothing is changed.

    Raises:
        NotFound: there is no such lottery.
    """
    lottery = await get_lottery(conn, lottery_id=lottery_id)
    waiting = await wins.list_open(conn, lottery_id=lottery_id) if lottery.is_announced else []
    return LapsePreview(
        wins=await wins.read_wins(conn, entry_ids=waiting),
        by_deadline=await wins.open_by_deadline(conn, lottery_id=lottery_id),
    )


async def lapse_due(conn: AsyncConnection, *, visit: Visit, lottery_id: UUID) -> Lapsed:
    """Let every win lapse that should have been accepted by now, as one batch; done again, it changes nothing.

    Whoever is accepting or declining this moment comes first.
    """
    due = await wins.lock_due(conn, lottery_id=lottery_id, now=visit.now)
    batch_id = None
    if due:
        batch_id = await add_batch(
            conn, lottery_id=lottery_id, kind="lapse", at=visit.now, facts={"wins": len(due)}, staff_id=visit.staff_id
        )
        await wins.decide_wins(conn, entry_ids=due, state="lapsed", at=visit.now, batch_id=batch_id)
        await give_back(conn, visit=visit, entry_ids=due)
        await wins.tell_winners(conn, kind="lottery_lapsed", entry_ids=due)
    left = await wins.open_by_deadline(conn, lottery_id=lottery_id)
    return Lapsed(wins=len(due), batch_id=batch_id, again_at=min(left, default=None))


async def restore_lapsed(  # what restoring consists of
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, batch_id: UUID, accept_until: datetime, why: str
) -> Restored:
    """Take a lapse back: every win whose place is still free waits for its answer again, and its winner is told.

    Raises:
        NotAllowed, WhyMissing: only clerks restore, and say why.
        NotFound: there is no such batch.
        NothingLapsed: it is no lapse, or was taken back before.
        RestoreTooEarly: ``accept_until`` (business time) is over.
    """
    require_clerk(visit)
    reason = require_why(why)
    if accept_until <= visit.now:
        raise RestoreTooEarly(accept_until=accept_until)
    batch = await lock_batch(conn, batch_id=batch_id)
    if batch.kind != "lapse" or batch.reverted_at is not None:
        raise NothingLapsed
    lapsed = await wins.lock_lapsed(conn, batch_id=batch_id)
    back = [
        win.entry_id
        for win in await wins.read_wins(conn, entry_ids=lapsed)
        if await take_again(conn, visit=visit, rules=rules, win=win)
    ]
    await wins.reopen_wins(conn, entry_ids=back, accept_until=accept_until)
    await mark_reverted(conn, batch_id=batch_id, at=visit.now, by=visit.staff_id, why=reason)
    if back:
        await wins.tell_winners(conn, kind="lottery_restored", entry_ids=back, facts={"why": reason})
        left = await wins.open_by_deadline(conn, lottery_id=batch.lottery_id)
        await set_due(conn, kind="lottery_lapse", subject_id=batch.lottery_id, due_at=min(left))
    return Restored(entry_ids=back, gone=[one for one in lapsed if one not in set(back)])


async def remind_winners(conn: AsyncConnection, *, visit: Visit, lottery_id: UUID) -> int:
    """Remind those whose wins wait for an answer; how many wins."""
    waiting = await wins.read_wins(conn, entry_ids=await wins.list_open(conn, lottery_id=lottery_id))
    open_now = [one.entry_id for one in waiting if one.accept_until is not None and visit.now < one.accept_until]
    await wins.tell_winners(conn, kind="lottery_win_reminder", entry_ids=open_now)
    return len(open_now)


async def take_again(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, win: WinRow) -> bool:
    """Take what a win held, or other units that serve as well; false, and nothing taken, where they are not free."""
    claims = _claims(rules, visit=visit, win=win)
    async with conn.begin_nested() as undo:
        grant = await claim(
            conn, visit=visit, claims={win.entry_id: claims}, units=rules.inventory.resources, kind="lottery"
        )
        if grant.missing:
            await undo.rollback()
    return not grant.missing


def _claims(rules: ServiceRules, *, visit: Visit, win: WinRow) -> list[Claim]:
    act = Act(person=None, channel=win.channel, actor="system", now=visit.now)
    claims: list[Claim] = []
    for request in read_requests(win.requests, win.form):
        case, use = open_case(rules, request=request, act=act)
        claims += claims_of(rules, candidate_of(case, use, request), buffer_minutes=use.buffer_minutes)
    return claims
