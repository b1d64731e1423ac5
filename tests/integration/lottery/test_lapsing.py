"""Wins that nobody answered: reminded, lapsed by the clock, restored."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.lottery.drawn_town import court, moment, work
from tests.integration.lottery.won import (
    ENDS,
    ROOMS,
    SATURDAY,
    WHOLE,
    accept,
    announced,
    decline,
    held,
    lapsed_batch,
    restore,
    town_book,
    win_state,
    winners,
)

from yoyaku.booking.policy import StillDrawn
from yoyaku.kernel.errors import NotAllowed
from yoyaku.lottery.policy.win_refusals import (
    NothingLapsed,
    RestoreTooEarly,
    WinLapsed,
)
from yoyaku.lottery.service.lapsing import lapse_due, preview_lapse, restore_lapsed
from yoyaku.testing.town import hours, visit_of


@pytest.mark.fact("KS-T3", "KS-052")
async def test_a_win_that_is_not_accepted_lapses_and_is_first_come_from_the_release(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY, **WHOLE)))
    [(entry_id, place)] = await winners(town)
    async with town.act() as conn:
        [(lottery_id,)] = await town.see("SELECT lottery_id FROM lottery_win")
        seen = await preview_lapse(conn, lottery_id=lottery_id)
    assert [one.entry_id for one in seen.wins] == [entry_id]
    assert list(seen.by_deadline.items()) == [(ENDS, 1)]
    with pytest.raises(WinLapsed) as refused:
        await accept(town, rules, entry_id, place, now=ENDS)
    assert refused.value.facts["releases_at"] == moment(1, "releases")
    await work(town, drawn_runtime, ENDS)
    assert await win_state(town, entry_id) == "lapsed"
    with pytest.raises(WinLapsed):
        await accept(town, rules, entry_id, place, now=ENDS)
    with pytest.raises(StillDrawn) as held_back:
        await town_book(town, rules, 7, court(SATURDAY), now=ENDS)
    assert held_back.value.facts["releases_at"] == moment(1, "releases")
    await work(town, drawn_runtime, moment(1, "releases"))
    made = await town_book(town, rules, 7, court(SATURDAY), now=moment(1, "releases", seconds=1))
    assert made.bookings[0].arose == "first_come"


@pytest.mark.fact("KS-T3")
async def test_a_win_is_accepted_in_the_last_second(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)))
    [(entry_id, place)] = await winners(town)
    made = await accept(town, rules, entry_id, place, now=ENDS - timedelta(seconds=1))
    assert made.bookings[0].made_at == ENDS - timedelta(seconds=1)
    await work(town, drawn_runtime, ENDS)
    assert await win_state(town, entry_id) == "accepted"


@pytest.mark.fact("KC-T1", "KC-037")
async def test_seven_days_count_the_day_of_the_win(town, drawn_runtime):
    room = hours("room", day=SATURDAY)
    rules = await announced(town, drawn_runtime, (0, room), schemes=[ROOMS])
    [(entry_id, place)] = await winners(town)
    last = datetime(2027, 1, 17, 14, 59, 59, tzinfo=UTC)  # 23:59:59 of 17 January in the town
    assert await town.see("SELECT accept_until FROM lottery_win") == [(last + timedelta(seconds=1),)]
    made = await accept(town, rules, entry_id, place, now=last)
    assert made.bookings[0].state == "tentative"


async def test_a_lapse_done_again_changes_nothing(town, drawn_runtime):
    await announced(town, drawn_runtime, (0, court(SATURDAY)))
    await work(town, drawn_runtime, ENDS)
    [(lottery_id,)] = await town.see("SELECT lottery_id FROM lottery_win")
    async with town.act() as conn:
        again = await lapse_due(conn, visit=visit_of(None, now=ENDS, actor="system"), lottery_id=lottery_id)
    assert (again.wins, again.batch_id, again.again_at) == (0, None, None)
    assert await town.see("SELECT facts->>'wins' FROM lottery_batch WHERE kind = 'lapse'") == [("1",)]


async def test_a_lapse_is_taken_back_with_a_new_deadline_and_a_notice(town, drawn_runtime):
    rules, batch_id = await lapsed_batch(town, drawn_runtime, (0, court(SATURDAY, **WHOLE)))
    until = ENDS + timedelta(days=3)
    back = await restore(town, rules, batch_id, until, now=ENDS + timedelta(minutes=1))
    [(entry_id, place)] = await winners(town)
    assert (list(back.entry_ids), list(back.gone)) == ([entry_id], [])
    assert await held(town) == {"lottery": 8}
    assert await town.see("SELECT facts->>'why' FROM outbox WHERE kind = 'lottery_restored'") == [("システムの障害",)]
    await work(town, drawn_runtime, until - timedelta(minutes=1))
    made = await accept(town, rules, entry_id, place, now=until - timedelta(seconds=1))
    assert made.bookings[0].state == "confirmed"
    with pytest.raises(NothingLapsed):
        await restore(town, rules, batch_id, until, now=ENDS + timedelta(minutes=2))


async def test_a_restored_win_lapses_at_its_new_deadline(town, drawn_runtime):
    rules, batch_id = await lapsed_batch(town, drawn_runtime, (0, court(SATURDAY)))
    until = ENDS + timedelta(days=3)
    await restore(town, rules, batch_id, until, now=ENDS + timedelta(minutes=1))
    await work(town, drawn_runtime, until)
    assert await town.see("SELECT state FROM lottery_win") == [("lapsed",)]
    assert await town.see("SELECT count(*) FROM lottery_batch WHERE kind = 'lapse'") == [(2,)]


async def test_what_somebody_booked_since_is_not_restored(town, drawn_runtime):
    wishes = ((0, court(SATURDAY, **WHOLE)), (1, court(SATURDAY + timedelta(days=1), 2)))
    rules, batch_id = await lapsed_batch(town, drawn_runtime, *wishes)
    released = moment(1, "releases", minutes=1)
    await work(town, drawn_runtime, released)
    await town_book(town, rules, 5, court(SATURDAY), now=released)
    await town_book(town, rules, 6, court(SATURDAY + timedelta(days=1)), now=released)
    back = await restore(town, rules, batch_id, released + timedelta(days=1), now=released)
    places = dict(await winners(town))
    assert [places[one] for one in back.entry_ids] == [1]
    assert [places[one] for one in back.gone] == [0]


async def test_only_clerks_restore_and_only_into_the_future(town, drawn_runtime):
    rules, batch_id = await lapsed_batch(town, drawn_runtime, (0, court(SATURDAY)))
    with pytest.raises(RestoreTooEarly):
        await restore(town, rules, batch_id, ENDS, now=ENDS)
    async with town.act() as conn:
        with pytest.raises(NotAllowed):
            await restore_lapsed(
                conn,
                visit=visit_of(town.residents[0], now=ENDS),
                rules=rules,
                batch_id=batch_id,
                accept_until=ENDS + timedelta(days=1),
                why="?",
            )


async def test_those_who_did_not_answer_are_reminded_and_nobody_else(town, drawn_runtime):
    wishes = [(place, court(SATURDAY)) for place in range(3)]
    rules = await announced(town, drawn_runtime, *wishes)
    first, second, _ = await winners(town)
    await accept(town, rules, *first)
    await decline(town, rules, [second[0]], second[1])
    await work(town, drawn_runtime, datetime(2027, 1, 14, 0, 1, tzinfo=UTC))
    reminded = await town.see("SELECT facts->'entry_ids' FROM outbox WHERE kind = 'lottery_win_reminder'")
    assert [ids for (ids,) in reminded] == [[str((await winners(town))[2][0])]]
