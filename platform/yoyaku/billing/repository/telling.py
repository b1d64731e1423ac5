"""What billing tells others, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.db.engine import encode_json
from yoyaku.kernel.ids import new_id

_TELL = text("""
    INSERT INTO outbox (tenant_id, service_id, event_id, kind, subject_id, facts)
    VALUES (:tenant_id, :service_id, :event_id, :kind, :subject_id, CAST(:facts AS jsonb))
""")
_AUDIT = text("""
    INSERT INTO audit_entry (tenant_id, service_id, entry_id, at, account_id, staff_name, act, subject_kind, subject_id,
                             why, facts)
    VALUES (:tenant_id, :service_id, :entry_id, :at, :account_id, :staff_name, :act, :subject_kind, :subject_id, :why,
            CAST(:facts AS jsonb))
""")


async def tell(conn: AsyncConnection, *, act: MoneyAct, kind: str, subject_id: UUID, facts: Mapping[str, Any]) -> None:
    """Leave an event for those who send mails."""
    values = {"event_id": new_id(), "kind": kind, "subject_id": subject_id, "facts": encode_json(facts)}
    await conn.execute(_TELL, {**act.keys, **values})


async def audit(  # who did what to what, and why
    conn: AsyncConnection,
    *,
    act: MoneyAct,
    what: str,
    subject: tuple[str, str],
    why: str | None,
    facts: Mapping[str, Any],
) -> None:
    """Record what a clerk did; ``subject`` is its kind and id."""
    if act.actor != "clerk":
        return
    values = {
        "entry_id": new_id(),
        "at": act.now,
        "account_id": act.account_id,
        "staff_name": act.staff_name,
        "act": what,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "why": why,
        "facts": encode_json(facts),
    }
    await conn.execute(_AUDIT, {**act.keys, **values})
