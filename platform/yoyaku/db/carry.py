"""Every row of a tenant as JSON, out of one database and into another; of whichever tables there are.

Rows are read and written as the owner within the tenant's own row-level security, service by service. What the
triggers forbid or derive for acts of today (a draw's entries after it closed, a charge of each new booking) was decided
when the rows were first written: for these tables they rest until the rows stand, and come back with the same
transaction. Keys, foreign keys and checks hold all the time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Table, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.engine import enter_service
from yoyaku.db.tables import metadata

__all__ = [
    "OF_ALL",
    "RowsRefused",
    "Table",
    "is_of_service",
    "read_lines",
    "read_schema",
    "rest_triggers",
    "speak_plainly",
    "stored_columns",
    "tables_in_order",
    "wake_triggers",
    "write_lines",
]

OF_ALL: Final = ""
"""In place of a service: rows that belong to the tenant as a whole."""

_PLAIN = text("SELECT set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true)")
# A server that looks for its client now and then lets go of everything soon after the command was killed.
_PATIENT = text("""
    SELECT set_config('lock_timeout', '60s', true), set_config('client_connection_check_interval', '5s', true)
""")
_SCHEMA = text("SELECT version_num FROM alembic_version")
_STAGED = text("CREATE TEMP TABLE IF NOT EXISTS carried (line json NOT NULL) ON COMMIT DROP")
_EMPTY = text("TRUNCATE carried")
_GUARDED = text("""
    SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal ORDER BY 1
""")


class RowsRefused(Exception):
    """A key or a check of the database refuses rows; ``constraint`` is its name."""

    def __init__(self, error: IntegrityError) -> None:
        self.constraint = str(getattr(getattr(error.orig, "diag", None), "constraint_name", "") or "")
        super().__init__(str(error.orig).splitlines()[0])


def tables_in_order() -> list[Table]:
    """The tables that hold a tenant's rows, those that others refer to first."""
    return [table for table in metadata.sorted_tables if "tenant_id" in table.columns]


def is_of_service(table: Table) -> bool:
    """Whether the table's rows belong to services, not to the tenant as a whole."""
    return "service_id" in table.columns


def stored_columns(table: Table) -> list[str]:
    """The columns that are written, by name; what the database computes from them is left out."""
    return sorted(str(column.name) for column in table.columns if column.computed is None)


async def read_schema(conn: AsyncConnection) -> str:
    """The number of the newest migration, such as ``0005``."""
    return str((await conn.execute(_SCHEMA)).scalar_one())


async def speak_plainly(conn: AsyncConnection) -> None:
    """Write instants and bytes in the one form that every installation reads alike, to the transaction's end."""
    await conn.execute(_PLAIN)


async def read_lines(
    conn: AsyncConnection, table: Table, *, tenant_id: str, service_id: str, columns: Sequence[str]
) -> AsyncIterator[str]:
    """Each row as one line of JSON, in an order that depends on nothing but the rows."""
    await enter_service(conn, tenant_id, service_id)
    names = ", ".join(f'"{name}"' for name in columns)
    where = "tenant_id = :tenant_id" + (" AND service_id = :service_id" if is_of_service(table) else "")
    query = (
        f'SELECT line FROM (SELECT row_to_json(one)::text AS line FROM (SELECT {names} FROM "{table.name}"'  # noqa: S608  # names of our own tables
        f' WHERE {where}) AS one) AS told ORDER BY line COLLATE "C"'
    )
    values = {"tenant_id": tenant_id} | ({"service_id": service_id} if is_of_service(table) else {})
    async with conn.stream(text(query), values) as rows:
        async for (line,) in rows:
            yield line


async def write_lines(
    conn: AsyncConnection,
    table: Table,
    *,
    tenant_id: str,
    service_id: str,
    lines: Iterable[str],
    columns: Sequence[str],
) -> None:
    """Add the rows of these lines; all at once, since rows of one table may refer to each other.

    Raises:
        RowsRefused: a key or a check is broken; the transaction must be rolled back.
    """
    await enter_service(conn, tenant_id, service_id)
    await conn.execute(_STAGED)
    await conn.execute(_EMPTY)
    driver: Any = (await conn.get_raw_connection()).driver_connection
    async with driver.cursor() as cursor, cursor.copy("COPY carried (line) FROM STDIN") as copy:
        for line in lines:
            await copy.write_row((line,))
    names = ", ".join(f'"{name}"' for name in columns)
    told = ", ".join(f'one."{name}"' for name in columns)
    add = (
        f'INSERT INTO "{table.name}" ({names})'  # noqa: S608  # names of our own tables
        f' SELECT {told} FROM carried, json_populate_record(NULL::"{table.name}", line) AS one'
    )
    try:
        await conn.execute(text(add))
    except IntegrityError as error:
        raise RowsRefused(error) from error
    # Rows that refer to these are checked one by one: without a count, each check would read the whole table.
    await conn.execute(text(f'ANALYZE "{table.name}"'))


async def rest_triggers(conn: AsyncConnection) -> list[str]:
    """Let the triggers of all tables rest; returns the tables, for :func:`wake_triggers` in the same transaction."""
    await conn.execute(_PATIENT)
    guarded = [str(name) for (name,) in await conn.execute(_GUARDED)]
    for name in guarded:
        await conn.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))
    return guarded


async def wake_triggers(conn: AsyncConnection, tables: Iterable[str]) -> None:
    """Let them work again; keys that are checked at the end are checked first."""
    await conn.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for name in tables:
        await conn.execute(text(f'ALTER TABLE "{name}" ENABLE TRIGGER USER'))
