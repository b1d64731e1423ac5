"""Money that waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.engine import encode_json

_ADD = text("""
    INSERT INTO unmatched_money (tenant_id, service_id, item_id, kind, payee, provider, attempt_id, reference,
                                 amount_yen, seen_at, facts)
    VALUES (:tenant_id, :service_id, :item_id, :kind, :payee, :provider, :attempt_id, :reference, :amount_yen, :seen_at,
            CAST(:facts AS jsonb))
    ON CONFLICT (tenant_id, service_id, kind, provider, reference) DO NOTHING
""")


async def add_unmatched(conn: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Queue something for a clerk; seen again, it stands there once."""
    await conn.execute(_ADD, {**row, "facts": encode_json(row.get("facts", {}))})
