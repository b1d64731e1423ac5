"""Races with real connections: whoever loses is told so, and what the database holds is right."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from yoyaku.booking.policy import EquipmentShort, LimitReached, SlotTaken
from yoyaku.booking.service import add_to_cart, cancel_booking, change_booking
from yoyaku.db.engine import tenant_transaction
from yoyaku.testing.town import DAY, SERVICE, TOWN, hours, nights, visit_of, write_residents


@pytest.fixture
async def crowd(town):
    """Two hundred residents."""
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        town.residents += await write_residents(conn, 200 - len(town.residents))
    return town


async def race(*attempts):
    """How each attempt came out, by the name of its outcome."""
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    return Counter(type(outcome).__name__ for outcome in outcomes)


async def doubled(town):
    return await town.see(
        "SELECT resource_id, use_on, bucket, unit FROM occupancy GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
    )


async def test_of_two_hundred_on_one_slot_one_gets_it(crowd):
    outcomes = await race(*(crowd.book(place, hours("room")) for place in range(200)))
    assert outcomes == {"Application": 1, SlotTaken.__name__: 199}
    assert await crowd.see("SELECT count(*) FROM booking") == [(1,)]
    assert await crowd.see("SELECT count(*) FROM outbox") == [(1,)]
    assert await crowd.see("SELECT last_value FROM number_sequence") == [(1,)]


async def test_of_forty_on_twenty_rooms_twenty_get_one_and_none_twice(town):
    outcomes = await race(*(town.book(place, nights(2)) for place in range(40)))
    assert outcomes == {"Application": 20, SlotTaken.__name__: 20}
    rooms = await town.see(
        "SELECT use_on, count(*), count(DISTINCT unit), max(unit) FROM occupancy GROUP BY 1 ORDER BY 1"
    )
    assert rooms == [(DAY, 20, 20, 20), (DAY + timedelta(days=1), 20, 20, 20)]


async def test_overlapping_stays_never_need_the_twenty_first_room(town):
    stays = [nights(1 + place % 3, day=DAY + timedelta(days=place % 4)) for place in range(40)]
    outcomes = await race(*(town.book(place, stay) for place, stay in enumerate(stays)))
    assert outcomes["Application"] >= 20
    ((most,),) = await town.see("SELECT max(n) FROM (SELECT count(*) n FROM occupancy GROUP BY use_on) AS days")
    assert most <= 20


async def test_of_twenty_who_want_a_projector_nine_get_one(town):
    slots = [hours("court", f"{9 + place % 5:02d}:00", "18:00", equipment={"projector": 1}) for place in range(4)]
    rooms = [hours("table", "10:00", "18:00", equipment={"projector": 1}) for _ in range(16)]
    outcomes = await race(*(town.book(place, item) for place, item in enumerate([*slots, *rooms])))
    assert outcomes["Application"] == 9
    ((most,),) = await town.see(
        "SELECT max(n) FROM (SELECT count(*) n FROM occupancy WHERE resource_id = 'plaza.eq.projector' GROUP BY bucket) AS b"
    )
    assert most == 9
    assert set(outcomes) <= {"Application", EquipmentShort.__name__, SlotTaken.__name__}


async def test_one_persons_limit_holds_on_twenty_connections(town):
    wishes = [hours("quiet", f"{9 + place % 12:02d}:00", f"{10 + place % 12:02d}:00") for place in range(20)]
    outcomes = await race(*(town.book(0, wish) for wish in wishes))
    assert outcomes["Application"] == 3
    assert set(outcomes) <= {"Application", LimitReached.__name__, SlotTaken.__name__}


async def test_one_key_sent_ten_times_at_once_books_once(town):
    made = await asyncio.gather(*(town.book(0, hours("court"), idempotency_key="once") for _ in range(10)))
    assert len({one.application_id for one in made}) == 1
    assert sum(not one.repeated for one in made) == 1
    assert await town.see("SELECT count(*) FROM booking") == [(1,)]


async def test_shared_floors_and_crossed_orders_neither_double_nor_deadlock(crowd):
    spaces = ["basket", "table", "east", "whole", "room", "court"]
    attempts = []
    for place in range(120):
        first, second = spaces[place % 6], spaces[(place * 5 + 1) % 6]
        attempts.append(crowd.book(place, hours(first), hours(second, "11:00", "13:00")))
    outcomes = await race(*attempts)
    assert set(outcomes) <= {"Application", SlotTaken.__name__}
    assert await doubled(crowd) == []
    missing = "SELECT 1 FROM booking b WHERE NOT EXISTS (SELECT FROM occupancy o WHERE o.booking_id = b.booking_id)"
    assert await crowd.see(missing) == []


async def test_a_slot_freed_again_and_again_is_never_held_twice(town):
    async def take_and_cancel(place):
        visit = visit_of(town.residents[place])
        made = await town.book(place, hours("whole"))
        async with town.act() as conn:
            await cancel_booking(
                conn, visit=visit, rules=town.rules, booking_id=made.bookings[0].booking_id, reason=None
            )

    for _ in range(3):
        outcomes = await race(*(take_and_cancel(place) for place in range(20)))
        assert set(outcomes) <= {"NoneType", SlotTaken.__name__}
    assert await town.see("SELECT count(*) FROM occupancy") == [(0,)]


async def test_two_who_extend_towards_each_other_do_not_meet(town):
    mine = (await town.book(0, hours("room", "09:00", "10:00"))).bookings[0]
    theirs = (await town.book(1, hours("room", "12:00", "13:00"))).bookings[0]

    async def extend(place, booking, **changes):
        async with town.act() as conn:
            await change_booking(
                conn,
                visit=visit_of(town.residents[place]),
                rules=town.rules,
                booking_id=booking.booking_id,
                changes=changes,
            )

    outcomes = await race(extend(0, mine, to="12:00"), extend(1, theirs, **{"from": "10:00"}))
    assert outcomes == {"NoneType": 1, SlotTaken.__name__: 1}
    assert await doubled(town) == []


async def test_a_cart_of_three_holds_three_however_fast_one_clicks(town):
    async def put(place):
        async with town.act() as conn:
            wish = hours("court", f"{9 + place:02d}:00", f"{10 + place:02d}:00")
            await add_to_cart(conn, visit=visit_of(town.residents[0]), rules=town.rules, items=[wish])

    outcomes = await race(*(put(place) for place in range(8)))
    assert outcomes == {"NoneType": 3, "CartFull": 5}
