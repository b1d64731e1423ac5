"""``rush booking``: the 16th, 9:00. A thousand people, two hundred slots; and bookings that nobody contests.

Each figure stands beside two floors of the same run: a bare HTTP route that writes the same two rows without any
rule, and database clients that write them without HTTP. One server process each time, PostgreSQL and the load on the
same cores, durable commits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg

from bench.bare import TABLES
from bench.figures import Figures, judge, median
from bench.floor import database_rush
from bench.load import Call, fire
from bench.town import Scene, database, prepare, served

if TYPE_CHECKING:
    from yoyaku.testing.stack.databases import Database

SCENE = Scene(
    tenant="kumamoto",
    service="sports",
    user_class="individual",
    stage="registered",
    opens_at=datetime(2027, 1, 16, 0, 0, tzinfo=UTC),
)
HOST = "sports.kumamoto.localhost"
SPACES = (
    ("hamasen-park", "ground"),
    ("hachioji-park", "ground"),
    ("akitsu-park", "ground"),
    ("imakuma-park", "ground"),
    ("city-gymnasium", "meeting"),
    ("hokubu-park", "baseball"),
)
FIRST_DAY, DAYS, HOURS = date(2027, 2, 1), 28, tuple(range(9, 17))
MOST_TIMES_THE_FLOOR = 8
CALLERS = 16


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is measured: people and slots of a rush, uncontended bookings of a round, and rounds."""

    people: int
    slots: int
    bookings: int
    rounds: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A rush in each round, and uncontended bookings a second."""

    rushes: Sequence[Figures]
    rate: float


def run(size: Size) -> int:
    """Measure and print; 0 when all ratios hold and nothing was sold twice."""
    with database() as place:
        tokens = prepare(place, SCENE, people=size.people)
        with psycopg.connect(place.superuser_url.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute(TABLES)
            admin.execute("GRANT ALL ON bench_booking, bench_outbox TO yoyaku_app")
        clients = [
            database_rush(place, people=size.people, slots=size.slots, round_=number) for number in range(size.rounds)
        ]
        floor = measure_floor(place, size)
        ours = measure_ours(place, size, tokens)
        return report(place, size, clients=clients, floor=floor, ours=ours)


def measure_floor(place: Database, size: Size) -> Measured:
    """The bare route: one rush a round, then uncontended writes."""
    with served("bench.bare:create_app", place) as address:
        fire(address, HOST, [[bare_call(-number)] for number in range(1, CALLERS + 1)])
        rushes = [
            judge(fire(address, HOST, [[bare_call(10_000 * one + n % size.slots)] for n in range(size.people)]))
            for one in range(size.rounds)
        ]
        total = size.bookings * size.rounds
        calls = [[bare_call(1_000_000 + n) for n in range(caller, total, CALLERS)] for caller in range(CALLERS)]
        alone = judge(fire(address, HOST, calls))
    return Measured(rushes=rushes, rate=alone.taken / alone.answered)


def measure_ours(place: Database, size: Size, tokens: Sequence[str]) -> Measured:
    """The product: the same, with slots, residents and all rules."""
    rushed, total = size.slots * size.rounds, size.bookings * size.rounds
    bodies = [submission(number) for number in range(rushed + total)]
    with served("yoyaku.web.app:create_app", place) as address:
        nowhere = json.dumps({"items": [{"facility": "none", "space": "none", "use_on": str(FIRST_DAY)}]}).encode()
        fire(address, HOST, [[real_call(token, nowhere)] for token in tokens[:CALLERS]])
        rushes = []
        for one in range(size.rounds):
            wanted = bodies[one * size.slots : (one + 1) * size.slots]
            calls = [[real_call(tokens[n], wanted[n % size.slots])] for n in range(size.people)]
            rushes.append(judge(fire(address, HOST, calls)))
        free = bodies[rushed:]
        alone = judge(
            fire(
                address,
                HOST,
                [
                    [real_call(tokens[n % size.people], free[n]) for n in range(caller, total, CALLERS)]
                    for caller in range(CALLERS)
                ],
            )
        )
    if alone.taken != total:
        print(f"only {alone.taken} of {total} uncontended bookings were made")
    return Measured(rushes=rushes, rate=alone.taken / alone.answered)


def submission(number: int) -> bytes:
    """The body of a submission for an hour of its own: hour by hour, day by day, then the next place and the evening."""
    hour, day, place = number % len(HOURS), number // len(HOURS) % DAYS, number // (len(HOURS) * DAYS)
    facility, space = SPACES[place]
    item = {
        "facility": facility,
        "space": space,
        "use_on": str(FIRST_DAY + timedelta(days=day)),
        "starts": f"{HOURS[hour]:02d}:00",
        "ends": f"{HOURS[hour] + 1:02d}:00",
    }
    return json.dumps({"items": [item], "form": {"head_count": 4}, "accepted_terms": ["terms"]}).encode()


def real_call(token: str, body: bytes) -> Call:
    """One submission by a logged-in resident."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return Call(path="/api/v1/applications", headers=headers, body=body)


def bare_call(slot: int) -> Call:
    """The same for the bare route, with a body of like size."""
    body = json.dumps({"slot": slot, "registrant": "r" * 36, "form": {"head_count": 4, "purpose": "x" * 60}}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {'t' * 43}"}
    return Call(path="/bare", headers=headers, body=body)


def report(place: Database, size: Size, *, clients: Sequence[Figures], floor: Measured, ours: Measured) -> int:
    """Print medians and ratios, and what the database itself says."""
    times = median(ours.rushes, "answered") / median(floor.rushes, "answered")
    share = floor.rate / ours.rate if ours.rate else math.inf
    whole = all((one.taken, one.refused) == (size.slots, size.people - size.slots) for one in ours.rushes)
    print(f"{size.people} logged-in residents rush at {size.slots} slots; medians of {size.rounds} rounds, one process")
    print(f"{'':30}{'all sold':>10}{'all answered':>14}")
    for name, rushes in (("database clients", clients), ("bare HTTP route", floor.rushes), ("Yoyaku", ours.rushes)):
        print(f"{name:30}{median(rushes, 'sold'):>8.2f} s{median(rushes, 'answered'):>12.2f} s")
    print(f"all answered in {times:.1f} times the bare route's time (at most {MOST_TIMES_THE_FLOOR})")
    print(f"uncontended: {ours.rate:.0f}/s, bare {floor.rate:.0f}/s: 1/{share:.1f} (at least 1/{MOST_TIMES_THE_FLOOR})")
    print(f"every slot sold once, everybody else told so (409): {'yes' if whole else 'NO'}")
    sound = whole and is_sound(place)
    return 0 if sound and max(times, share) <= MOST_TIMES_THE_FLOOR else 1


def is_sound(place: Database) -> bool:
    """Whether no slot and no number was given twice, and nobody waited for each other in a circle."""
    with psycopg.connect(place.superuser_url.replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "SELECT count(*), count(DISTINCT (space_id, starts_at)), count(DISTINCT number),"
            " (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()) FROM booking"
        ).fetchone()
    made, places, numbers, deadlocks = rows or (0, 0, 0, 0)
    print(f"in the database: {made} bookings, {places} slots, {numbers} numbers, {deadlocks} deadlocks")
    return bool(made == places == numbers and deadlocks == 0)
