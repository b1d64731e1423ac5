"""``lottery``: a hundred thousand applicants, ten wishes each, over sixty thousand slots; sealed, drawn, stored, proved.

Beside it, in the same run and on the same machine: (a) the pure draw in memory; (b) the same rows loaded and stored with
COPY and nothing else. And a tenth of it, for how the cost grows, and the verifier, for how anybody else fares.
"""

from __future__ import annotations

import asyncio
import random
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
import psycopg
from sqlalchemy import text

from bench.town import database, environment
from yoyaku.cli.db import upgrade_database
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.kernel.ids import new_id
from yoyaku.kernel.seal import Seal
from yoyaku.kernel.settings import Settings
from yoyaku.lottery.policy.draw import draw
from yoyaku.lottery.policy.receipt import RANDOM_BYTES, new_receipt
from yoyaku.lottery.policy.seal import read_sealed, secret_hash_of
from yoyaku.lottery.proof import verify_lottery
from yoyaku.lottery.repository.files import read_content
from yoyaku.lottery.service.beacons import LotteryMeans
from yoyaku.lottery.service.drawing import draw_lottery
from yoyaku.lottery.service.sealing import seal_lottery
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.town import NOW, SERVICE, TOWN, town_rule_set, write_town

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from yoyaku.booking.rules import ServiceRules
    from yoyaku.testing.stack.databases import Database

WISHES: Final = 10
FLOORS, HOURS, FIRST_DAY, DAYS = 134, tuple(range(7, 23)), date(2027, 2, 1), 28
"""134 floors, 16 hours, 28 days: 60,032 slots."""
CAPACITIES: Final = (1, 2)
"""Of one floor and the next."""
MOST_TIMES_THE_FLOOR: Final = 4.0
MOST_TIMES_A_TENTH: Final = 12.0
MOST_TIMES_THE_DRAW: Final = 3.0
MOST_BYTES: Final = 1 << 30
SEED: Final = bytes(range(32))

EMPTIED: Final = (
    "lottery_file", "lottery_batch", "lottery_outcome", "occupancy", "lottery_win", "lottery_entry",
    "lottery_applicant", "lottery",
)  # fmt: skip
IN_LOTTERY: Final = "lottery_id = %s"
STORED: Final = {
    "lottery_file": IN_LOTTERY,
    "lottery_outcome": IN_LOTTERY,
    "lottery_win": IN_LOTTERY,
    "occupancy": "entry_id IN (SELECT entry_id FROM lottery_win WHERE lottery_id = %s)",
}
"""The tables that sealing and a draw fill, and which rows are a lottery's."""
LOTTERY: Final = """
    INSERT INTO lottery (tenant_id, service_id, lottery_id, scheme, period_starts, period_ends, rule_set_version,
                         inventory_version, state, opens_at, closes_at, draws_at, announces_at, releases_at,
                         secret, secret_hash, beacon)
    VALUES (%(tenant)s, %(service)s, %(id)s, 'monthly', '2027-02-01', '2027-03-01', 1, 1, 'open', %(now)s, %(later)s,
            %(later)s, %(later)s, %(later)s, %(secret)s, %(hash)s, 'beacon-published')
"""
APPLICANTS: Final = """
    COPY lottery_applicant (tenant_id, service_id, applicant_id, lottery_id, registrant_id, receipt, entered_at, facts)
    FROM STDIN
"""
ENTRIES: Final = """
    COPY lottery_entry (tenant_id, service_id, entry_id, lottery_id, applicant_id, rank, cap, entered_at, wants, channel,
                        total_yen, requests, facts, trace) FROM STDIN
"""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Seconds of one size: sealing, drawing with all that is stored, the pure draw, the rows alone, the verifier."""

    applicants: int
    sealing: float
    drawing: float
    pure: float
    copying: float
    verifying: float

    @property
    def ours(self) -> float:
        """The whole work."""
        return self.sealing + self.drawing


def run(applicants: int) -> int:
    """Measure a tenth and the whole, and print; 0 when all ratios hold."""
    with database() as place:
        asyncio.run(_prepare(place))
        tenth, whole = (asyncio.run(_measure(place, size)) for size in (applicants // 10, applicants))
    return report(tenth, whole)


def report(tenth: Figures, whole: Figures) -> int:
    """Print the figures; 0 when all ratios hold."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    for one in (tenth, whole):
        print(
            f"{one.applicants:>7} applicants x {WISHES}: seal {one.sealing:.2f} s, draw, store and prove {one.drawing:.2f} s"
            f" | pure draw {one.pure:.2f} s, rows by COPY {one.copying:.2f} s, verifier {one.verifying:.2f} s"
        )
    checks = [
        ("times pure draw + COPY", whole.ours / (whole.pure + whole.copying), MOST_TIMES_THE_FLOOR),
        ("times the cost of a tenth", whole.ours / tenth.ours, MOST_TIMES_A_TENTH),
        ("verifier, times the pure draw", whole.verifying / whole.pure, MOST_TIMES_THE_DRAW),
        ("GiB of memory at the peak", peak / MOST_BYTES, 1.0),
    ]
    for words, found, most in checks:
        print(f"{words:32} {found:6.2f} (at most {most:g}): {'ok' if found <= most else 'too slow'}")
    return 0 if all(found <= most for _, found, most in checks) else 1


