"""Whole lotteries in and out by COPY: a hundred thousand applicants are no reason for a million statements.

PostgreSQL refuses ``COPY FROM`` into tables with row-level security; so rows come into temporary tables, and from there
by one statement each into their place, where the policies look at them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import psycopg
from psycopg import errors as pg
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.lottery.policy.stock import Occupied

BETWEEN_WANTS, BETWEEN_FIELDS, BETWEEN_APPLICANTS = "\x1e", "\x1f", "\x1d"
"""What separates the wants of one applicant, the fields of each, and applicants; no text of theirs can have them."""
TOGETHER: Final = 64
"""Applicants whose decisions are one row."""
BLOCK: Final = 2000
"""Rows that go over the wire together."""

_MEMORY: Final = text("SET LOCAL work_mem = '160MB'")
_APPLICANTS: Final = """
    COPY (
        SELECT string_agg(concat_ws(E'\\x1f', a.receipt, a.tier, a.tickets, e.wants), E'\\x1d')
        FROM lottery_applicant a JOIN (
            SELECT applicant_id, string_agg(wants, E'\\x1e') AS wants FROM (
                SELECT applicant_id, wants FROM lottery_entry
                WHERE lottery_id = %(lottery)s AND rank IS NOT NULL ORDER BY applicant_id, rank
            ) AS ranked GROUP BY applicant_id
        ) e USING (applicant_id)
        WHERE a.lottery_id = %(lottery)s GROUP BY left(a.receipt, 2)
    ) TO STDOUT
"""
"""Some hundreds of applicants are one row: the driver takes longer over a row than over what is in it."""
_TABLES: Final = {
    "drawn_outcome": "first_receipt text, decisions text",
    "drawn_win": "number integer, receipt text, rank smallint, round smallint, place integer",
    "drawn_taken": "number integer, resource_id text, use_on date, bucket smallint, unit integer",
    "drawn_entry": "number integer, entry_id uuid, applicant_id uuid, round smallint, place integer",
}
_STAGE: Final = (
    *(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT DROP" for name, columns in _TABLES.items()),
    f"TRUNCATE {', '.join(_TABLES)}",
)
_HERE: Final = "current_setting('app.tenant_id'), current_setting('app.service_id')"
_OUTCOMES: Final = text(f"""
    INSERT INTO lottery_outcome (tenant_id, service_id, lottery_id, first_receipt, decisions)
    SELECT {_HERE}, :lottery_id, first_receipt, decisions FROM drawn_outcome
""")  # noqa: S608  # a constant of this module
_ENTRIES: Final = text("""
    INSERT INTO drawn_entry (number, entry_id, applicant_id, round, place)
    SELECT d.number, e.entry_id, e.applicant_id, d.round, d.place
    FROM drawn_win d JOIN lottery_applicant a ON a.receipt = d.receipt AND a.lottery_id = :lottery_id
    JOIN lottery_entry e ON e.applicant_id = a.applicant_id AND e.rank = d.rank AND e.lottery_id = :lottery_id
""")
_WINS: Final = text(f"""
    INSERT INTO lottery_win (tenant_id, service_id, entry_id, lottery_id, applicant_id, round, place, sole, state)
    SELECT {_HERE}, d.entry_id, :lottery_id, d.applicant_id, d.round, d.place, :sole, 'won' FROM drawn_entry d
    ORDER BY d.entry_id
""")  # noqa: S608  # a constant of this module
_CHECK_WINS: Final = text("SET CONSTRAINTS occupancy_win_fkey IMMEDIATE")
"""Here rather than at the commit: meanwhile the proof is written, and then nothing else is left to do."""
_COUNT_WINS: Final = text("SELECT count_lottery_wins()")
_TAKEN: Final = text(f"""
    INSERT INTO occupancy (tenant_id, service_id, resource_id, use_on, bucket, unit, kind, entry_id)
    SELECT {_HERE}, t.resource_id, t.use_on, t.bucket, t.unit, 'lottery', d.entry_id
    FROM drawn_taken t JOIN drawn_entry d USING (number)
    ORDER BY t.resource_id, t.use_on, t.bucket, t.unit
