"""Taking entries back, several at once, and changing the order of the wishes, while the lottery is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import LoginRequired
from yoyaku.booking.repository.bookings import lock_person
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import NotAllowed
from yoyaku.lottery.policy.entrant import check_open, not_open
from yoyaku.lottery.policy.entry import HeldEntry, check_ranks
from yoyaku.lottery.policy.refusals import EntriesChanged, EntryNotFound
from yoyaku.lottery.repository import entries as stored
from yoyaku.lottery.repository.lotteries import get_lottery
from yoyaku.lottery.service.asking import OpenLottery, act_of, cover_of


async def withdraw(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, entry_ids: Sequence[UUID]
) -> tuple[UUID, ...]:
    """Take entries back, all or none; the wishes after them move up. Those that were withdrawn before are no fault.

    Gives the ids of those that were taken back now.

    Raises:
        LoginRequired: nobody is logged in.
        EntryNotFound: one is not there, or somebody else's.
        NotAllowed: a clerk of other facilities.
        EntryNotOpen: a lottery is closed already.
    """
    owned = await _own(conn, visit=visit, entry_ids=entry_ids)
    gone: list[UUID] = []
    for (lottery_id, applicant_id), group in groupby(owned, key=lambda one: (one.lottery_id, one.applicant_id)):
        several = list(group)
        await _hold_open(conn, visit=visit, rules=rules, lottery_id=lottery_id)
        standing = await stored.read_standing(conn, applicant_id=applicant_id)
        named = {one.entry_id for one in several}
        taken = [one for one in standing if one.entry_id in named]
        if not taken:
            continue
        ids = [UUID(str(one.entry_id)) for one in taken]
        await stored.withdraw_entries(conn, entries=ids, at=visit.now)
        left = [one for one in standing if one.entry_id not in named]
        await stored.set_ranks(conn, ranks=_ranks(_in_order(left)))
        facts = {"lottery_id": lottery_id, "entry_ids": ids, "receipt": several[0].receipt}
        await stored.record(conn, visit=visit, kind="lottery_withdrawn", applicant_id=applicant_id, facts=facts)
        gone += ids
    return tuple(gone)


async def rerank(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, lottery_id: UUID, entry_ids: Sequence[UUID]
) -> None:
    """Put all entries of an applicant into a new order, the most wished for first.

    Raises:
        LoginRequired: nobody is logged in.
        EntriesChanged: these are not the entries that stand.
        EntryNotOpen, PreferenceForFirstOnly: by the rules.
    """
    if visit.registrant_id is None:
        raise LoginRequired
    await lock_person(conn, visit=visit)
    opened = await _hold_open(conn, visit=visit, rules=rules, lottery_id=lottery_id)
    there = await stored.read_applicant(conn, lottery_id=lottery_id, registrant_id=visit.registrant_id)
    standing = [] if there is None else await stored.read_standing(conn, applicant_id=there.applicant_id)
    by_id = {one.entry_id: one for one in standing}
    if there is None or sorted(by_id, key=str) != sorted(entry_ids, key=str):
        raise EntriesChanged
    ordered = _in_order([by_id[entry_id] for entry_id in entry_ids])
    _require_reach(visit, (code for one in ordered for code in one.facilities))
    scheme = opened.cover.scheme
    check_ranks(rules, scheme=scheme, ordered=ordered)
    await stored.set_ranks(conn, ranks=_ranks(ordered), cap=scheme.entry.at_most)
    facts = {"lottery_id": lottery_id, "entry_ids": list(entry_ids), "receipt": there.receipt}
    await stored.record(conn, visit=visit, kind="lottery_reranked", applicant_id=there.applicant_id, facts=facts)


async def _own(conn: AsyncConnection, *, visit: Visit, entry_ids: Sequence[UUID]) -> list[stored.OwnedEntry]:
    if visit.registrant_id is None:
        raise LoginRequired
    await lock_person(conn, visit=visit)
    owned = await stored.read_owned(conn, entries=entry_ids)
    if len(owned) < len(set(entry_ids)) or any(one.registrant_id != visit.registrant_id for one in owned):
        raise EntryNotFound
    _require_reach(visit, (code for one in owned for code in one.facilities))
    return owned


def _require_reach(visit: Visit, facilities: Iterable[str]) -> None:
    if not visit.reaches(*facilities):
        raise NotAllowed


async def _hold_open(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, lottery_id: UUID) -> OpenLottery:
    """The lottery, which is open and is not closed before the transaction ends."""
    row = await get_lottery(conn, lottery_id=lottery_id)
    cover = cover_of(rules, row)
    check_open(rules, cover=cover, act=act_of(visit))
    state = await stored.hold_still(conn, lottery_id=lottery_id)
    if state != "open":
        raise not_open(rules, cover=cover, act=act_of(visit), starting=state == "planned")
    return OpenLottery(lottery_id=lottery_id, cover=cover)


def _in_order(entries: Sequence[HeldEntry]) -> list[HeldEntry]:
    """The entries, ranked from 1 in the order in which they come."""
    return [replace(one, rank=place) for place, one in enumerate(entries, start=1)]


def _ranks(entries: Sequence[HeldEntry]) -> dict[UUID, int]:
    return {UUID(str(one.entry_id)): one.rank for one in entries}
