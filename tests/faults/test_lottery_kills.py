"""kill -9 at each step of a lottery's life: once, in order, nothing lost or doubled."""

import asyncio
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.integration.lottery.conftest import beacon, drawn_runtime, running_beacon
from tests.integration.lottery.drawn_town import at, court, moment, publish, states, told, wish, work

from yoyaku.lottery.service.accepting import book_stuck_again
from yoyaku.testing.town import nights

__all__ = ["beacon", "drawn_runtime", "running_beacon"]

DRAWER = Path(__file__).with_name("drawer.py")
ENTERING = moment(1, "opens", minutes=1)
DAY = date(2027, 2, 20)
KILLED = -9
STEPS = {
    "lottery_remind": "reminds",
    "lottery_seal": "closes",
    "lottery_draw": "closes",
    "lottery_announce": "announces",
    "lottery_remind_win": "reminds_win",
    "lottery_lapse": "lapses",
    "lottery_release": "releases",
}


async def killed(settings, beacon, kind, when):
    """Let a worker of its own meet what is due, and kill itself at this step."""
    env = {
        **os.environ,
        "PYTHONPATH": "platform:.",
        "DATABASE_URL": settings.database_url,
        "CELERY_BROKER_URL": "memory://",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SECRET_KEY": settings.secret_key,
        "ENVIRONMENT": "test",
        "SITE_SCHEME": "http",
        "PLUGIN_PROFILES": str(beacon.folder),
    }
    run = [sys.executable, str(DRAWER), kind, when]
    done = await asyncio.to_thread(subprocess.run, run, env=env, stdout=subprocess.DEVNULL, timeout=120)
    assert done.returncode == KILLED


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_worker_killed_at_each_step_does_it_once_and_in_order(
    town, fresh_database, make_settings, drawn_runtime, beacon, when
):
    settings = make_settings(fresh_database)
    rules = await publish(town)
    await at(town, moment(1, "opens", hours=-1))
    await killed(settings, beacon, "lottery_plan", when)
    await work(town, drawn_runtime)
    assert len(await states(town)) == 6
    await at(town, ENTERING)
    await killed(settings, beacon, "lottery_open", when)
    await work(town, drawn_runtime)
    for place in range(6):
        await wish(town, rules, place, court(DAY), now=ENTERING)
    await wish(town, rules, 6, nights(1, day=DAY), now=ENTERING)
    for kind, due in STEPS.items():
        await at(town, moment(1, due, seconds=1))
        await killed(settings, beacon, kind, when)
        if kind != "lottery_seal":
            await work(town, drawn_runtime)
    await nothing_is_lost_or_doubled(town)


async def nothing_is_lost_or_doubled(town):
    after = await states(town)
    assert (after["courts", 2], after["stays", 2]) == ("released", "released")
    done = await town.see(
        "SELECT l.scheme, b.kind FROM lottery_batch b JOIN lottery l USING (lottery_id) ORDER BY l.scheme, b.batch_id"
    )
    courts = [kind for scheme, kind in done if scheme == "courts"]
    assert courts == ["seal", "draw", "announce", "lapse", "release"]
    assert [kind for scheme, kind in done if scheme == "stays"] == ["seal", "draw", "announce", "release"]
    assert (await told(town, "lottery_won"), await told(town, "lottery_lost")) == (5, 2)
    assert (await told(town, "lottery_reminder"), await told(town, "lottery_win_reminder")) == (7, 4)
    assert await town.see("SELECT state, count(*) FROM lottery_win GROUP BY 1 ORDER BY 1") == [
        ("accepted", 1),
        ("lapsed", 4),
    ]
    assert await town.see("SELECT count(*), count(DISTINCT entry_id) FROM booking") == [(1, 1)]
    assert await town.see("SELECT kind, count(*) FROM occupancy GROUP BY 1") == [("booking", 1)]
    assert await town.see("SELECT count(*) FROM lottery_hold WHERE use_on < '2027-03-01'") == [(0,)]
    assert await town.see("SELECT count(*), count(DISTINCT sealed_hash) FROM lottery WHERE sealed_at IS NOT NULL") == [
        (2, 2)
    ]


@pytest.mark.slow
async def test_a_worker_killed_halfway_through_bookings_makes_the_rest_once_and_keeps_what_is_stuck(
    town, fresh_database, make_settings, drawn_runtime, beacon
):
    rules = await publish(town)
    await work(town, drawn_runtime, moment(1, "opens", hours=-1))
    await work(town, drawn_runtime, ENTERING)
    for place in range(5):
        await wish(town, rules, place, nights(1, day=DAY), now=ENTERING)
    await work(town, drawn_runtime, moment(1, "closes", seconds=1))
    await at(town, moment(1, "announces", seconds=1))
    await killed(make_settings(fresh_database), beacon, "lottery_announce", "halfway")
    wins = "SELECT state, stuck IS NOT NULL, count(*) FROM lottery_win GROUP BY 1, 2 ORDER BY 1, 2"
    assert await town.see(wins) == [("accepted", False, 1), ("won", False, 3), ("won", True, 1)]
    assert (await states(town))["stays", 2] == "announced"
    assert await told(town, "lottery_won") == 0

    await work(town, drawn_runtime)
    await work(town, drawn_runtime)
    assert await town.see(wins) == [("accepted", False, 4), ("won", True, 1)]
    assert await told(town, "lottery_won") == 5
    assert await town.see("SELECT count(*), count(DISTINCT entry_id) FROM booking") == [(4, 4)]
    assert await town.see("SELECT count(DISTINCT entry_id) FROM occupancy WHERE kind = 'lottery'") == [(1,)]
    done = "SELECT count(*), count(DISTINCT lottery_id) FROM lottery_batch WHERE kind = 'announce'"
    assert await town.see(done) == [(2, 2)]
    [(lottery_id,)] = await town.see("SELECT lottery_id FROM lottery_win WHERE stuck IS NOT NULL")
    async with town.act() as conn:
        await book_stuck_again(conn, lottery_id=lottery_id)
    await work(town, drawn_runtime)
    assert await town.see(wins) == [("accepted", False, 5)]
    assert await told(town, "lottery_won") == 5