""")  # noqa: S608  # a constant of this module


class EnteredRow(NamedTuple):
    """An applicant as entered: the wants of their entries, in the order of the wishes, as places in ``Entered.texts``."""

    receipt: str
    tier: int
    tickets: int
    wants: list[int]


class Entered(NamedTuple):
    """Everybody who has entries, in no order, and the canonical texts of what is wanted, each once."""

    texts: Sequence[str]
    rows: Sequence[EnteredRow]


class WonRow(NamedTuple):
    """A win: its ``number`` among the wins, whose (receipt code), of which wish, in which round at which place."""

    number: int
    receipt: str
    rank: int
    round: int
    place: int


class StockTaken(Exception):
    """Somebody occupies already what a win was to occupy."""


async def read_entered(conn: AsyncConnection, *, lottery_id: UUID) -> Entered:
    """Everybody who has entries in a lottery, and what they want."""
    await conn.execute(_MEMORY)
    driver = await _driver(conn)
    places: dict[str, int] = defaultdict(count().__next__)
    rows: list[EnteredRow] = []
    async with driver.cursor() as cursor, cursor.copy(_APPLICANTS, {"lottery": lottery_id}) as copy:
        async for block in copy:
            for one in bytes(block).decode().rstrip("\n").split(BETWEEN_APPLICANTS):
                receipt, tier, tickets, wants = one.split(BETWEEN_FIELDS)
                wanted = list(map(places.__getitem__, wants.split(BETWEEN_WANTS)))
                rows.append(EnteredRow(receipt, int(tier), int(tickets), wanted))
    return Entered(list(places), rows)


async def store_outcomes(conn: AsyncConnection, *, lottery_id: UUID, outcomes: Iterable[tuple[str, str]]) -> None:
    """Store what was decided, as :func:`together` puts it."""
    await _stage(conn)
    await _copy_in(conn, "drawn_outcome (first_receipt, decisions)", outcomes)
    await conn.execute(_OUTCOMES, {"lottery_id": lottery_id})


def together(decisions: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Some dozens of applicants as one JSON object, under the first of their receipt codes.

    ``decisions`` are receipt codes and decisions as JSON text, in the order of the codes.
    """
    each = iter(decisions)
    while some := list(islice(each, TOGETHER)):
        each_told = ",".join([f'"{receipt}":{told}' for receipt, told in some])
        yield some[0][0], f"{{{each_told}}}"


async def store_wins(
    conn: AsyncConnection, *, lottery_id: UUID, wins: Iterable[WonRow], taken: Iterable[Occupied], sole: bool
) -> None:
    """Store the wins and what they occupy.

    Raises:
        StockTaken: some of it is occupied; the transaction must be rolled back.
    """
    await _stage(conn)
    await _copy_in(conn, "drawn_win (number, receipt, rank, round, place)", wins)
    await _copy_in(conn, "drawn_taken (number, resource_id, use_on, bucket, unit)", taken)
    await conn.execute(text("ANALYZE drawn_win"))
    await conn.execute(_ENTRIES, {"lottery_id": lottery_id})
    await conn.execute(text("ANALYZE drawn_entry"))
    await conn.execute(_WINS, {"lottery_id": lottery_id, "sole": sole})
    await conn.execute(_COUNT_WINS)
    try:
        await conn.execute(_TAKEN)
        await conn.execute(_CHECK_WINS)
    except IntegrityError as error:
        if isinstance(error.orig, pg.UniqueViolation):
            raise StockTaken from error
        raise


async def _stage(conn: AsyncConnection) -> None:
    await conn.execute(_MEMORY)
    for statement in _STAGE:
        await conn.execute(text(statement))


async def _copy_in(conn: AsyncConnection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Rows of plain values (no tab, newline or backslash in them) into a table of this transaction."""
    driver = await _driver(conn)
    async with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for block in _blocks(rows):
            await copy.write(block)


def _blocks(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    lines: list[str] = []
    for row in rows:
        lines.append("\t".join(map(str, row)))
        if len(lines) >= BLOCK:
            yield "\n".join(lines) + "\n"
            lines.clear()
    if lines:
        yield "\n".join(lines) + "\n"


async def _driver(conn: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """The driver's own connection, in the same transaction."""
    raw = await conn.get_raw_connection()
    return cast("psycopg.AsyncConnection[Any]", raw.driver_connection)