async def _prepare(place: Database) -> None:
    """The tables, and a town whose hall has so many floors."""
    await asyncio.to_thread(upgrade_database, place.owner_url)
    owner = make_engine(place.owner_url, pool_size=1)
    async with tenant_transaction(owner, TOWN, SERVICE) as conn:
        await write_town(conn, bench_rules())
    await owner.dispose()


def bench_rules() -> ServiceRules:
    """The rules of a hall with many floors, drawn in rounds."""
    spaces = [
        {
            "code": f"f{number:03}",
            "name": f"{number}",
            "kind": "court",
            "capacity": CAPACITIES[number % 2],
            "bucket_minutes": 60,
        }
        for number in range(FLOORS)
    ]
    moment = {"from": "use_month", "months": -1}
    scheme = {
        "code": "monthly",
        "name": "monthly",
        "channels": ["web"],
        "opens": {**moment, "day": 1, "at": "09:00"},
        "closes": {**moment, "day": 10, "at": "24:00"},
        "draws": {**moment, "day": 11, "at": "00:00"},
        "announces": {**moment, "day": 11, "at": "09:00"},
        "releases": {**moment, "day": 16, "at": "09:00"},
        "entry": {"at_most": WISHES},
        "draw": {"algorithm": "rounds"},
        "win": {"accept": "required"},
        "proof": {"beacon": "beacon-published"},
    }
    return compile_rules(_rule_set(spaces, scheme), [], version=1, inventory_version=1)


def _rule_set(spaces: Sequence[object], scheme: Mapping[str, object]) -> RuleSet:
    values = msgspec.to_builtins(town_rule_set())
    hall = {"code": "hall", "name": "hall", "service": SERVICE, "spaces": spaces}
    return msgspec.convert({**values, "inventory": [hall], "lottery": {"schemes": [scheme]}}, RuleSet)


async def _measure(place: Database, applicants: int) -> Figures:
    rules, means = bench_rules(), LotteryMeans(seal=_seal(place), plugin_profiles=None)
    engine = make_engine(place.url, pool_size=2)
    try:
        lottery_id = _enter(place, means, applicants=applicants)
        sealing = await _timed(engine, lambda conn: seal_lottery(conn, rules=rules, lottery_id=lottery_id, now=NOW))
        async with tenant_transaction(engine, TOWN, SERVICE) as conn:
            value = text("UPDATE lottery SET public_value = 'bench', public_value_at = :now WHERE lottery_id = :id")
            await conn.execute(value, {"now": NOW, "id": lottery_id})
        drawing = await _timed(
            engine, lambda conn: draw_lottery(conn, means=means, rules=rules, lottery_id=lottery_id, now=NOW)
        )
        async with tenant_transaction(engine, TOWN, SERVICE) as conn:
            sealed = await read_content(conn, lottery_id=lottery_id, name="sealed")
            result = await read_content(conn, lottery_id=lottery_id, name="result")
    finally:
        await engine.dispose()
    return Figures(
        applicants=applicants,
        sealing=sealing,
        drawing=drawing,
        pure=_pure(sealed or b""),
        copying=_copying(place, lottery_id),
        verifying=_verifying(result or b""),
    )


async def _timed(engine: AsyncEngine, act: Callable[[AsyncConnection], object]) -> float:
    began = time.perf_counter()
    async with tenant_transaction(engine, TOWN, SERVICE) as conn:
        await act(conn)  # type: ignore[misc]  # a coroutine
    return time.perf_counter() - began


