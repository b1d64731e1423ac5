"""Races of real connections for entries: never one too many, never a gap in the ranks, closed is closed."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.integration.lottery.raffle import DAY

from yoyaku.lottery.policy.refusals import EntryNotOpen, TooManyEntries
from yoyaku.lottery.repository.lotteries import change_lottery, lock_lottery
from yoyaku.testing.town import hours

RANKS = "SELECT array_agg(rank ORDER BY rank) FROM lottery_entry WHERE rank IS NOT NULL GROUP BY applicant_id"


async def race(*attempts):
    """How each attempt came out, by the name of its outcome."""
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    return Counter(type(outcome).__name__ for outcome in outcomes)


def slot(place):
    return hours("room", f"{9 + place % 12:02d}:00", f"{10 + place % 12:02d}:00", day=DAY + timedelta(days=place // 12))


@pytest.mark.fact("KS-054", "KS-T13")
async def test_of_twenty_at_once_ten_are_entered(raffle):
    outcomes = await race(*(raffle.enter(0, slot(place)) for place in range(20)))
    assert outcomes == {"Entered": 10, TooManyEntries.__name__: 10}
    assert await raffle.town.see(RANKS) == [(list(range(1, 11)),)]
    assert await raffle.town.see("SELECT count(*) FROM lottery_applicant") == [(1,)]
    assert await raffle.town.see("SELECT count(*) FROM outbox") == [(10,)]


async def test_the_database_itself_takes_no_eleventh(raffle):
    made = await raffle.enter(0, slot(0))
    for rank in (0, 11):
        with pytest.raises(IntegrityError, match="lottery_entry_within_cap"):
            async with raffle.act() as conn:
                await conn.execute(
                    text("UPDATE lottery_entry SET rank = :rank WHERE entry_id = :id"),
                    {"rank": rank, "id": made.entry_id},
                )


async def test_one_key_sent_ten_times_at_once_enters_once(raffle):
    made = await asyncio.gather(*(raffle.enter(0, slot(0), idempotency_key="once") for _ in range(10)))
    assert len({one.entry_id for one in made}) == 1
    assert sum(not one.repeated for one in made) == 1
    assert await raffle.town.see("SELECT count(*) FROM lottery_entry") == [(1,)]


async def test_entering_withdrawing_and_ordering_at_once_leaves_no_gap(raffle):
    ids = [(await raffle.enter(0, slot(place))).entry_id for place in range(6)]
    outcomes = await race(
        raffle.withdraw(0, ids[0], ids[3]),
        raffle.enter(0, slot(6), rank=2),
        raffle.rerank(0, *reversed(ids)),
        raffle.withdraw(0, ids[1]),
        raffle.enter(0, slot(7)),
        raffle.enter(1, slot(0)),
    )
    assert set(outcomes) <= {"tuple", "Entered", "NoneType", "EntriesChanged"}
    assert sorted(await raffle.town.see(RANKS)) == [([1],), ([1, 2, 3, 4, 5],)]


async def test_who_enters_while_the_list_is_sealed_is_in_it_or_told_that_it_is_closed(raffle):
    async def seal():
        async with raffle.act() as conn:
            await lock_lottery(conn, lottery_id=raffle.monthly)
            counted = (await conn.execute(text("SELECT count(*) FROM lottery_entry"))).scalar_one()
            await asyncio.sleep(0.05)
            await change_lottery(conn, lottery_id=raffle.monthly, state="sealed", sealed_hash="0")
            return counted

    attempts = [raffle.enter(place % 40, slot(place)) for place in range(30)]
    outcomes = await asyncio.gather(*attempts[:15], seal(), *attempts[15:], return_exceptions=True)
    names = Counter(type(one).__name__ for one in outcomes)
    assert set(names) <= {"Entered", "int", EntryNotOpen.__name__}
    sealed = next(one for one in outcomes if isinstance(one, int))
    assert await raffle.town.see("SELECT count(*) FROM lottery_entry") == [(sealed,)]
    assert names["Entered"] == sealed
    assert {one.variant for one in outcomes if isinstance(one, EntryNotOpen)} <= {"over"}


async def test_the_database_itself_keeps_what_was_sealed(raffle):
    made = await raffle.enter(0, slot(0))
    await raffle.close()
    for change in ("rank = 2", "wants = ''", "requests = '[]'", "rank = NULL, withdrawn_at = now()"):
        with pytest.raises(IntegrityError, match="while their lottery is open"):
            async with raffle.act() as conn:
                await conn.execute(text(f"UPDATE lottery_entry SET {change} WHERE entry_id = '{made.entry_id}'"))  # noqa: S608


async def test_a_crowd_at_the_opening_gets_each_a_code_of_its_own(raffle):
    made = await asyncio.gather(*(raffle.enter(place, slot(0)) for place in range(40)))
    assert len({one.receipt for one in made}) == 40
    assert (await raffle.odds("plaza.room"))[DAY, 540] == (40, 1)
