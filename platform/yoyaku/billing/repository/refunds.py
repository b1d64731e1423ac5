"""Whether money goes back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_HAS_REFUND = text("""
    SELECT EXISTS (SELECT FROM payment_attempt
                   WHERE charge_id = :charge_id AND kind = 'refund' AND state IN ('created', 'pending', 'succeeded'))
""")


async def has_refund(conn: AsyncConnection, *, charge_id: UUID) -> bool:
    """Whether money of a charge goes back, or went."""
    is_there: bool = (await conn.execute(_HAS_REFUND, {"charge_id": charge_id})).scalar_one()
    return is_there