def _seal(place: Database) -> Seal:
    return Settings.from_mapping(environment(place)).seal


def _pure(sealed: bytes) -> float:
    """The draw in memory, of what was read before."""
    head, cells, applicants = read_sealed(sealed)
    by = head.rules
    began = time.perf_counter()
    draw(applicants=applicants, cells=cells, rules=by, seed=SEED)
    return time.perf_counter() - began


def _verifying(result: bytes) -> float:
    """The stand-alone verifier, reading the file aside."""
    read = verify_lottery.read(result)
    began = time.perf_counter()
    findings = verify_lottery.check(read)
    took = time.perf_counter() - began
    if findings:
        raise SystemExit(f"the verifier does not agree: {findings[0]}")
    return took


def _enter(place: Database, means: LotteryMeans, *, applicants: int) -> UUID:
    """An open lottery with so many applicants, in place of the one before; written without any trigger."""
    lottery_id, chance = new_id(), random.Random(applicants)  # for likely wishes, not for secrets
    with psycopg.connect(place.superuser_url.replace("+psycopg", "")) as conn:
        conn.execute("SET session_replication_role = replica")
        for table in EMPTIED:
            conn.execute(f"DELETE FROM {table}")  # noqa: S608  # names of this module
        conn.execute(LOTTERY, {**_promises(means), "id": lottery_id, "tenant": TOWN, "service": SERVICE})
        people = [(new_id(), new_receipt(chance.randbytes(RANDOM_BYTES))) for _ in range(applicants)]
        with conn.cursor() as cursor:
            with cursor.copy(APPLICANTS) as copy:
                for applicant_id, receipt in people:
                    copy.write_row((TOWN, SERVICE, applicant_id, lottery_id, applicant_id, receipt, NOW, "{}"))
            with cursor.copy(ENTRIES) as copy:
                for applicant_id, _ in people:
                    for rank, wants in enumerate(_wishes(chance), 1):
                        row = (TOWN, SERVICE, new_id(), lottery_id, applicant_id, rank, WISHES, NOW, wants)
                        copy.write_row((*row, "web", 0, "[]", "{}", "[]"))
        conn.commit()
        conn.autocommit = True
        conn.execute("VACUUM ANALYZE")
    return lottery_id


def _promises(means: LotteryMeans) -> dict[str, object]:
    return {"secret": means.seal.seal(SEED), "hash": secret_hash_of(SEED), "now": NOW, "later": NOW + timedelta(days=9)}


def _wishes(chance: random.Random) -> Iterator[str]:
    """Ten times an hour, more in the evening and at the first floors, of one or two surfaces; as they are stored."""
    for _ in range(WISHES):
        floor = int(FLOORS * chance.random() ** 1.5)
        starts = 60 * (HOURS[-1] - int(len(HOURS) * chance.random() ** 2))
        day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        units = min(chance.choice((1, 1, 2)), CAPACITIES[floor % 2])
        yield f'[["hall.f{floor:03}","{day}",{starts},{starts + 60},{units}]]'


def _copying(place: Database, lottery_id: UUID) -> float:
    """The same rows read by COPY, and written by COPY into tables without keys, indexes or triggers."""
    with psycopg.connect(place.superuser_url.replace("+psycopg", "")) as conn, conn.cursor() as cursor:
        kept = {table: _read(cursor, table, lottery_id) for table in STORED}
        for table in STORED:
            conn.execute(f"CREATE TABLE bare_{table} (LIKE {table})")
        began = time.perf_counter()
        _read(cursor, "lottery_applicant", lottery_id)
        _read(cursor, "lottery_entry", lottery_id, "applicant_id, rank, wants")
        for table, rows in kept.items():
            with cursor.copy(f"COPY bare_{table} FROM STDIN") as copy:
                for block in rows:
                    copy.write(block)
        took = time.perf_counter() - began
        conn.rollback()
    return took


def _read(cursor: psycopg.Cursor, table: str, lottery_id: UUID, columns: str = "*") -> list[bytes]:
    query = f"COPY (SELECT {columns} FROM {table} WHERE {STORED.get(table, IN_LOTTERY)}) TO STDOUT"  # noqa: S608  # names of this module
    with cursor.copy(query, [lottery_id]) as copy:
        return [bytes(block) for block in copy]
