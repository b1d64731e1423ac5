"""Races of real connections for wins: announced once, and each with one end, whoever comes at the same moment."""

import asyncio
from datetime import date, timedelta

import pytest
from structlog.testing import capture_logs
from tests.integration.lottery.drawn_town import at, court, moment, publish, states, told, wish, work
from tests.integration.lottery.won import ENDS, SATURDAY, accept, announced, win_state, winners

from yoyaku.db import work as stored
from yoyaku.db.engine import platform_transaction
from yoyaku.lottery.policy.win_refusals import WinLapsed
from yoyaku.lottery.service.lapsing import lapse_due
from yoyaku.testing.town import nights, visit_of
from yoyaku.worker.deadlines import meet_deadline

DAY = date(2027, 2, 22)
ENTERING = moment(1, "opens", minutes=1)


async def due(runtime):
    """What is due now, without the lock that lets one process at a time meet it."""
    async with platform_transaction(runtime.engine) as conn:
        return [one for one in await stored.due_work(conn, at_most=100) if one.kind == "deadline"]


async def test_an_announcement_that_several_workers_make_at_once_is_one(town, drawn_runtime):
    rules = await publish(town)
    await work(town, drawn_runtime, moment(1, "opens", hours=-1))
    await work(town, drawn_runtime, ENTERING)
    for place in range(6):
        await wish(town, rules, place, court(SATURDAY), now=ENTERING)
        await wish(town, rules, place + 10, nights(1, day=DAY), now=ENTERING)
    await work(town, drawn_runtime, moment(1, "closes", seconds=1))
    await at(town, moment(1, "announces", seconds=1))
    drawn_runtime.sites.forget()
    announcements = await due(drawn_runtime)
    assert len(announcements) == 2
    with capture_logs():
        done = await asyncio.gather(
            *(meet_deadline(drawn_runtime, one) for one in announcements for _ in range(3)), return_exceptions=True
        )
    assert [one for one in done if isinstance(one, Exception)] == []
    after = await states(town)
    assert (after["courts", 2], after["stays", 2]) == ("announced", "announced")
    kinds = "SELECT count(*), count(DISTINCT lottery_id) FROM lottery_batch WHERE kind = 'announce'"
    assert await town.see(kinds) == [(2, 2)]
    [(wins, stays)] = await town.see("SELECT count(*), count(*) FILTER (WHERE sole) FROM lottery_win")
    assert (wins, await told(town, "lottery_won"), await told(town, "lottery_lost")) == (
        4 + stays,
        4 + stays,
        8 - stays,
    )
    assert await town.see("SELECT count(*), count(DISTINCT entry_id) FROM booking") == [(stays, stays)]
    assert await town.see("SELECT count(DISTINCT accept_until) FROM lottery_win WHERE state = 'won'") == [(1,)]
    assert await due(drawn_runtime) == []


@pytest.mark.fact("KS-T3", "KS-052")
@pytest.mark.parametrize("before", [timedelta(0), timedelta(microseconds=1)], ids=["at_the_end", "just_before"])
async def test_accepting_in_the_moment_of_the_lapse_leaves_one_end(town, drawn_runtime, before):
    rules = await announced(town, drawn_runtime, *((place, court(SATURDAY)) for place in range(4)))
    found = await winners(town)
    [(lottery_id,)] = await town.see("SELECT DISTINCT lottery_id FROM lottery_win")

    async def lapse():
        async with town.act() as conn:
            return await lapse_due(conn, visit=visit_of(None, now=ENDS, actor="system"), lottery_id=lottery_id)

    accepts = [accept(town, rules, entry, place, now=ENDS - before) for entry, place in found]
    done = await asyncio.gather(*accepts[:2], lapse(), *accepts[2:], lapse(), return_exceptions=True)
    assert all(isinstance(one, WinLapsed) for one in done if isinstance(one, Exception))
    ends = [await win_state(town, entry) for entry, _ in found]
    assert set(ends) <= ({"lapsed"} if before == timedelta(0) else {"lapsed", "accepted"})
    booked = ends.count("accepted")
    assert await town.see("SELECT count(*) FROM booking") == [(booked,)]
    assert await town.see("SELECT count(*) FROM occupancy") == [(2 * booked,)]
    assert (await told(town, "lottery_lapsed"), await told(town, "lottery_accepted")) == (4 - booked, booked)
