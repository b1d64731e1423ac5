"""A rehearsal of a lottery that was drawn: the same entries by other rules, and nothing of it is kept."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from tests.integration.lottery.drawn_town import court, moment, publish, wish, work

from yoyaku.db.engine import tenant_transaction
from yoyaku.lottery.service.rehearsal import (
    Invented,
    RehearsalEmpty,
    RehearsalRequest,
    RehearsalSchemeUnknown,
    rehearse,
)
from yoyaku.testing.town import SERVICE, TOWN, visit_of

BEFORE = moment(1, "opens", hours=-1)
ENTERING = moment(1, "opens", minutes=1)
CLOSED = moment(1, "closes")
DAY = date(2027, 2, 20)
ASKED = RehearsalRequest(
    scheme="courts",
    invented=None,
    algorithm="rounds",
    wins_at_most=None,
    entries_at_most=10,
    tiers=True,
    tickets=True,
    number=1,
    draws=20,
)


@pytest.fixture
async def drawn(town, drawn_runtime):
    """The town after the draw of February: six residents wished for the same court, two of them for the next hour too."""
    rules = await publish(town)
    await work(town, drawn_runtime, BEFORE)
    await work(town, drawn_runtime, ENTERING)
    for place in range(6):
        await wish(town, rules, place, court(DAY), now=ENTERING)
    for place in range(2):
        await wish(town, rules, place, court(DAY, starts="13:00"), now=ENTERING)
    await work(town, drawn_runtime, CLOSED)
    return rules


async def every_row(town):
    """What each table holds, as a hash."""
    names = await town.see("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    found = {}
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        for (name,) in names:
            hashed = f"SELECT md5(coalesce(string_agg(one::text, ' ' ORDER BY one::text), '')) FROM \"{name}\" one"  # noqa: S608
            found[name] = (await conn.execute(text(hashed))).scalar_one()
    return found


async def run(town, rules, request, **more):
    """A rehearsal in a transaction in which nothing could be written."""
    async with town.act() as conn:
        await conn.execute(text("SET TRANSACTION READ ONLY"))
        visit = visit_of(town.residents[0], now=CLOSED)
        return await rehearse(conn, visit=visit, rules=rules, request=request, **more)


async def test_last_month_s_entries_are_drawn_by_other_rules_and_no_row_changes(town, drawn):
    before = await every_row(town)
    found = await run(town, drawn, replace(ASKED, algorithm="per_slot", entries_at_most=1))

    assert await every_row(town) == before
    assert found.month == date(2027, 2, 1)
    assert (found.in_force.draws, found.tried.draws) == (20, 20)
    assert (found.in_force.everybody.people, found.in_force.entries, found.tried.entries) == (6, 8, 6)
    assert found.in_force.everybody.first == 4  # four courts, one each
    assert found.tried.everybody.winning == 4  # nobody has a second wish to fall back on
    assert [(rate.group, rate.people) for rate in found.in_force.by_wishes] == [("1", 4), ("2", 2)]
    assert not found.is_same
    assert not found.is_limited


async def test_the_rules_in_force_beside_themselves_differ_in_nothing(town, drawn):
    found = await run(town, drawn, ASKED)

    assert found.is_same
    assert found.in_force == found.tried


async def test_made_up_entries_wish_for_what_is_lent_next_month(town, drawn):
    before = await every_row(town)
    invented = Invented(applicants=60, wishes=4, skew="strong")
    request = replace(ASKED, invented=invented, draws=3, wins_at_most=1)
    found = await run(town, drawn, request)

    assert await every_row(town) == before
    assert found.in_force.everybody.people == 60
    assert max(times for times, _ in found.tried.wins) == 1
    assert 0 < found.tried.unused_percent < 100
    assert (await run(town, drawn, request)).tried == found.tried


async def test_time_that_is_up_leaves_the_draws_that_were_made(town, drawn):
    found = await run(town, drawn, replace(ASKED, draws=200), seconds=0.0)

    assert found.is_limited
    assert (found.in_force.draws, found.tried.draws) == (1, 1)


async def test_what_nobody_entered_or_no_rule_knows_is_refused(town, drawn):
    with pytest.raises(RehearsalEmpty):
        await run(town, drawn, replace(ASKED, scheme="stays"))
    with pytest.raises(RehearsalSchemeUnknown):
        await run(town, drawn, replace(ASKED, scheme="tombola"))
