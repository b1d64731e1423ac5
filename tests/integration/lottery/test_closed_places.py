"""Closures and lotteries: what is drawn is left alone until it is announced; wins go with a notice."""

import pytest
from sqlalchemy import text
from tests.integration.lottery.drawn_town import court, moment, publish, wish, work
from tests.integration.lottery.won import AFTER, ENTERING, SATURDAY, announced, win_state, winners

from yoyaku.admin.service.closure_ending import Ended, end_closure
from yoyaku.admin.service.closure_refusals import ClosureWhileDrawn
from yoyaku.admin.service.closures import apply_closure, preview_closure
from yoyaku.booking.policy.closing import Closing
from yoyaku.testing.town import visit_of
from yoyaku.worker.jobs import tell_events

RAIN = Closing(facility="plaza", places=("court",), first_on=SATURDAY, last_on=SATURDAY, reason="雨天")


async def given(town, rules, now):
    async def rules_of(**_):
        return rules

    visit = visit_of(None, actor="clerk", staff_id=town.clerk, now=now)
    return {"visit": visit, "rules": rules, "rules_of": rules_of, "closing": RAIN, "grounds": "rain"}


async def test_a_win_that_waits_is_taken_back_told_and_given_again_the_same_day(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)))
    [(entry, _)] = await winners(town)
    asked = await given(town, rules, AFTER)
    async with town.act() as conn:
        preview = await preview_closure(conn, **asked)
        assert [win.entry_id for win in preview.wins] == [entry]
        await apply_closure(conn, **asked, why="雨天のため", seen=preview.seen)
    assert await win_state(town, entry) == "revoked"
    assert await town.see("SELECT DISTINCT kind FROM occupancy") == [("closure",)]
    await tell_events(drawn_runtime)
    told = await town.see("SELECT subject, body FROM message WHERE template = 'lottery_revoked'")
    assert len(told) == 1
    assert "理由：雨天のため" in told[0][1]
    [closure_id] = [row[0] for row in await town.see("SELECT closure_id FROM closure")]
    async with town.act() as conn:
        ending = {name: asked[name] for name in ("visit", "rules", "rules_of")}
        ended = await end_closure(conn, **ending, closure_id=closure_id, why="雨がやんだため")
    assert ended == Ended(restored=1, told=0)
    assert await win_state(town, entry) == "won"
    assert await town.see("SELECT DISTINCT kind FROM occupancy") == [("lottery",)]


async def test_open_entries_are_counted_and_a_sealed_lottery_is_waited_for(town, drawn_runtime):
    rules = await publish(town)
    await work(town, drawn_runtime, moment(1, "opens", hours=-1))
    await work(town, drawn_runtime, ENTERING)
    await wish(town, rules, 0, court(SATURDAY), now=ENTERING)
    async with town.act() as conn:
        preview = await preview_closure(conn, **await given(town, rules, ENTERING))
        assert (preview.entries, preview.drawing) == (1, ())
    async with town.act() as conn:
        await conn.execute(
            text("UPDATE lottery SET state = 'sealed', sealed_hash = 'x', sealed_at = now() WHERE state = 'open'")
        )
        with pytest.raises(ClosureWhileDrawn):
            await apply_closure(conn, **await given(town, rules, ENTERING), why="雨天のため")
        await conn.rollback()
