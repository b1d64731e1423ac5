"""Steps of wins in the town: announced, accepted, declined, lapsed, restored."""

from datetime import date

from tests.integration.lottery.drawn_town import COURTS, moment, publish, wish, work

from yoyaku.lottery.service.accepting import accept_win, decline_wins
from yoyaku.lottery.service.lapsing import restore_lapsed
from yoyaku.testing.town import visit_of

SATURDAY = date(2027, 2, 20)
ENTERING = moment(1, "opens", minutes=1)
ANNOUNCED = moment(1, "announces")
AFTER = moment(1, "announces", minutes=5)
ENDS = moment(1, "lapses")
ROOMS = {
    **COURTS,
    "code": "rooms",
    "name": "会議室の抽選",
    "when": {"space_kind": "room"},
    "draw": {"algorithm": "per_slot"},
    "win": {"accept": "required", "until": {"from": "won", "days": 7, "first_day": "counted", "at": "24:00"}},
}
WHOLE = {"surfaces": 4}


async def announced(town, runtime, *wishes, schemes=(), **more):
    """The rules, when the result of these wishes (a resident's place, uses) is out."""
    rules = await publish(town, *schemes, **more)
    await work(town, runtime, moment(1, "opens", hours=-1))
    await work(town, runtime, ENTERING)
    for place, *requests in wishes:
        await wish(town, rules, place, *requests, now=ENTERING)
    await work(town, runtime, ANNOUNCED)
    return rules


async def winners(town):
    """Each entry that won, with the place of its resident, in no particular order."""
    rows = await town.see(
        "SELECT w.entry_id, a.registrant_id FROM lottery_win w JOIN lottery_applicant a USING (applicant_id) ORDER BY 1"
    )
    places = {one.registrant_id: place for place, one in enumerate(town.residents)}
    return [(entry, places[person]) for entry, person in rows]


async def win_state(town, entry_id):
    return (await town.see("SELECT state FROM lottery_win WHERE entry_id = :one", one=entry_id))[0][0]


async def accept(town, rules, entry_id, place, *, now=AFTER, **more):
    async with town.act() as conn:
        return await accept_win(
            conn, visit=visit_of(town.residents[place], now=now), rules=rules, entry_id=entry_id, **more
        )


async def decline(town, rules, entry_ids, place, *, now=AFTER):
    async with town.act() as conn:
        return await decline_wins(
            conn, visit=visit_of(town.residents[place], now=now), rules=rules, entry_ids=entry_ids
        )


def clerk(town, place=None, *, now=AFTER):
    resident = None if place is None else town.residents[place]
    return visit_of(resident, now=now, actor="clerk", staff_id=town.clerk)


async def held(town):
    """What the courts have on the day: how many rows of which kind."""
    sql = "SELECT kind, count(*) FROM occupancy WHERE use_on = :day GROUP BY kind ORDER BY kind"
    return dict(await town.see(sql, day=SATURDAY))


async def town_book(town, rules, place, *requests, now):
    town.rules = rules
    return await town.book(place, *requests, visit=visit_of(town.residents[place], now=now))


async def lapsed_batch(town, runtime, *wishes):
    rules = await announced(town, runtime, *wishes)
    await work(town, runtime, ENDS)
    [(batch_id,)] = await town.see("SELECT batch_id FROM lottery_batch WHERE kind = 'lapse'")
    return rules, batch_id


async def restore(town, rules, batch_id, until, *, now, why="システムの障害"):
    async with town.act() as conn:
        return await restore_lapsed(
            conn, visit=clerk(town, now=now), rules=rules, batch_id=batch_id, accept_until=until, why=why
        )
