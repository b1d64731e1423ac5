"""Wins: accepted once, declined for good, or bookings by themselves."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.lottery.drawn_town import COURTS, STAYS, court, moment, publish, wish, work
from tests.integration.lottery.won import (
    AFTER,
    ANNOUNCED,
    ENDS,
    ENTERING,
    ROOMS,
    SATURDAY,
    WHOLE,
    accept,
    announced,
    clerk,
    decline,
    held,
    town_book,
    win_state,
    winners,
)

from yoyaku.booking.policy import AlreadyStarted, StillDrawn
from yoyaku.booking.service import (
    cancel_booking,
    change_booking,
    confirm_booking,
    month_availability,
    quote_application,
)
from yoyaku.kernel.errors import NotAllowed
from yoyaku.lottery.policy.refusals import EntryNotFound
from yoyaku.lottery.policy.win_refusals import (
    NotWon,
    WinAccepted,
    WinDeclined,
    WinLapsed,
)
from yoyaku.lottery.service.accepting import accept_win, decline_wins
from yoyaku.lottery.service.lapsing import lapse_due
from yoyaku.testing.town import hours, nights, visit_of


@pytest.mark.fact("KS-051", "KC-035", "KC-034")
async def test_a_win_becomes_a_booking_when_it_is_accepted(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY, **WHOLE)))
    [(entry_id, place)] = await winners(town)
    assert await held(town) == {"lottery": 8}
    made = await accept(town, rules, entry_id, place)
    [booking] = made.bookings
    assert (booking.state, booking.arose, booking.entry_id) == ("confirmed", "lottery", entry_id)
    assert booking.facts["arose"] == "lottery"
    assert booking.anchors["accepted"] == AFTER
    assert booking.anchors["won"] == booking.anchors["announced"]
    assert ANNOUNCED <= booking.anchors["announced"] < AFTER
    assert await held(town) == {"booking": 8}
    assert await win_state(town, entry_id) == "accepted"


async def test_two_tabs_that_accept_make_one_booking(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)))
    [(entry_id, place)] = await winners(town)
    first, second = await asyncio.gather(*(accept(town, rules, entry_id, place) for _ in range(2)))
    assert first.application_id == second.application_id
    assert {first.repeated, second.repeated} == {False, True}
    assert await town.see("SELECT count(*) FROM booking") == [(1,)]


@pytest.mark.fact("KS-056")
async def test_a_set_is_booked_with_all_its_uses(town, drawn_runtime):
    uses = (court(SATURDAY, 2), court(SATURDAY, 1), court(SATURDAY + timedelta(days=1)))
    rules = await announced(town, drawn_runtime, (0, *uses))
    [(entry_id, place)] = await winners(town)
    made = await accept(town, rules, entry_id, place)
    assert [(one.use_on.day, one.surfaces) for one in made.bookings if one.use_on != SATURDAY] == [(21, 1)]
    assert sorted(one.surfaces for one in made.bookings if one.use_on == SATURDAY) == [1, 2]
    assert len({one.number for one in made.bookings}) == 3
    rows = await town.see("SELECT count(*) FROM occupancy GROUP BY booking_id ORDER BY 1")
    assert rows == [(2,), (2,), (4,)]


async def test_nobody_gets_in_between_a_win_and_its_booking(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY, **WHOLE)))
    [(entry_id, place)] = await winners(town)
    late = moment(1, "announces", minutes=1)
    tries = [
        town.book(other, court(SATURDAY), visit=visit_of(town.residents[other], now=late)) for other in range(5, 12)
    ]
    done = await asyncio.gather(accept(town, rules, entry_id, place), *tries, return_exceptions=True)
    assert len(done[0].bookings) == 1
    assert all(isinstance(one, Exception) for one in done[1:])
    assert await held(town) == {"booking": 8}


@pytest.mark.fact("KC-T2", "KC-036")
async def test_what_was_declined_cannot_be_accepted(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)))
    [(entry_id, place)] = await winners(town)
    await decline(town, rules, [entry_id], place)
    assert await held(town) == {}
    with pytest.raises(WinDeclined):
        await accept(town, rules, entry_id, place)
    with pytest.raises(WinDeclined):
        await decline(town, rules, [entry_id], place)


async def test_what_was_accepted_is_cancelled_not_declined(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)))
    [(entry_id, place)] = await winners(town)
    made = await accept(town, rules, entry_id, place)
    with pytest.raises(WinAccepted):
        await decline(town, rules, [entry_id], place)
    async with town.act() as conn:
        visit = visit_of(town.residents[place], now=AFTER)
        ended = await cancel_booking(
            conn, visit=visit, rules=rules, booking_id=made.bookings[0].booking_id, reason=None
        )
    assert (ended.state, ended.arose) == ("cancelled", "lottery")
    assert await held(town) == {}
    with pytest.raises(StillDrawn):
        await town_book(town, rules, 9, court(SATURDAY), now=AFTER)


@pytest.mark.fact("KC-035")
async def test_an_accepted_win_of_a_room_is_confirmed_at_the_counter(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, hours("room", day=SATURDAY)), schemes=[ROOMS])
    [(entry_id, place)] = await winners(town)
    made = await accept(town, rules, entry_id, place)
    booking = made.bookings[0]
    assert (booking.state, booking.tentative_since) == ("tentative", AFTER)
    assert booking.lapses_at is not None
    async with town.act() as conn:
        confirmed = await confirm_booking(
            conn,
            visit=clerk(town, now=AFTER),
            rules=rules,
            booking_id=booking.booking_id,
            documents_seen=True,
            fee_taken_yen=0,
        )
    assert confirmed.state == "confirmed"
    assert confirmed.anchors == booking.anchors


async def test_accepting_declining_and_lapsing_at_once_leave_each_win_with_one_end(town, drawn_runtime):
    wishes = [(place, court(SATURDAY + timedelta(days=place // 4))) for place in range(12)]
    rules = await announced(town, drawn_runtime, *wishes)
    found = await winners(town)
    assert len(found) == 12
    [(lottery_id,)] = await town.see("SELECT DISTINCT lottery_id FROM lottery_win")

    async def lapse():
        async with town.act() as conn:
            return await lapse_due(conn, visit=visit_of(None, now=ENDS, actor="system"), lottery_id=lottery_id)

    soon = ENDS - timedelta(seconds=1)
    acts = [accept(town, rules, entry, place, now=soon) for entry, place in found]
    acts[4:4] = [lapse()]
    acts[9:9] = [decline(town, rules, [entry], place, now=soon) for entry, place in found]
    done = await asyncio.gather(*acts, lapse(), return_exceptions=True)
    known = (WinDeclined, WinAccepted, WinLapsed)
    assert [one for one in done if isinstance(one, Exception) and not isinstance(one, known)] == []
    ends = dict(await town.see("SELECT state, count(*) FROM lottery_win GROUP BY state"))
    assert "won" not in ends
    assert sum(ends.values()) == 12
    assert await town.see("SELECT count(*) FROM booking") == [(ends.get("accepted", 0),)]
    assert await town.see("SELECT count(*) FROM occupancy") == [(2 * ends.get("accepted", 0),)]
    ended = "SELECT count(*) FROM outbox WHERE kind IN ('lottery_accepted', 'lottery_declined', 'lottery_lapsed')"
    assert await town.see(ended) == [(12,)]


async def test_a_clerk_accepts_for_the_winner(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (3, court(SATURDAY)))
    [(entry_id, place)] = await winners(town)
    async with town.act() as conn:
        made = await accept_win(conn, visit=clerk(town, place), rules=rules, entry_id=entry_id)
    assert made.bookings[0].contact.registrant_id == town.residents[3].registrant_id
    assert await town.see("SELECT decided_by FROM lottery_win") == [(town.clerk,)]
    assert await town.see("SELECT act FROM audit_entry WHERE subject_kind = 'lottery_applicant'") == [
        ("lottery_accepted",)
    ]


async def test_nobody_accepts_the_win_of_another_nor_a_loss_nor_what_is_not_announced(town, drawn_runtime):
    wishes = [(place, court(SATURDAY, **WHOLE)) for place in range(2)]
    rules = await publish(town)
    await work(town, drawn_runtime, moment(1, "opens", hours=-1))
    await work(town, drawn_runtime, ENTERING)
    entered = [await wish(town, rules, place, use, now=ENTERING) for place, use in wishes]
    await work(town, drawn_runtime, moment(1, "closes", minutes=30))
    [(won, winner)] = await winners(town)
    with pytest.raises(NotWon):
        await accept(town, rules, won, winner, now=moment(1, "closes", minutes=31))
    await work(town, drawn_runtime, ANNOUNCED)
    loser = 1 - winner
    with pytest.raises(EntryNotFound):
        await accept(town, rules, won, loser)
    with pytest.raises(NotWon):
        await accept(town, rules, entered[loser].entry_id, loser)


@pytest.mark.fact("MG-032", "ML-024", "ML-025")
async def test_wins_that_nobody_has_to_accept_are_bookings_from_the_announcement(town, drawn_runtime):
    room = {**ROOMS, "win": {"accept": "automatic", "decline": False}}
    wishes = [(place, hours("room", day=SATURDAY + timedelta(days=place))) for place in range(3)]
    rules = await announced(town, drawn_runtime, *wishes, schemes=[room])
    bookings = await town.see("SELECT state, arose, anchors->>'tentative_since', tentative_since FROM booking")
    assert [row[:2] for row in bookings] == [("tentative", "lottery")] * 3
    [(announced_at,)] = await town.see("SELECT announced_at FROM lottery WHERE state = 'announced'")
    assert {datetime.fromisoformat(row[2]) for row in bookings} == {row[3] for row in bookings} == {announced_at}
    entry_id, place = (await winners(town))[0]
    assert (await accept(town, rules, entry_id, place)).repeated
    with pytest.raises(WinAccepted):
        await decline(town, rules, [entry_id], place)


@pytest.mark.fact("ML-025")
async def test_a_stay_that_won_has_a_number_and_one_booking(town, drawn_runtime):
    await announced(town, drawn_runtime, (0, nights(2, day=SATURDAY)), schemes=[STAYS])
    assert await town.see("SELECT nights, arose, number <> '' FROM booking") == [(2, "lottery", True)]


async def test_a_win_whose_use_has_begun_is_not_accepted(town, drawn_runtime):
    late = {**COURTS, "win": {"accept": "required"}}
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)), schemes=[late])
    [(entry_id, place)] = await winners(town)
    with pytest.raises(AlreadyStarted):
        await accept(town, rules, entry_id, place, now=datetime(2027, 2, 20, 1, 0, tzinfo=UTC))


async def test_what_a_lottery_holds_is_quoted_with_when_it_is_first_come(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)))
    async with town.act() as conn:
        visit = visit_of(town.residents[5], now=AFTER)
        items = [court(SATURDAY), hours("room", day=SATURDAY)]
        held, free = await quote_application(conn, visit=visit, rules=rules, items=items, form={})
        grid = await month_availability(
            conn,
            visit=visit,
            rules=rules,
            space_ids=["plaza.court", "plaza.room"],
            first=SATURDAY,
            end=SATURDAY + timedelta(days=1),
        )
    assert isinstance(held.refusal, StillDrawn)
    assert held.refusal.facts["releases_at"] == moment(1, "releases")
    assert held.refusal.facts["name"] == "コートの抽選"
    assert free.plan is not None
    assert {state.mark for state in grid["plaza.court", SATURDAY]} == {"outside"}
    assert {state.mark for state in grid["plaza.room", SATURDAY]} == {"free"}


async def test_more_than_was_won_is_not_added_while_the_lottery_holds_the_day(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)))
    [(entry_id, place)] = await winners(town)
    made = await accept(town, rules, entry_id, place)
    wider = {"booking_id": made.bookings[0].booking_id, "changes": {"surfaces": 2}}
    visit = visit_of(town.residents[place], now=AFTER)
    async with town.act() as conn:
        with pytest.raises(StillDrawn):
            await change_booking(conn, visit=visit, rules=rules, **wider)
    released = moment(1, "releases", minutes=1)
    await work(town, drawn_runtime, released)
    async with town.act() as conn:
        visit = visit_of(town.residents[place], now=released)
        changed = await change_booking(conn, visit=visit, rules=rules, **wider)
    assert (changed.surfaces, changed.arose, changed.entry_id) == (2, "lottery", entry_id)
    assert changed.facts["arose"] == "lottery"


async def test_a_clerk_of_other_facilities_answers_for_nobody(town, drawn_runtime):
    rules = await announced(town, drawn_runtime, (0, court(SATURDAY)))
    [(entry_id, place)] = await winners(town)
    elsewhere = replace(clerk(town, place), facilities=frozenset({"inn"}))
    async with town.act() as conn:
        with pytest.raises(NotAllowed):
            await accept_win(conn, visit=elsewhere, rules=rules, entry_id=entry_id)
        with pytest.raises(NotAllowed):
            await decline_wins(conn, visit=elsewhere, rules=rules, entry_ids=[entry_id])
    assert await win_state(town, entry_id) == "won"
