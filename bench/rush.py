"""``rush booking``: the 16th, 9:00. A thousand people, two hundred slots; and bookings that nobody contests.

Each figure stands beside two floors of the same run: a bare HTTP route that writes the same two rows
without any rule, and database clients that write them without HTTP. All over one server process,
PostgreSQL and the load on the same cores, durable commits.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg

from bench.bare import TABLES, row_of
from bench.bare import Wish as BareWish
from bench.load import Answer, Call, fire
from bench.town import ROOT, Scene, database, environment, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yoyaku.testing.stack.databases import Database

SCENE = Scene(
    tenant="kumamoto", service="sports", user_class="individual", stage="registered",
    opens_at=datetime(2027, 1, 16, 0, 0, tzinfo=UTC),
)  # fmt: skip
HOST = "sports.kumamoto.localhost"
SPACES = ("hamasen-park/ground", "hachioji-park/ground", "akitsu-park/ground", "imakuma-park/ground")
FIRST_DAY, DAYS, HOURS = date(2027, 2, 1), 28, tuple(range(9, 17))
MOST_TIMES_THE_FLOOR = 8
CALLERS = 16


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One round: seconds until all slots were sold and until everybody had an answer; bookings a second."""

    sold: float
    answered: float
    taken: int
    refused: int
    other: int


