"""A lottery closes: what everybody entered and what is free is written down for good, and its hash is public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.extension.draw import DrawApplicant
from yoyaku.kernel.memory import without_collecting
from yoyaku.lottery.policy.cells import Cut, cut_parsed
from yoyaku.lottery.policy.life import is_past, require_state
from yoyaku.lottery.policy.seal import SealHead, seal_lines
from yoyaku.lottery.policy.wants import parse_wants
from yoyaku.lottery.repository.batches import add_batch
from yoyaku.lottery.repository.bulk import Entered, read_entered
from yoyaku.lottery.repository.dues import wake_dues
from yoyaku.lottery.repository.files import save_file
from yoyaku.lottery.repository.lotteries import LotteryRow, change_lottery, lock_lottery
from yoyaku.lottery.repository.place import read_here
from yoyaku.lottery.repository.stock import read_stock
from yoyaku.lottery.rules import scheme_of
from yoyaku.lottery.service.progress import Report, no_report
from yoyaku.lottery.terms import LotteryScheme

STEPS = 3


async def seal_lottery(
    conn: AsyncConnection, *, rules: ServiceRules, lottery_id: UUID, now: datetime, report: Report = no_report
) -> bool:
    """Write the sealed list and its hash; whether this was the call that did. ``rules`` are those of the lottery.

    Whoever enters at this moment is either in the list, or told that it is closed: the row is locked.

    Raises:
        NotReady: it was never opened.
        LookupError: the rules do not know the scheme.
    """
    with without_collecting():
        return await _seal(conn, rules=rules, lottery_id=lottery_id, now=now, report=report)


async def _seal(conn: AsyncConnection, *, rules: ServiceRules, lottery_id: UUID, now: datetime, report: Report) -> bool:
    row = await lock_lottery(conn, lottery_id=lottery_id)
    require_state(row.state, "open")
    if is_past(row.state, "sealed"):
        return False
    scheme = scheme_of(rules, row.scheme)
    if scheme is None:
        raise LookupError(f"the rules have no lottery {row.scheme}")
    await report("seal", 0, STEPS)
    entered = await read_entered(conn, lottery_id=lottery_id)
    await report("seal", 1, STEPS)
    cut = await _cut(conn, rules=rules, texts=entered.texts)
    applicants = _applicants(entered, cut)
    sealed = seal_lines(await _head(conn, row, scheme), cut.cells, applicants)
    await report("seal", 2, STEPS)
    digest = await save_file(conn, lottery_id=lottery_id, name="sealed", content=sealed, at=now)
    counts = {"applicants": len(applicants), "entries": sum(len(one.entries) for one in applicants)}
    await change_lottery(conn, lottery_id=lottery_id, state="sealed", sealed_at=now, sealed_hash=digest, **counts)
    await add_batch(conn, lottery_id=lottery_id, kind="seal", at=now, facts={**counts, "cells": len(cut.cells)})
    await wake_dues(conn, subject_id=lottery_id)
    await report("seal", STEPS, STEPS)
    return True


async def _cut(conn: AsyncConnection, *, rules: ServiceRules, texts: Sequence[str]) -> Cut:
    """The cells of all that is wanted, with what is free of each now."""
    parsed = {text: parse_wants(text) for text in texts}
    days = {want[:2] for wants in parsed.values() for want in wants}
    stock = await read_stock(conn, days=days, grains=rules.inventory.buckets)
    return cut_parsed(parsed, stock.free)


def _applicants(entered: Entered, cut: Cut) -> list[DrawApplicant]:
    wants_of = [cut.wants[text] for text in entered.texts].__getitem__
    return [
        DrawApplicant(receipt, list(map(wants_of, wants)), tier, tickets)
        for receipt, tier, tickets, wants in entered.rows
    ]


async def _head(conn: AsyncConnection, row: LotteryRow, scheme: LotteryScheme) -> SealHead:
    here = await read_here(conn)
    return SealHead(
        tenant=here.tenant_id,
        service=here.service_id,
        scheme=row.scheme,
        period=(row.period_starts.isoformat(), row.period_ends.isoformat()),
        closed_at=row.closes_at.astimezone(UTC).isoformat(),
        rule_set_version=row.rule_set_version,
        algorithm=scheme.draw.algorithm,
        wins_at_most=scheme.draw.wins_at_most,
        secret_hash=row.secret_hash,
        beacon=row.beacon,
        public_source=row.public_source,
        public_reference=row.public_reference,
        settings=scheme.draw.settings,
    )
