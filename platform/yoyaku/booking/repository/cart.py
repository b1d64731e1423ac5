"""The cart: wishes of an account, which hold nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.visit import Visit
from yoyaku.kernel.ids import new_id

_READ = text("""
    SELECT item_id, added_at, request FROM cart_item
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND account_id = :account_id
    ORDER BY added_at, item_id
""")
# The account's row is locked so that two clicks at once cannot pass the limit of the cart together.
_LOCK = text("""
    SELECT account_id FROM account
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND account_id = :account_id FOR NO KEY UPDATE
""")
_ADD = text("""
    INSERT INTO cart_item (tenant_id, service_id, account_id, item_id, request, added_at)
    VALUES (:tenant_id, :service_id, :account_id, :item_id, CAST(:request AS jsonb), :added_at)
""")
_COUNT = text("""
    SELECT count(*) FROM cart_item
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND account_id = :account_id
""")
_REMOVE = text("""
    DELETE FROM cart_item
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND account_id = :account_id AND item_id = ANY(:items)
""")

Stored = tuple[UUID, datetime, BookingRequest]


def _keys(visit: Visit) -> dict[str, object]:
    return {"tenant_id": visit.tenant_id, "service_id": visit.service_id, "account_id": visit.account_id}


async def read(conn: AsyncConnection, *, visit: Visit) -> list[Stored]:
    """The items in the order in which they were put in."""
    rows = await conn.execute(_READ, _keys(visit))
    return [
        (item_id, added_at.astimezone(UTC), msgspec.convert(wish, BookingRequest)) for item_id, added_at, wish in rows
    ]


async def read_locked(conn: AsyncConnection, *, visit: Visit) -> list[Stored]:
    """As :func:`read`, and nobody else changes this cart until the transaction ends."""
    await conn.execute(_LOCK, _keys(visit))
    return await read(conn, visit=visit)


async def count(conn: AsyncConnection, *, visit: Visit) -> int:
    """How many items there are."""
    found: int = (await conn.execute(_COUNT, _keys(visit))).scalar_one()
    return found


async def add(conn: AsyncConnection, *, visit: Visit, request: BookingRequest) -> UUID:
    """Put a wish in; its id."""
    item_id = new_id()
    values = {
        **_keys(visit),
        "item_id": item_id,
        "request": msgspec.json.encode(request).decode(),
        "added_at": visit.now,
    }
    await conn.execute(_ADD, values)
    return item_id


async def remove(conn: AsyncConnection, *, visit: Visit, items: Sequence[UUID]) -> None:
    """Take items out; those that are not there any more are no fault."""
    await conn.execute(_REMOVE, {**_keys(visit), "items": list(items)})
