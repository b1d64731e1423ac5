"""Entering a lottery: what is written, under which code, and what is refused."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.integration.lottery.raffle import DAY, add_month, instant, overrule, raffle_rules

from yoyaku.booking.service.refusals import KeyUsedBefore
from yoyaku.kernel.ids import new_id
from yoyaku.lottery.policy.receipt import read_receipt
from yoyaku.lottery.policy.refusals import (
    EntriesChanged,
    EntryEmpty,
    EntryNotCovered,
    EntryNotOpen,
    NothingToDraw,
    TooManyEntries,
)
from yoyaku.testing.town import hours, nights

RULES = raffle_rules()


def clerk_of(raffle, **more):
    return raffle.visit(0, actor="clerk", **more)


@pytest.mark.fact("KS-055")
async def test_an_entry_is_written_under_a_receipt_code_and_told(raffle):
    set_of_two = [hours("room"), hours("court", day=DAY + timedelta(days=1), surfaces=2)]
    made = await raffle.enter(0, *set_of_two, form={"purpose": "合唱"})
    assert read_receipt(made.receipt) == made.receipt
    assert (made.rank, made.entries, made.repeated, made.lottery_id) == (1, 1, False, raffle.monthly)
    ((told,),) = await raffle.town.see("SELECT to_jsonb(o) FROM outbox o")
    assert (told["kind"], told["subject_id"]) == ("lottery_entered", str(made.applicant_id))
    assert told["facts"] == {
        "lottery_id": str(raffle.monthly),
        "entry_ids": [str(made.entry_id)],
        "receipt": made.receipt,
    }
    ((mine,),) = [await raffle.mine(0)]
    (entry,) = mine.entries
    assert (mine.receipt, mine.lottery.lottery_id, entry.state, entry.rank) == (
        made.receipt,
        raffle.monthly,
        "waiting",
        1,
    )
    assert [request.form for request in entry.requests] == [{"purpose": "合唱"}] * 2
    assert [request.surfaces for request in entry.requests] == [1, 2]
    assert [use.use_on for use in entry.uses] == [DAY, DAY + timedelta(days=1)]
    assert (entry.total_yen, [use.yen for use in entry.uses]) == (3000, [1000, 2000])
    assert await raffle.town.see("SELECT count(*) FROM audit_entry") == [(0,)]
    assert await raffle.town.see("SELECT part, space_id FROM lottery_part ORDER BY part") == [
        (1, "plaza.room"),
        (2, "plaza.court"),
    ]


async def test_the_code_stays_while_somebody_enters_again_and_is_another_in_another_lottery(raffle):
    first = await raffle.enter(0, hours("room"))
    await raffle.withdraw(0, first.entry_id)
    again = await raffle.enter(0, hours("court"))
    assert (again.receipt, again.applicant_id, again.rank) == (first.receipt, first.applicant_id, 1)
    other = await raffle.enter(0, nights())
    assert other.receipt != first.receipt
    assert (await raffle.enter(1, hours("room"))).receipt != first.receipt


async def test_a_code_that_somebody_has_is_not_given_twice(raffle, monkeypatch):
    rolls = [bytes(6), bytes(6), bytes([1] * 6)]
    monkeypatch.setattr(secrets, "token_bytes", lambda _: rolls.pop(0))
    first, second = await raffle.enter(0, hours("room")), await raffle.enter(1, hours("room"))
    assert first.receipt != second.receipt
    monkeypatch.setattr(secrets, "token_bytes", lambda _: bytes(6))
    with pytest.raises(RuntimeError, match="repeat"):
        await raffle.enter(2, hours("room"))


@pytest.mark.fact("KS-054", "KS-T13")
async def test_the_eleventh_is_refused_and_nothing_is_written(raffle):
    for place in range(10):
        await raffle.enter(0, hours("room", f"{9 + place:02d}:00", f"{10 + place:02d}:00"))
    with pytest.raises(TooManyEntries):
        await raffle.enter(0, hours("court"))
    assert await raffle.town.see("SELECT count(*), max(rank) FROM lottery_entry") == [(10, 10)]
    await raffle.withdraw(0, (await raffle.mine(0))[0].entries[0].entry_id)
    assert (await raffle.enter(0, hours("court"))).rank == 10


async def test_an_entry_can_go_before_others(raffle):
    room = await raffle.enter(0, hours("room"))
    court = await raffle.enter(0, hours("court"), rank=1)
    assert [one.entry_id for one in (await raffle.mine(0))[0].entries] == [court.entry_id, room.entry_id]
    assert [one.rank for one in (await raffle.mine(0))[0].entries] == [1, 2]


async def test_the_same_submission_made_again_enters_once(raffle):
    first = await raffle.enter(0, hours("room"), idempotency_key="once")
    again = await raffle.enter(0, hours("room"), idempotency_key="once")
    assert again == replace(first, repeated=True)
    with pytest.raises(KeyUsedBefore):
        await raffle.enter(0, hours("court"), idempotency_key="once")
    assert (await raffle.enter(1, hours("room"), idempotency_key="once")).entry_id != first.entry_id
    await raffle.withdraw(0, first.entry_id)
    assert (await raffle.enter(0, hours("room"), idempotency_key="once")).rank is None
    assert await raffle.town.see("SELECT count(*) FROM lottery_entry") == [(2,)]


@pytest.mark.fact("ML-023")
async def test_several_are_withdrawn_at_once_and_the_rest_move_up(raffle):
    made = [await raffle.enter(0, hours("room", f"{9 + place:02d}:00", f"{10 + place:02d}:00")) for place in range(4)]
    ids = [one.entry_id for one in made]
    assert await raffle.withdraw(0, ids[0], ids[2]) == (ids[0], ids[2])
    assert await raffle.withdraw(0, ids[0]) == ()
    entries = (await raffle.mine(0))[0].entries
    assert [(one.entry_id, one.rank, one.state) for one in entries[:2]] == [
        (ids[1], 1, "waiting"),
        (ids[3], 2, "waiting"),
    ]
    assert {(one.rank, one.state) for one in entries[2:]} == {(None, "withdrawn")}
    ((facts,),) = await raffle.town.see("SELECT facts FROM outbox WHERE kind = 'lottery_withdrawn'")
    assert facts["entry_ids"] == [str(ids[0]), str(ids[2])]
    assert await raffle.town.see("SELECT count(*) FROM lottery_part") == [(2,)]


async def test_wishes_take_a_new_order(raffle):
    ids = [
        (await raffle.enter(0, hours("room", f"{9 + place:02d}:00", f"{10 + place:02d}:00"))).entry_id
        for place in range(3)
    ]
    await raffle.rerank(0, ids[2], ids[0], ids[1])
    assert [one.entry_id for one in (await raffle.mine(0))[0].entries] == [ids[2], ids[0], ids[1]]
    for order in ([ids[0]], [*ids, ids[0]], [ids[0], ids[1], new_id()]):
        with pytest.raises(EntriesChanged):
            await raffle.rerank(0, *order)
    with pytest.raises(EntriesChanged):
        await raffle.rerank(1)


@pytest.mark.fact("KS-049", "KS-T2")
async def test_outside_the_window_nothing_is_entered_or_changed(raffle):
    made = await raffle.enter(0, hours("room"))
    for now in (instant("2027-01-06", "08:59:59"), instant("2027-01-11", "00:00:00")):
        late = raffle.visit(0, now=now)
        for attempt in (
            raffle.enter(0, hours("room"), visit=late),
            raffle.withdraw(0, made.entry_id, visit=late),
            raffle.rerank(0, made.entry_id, visit=late),
        ):
            with pytest.raises(EntryNotOpen):
                await attempt


async def test_the_announced_moments_count_though_the_rules_say_others_by_now(raffle):
    earlier = "UPDATE lottery SET closes_at = '2027-01-09T15:00Z', draws_at = '2027-01-09T16:00Z'"
    await overrule(raffle.town, earlier)
    with pytest.raises(EntryNotOpen) as refused:
        await raffle.enter(0, hours("room"))
    assert refused.value.facts["closes_at"] == instant("2027-01-10", "00:00")


async def test_in_the_moment_of_the_opening_one_is_asked_to_wait(raffle):
    async with raffle.act() as conn:
        await add_month(conn, RULES, day=DAY + timedelta(days=30), state="planned")
    soon = raffle.visit(0, now=instant("2027-02-06", "09:00"))
    for day in (DAY + timedelta(days=30),):
        with pytest.raises(EntryNotOpen) as refused:
            await raffle.enter(0, hours("room", day=day), visit=soon)
        assert refused.value.variant == "starting"
    unplanned = raffle.visit(0, now=instant("2027-03-06", "09:00"))
    with pytest.raises(EntryNotOpen) as refused:
        await raffle.enter(0, hours("room", day=DAY + timedelta(days=60)), visit=unplanned)
    assert refused.value.variant == "starting"


async def test_who_comes_when_the_list_is_sealed_is_told_that_it_is_closed(raffle):
    made = await raffle.enter(0, hours("room"))
    await raffle.close()
    for attempt in (raffle.enter(0, hours("room")), raffle.withdraw(0, made.entry_id), raffle.rerank(0, made.entry_id)):
        with pytest.raises(EntryNotOpen) as refused:
            await attempt
        assert refused.value.variant == "over"


async def test_what_no_lottery_draws_or_nothing_at_all_is_not_entered(raffle):
    with pytest.raises(EntryNotCovered) as refused:
        await raffle.enter(0, hours("quiet"))
    assert refused.value.variant is None
    with pytest.raises(EntryEmpty):
        await raffle.enter(0)


async def test_what_is_taken_already_cannot_be_won(raffle):
    await raffle.town.book(1, hours("east"))
    with pytest.raises(NothingToDraw) as refused:
        await raffle.enter(0, hours("room"), hours("whole"))
    assert refused.value.facts["item"] == 1
    quoted = await raffle.quote(0, hours("whole"))
    assert isinstance(quoted.refusal, NothingToDraw)


async def test_a_quote_says_what_it_would_be_and_writes_nothing(raffle):
    quoted = await raffle.quote(0, hours("room"))
    assert (quoted.plan.total_yen, quoted.plan.rank, quoted.lottery_id, quoted.held) == (1000, 1, raffle.monthly, ())
    made = await raffle.enter(0, hours("room"))
    quoted = await raffle.quote(0, hours("court"))
    assert (quoted.plan.rank, [one.entry_id for one in quoted.held]) == (2, [made.entry_id])
    assert isinstance((await raffle.quote(0, hours("quiet"))).refusal, EntryNotCovered)
    assert await raffle.town.see("SELECT count(*) FROM lottery_entry") == [(1,)]


async def test_a_paper_application_has_the_same_receipt_and_odds_and_is_in_the_record(raffle):
    web = await raffle.enter(0, hours("room"))
    paper = await raffle.enter(0, hours("court"), visit=clerk_of(raffle))
    assert (paper.receipt, paper.rank) == (web.receipt, 2)
    other = await raffle.enter(1, hours("court"), visit=raffle.visit(1, actor="clerk"))
    assert await raffle.town.see("SELECT DISTINCT tier, tickets FROM lottery_applicant") == [(0, 1)]
    assert (await raffle.odds("plaza.court"))[DAY, 600] == (2, 4)
    await raffle.rerank(0, paper.entry_id, web.entry_id, visit=clerk_of(raffle))
    await raffle.withdraw(1, other.entry_id, visit=raffle.visit(1, actor="clerk"))
    acts = await raffle.town.see(
        "SELECT act, staff_name, subject_kind, registrant_id FROM audit_entry ORDER BY entry_id"
    )
    first, second = (raffle.town.residents[place].registrant_id for place in (0, 1))
    assert acts == [
        ("lottery_entered", "窓口 花子", "lottery_applicant", first),
        ("lottery_entered", "窓口 花子", "lottery_applicant", second),
        ("lottery_reranked", "窓口 花子", "lottery_applicant", first),
        ("lottery_withdrawn", "窓口 花子", "lottery_applicant", second),
    ]
    assert (
        await raffle.town.see("SELECT channel, entered_by FROM lottery_entry WHERE entered_by IS NOT NULL")
        == [("counter", raffle.town.clerk)] * 2
    )
