"""Many at once over HTTP, before two web server processes: one gets it, everybody else is told so."""

import json
from collections import Counter

import pytest
from tests.faults.served import (
    assert_bookings_and_slots_agree,
    race,
    some_day,
    submission,
    wish,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("http-races")]
EVERYBODY = 200  # live in the crowded town


async def test_of_two_hundred_who_want_one_slot_one_gets_it(crowd, webs):
    answers = await race(webs, [submission(resident, wish("room")) for resident in crowd.residents])

    assert Counter(answer.status for answer in answers) == {201: 1, 409: EVERYBODY - 1}
    refused = [json.loads(answer.body) for answer in answers if answer.status == 409]
    assert {problem["code"] for problem in refused} == {"slot_taken"}
    assert all(problem["detail"] for problem in refused)
    (made,) = (json.loads(answer.body) for answer in answers if answer.status == 201)
    ((booking_id, application_id),) = await crowd.see(
        "SELECT booking_id, application_id FROM booking WHERE space_id = 'plaza.room'"
    )
    assert made["application_id"] == str(application_id)
    assert made["bookings"][0]["booking_id"] == str(booking_id)
    held = "SELECT booking_id, bucket FROM occupancy WHERE resource_id = 'plaza.room' ORDER BY bucket"
    assert await crowd.see(held) == [(booking_id, 600), (booking_id, 660)]
    assert await crowd.see("SELECT count(*) FROM outbox WHERE subject_id = :id", id=booking_id) == [(1,)]
    await assert_nothing_is_left_over(crowd)


async def test_of_two_hundred_who_want_four_courts_four_get_one(crowd, webs):
    answers = await race(webs, [submission(resident, wish("court")) for resident in crowd.residents])

    assert Counter(answer.status for answer in answers) == {201: 4, 409: EVERYBODY - 4}
    held = "SELECT unit, count(*) FROM occupancy WHERE resource_id = 'plaza.court' GROUP BY unit ORDER BY unit"
    assert await crowd.see(held) == [(unit, 2) for unit in range(1, 5)]
    await assert_nothing_is_left_over(crowd)


async def test_one_key_sent_by_two_connections_at_once_makes_one_application(crowd, webs):
    keys = [f"key {place}" for place in range(24)]
    calls = [
        submission(crowd.residents[place], wish("table", day=some_day(1 + place)), key=key)
        for place, key in enumerate(keys)
        for _ in webs
    ]
    answers = await race(webs, calls)

    assert Counter(answer.status for answer in answers) == {201: len(keys), 200: len(keys)}
    told = [json.loads(answer.body) for answer in answers]
    assert set(Counter(one["application_id"] for one in told).values()) == {2}
    assert Counter(one["repeated"] for one in told) == {True: len(keys), False: len(keys)}
    stored = "SELECT application_id::text FROM application WHERE idempotency_key IS NOT NULL"
    assert {one["application_id"] for one in told} == {row[0] for row in await crowd.see(stored)}
    assert await crowd.see("SELECT count(*) FROM booking WHERE space_id = 'plaza.table'") == [(len(keys),)]
    await assert_nothing_is_left_over(crowd)


async def assert_nothing_is_left_over(crowd):
    """Each application its booking, its number and its event; each booking its slot."""
    await assert_bookings_and_slots_agree(crowd)
    counts = "SELECT (SELECT count(*) FROM application), (SELECT last_value FROM number_sequence), count(*) FROM outbox"
    ((applications, numbers, events),) = await crowd.see(counts)
    assert applications == numbers == events
    assert await crowd.see("SELECT count(*), count(DISTINCT number) FROM booking") == [(applications, applications)]
