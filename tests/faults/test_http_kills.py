"""kill -9 of web servers and workers while people book over HTTP, and a clock that leaps over deadlines."""

import asyncio
import contextlib
import itertools
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import text
from tests.faults.served import (
    CELERY,
    HOST,
    WORKER,
    Processes,
    assert_bookings_and_slots_agree,
    kill,
    log_in_everybody,
    race,
    some_day,
    submission,
    wish,
)

from yoyaku.testing.town import SERVICE, TOWN, hours, visit_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("http-kills")]
WISHES = 60
CLIENTS = 6
TOKYO = ZoneInfo("Asia/Tokyo")
ENDED = """
    SELECT b.use_on, b.state FROM booking b JOIN outbox o ON o.subject_id = b.booking_id
    WHERE o.kind = 'booking_lapsed' ORDER BY o.created_at
"""


@pytest.fixture
def processes(fresh_database, broker_url, smtp, tmp_path):
    """Starts the product's processes, with the town's database, the broker and the mail catcher."""
    started = Processes(
        database=fresh_database, logs=tmp_path / "logs", CELERY_BROKER_URL=broker_url, SMTP_URL=smtp.url
    )
    try:
        yield started
    finally:
        started.kill_all()


@dataclass
class Stream:
    """People who book, each wish with a key of its own; like clients that do not know what became of a request that
    broke off, they ask the same again until they are answered.
    """

    town: object
    webs: list
    answers: dict = field(default_factory=dict)
    broken_off: int = 0
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self):
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            await asyncio.gather(*(self._ask_in_turn(http, first) for first in range(CLIENTS)))

    async def _ask_in_turn(self, http, first):
        for place in range(first, WISHES, CLIENTS):
            if place >= WISHES * 2 // 3:
                await self.may_end.wait()
            await self._ask(http, place)
            await asyncio.sleep(0.05)

    async def _ask(self, http, place):
        # Every fifth wants what the one before wants: one of the two is refused, whose key then stands for nothing.
        day = some_day(place - (place % 5 == 4))
        body = {**wish("east", day=day), "form": {"purpose": f"wish {place}"}}
        account = self.town.residents[place % len(self.town.residents)].account_id
        headers = {"Host": HOST, "Authorization": f"Bearer {account}", "Idempotency-Key": f"key {place}"}
        for web in itertools.cycle(self.webs):
            address = "http://{}:{}".format(*web.address)
            with contextlib.suppress(httpx.TransportError):
                self.answers[place] = await http.post(f"{address}/api/v1/applications", json=body, headers=headers)
                return
            self.broken_off += 1

    def has(self, count):
        return lambda: len(self.answers) >= count


