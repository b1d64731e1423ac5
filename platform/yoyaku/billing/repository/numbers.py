"""Numbers in sequence: the next one, which nobody else takes."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct

_NEXT = text("""
    INSERT INTO number_sequence AS s (tenant_id, service_id, scope, last_value)
    VALUES (:tenant_id, :service_id, :scope, 1)
    ON CONFLICT (tenant_id, service_id, scope) DO UPDATE SET last_value = s.last_value + 1
    RETURNING last_value
""")


async def next_number(conn: AsyncConnection, *, act: MoneyAct, scope: str) -> int:
    """The next number of a sequence, from 1; others wait for it until the transaction ends."""
    number: int = (await conn.execute(_NEXT, {**act.keys, "scope": scope})).scalar_one()
    return number
