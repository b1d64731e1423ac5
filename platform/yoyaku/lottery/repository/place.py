"""Where a transaction is."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_HERE: Final = text("SELECT current_setting('app.tenant_id'), current_setting('app.service_id')")


class Place(NamedTuple):
    """The service whose transaction it is."""

    tenant_id: str
    service_id: str


async def read_here(conn: AsyncConnection) -> Place:
    """The service of this transaction."""
    return Place(*(await conn.execute(_HERE)).one())