async def test_kills_of_web_and_worker_lose_and_double_nothing(town, processes, smtp):
    await log_in_everybody(town)
    processes.start(*CELERY, "beat", "--schedule", str(smtp.mailbox.folder.parent / "beat"), "--pidfile=")
    worker = processes.start(*WORKER)
    stream = Stream(town=town, webs=processes.start_webs(3))

    async def kill_in_between():
        for web, answered in zip(stream.webs[:2], (WISHES // 6, WISHES // 3), strict=True):
            await until(stream.has(answered))
            kill(web.child)
        await until(smtp.mailbox.mails)
        kill(worker)
        await leases_run_out(town)
        stream.may_end.set()
        processes.start(*WORKER)

    await asyncio.gather(stream.run(), kill_in_between())

    assert stream.broken_off, "the kills interrupted nobody"
    made = await assert_every_key_became_what_it_was_told(town, stream.answers)
    await assert_bookings_and_slots_agree(town)
    await until(lambda: len(subjects(smtp)) >= len(made))
    await nothing_waits(town)
    assert set(subjects(smtp)) == {f"予約の受付（{number}）" for number in made}
    for copies in subjects(smtp).values():
        assert len({mail.message["Message-ID"] for mail in copies}) == 1
        assert len({mail.to for mail in copies}) == 1
    assert len({copies[0].message["Message-ID"] for copies in subjects(smtp).values()}) == len(made)


async def assert_every_key_became_what_it_was_told(town, answers):
    """The numbers of the bookings that were made, each of them told to who asked."""
    told = {place: answer.json() for place, answer in answers.items() if answer.status_code in {200, 201}}
    refused = {place: answer.json() for place, answer in answers.items() if place not in told}
    assert len(told) == WISHES * 4 // 5
    assert len(refused) == WISHES // 5
    assert {problem["code"] for problem in refused.values()} == {"slot_taken"}
    stored = await town.see("SELECT idempotency_key, application_id::text FROM application")
    assert sorted(stored) == sorted((f"key {place}", one["application_id"]) for place, one in told.items())
    numbers = [one["bookings"][0]["number"] for one in told.values()]
    assert sorted(await town.see("SELECT number FROM booking")) == sorted((number,) for number in numbers)
    assert await town.see("SELECT last_value FROM number_sequence") == [(len(numbers),)]
    events = await town.see("SELECT kind, count(*), count(DISTINCT subject_id) FROM outbox GROUP BY kind")
    assert events == [("booking_made", len(numbers), len(numbers))]
    return numbers


async def test_a_clock_set_past_deadlines_lapses_them_in_order_and_tells_by_mail(town, processes, smtp):
    await log_in_everybody(town)
    processes.start_worker()
    webs = processes.start_webs(1)
    first = await book_room(town, webs, 0, some_day(1))
    await set_clock(processes, first["lapses_at"] - timedelta(hours=12))
    await asyncio.sleep(2.1)  # a web server looks at the clock anew after two seconds
    second = await book_room(town, webs, 1, some_day(0))
    assert second["lapses_at"] > first["lapses_at"]
    assert await town.see(ENDED) == []

    await set_clock(processes, second["lapses_at"] + timedelta(minutes=1))

    await until(lambda: len(lapse_mails(smtp)) >= 2)
    await nothing_waits(town)
    assert await town.see(ENDED) == [(some_day(1), "lapsed"), (some_day(0), "lapsed")]
    assert sorted(lapse_mails(smtp)) == [f"仮予約の期限切れ（{one['number']}）" for one in (first, second)]
    await assert_bookings_and_slots_agree(town)
    again, other = await race(
        webs, [submission(town.residents[place], wish("room", day=some_day(1))) for place in (0, 2)]
    )
    assert (again.status, json.loads(again.body)["code"]) == (409, "same_slot_banned")
    assert other.status == 201


async def test_deadlines_that_passed_while_no_worker_ran_lapse_in_order_when_one_comes(town, processes, smtp):
    now = datetime.now(tz=UTC)
    visits = [visit_of(town.residents[place], now=now + timedelta(days=ahead)) for place, ahead in enumerate((2, 1, 0))]
    for place, visit in enumerate(visits):  # the first that is made is the last that falls due
        await town.book(place, hours("room", day=some_day(place)), visit=visit)
    await set_clock(processes, now + timedelta(days=6))
    assert await town.see("SELECT state, count(*) FROM booking GROUP BY state") == [("tentative", 3)]

    processes.start_worker()

    await until(lambda: len(lapse_mails(smtp)) >= 3)
    await nothing_waits(town)
    assert await town.see(ENDED) == [(some_day(place), "lapsed") for place in (2, 1, 0)]
    assert await town.see("SELECT count(*) FROM occupancy") == [(0,)]
    assert len(lapse_mails(smtp)) == 3


async def book_room(town, webs, place, day):
    """A tentative booking over HTTP: its number, and when it lapses."""
    (answer,) = await race(webs, [submission(town.residents[place], wish("room", day=day))])
    assert answer.status == 201
    (booking,) = json.loads(answer.body)["bookings"]
    assert booking["state"] == "tentative"
    return {"number": booking["number"], "lapses_at": datetime.fromisoformat(booking["lapses_at"])}


async def set_clock(processes, instant):
    local = f"{instant.astimezone(TOKYO):%Y-%m-%dT%H:%M:%S}"
    assert local in await processes.run("clock", "set", local, "--service", f"{TOWN}/{SERVICE}")


def subjects(smtp):
    """The mails by their subject, which names the booking."""
    found = defaultdict(list)
    for mail in smtp.mailbox.mails():
        found[mail.subject].append(mail)
    return found


def lapse_mails(smtp):
    return [subject for subject in subjects(smtp) if "期限切れ" in subject]


async def nothing_waits(town):
    """Every event told, every mail marked as sent."""

    async def waiting():
        counts = (
            "SELECT (SELECT count(*) FROM outbox WHERE handled_at IS NULL), count(*) FROM mail WHERE sent_at IS NULL"
        )
        return await town.see(counts) != [(0, 0)]

    end = time.monotonic() + 30
    while await waiting():
        assert time.monotonic() < end, "there is still something to tell"
        await asyncio.sleep(0.2)


async def until(happened, seconds=60):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)


async def leases_run_out(town):
    """As if the time had passed for which a mail is left to whoever took it."""
    async with town.act() as conn:
        await conn.execute(text("UPDATE mail SET next_try_at = '-infinity' WHERE sent_at IS NULL"))