def run(*, people: int, slots: int, bookings: int, rounds: int) -> int:
    """Measure and print; 0 when all ratios hold and nothing was sold twice."""
    wishes = [wish for round_ in range(rounds) for wish in slot_bodies(slots, round_)]
    free = slot_bodies(bookings * rounds, 0, skip=len(wishes))
    with database() as place:
        tokens = prepare(place, SCENE, people=people)
        with psycopg.connect(place.superuser_url.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute(TABLES)
            admin.execute("GRANT ALL ON bench_booking, bench_outbox TO yoyaku_app")
        floor_db = [database_rush(place, people=people, slots=slots, round_=round_) for round_ in range(rounds)]
        with served("bench.bare:create_app", place) as address:
            fire(address, HOST, [[bare_call(-1 - n)] for n in range(CALLERS)])
            floor = [
                judge(fire(address, HOST, [[bare_call(10_000 * round_ + n % slots)] for n in range(people)]))
                for round_ in range(rounds)
            ]
            calls = [[bare_call(1_000_000 + n) for n in range(k, bookings * rounds, CALLERS)] for k in range(CALLERS)]
            floor_rate = rate(lambda: fire(address, HOST, calls), bookings * rounds)
        with served("yoyaku.web.app:create_app", place) as address:
            warm_up(address, tokens)
            ours = []
            for round_ in range(rounds):
                mine = wishes[round_ * slots : (round_ + 1) * slots]
                ours.append(
                    judge(fire(address, HOST, [[real_call(tokens[n], mine[n % slots])] for n in range(people)]))
                )
            calls = [
                [real_call(tokens[n % people], free[n]) for n in range(k, bookings * rounds, CALLERS)]
                for k in range(CALLERS)
            ]
            our_rate = rate(lambda: fire(address, HOST, calls), bookings * rounds)
        return report(place, ours, floor, floor_db, our_rate, floor_rate, people=people, slots=slots)


def slot_bodies(count: int, round_: int, *, skip: int = 0) -> list[bytes]:
    """Bodies of so many submissions, each for an hour of its own."""
    found = []
    for number in range(round_ * count + skip, (round_ + 1) * count + skip):
        hours, rest = divmod(number, len(HOURS))
        space, day = divmod(hours, DAYS)
        facility, code = SPACES[space % len(SPACES)].split("/")
        starts = HOURS[rest]
        item = {
            "facility": facility, "space": code, "use_on": str(FIRST_DAY + timedelta(days=day)),
            "starts": f"{starts:02d}:00", "ends": f"{starts + 1:02d}:00",
        }  # fmt: skip
        found.append(json.dumps({"items": [item], "form": {"head_count": 4}, "accepted_terms": ["terms"]}).encode())
    return found


def real_call(token: str, body: bytes) -> Call:
    """One submission by a logged-in resident."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return Call(path="/api/v1/applications", headers=headers, body=body)


def bare_call(slot: int) -> Call:
    """The same for the bare route, with a body of like size."""
    body = json.dumps({"slot": slot, "registrant": "r" * 36, "form": {"head_count": 4, "purpose": "x" * 60}}).encode()
    return Call(
        path="/bare", headers={"Content-Type": "application/json", "Authorization": f"Bearer {'t' * 43}"}, body=body
    )


def warm_up(address: tuple[str, int], tokens: Sequence[str]) -> None:
    """Fill caches by a submission that is refused (no such space)."""
    body = json.dumps({"items": [{"facility": "none", "space": "none", "use_on": str(FIRST_DAY)}]}).encode()
    fire(address, HOST, [[real_call(token, body)] for token in tokens[:CALLERS]])


def judge(answers: Sequence[Answer]) -> Figures:
    """Count and time one rush."""
    counts = Counter(answer.status for answer in answers)
    won = [answer.at for answer in answers if answer.status == 201]  # noqa: PLR2004
    odd = [answer for answer in answers if answer.status not in {201, 409}]
    if odd:
        print("unexpected answer:", odd[0].status, odd[0].body[:300].decode(errors="replace"))
    return Figures(
        sold=max(won, default=0.0), answered=max(answer.at for answer in answers),
        taken=counts[201], refused=counts[409], other=len(odd),
    )  # fmt: skip


def rate(act: Callable[[], Sequence[Answer]], count: int) -> float:
    """Bookings a second; every one must succeed."""
    answers = act()
    figures = judge(answers)
    if figures.taken != count:
        print(f"only {figures.taken} of {count} uncontended bookings were made")
    return figures.taken / figures.answered


def database_rush(place: Database, *, people: int, slots: int, round_: int) -> Figures:
    """The floor without HTTP: sixteen connections write the same rows."""
    from bench.bare import WRITE
    from sqlalchemy.ext.asyncio import create_async_engine

    async def rush() -> Figures:
        engine = create_async_engine(place.url, pool_size=CALLERS, max_overflow=0, pool_timeout=60)

        async def one(number: int) -> tuple[bool, float]:
            row = row_of(
                BareWish(slot=-10_000 * (round_ + 1) - number % slots, registrant="r" * 36, form={"head_count": 4})
            )
            async with engine.begin() as conn:
                written = (await conn.execute(WRITE, row)).scalar() is not None
            return written, time.perf_counter()

        await asyncio.gather(*[one(-1 - n - people) for n in range(0)])
        began = time.perf_counter()
        done = await asyncio.gather(*[one(number) for number in range(people)])
        await engine.dispose()
        won = [at - began for written, at in done if written]
        return Figures(
            sold=max(won),
            answered=max(at for _, at in done) - began,
            taken=len(won),
            refused=people - len(won),
            other=0,
        )

    return asyncio.run(rush())


@contextmanager
def served(factory: str, place: Database) -> Iterator[tuple[str, int]]:
    """One uvicorn process with that application, as ``make demo`` starts it."""
    port = 18_700 + os.getpid() % 1000
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-access-log",
        "--log-level",
        "warning",
        "--backlog",
        "4096",
    ]
    server = subprocess.Popen(command, cwd=ROOT, env={**environment(place), "BENCH_DATABASE_URL": place.url})
    try:
        _wait(port)
        yield "127.0.0.1", port
    finally:
        server.terminate()
        server.wait(15)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def report(
    place: Database, ours: Sequence[Figures], floor: Sequence[Figures], floor_db: Sequence[Figures],
    our_rate: float, floor_rate: float, *, people: int, slots: int,
) -> int:  # fmt: skip
    """Print medians and ratios; check in the database that nothing was sold twice."""
    with psycopg.connect(place.superuser_url.replace("+psycopg", "")) as connection:
        row = connection.execute(
            "SELECT count(*), count(DISTINCT (space_id, starts_at)), count(DISTINCT number) FROM booking WHERE state = 'confirmed'"
        ).fetchone()
        deadlocks = connection.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    made, places, numbers = row or (0, 0, 0)
    print(f"rush: {people} logged-in residents, {slots} slots, medians of {len(ours)} rounds, one server process")
    print(f"{'':34}{'all sold':>10}{'all answered':>14}")
    for name, figures in (
        ("database clients, bare rows", floor_db),
        ("bare HTTP route, no rules", floor),
        ("Yoyaku, all rules", ours),
    ):
        print(f"{name:34}{_median(figures, 'sold'):>8.2f} s{_median(figures, 'answered'):>12.2f} s")
    times = _median(ours, "answered") / _median(floor, "answered")
    share = floor_rate / our_rate
    whole = all(one.taken == slots and one.refused == people - slots and one.other == 0 for one in ours)
    print(f"all answered: {times:.1f} times the bare HTTP floor (at most {MOST_TIMES_THE_FLOOR})")
    print(
        f"uncontended: {our_rate:.0f} bookings/s; bare route {floor_rate:.0f}/s: 1/{share:.1f} of it (at least 1/{MOST_TIMES_THE_FLOOR})"
    )
    print(
        f"every slot sold once, everybody else told 409: {'yes' if whole else 'NO'} {[(o.taken, o.refused, o.other) for o in ours]}"
    )
    print(
        f"rows: {made} bookings, {places} different slots, {numbers} different numbers; deadlocks {deadlocks[0] if deadlocks else '?'}"
    )
    good = whole and made == places == numbers and times <= MOST_TIMES_THE_FLOOR and share <= MOST_TIMES_THE_FLOOR
    return 0 if good and deadlocks is not None and deadlocks[0] == 0 else 1


def _median(figures: Sequence[Figures], name: str) -> float:
    return statistics.median(getattr(one, name) for one in figures)
