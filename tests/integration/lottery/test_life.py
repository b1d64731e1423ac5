"""The life of lotteries: by the clock alone, month after month, once and in order."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from tests.integration.lottery.drawn_town import COURTS, at, court, moment, publish, states, told, wish, work

from yoyaku.booking.policy import SlotTaken, StillDrawn
from yoyaku.lottery.repository.lotteries import list_lotteries
from yoyaku.lottery.service import drawing
from yoyaku.lottery.service.accepting import accept_win
from yoyaku.lottery.service.batches import BatchNotRevertible, apply_again, list_batches, preview, revert
from yoyaku.testing.town import nights, visit_of

SATURDAY = date(2027, 2, 20)
BEFORE = moment(1, "opens", hours=-1)
ENTERING = moment(1, "opens", minutes=1)


async def open_month(town, runtime, *schemes):
    """The rules, with the lottery of February open."""
    rules = await publish(town, *schemes)
    await work(town, runtime, BEFORE)
    await work(town, runtime, ENTERING)
    return rules


async def crowd(town, rules, people=6, wanted=1):
    """So many residents want the same court at the same time."""
    for place in range(people):
        await wish(town, rules, place, court(SATURDAY, surfaces=wanted), now=ENTERING)


@pytest.mark.fact("KS-049", "KS-050")
async def test_two_months_live_by_the_clock_alone(town, drawn_runtime):
    rules = await publish(town)
    await work(town, drawn_runtime, BEFORE)
    assert await states(town) == {(one, two): "planned" for one in ("courts", "stays") for two in (2, 3, 4)}
    for month in (1, 2):
        now = moment(month, "opens", minutes=1)
        await work(town, drawn_runtime, now)
        assert (await states(town))["courts", month + 1] == "open"
        day = date(2027, month + 1, 20)
        for place in range(6):
            await wish(town, rules, place, court(day), now=now)
        await work(town, drawn_runtime, moment(month, "reminds"))
        assert await told(town, "lottery_reminder") == 6 * month
        await work(town, drawn_runtime, moment(month, "closes"))
        assert (await states(town))["courts", month + 1] == "drawn"
        assert await told(town, "lottery_won") == 4 * (month - 1)
        await work(town, drawn_runtime, moment(month, "announces"))
        assert (await told(town, "lottery_won"), await told(town, "lottery_lost")) == (4 * month, 2 * month)
        await work(town, drawn_runtime, moment(month, "lapses"))
        assert await town.see("SELECT DISTINCT state FROM lottery_win") == [("lapsed",)]
        await work(town, drawn_runtime, moment(month, "releases"))
        assert (await states(town))["courts", month + 1] == "released"
    assert await town.see("SELECT count(*) FROM deadline WHERE last_error IS NOT NULL") == [(0,)]


async def test_the_hash_of_the_secret_and_the_public_value_are_fixed_before_it_opens(town, drawn_runtime):
    await publish(town)
    await work(town, drawn_runtime, BEFORE)
    planned = await town.see("SELECT secret_hash, public_source, public_reference->>'round', secret FROM lottery")
    assert len({row[0] for row in planned}) == 6
    assert all(len(row[0]) == 64 and row[1] and row[2] for row in planned)
    await work(town, drawn_runtime, ENTERING)
    assert (
        await town.see("SELECT secret_hash, public_source, public_reference->>'round', secret FROM lottery") == planned
    )


async def test_new_rules_move_what_is_planned_and_nothing_that_is_open(town, drawn_runtime):
    await open_month(town, drawn_runtime, COURTS)
    later = {**COURTS, "closes": {**COURTS["closes"], "day": 9}}
    await publish(town, later, version=3)
    await work(town, drawn_runtime)
    rows = await town.see("SELECT state, rule_set_version FROM lottery ORDER BY opens_at")
    assert rows == [("open", 2), ("planned", 3), ("planned", 3)]
    due = await town.see(
        "SELECT due_at = closes_at FROM deadline JOIN lottery ON subject_id = lottery_id WHERE kind = 'lottery_seal'"
    )
    assert due == [(True,)] * 3


async def test_a_worker_that_was_away_for_a_month_does_all_of_it_in_order(town, drawn_runtime):
    rules = await open_month(town, drawn_runtime)
    await crowd(town, rules)
    await wish(town, rules, 7, nights(1, day=SATURDAY), now=ENTERING)
    await work(town, drawn_runtime, moment(1, "releases", days=10))
    assert (await states(town))["courts", 2] == "released"
    assert await town.see("SELECT count(*) FROM lottery_hold WHERE use_on < '2027-03-01'") == [(0,)]
    done = await town.see(
        "SELECT kind FROM lottery_batch b JOIN lottery l USING (lottery_id) WHERE l.scheme = 'courts' ORDER BY batch_id"
    )
    assert [kind for (kind,) in done] == ["seal", "draw", "announce", "lapse", "release"]
    assert await told(town, "lottery_reminder") == 0  # that it closes soon is no news after it closed
    assert await town.see("SELECT state, arose FROM booking") == [("confirmed", "lottery")]


async def test_nothing_of_a_result_is_seen_before_its_moment(town, drawn_runtime):
    rules = await open_month(town, drawn_runtime)
    await crowd(town, rules)
    await work(town, drawn_runtime, moment(1, "announces", seconds=-600))
    assert (await states(town))["courts", 2] == "drawn"
    assert await told(town, "lottery_won") == await told(town, "lottery_lost") == 0
    assert await town.see("SELECT count(*) FROM lottery_win WHERE accept_until IS NOT NULL") == [(0,)]
    async with town.act() as conn:
        assert [one.is_announced for one in await list_lotteries(conn, states=["drawn"])] == [False, False]


async def test_days_are_held_from_the_opening_to_the_release(town, drawn_runtime):
    town.rules = rules = await open_month(town, drawn_runtime)
    with pytest.raises(StillDrawn) as refused:
        await town.book(0, court(SATURDAY), visit=visit_of(town.residents[0], now=ENTERING))
    assert refused.value.facts["releases_at"] == moment(1, "releases")
    await crowd(town, rules, people=2)
    now = moment(1, "releases", minutes=1)
    await work(town, drawn_runtime, now)
    assert (await town.book(9, court(SATURDAY), visit=visit_of(town.residents[9], now=now))).bookings


async def test_what_was_won_is_not_booked_by_anybody_else(town, drawn_runtime):
    rules = await open_month(town, drawn_runtime)
    await crowd(town, rules, people=1, wanted=4)
    await work(town, drawn_runtime, moment(1, "announces", minutes=1))
    ((entry,),) = await town.see("SELECT entry_id FROM lottery_win")
    async with town.act() as conn:
        visit = visit_of(town.residents[0], now=moment(1, "announces", minutes=2))
        await accept_win(conn, visit=visit, rules=rules, entry_id=entry)
    now = moment(1, "releases", minutes=1)
    await work(town, drawn_runtime, now)
    town.rules = rules
    with pytest.raises(SlotTaken):
        await town.book(9, court(SATURDAY), visit=visit_of(town.residents[9], now=now))
    assert await town.see("SELECT state FROM lottery_win") == [("accepted",)]


async def test_a_beacon_that_does_not_answer_is_waited_for_and_seen_and_never_replaced(town, drawn_runtime, beacon):
    rules = await open_month(town, drawn_runtime, COURTS)
    await crowd(town, rules)
    beacon.network.fault = "down"
    await work(town, drawn_runtime, moment(1, "closes"))
    assert (await states(town))["courts", 2] == "sealed"
    ((error, _),) = await town.see(
        "SELECT last_error, attempts FROM deadline WHERE kind = 'lottery_draw' AND attempts > 0"
    )
    assert json.loads(error) == {"kind": "BeaconFailed"}, "addresses of relays stand in the log only"
    await work(town, drawn_runtime, moment(1, "announces"))
    await work(town, drawn_runtime, moment(1, "announces", hours=1))
    assert await told(town, "lottery_delayed") == 6
    assert await told(town, "lottery_won") == 0
    assert await town.see("SELECT public_value FROM lottery WHERE state = 'sealed'") == [(None,)]
    beacon.network.fault = None
    await work(town, drawn_runtime)
    assert await work(town, drawn_runtime) >= 0
    assert (await states(town))["courts", 2] == "announced"
    assert (await told(town, "lottery_won"), await told(town, "lottery_delayed")) == (4, 6)


async def test_a_draw_taken_back_before_the_announcement_gives_the_same_result_again(town, drawn_runtime):
    rules = await open_month(town, drawn_runtime, COURTS)
    await crowd(town, rules)
    await work(town, drawn_runtime, moment(1, "closes"))
    seen = (
        "SELECT l.result_hash, w.entry_id, o.unit FROM lottery l JOIN lottery_win w USING (lottery_id) "
        "JOIN occupancy o USING (entry_id) ORDER BY 2, 3"
    )
    first = await town.see(seen)
    assert len(first) == 4 * 2
    ((lottery_id,),) = await town.see("SELECT lottery_id FROM lottery WHERE state = 'drawn'")
    visit = visit_of(None, now=moment(1, "closes", hours=1), actor="clerk", staff_id=town.clerk)
    async with town.act() as conn:
        looked = await preview(conn, rules=rules, lottery_id=lottery_id, kind="draw")
        assert (looked.done, looked.counts["wins"], looked.kept_by) == (True, 4, None)
        drawn, sealed = await list_batches(conn, lottery_id=lottery_id)
        await revert(conn, visit=visit, rules=rules, batch_id=drawn.batch_id, why="試し")
        with pytest.raises(BatchNotRevertible) as refused:
            await revert(conn, visit=visit, rules=rules, batch_id=sealed.batch_id, why="試し")
    assert refused.value.variant == "sealed"
    assert await town.see(seen) == []
    assert await town.see("SELECT count(*) FROM occupancy") == [(0,)]
    assert await told(town, "lottery_undone") == 6
    async with town.act() as conn:
        await apply_again(conn, lottery_id=lottery_id, kind="draw")
    await work(town, drawn_runtime)
    assert await town.see(seen) == first


async def test_a_release_is_taken_back_as_long_as_nobody_booked(town, drawn_runtime):
    rules = await open_month(town, drawn_runtime, COURTS)
    now = moment(1, "releases", minutes=1)
    held = await town.see("SELECT count(*) FROM lottery_hold")
    await work(town, drawn_runtime, now)
    visit = visit_of(None, now=now, actor="clerk", staff_id=town.clerk)
    ((lottery_id,),) = await town.see("SELECT lottery_id FROM lottery WHERE state = 'released'")
    async with town.act() as conn:
        batch = (await list_batches(conn, lottery_id=lottery_id))[0]
        await revert(conn, visit=visit, rules=rules, batch_id=batch.batch_id, why="早すぎた")
    assert await town.see("SELECT count(*) FROM lottery_hold WHERE use_on < '2027-03-01'") == held
    async with town.act() as conn:
        await apply_again(conn, lottery_id=lottery_id, kind="release")
    await work(town, drawn_runtime)
    town.rules = rules
    await town.book(9, court(SATURDAY), visit=visit_of(town.residents[9], now=now + timedelta(hours=1)))
    async with town.act() as conn:
        batch = (await list_batches(conn, lottery_id=lottery_id))[0]
        with pytest.raises(BatchNotRevertible) as refused:
            await revert(conn, visit=visit, rules=rules, batch_id=batch.batch_id, why="やはり")
    assert (refused.value.variant, refused.value.facts["bookings"]) == ("booked", 1)


async def test_capacity_that_shrank_after_closing_stops_the_draw_visibly_until_it_is_mended(
    town, drawn_runtime, beacon
):
    rules = await open_month(town, drawn_runtime, COURTS)
    await crowd(town, rules, people=4)
    beacon.network.fault = "down"
    await work(town, drawn_runtime, moment(1, "closes"))
    closure = (
        "INSERT INTO occupancy (tenant_id, service_id, resource_id, use_on, bucket, unit, kind) "
        "VALUES (current_setting('app.tenant_id'), current_setting('app.service_id'), 'plaza.court', :day, 660, 2, 'closure')"
    )
    async with town.act() as conn:
        await conn.execute(text(closure), {"day": SATURDAY})
    beacon.network.fault = None
    await work(town, drawn_runtime)
    assert (await states(town))["courts", 2] == "sealed"
    ((error,),) = await town.see("SELECT last_error FROM deadline WHERE kind = 'lottery_draw' AND attempts > 0")
    assert json.loads(error)["facts"] == {"resource": "plaza.court", "day": str(SATURDAY)}
    assert await town.see("SELECT count(*) FROM lottery_outcome") == [(0,)]
    async with town.act() as conn:
        await conn.execute(text("DELETE FROM occupancy WHERE kind = 'closure'"))
    await work(town, drawn_runtime)
    assert (await states(town))["courts", 2] == "drawn"


async def test_progress_is_seen_by_others_while_a_draw_runs_and_ends_complete(town, drawn_runtime, monkeypatch):
    rules = await open_month(town, drawn_runtime, COURTS)
    await crowd(town, rules, people=2)
    seen = "SELECT p.step, p.done, p.total, l.state FROM lottery_progress p JOIN lottery l USING (lottery_id)"
    meanwhile, store = [], drawing._store_wins

    async def store_watched(conn, **more):
        meanwhile.extend(await town.see(seen))
        return await store(conn, **more)

    monkeypatch.setattr(drawing, "_store_wins", store_watched)
    await work(town, drawn_runtime, moment(1, "closes"))
    assert meanwhile == [("draw", 1, drawing.STEPS, "sealed")]
    assert await town.see(seen) == [("draw", drawing.STEPS, drawing.STEPS, "drawn")]


async def test_planning_renews_itself(town, drawn_runtime):
    await publish(town, COURTS)
    for ahead in range(3):
        await work(town, drawn_runtime, BEFORE + timedelta(days=40 * ahead))
    await at(town, BEFORE)
    assert await town.see("SELECT count(*) FROM deadline WHERE kind = 'lottery_plan' AND done_at IS NULL") == [(1,)]
    months = await town.see("SELECT extract(month FROM period_starts)::int FROM lottery ORDER BY 1")
    assert [month for (month,) in months] == [2, 3, 4, 5, 6]
