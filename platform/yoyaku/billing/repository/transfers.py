"""Refunds by bank transfer that are not made yet, each with the account that its payer once let us debit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_OPEN = text("""
    SELECT a.attempt_id, a.charge_id, c.number, r.name, r.kana, a.payee, a.amount_yen, a.why, a.created_at,
           m.account_shown, m.account, CAST(a.detail ->> 'file_for' AS date) AS file_for
    FROM payment_attempt a
    JOIN charge c USING (tenant_id, service_id, charge_id)
    JOIN registrant r ON (r.tenant_id, r.service_id, r.registrant_id)
        = (c.tenant_id, c.service_id, coalesce(c.payer_id, c.registrant_id))
    LEFT JOIN debit_mandate m ON (m.tenant_id, m.service_id, m.registrant_id)
        = (r.tenant_id, r.service_id, r.registrant_id) AND m.state = 'active'
    WHERE a.plugin = :plugin AND a.kind = 'refund' AND a.state IN ('created', 'pending')
    ORDER BY a.created_at, a.attempt_id LIMIT :at_most
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferView:
    """A transfer that is to be made. ``account`` is sealed; without one (``None``) the payer is asked.

    ``file_for``: it stands in a file to the bank, to be paid on that day.
    """

    attempt_id: UUID
    charge_id: UUID
    number: str
    name: str = field(repr=False)
    kana: str | None = field(repr=False)
    payee: str
    amount_yen: int
    why: str | None
    created_at: datetime
    account_shown: str | None
    account: bytes | None = field(repr=False)
    file_for: date | None = None


_HOLD = text("""
    SELECT attempt_id, CAST(detail ->> 'file_for' AS date) AS file_for FROM payment_attempt
    WHERE attempt_id = ANY(:attempt_ids) AND kind = 'refund' AND state IN ('created', 'pending')
    ORDER BY created_at, attempt_id FOR UPDATE
""")
_IN_FILE = text("""
    UPDATE payment_attempt SET detail = detail || jsonb_build_object('file_for', CAST(:day AS text))
    WHERE attempt_id = ANY(:attempt_ids)
""")


async def hold_open(conn: AsyncConnection, *, attempt_ids: Sequence[UUID]) -> Mapping[UUID, date | None]:
    """Those that are still to be made, held against whoever else makes a file or marks them, with the file they stand in."""
    rows = await conn.execute(_HOLD, {"attempt_ids": list(attempt_ids)})
    return {row.attempt_id: row.file_for for row in rows}


async def note_file(conn: AsyncConnection, *, attempt_ids: Sequence[UUID], day: date) -> None:
    """They stand in a file to the bank, to be paid on that day."""
    await conn.execute(_IN_FILE, {"attempt_ids": list(attempt_ids), "day": day.isoformat()})


async def open_transfers(conn: AsyncConnection, *, plugin: str, at_most: int = 500) -> Sequence[TransferView]:
    """What is to be transferred, the oldest first."""
    rows = await conn.execute(_OPEN, {"plugin": plugin, "at_most": at_most})
    return [TransferView(**row) for row in rows.mappings()]
