"""Who sees entries, odds and results, and when; and what is left of them when their person goes."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.integration.lottery.raffle import DAY, instant, raffle_rules

from yoyaku.booking.policy import LoginRequired, Person
from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.errors import NotAllowed
from yoyaku.kernel.ids import new_id
from yoyaku.lottery.policy.refusals import (
    EntryNotFound,
    LotteryNotFound,
)
from yoyaku.lottery.service.entries import get_entry
from yoyaku.lottery.service.people import HELD_ENTRIES
from yoyaku.testing.town import SERVICE, hours, nights, visit_of, write_clerk, write_residents, write_town

RULES = raffle_rules()


def clerk_of(raffle, **more):
    return raffle.visit(0, actor="clerk", **more)


async def test_a_clerk_of_other_facilities_neither_enters_nor_withdraws_nor_sees(raffle):
    made = await raffle.enter(0, hours("room"))
    elsewhere = replace(clerk_of(raffle), facilities=frozenset({"inn"}))
    for attempt in (
        raffle.enter(0, hours("room"), visit=elsewhere),
        raffle.withdraw(0, made.entry_id, visit=elsewhere),
        raffle.rerank(0, made.entry_id, visit=elsewhere),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    async with raffle.act() as conn:
        with pytest.raises(EntryNotFound):
            await get_entry(conn, visit=elsewhere, entry_id=made.entry_id)
        assert await get_entry(conn, visit=clerk_of(raffle), entry_id=made.entry_id)


async def test_nobody_touches_or_sees_anothers_entries(raffle):
    made = await raffle.enter(0, hours("room"))
    for stranger in (raffle.visit(1), replace(raffle.visit(1), registrant_id=None)):
        with pytest.raises((EntryNotFound, LoginRequired)):
            await raffle.withdraw(0, made.entry_id, visit=stranger)
        async with raffle.act() as conn:
            with pytest.raises((EntryNotFound, LoginRequired)):
                await get_entry(conn, visit=stranger, entry_id=made.entry_id)
    nobody = replace(raffle.visit(0), registrant_id=None)
    for attempt in (raffle.enter(0, hours("room"), visit=nobody), raffle.rerank(0, made.entry_id, visit=nobody)):
        with pytest.raises(LoginRequired):
            await attempt
    with pytest.raises(EntryNotFound):
        await raffle.withdraw(0, made.entry_id, new_id())
    assert await raffle.mine(1) == []
    async with raffle.act() as conn:
        assert (await get_entry(conn, visit=raffle.visit(0), entry_id=made.entry_id)).receipt == made.receipt


@pytest.mark.fact("ML-011", "KC-T4")
async def test_the_uses_of_a_set_are_seen_by_time(raffle):
    late, early = hours("room", starts="14:00", ends="15:00"), hours("room", starts="10:00", ends="11:00")
    made = await raffle.enter(0, late, early)
    async with raffle.act() as conn:
        seen = await get_entry(conn, visit=raffle.visit(0), entry_id=made.entry_id)
    assert [one.starts for one in seen.requests] == ["10:00", "14:00"]
    assert seen.uses[0].period.starts_at < seen.uses[1].period.starts_at


async def test_odds_count_entries_and_what_can_be_won(raffle):
    assert (await raffle.odds("plaza.court"))[DAY, 600] == (0, 4)
    await raffle.enter(0, hours("court", surfaces=3))
    await raffle.enter(1, hours("court", "11:00", "13:00"))
    await raffle.town.book(2, hours("court", "12:00", "13:00"))
    odds = await raffle.odds("plaza.court")
    assert [odds[DAY, minute] for minute in (540, 600, 660, 720, 780)] == [(0, 4), (1, 4), (2, 4), (1, 3), (0, 4)]


@pytest.mark.fact("ML-011")
async def test_odds_of_a_stay_count_on_each_night(raffle):
    await raffle.enter(0, nights(2))
    odds = await raffle.odds("inn.twin", raffle.nights, first=DAY + timedelta(days=1), days=2)
    assert odds == {(DAY + timedelta(days=1), 0): (1, 20), (DAY + timedelta(days=2), 0): (0, 20)}


async def test_odds_of_what_is_not_cut_are_none(raffle):
    raffle.rules = replace(RULES, timetable_use=(), memo=type(RULES.memo)())
    assert await raffle.odds("plaza.court") == {}


async def test_an_order_of_a_lottery_that_the_rules_forgot_is_not_there(raffle):
    made = await raffle.enter(0, hours("room"))
    raffle.rules = replace(RULES, lotteries=(), memo=type(RULES.memo)())
    with pytest.raises(LotteryNotFound):
        await raffle.withdraw(0, made.entry_id)


async def test_results_show_only_from_the_announcement_on(raffle):
    made = await raffle.enter(0, hours("room"))
    other = await raffle.enter(0, hours("court"))
    await raffle.close()
    async with raffle.act() as conn:
        key = {"applicant": made.applicant_id, "lottery": raffle.monthly, "entry": made.entry_id}
        await conn.exec_driver_sql(
            "INSERT INTO lottery_outcome (tenant_id, service_id, lottery_id, first_receipt, decisions)"
            " SELECT 'aoba', 'halls', %(lottery)s, receipt, format("
            '\'{"%%s":[["won",1,1,null],["lost",2,3,"plaza.court|x"]]}\', receipt)'
            " FROM lottery_applicant WHERE applicant_id = %(applicant)s",
            key,
        )
        await conn.exec_driver_sql(
            "INSERT INTO lottery_win (tenant_id, service_id, entry_id, lottery_id, applicant_id, round, place, sole, state)"
            " VALUES ('aoba', 'halls', %(entry)s, %(lottery)s, %(applicant)s, 1, 1, false, 'won')",
            key,
        )
        await conn.exec_driver_sql(
            "UPDATE lottery SET state = 'drawn', result_hash = '1', drawn_at = now() WHERE sealed_hash IS NOT NULL"
        )
    assert [(one.state, one.decided) for one in (await raffle.mine(0))[0].entries] == [("waiting", None)] * 2
    async with raffle.act() as conn:
        await conn.exec_driver_sql(
            "UPDATE lottery SET state = 'announced', announced_at = '2027-01-11T00:00Z' WHERE sealed_hash IS NOT NULL"
        )
    assert [one.state for one in (await raffle.mine(0))[0].entries] == ["waiting", "waiting"]
    raffle.now = instant("2027-01-11", "09:00")
    won, lost = (await raffle.mine(0))[0].entries
    assert (won.entry_id, won.state, won.decided) == (made.entry_id, "won", ("won", 1, 1, None))
    assert (lost.entry_id, lost.state, lost.decided) == (other.entry_id, "lost", ("lost", 2, 3, "plaza.court|x"))


async def test_who_has_entries_without_a_result_is_tied_and_their_answers_go_with_them(raffle):
    person = raffle.town.residents[0].registrant_id
    made = await raffle.enter(0, hours("room"), form={"purpose": "ひみつの会"})
    async with raffle.act() as conn:
        ties = await HELD_ENTRIES.find_ties(conn, registrant_id=person, now=raffle.now)
        assert (ties.entries, ties.bookings, ties.last_on) == (1, 0, DAY.replace(month=1, day=10))
        told = await HELD_ENTRIES.export(conn, registrant_id=person)
        (entry,) = told["lottery_entries"]
        assert (entry["space_id"], entry["use_on"], entry["rank"], entry["total_yen"]) == ("room", str(DAY), 1, 1000)
        assert (entry["receipt"], entry["lottery"], entry["form"]) == (
            made.receipt,
            "monthly",
            {"purpose": "ひみつの会"},
        )
    await raffle.close()
    async with raffle.act() as conn:
        await HELD_ENTRIES.forget(conn, registrant_id=person)
    ((kept,),) = await raffle.town.see("SELECT to_jsonb(e)::text FROM lottery_entry e")
    assert "ひみつ" not in kept
    assert (await raffle.mine(0))[0].entries[0].requests[0].form == {}


async def test_services_do_not_see_each_others_entries(raffle):
    made = await raffle.enter(0, hours("room"))
    async with tenant_transaction(raffle.town.owner, "midori", SERVICE) as conn:
        await write_town(conn, RULES, town="midori")
        residents = await write_residents(conn, 1, town="midori")
        await write_clerk(conn, town="midori")
    async with tenant_transaction(raffle.town.engine, "midori", SERVICE) as conn:
        stranger = visit_of(residents[0], town="midori")
        clerk = replace(stranger, actor="clerk", person=Person(facts={}))
        for visit in (stranger, clerk):
            with pytest.raises(EntryNotFound):
                await get_entry(conn, visit=visit, entry_id=made.entry_id)
        owner = replace(stranger, registrant_id=raffle.town.residents[0].registrant_id)
        with pytest.raises(EntryNotFound):
            await get_entry(conn, visit=owner, entry_id=UUID(str(made.entry_id)))
