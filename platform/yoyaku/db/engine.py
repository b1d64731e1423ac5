"""Connections, and transactions that belong to one service of one tenant.

Source of the design: row-level security by ``app.tenant_id`` and ``app.service_id``, which live exactly as long as
the transaction; without them the application sees no tenant's rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import msgspec
from psycopg import errors as pg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from yoyaku.kernel.errors import YoyakuError

LOCK_TIMEOUT_SECONDS = 3
POOL_TIMEOUT_SECONDS = 10

ENTER = text(
    "SELECT set_config('app.tenant_id', :tenant_id, true), set_config('app.service_id', :service_id, true),"
    " set_config('app.source', :source, true),"
    f" set_config('lock_timeout', '{LOCK_TIMEOUT_SECONDS}s', true)"
)
TRANSIENT = (pg.LockNotAvailable, pg.DeadlockDetected, pg.SerializationFailure, pg.QueryCanceled)


class Busy(YoyakuError):
    """A lock, or a free connection, did not come in time: nothing was changed, trying again is right."""

    status = 503
    code = "busy"
    title = "Too many people are booking at this moment. Nothing was changed; please try again."


def driver_url(url: str) -> str:
    """The URL with psycopg 3 as the driver, for SQLAlchemy."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in {"postgresql", "postgres"} else url


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for one event loop: ``pool_size`` connections at most, JSON by msgspec."""
    return create_async_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,  # an error that is logged tells the statement, not names, addresses and hashes
        json_serializer=encode_json,
        json_deserializer=msgspec.json.decode,
    )


def encode_json(value: Any) -> str:  # noqa: ANN401  # whatever msgspec can write
    """JSON text of plain values, structs, dataclasses, dates and UUIDs."""
    return msgspec.json.encode(value).decode()


@asynccontextmanager
async def tenant_transaction(
    engine: AsyncEngine, tenant_id: str, service_id: str, *, source: str = ""
) -> AsyncIterator[AsyncConnection]:
    """One transaction that sees and writes only this service's rows; commits at the end, rolls back on any error.

    ``source`` is the network that asks, which the record of acts keeps; empty where it is no request.

    Raises:
        Busy: a lock, a deadlock or a connection was waited for in vain; nothing was changed.
    """
    with sentence_for_transient():
        async with engine.begin() as conn:
            await enter_service(conn, tenant_id, service_id, source=source)
            yield conn


@asynccontextmanager
async def platform_transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction of no tenant: it sees tenants, services and hosts, and may ask what work is due."""
    with sentence_for_transient():
        async with engine.begin() as conn:
            yield conn


async def enter_service(conn: AsyncConnection, tenant_id: str, service_id: str, *, source: str = "") -> None:
    """From here to the end of the transaction, see and write only this service's rows."""
    await conn.execute(ENTER, {"tenant_id": tenant_id, "service_id": service_id, "source": source})


@contextmanager
def sentence_for_transient() -> Iterator[None]:
    """Turn what passes by itself (lock timeout, deadlock, exhausted pool) into ``Busy``."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, TRANSIENT):
            raise Busy from error
        raise
    except PoolTimeout as error:
        raise Busy from error
