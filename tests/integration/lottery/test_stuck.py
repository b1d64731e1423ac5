"""One win that cannot become a booking holds up no other: it keeps what it won, and staff see why."""

from datetime import date

import pytest
from tests.integration.lottery.drawn_town import moment, publish, states, told, wish, work
from tests.integration.lottery.test_told import inbox, waiting

from yoyaku.booking.policy import StageMayNotBook
from yoyaku.lottery.policy.stuck import kept
from yoyaku.lottery.policy.stuck import told as told_again
from yoyaku.lottery.repository.overview import list_standing, list_stuck
from yoyaku.lottery.service import accepting
from yoyaku.lottery.service.accepting import accept_win, book_stuck_again
from yoyaku.testing.town import nights, visit_of

SATURDAY = date(2027, 2, 20)
ENTERING = moment(1, "opens", minutes=1)
AFTER = moment(1, "announces", minutes=5)
BOOKED = "SELECT count(*) FROM booking WHERE arose = 'lottery'"


def refusing(monkeypatch, town, error, places):
    """Let the booking of some residents' wins fail."""
    book_won = accepting.book_won
    refused = {town.residents[place].registrant_id for place in places}

    async def book(conn, *, visit, **more):
        if visit.registrant_id in refused and visit.actor == "system":
            await book_won(conn, visit=visit, **more)  # what was begun goes back
            raise error
        return await book_won(conn, visit=visit, **more)

    monkeypatch.setattr(accepting, "book_won", book)


async def stays_won(town, runtime):
    """Five people win a stay each; the rules."""
    rules = await publish(town)
    await work(town, runtime, moment(1, "opens", hours=-1))
    await work(town, runtime, ENTERING)
    for place in range(5):
        await wish(town, rules, place, nights(1, day=SATURDAY), now=ENTERING)
    return rules


ERRORS = [
    (StageMayNotBook(stage="ended", name={"ja": "廃止", "en": "ended"}, next_step=None), "stage_may_not_book"),
    (KeyError("secret"), "win_not_booked"),
]


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=["refused", "failed"])
async def test_all_others_become_bookings_and_everybody_is_told(town, drawn_runtime, monkeypatch, error, code):
    rules = await stays_won(town, drawn_runtime)
    refusing(monkeypatch, town, error, [2])
    await work(town, drawn_runtime, AFTER)
    assert (await states(town))["stays", 2] == "announced"
    assert await town.see(BOOKED) == [(4,)]
    assert await told(town, "lottery_won") == 5
    assert set(await inbox(town, drawn_runtime, "lottery_won")) == set(range(5))
    assert await waiting(town) == []
    async with town.act() as conn:
        [lottery] = [one for one in await list_standing(conn) if one.stuck]
        [stuck] = await list_stuck(conn, lottery_id=lottery.lottery_id)
    assert told_again(stuck.why).code == code
    assert "secret" not in str(stuck.why)
    assert await town.see("SELECT count(DISTINCT entry_id) FROM occupancy WHERE kind = 'lottery'") == [(1,)]

    await work(town, drawn_runtime)  # it does not come again by itself
    assert await town.see(BOOKED) == [(4,)]
    monkeypatch.undo()
    async with town.act() as conn:
        assert await book_stuck_again(conn, lottery_id=lottery.lottery_id) == 1
    await work(town, drawn_runtime)
    assert await town.see(BOOKED) == [(5,)]
    assert await told(town, "lottery_won") == 5
    assert await town.see("SELECT count(*) FROM lottery_win WHERE stuck IS NOT NULL") == [(0,)]
    assert rules


async def test_what_is_stuck_can_be_accepted_for_its_winner(town, drawn_runtime, monkeypatch):
    rules = await stays_won(town, drawn_runtime)
    refusing(monkeypatch, town, KeyError("x"), [1])
    await work(town, drawn_runtime, AFTER)
    [(entry_id,)] = await town.see("SELECT entry_id FROM lottery_win WHERE stuck IS NOT NULL")
    async with town.act() as conn:
        clerk = visit_of(town.residents[1], now=AFTER, actor="clerk", staff_id=town.clerk)
        await accept_win(conn, visit=clerk, rules=rules, entry_id=entry_id)
    assert await town.see(BOOKED) == [(5,)]
    assert await town.see("SELECT state, stuck FROM lottery_win WHERE entry_id = :one", one=entry_id) == [
        ("accepted", None)
    ]


async def test_what_was_stored_of_an_error_can_be_said_again():
    error = StageMayNotBook(stage="ended", name={"ja": "廃止"}, since=SATURDAY, at=AFTER, trace=(), other=object())
    stored = kept(error)
    assert set(stored["facts"]) <= {"stage", "name", "since", "at"}
    again = told_again({**stored, "facts": {"since": "2027-02-20", "at": AFTER.isoformat(), "number": "2027-A"}})
    assert again.facts == {"since": SATURDAY, "at": AFTER, "number": "2027-A"}
    assert again.title == error.title
