"""What came to the webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

MOST_REFUSED: Final = 200
"""So many refused ones of an hour are written down; a flood of them fills no disk."""

_ACCEPT = text("""
    INSERT INTO webhook_receipt (tenant_id, service_id, webhook_id, plugin, profile, event_id, attempt_id, outcome,
                                 body_digest, received_at)
    VALUES (:tenant_id, :service_id, :webhook_id, :plugin, :profile, :event_id, :attempt_id, 'accepted', :body_digest,
            :received_at)
    ON CONFLICT (tenant_id, service_id, plugin, event_id) WHERE outcome = 'accepted' DO NOTHING
    RETURNING webhook_id
""")
_NOTE = text(f"""
    INSERT INTO webhook_receipt (tenant_id, service_id, webhook_id, plugin, profile, event_id, attempt_id, outcome,
                                 body_digest, received_at)
    SELECT :tenant_id, :service_id, :webhook_id, :plugin, :profile, :event_id, :attempt_id, :outcome, :body_digest,
           :received_at
    WHERE (SELECT count(*) FROM webhook_receipt
           WHERE outcome <> 'accepted' AND received_at > :received_at - interval '1 hour') < {MOST_REFUSED}
""")  # noqa: S608  # a constant of this module


async def accept(conn: AsyncConnection, row: Mapping[str, Any]) -> bool:
    """Write down one that is believed; whether it is the first of that event."""
    return (await conn.execute(_ACCEPT, dict(row))).first() is not None


async def note(conn: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Write down one that is not, or not again."""
    await conn.execute(_NOTE, dict(row))
