"""The one deadline of a service by which the next file to the bank is put together."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.kernel.ids import new_id

_SET: Final = text("""
    INSERT INTO deadline (tenant_id, service_id, deadline_id, kind, subject_id, due_at)
    VALUES (:tenant_id, :service_id, :deadline_id, 'debit_prepare', :subject_id, :due_at)
    ON CONFLICT (tenant_id, service_id, kind, subject_id) WHERE done_at IS NULL
    DO UPDATE SET due_at = excluded.due_at, next_try_at = '-infinity'
""")


async def set_preparation(conn: AsyncConnection, *, act: MoneyAct, at: datetime) -> None:
    """Let the next files be put together then (business time)."""
    values = {"deadline_id": new_id(), "subject_id": preparation_id(act.tenant_id, act.service_id), "due_at": at}
    await conn.execute(_SET, {**act.keys, **values})


def preparation_id(tenant_id: str, service_id: str) -> UUID:
    """The subject of that deadline: always the same, so that there is one."""
    return uuid5(NAMESPACE_URL, f"debits of {tenant_id}/{service_id}")
