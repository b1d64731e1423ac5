"""Why an entry won or lost, for whoever may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.policy.cells import Piece, read_key
from yoyaku.lottery.policy.entry_state import Decided
from yoyaku.lottery.policy.floors import is_shared
from yoyaku.lottery.policy.refusals import EntryNotFound
from yoyaku.lottery.policy.wants import parse_wants
from yoyaku.lottery.policy.why import Why, explain_lost
from yoyaku.lottery.repository.entry_views import read_entry
from yoyaku.lottery.repository.lotteries import LotteryRow, get_lottery
from yoyaku.lottery.repository.why import count_in_round, read_before, read_free
from yoyaku.lottery.rules import is_ordered, scheme_of
from yoyaku.lottery.views import EntryView
from yoyaku.rules.values import Text

__all__ = ["Why", "why"]

_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)


async def why(conn: AsyncConnection, *, rules: ServiceRules, entry_id: UUID) -> Why:
    """What became of an entry and why; nothing of a draw before it is announced. The caller says who may ask.

    Raises:
        EntryNotFound: there is none of that id.
    """
    entry = await read_entry(conn, entry_id=entry_id, now=_BEFORE_ALL)
    if entry is None:
        raise EntryNotFound
    if entry.rank is None:
        return Why(outcome="withdrawn")
    lottery = await get_lottery(conn, lottery_id=entry.lottery_id)
    if lottery.announced_at is None:
        return Why(outcome="waiting")
    entry = await read_entry(conn, entry_id=entry_id, now=lottery.announced_at)
    if entry is None or entry.decided is None:
        return Why(outcome="waiting")
    return await _explain(conn, rules=rules, lottery=lottery, entry=entry, decided=entry.decided)


async def _explain(
    conn: AsyncConnection, *, rules: ServiceRules, lottery: LotteryRow, entry: EntryView, decided: Decided
) -> Why:
    outcome, round_number, place, key = decided
    if outcome == "void":
        return Why(outcome="void", round=round_number, place=place)
    scheme = scheme_of(rules, lottery.scheme)
    by_entry = not is_ordered(scheme)
    found = Why(outcome="won" if outcome == "won" else "lost", round=round_number, place=place)
    if outcome == "lost" and key is not None:
        cell = read_key(key)
        before = await read_before(
            conn, lottery_id=lottery.lottery_id, cell=cell, round_number=round_number, place=place
        )
        free = await read_free(conn, lottery_id=lottery.lottery_id, cell=cell)
        wants = parse_wants(entry.wants)
        found = explain_lost(decided, cell=cell, wants=wants, free=0 if free is None else free, before=before)
        shared = is_shared(rules, cell.resource_id)
        asked = _asked(rules, entry, cell) if shared else 0
        found = replace(found, names=_names(rules, entry, cell), shared=shared, asked=asked)
    if by_entry:
        return replace(found, of="entries", of_how_many=lottery.entries or 0)
    of = await count_in_round(conn, lottery_id=lottery.lottery_id, round_number=round_number)
    return replace(found, of="applicants", of_how_many=of)


def _asked(rules: ServiceRules, entry: EntryView, cell: Piece) -> int:
    """How many courts or rooms of a shared floor an entry asked for in a cell; 0 where several of its uses did."""
    at = rules.instant(date.fromisoformat(cell.day), cell.starts)
    there = [
        request.surfaces
        for request, use in zip(entry.requests, entry.uses, strict=True)
        if request.space_id in rules.inventory.spaces
        and rules.inventory.space(request.space_id).resource_id == cell.resource_id
        and use.period.starts_at <= at < use.period.ends_at
    ]
    return there[0] if len(there) == 1 else 0


def _names(rules: ServiceRules, entry: EntryView, cell: Piece) -> tuple[Text, Text] | None:
    """Facility and space of the use of the entry that the cell belongs to, as they were named then."""
    spaces = rules.inventory.spaces
    for request, use in zip(entry.requests, entry.uses, strict=True):
        placed = spaces.get(request.space_id)
        if placed is not None and placed.resource_id == cell.resource_id:
            return use.facility_name, use.space_name
    return None
