"""The floor: one booking row and one outbox row written over HTTP by a route with no rules.

Same server, framework, driver and pool as the product; the tables are copies of its two tables with
nothing but a primary key, so that whatever the product takes longer is its rules and promises.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import uuid_utils
from litestar import Litestar, Request, Response, post
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

WRITE = text(
    """
    WITH taken AS (
        INSERT INTO bench_booking (slot, booking_id, registrant, starts_at, ends_at, state, form, made_at)
        VALUES (:slot, :booking_id, :registrant, :starts_at, :ends_at, 'confirmed', CAST(:form AS jsonb), :made_at)
        ON CONFLICT (slot) DO NOTHING RETURNING booking_id)
    INSERT INTO bench_outbox (event_id, booking_id, kind, created_at)
    SELECT :event_id, booking_id, 'booking_made', :made_at FROM taken RETURNING booking_id
    """,
)

TABLES = """
DROP TABLE IF EXISTS bench_booking, bench_outbox;
CREATE TABLE bench_booking (slot bigint PRIMARY KEY, booking_id uuid NOT NULL, registrant text NOT NULL,
    starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL, state text NOT NULL, form jsonb NOT NULL, made_at timestamptz NOT NULL);
CREATE TABLE bench_outbox (event_id uuid PRIMARY KEY, booking_id uuid NOT NULL, kind text NOT NULL, created_at timestamptz NOT NULL);
"""


class Wish(msgspec.Struct):
    """What the bare route is asked for."""

    slot: int
    registrant: str
    form: dict[str, object]


def row_of(wish: Wish) -> dict[str, object]:
    """The parameters of one write."""
    now = datetime.now(tz=UTC)
    return {
        "slot": wish.slot, "registrant": wish.registrant, "form": msgspec.json.encode(wish.form).decode(), "made_at": now,
        "starts_at": now, "ends_at": now + timedelta(hours=1), "booking_id": str(uuid_utils.uuid7()), "event_id": str(uuid_utils.uuid7()),
    }  # fmt: skip


@post("/bare")
async def book_bare(request: Request, data: Wish) -> Response[dict[str, str]]:
    """201 with the id, or 409 where the slot is gone."""
    engine: AsyncEngine = request.app.state.engine
    async with engine.begin() as conn:
        written = (await conn.execute(WRITE, row_of(data))).scalar()
    if written is None:
        return Response({"code": "slot_taken"}, status_code=409)
    return Response({"booking_id": str(written)}, status_code=201)


def create_app() -> Litestar:
    """The floor's application; ``BENCH_DATABASE_URL`` names the database."""
    engine = create_async_engine(os.environ["BENCH_DATABASE_URL"], pool_size=16, max_overflow=0, pool_timeout=60)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        app.state.engine = engine
        yield
        await engine.dispose()

    return Litestar([book_bare], lifespan=[lifespan], openapi_config=None)
