"""Money that waits for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.policy.waiting import Kind
from yoyaku.billing.repository.attempts import LEASE_SECONDS, DueAttempt
from yoyaku.db.engine import encode_json

_ADD = text("""
    INSERT INTO unmatched_money (tenant_id, service_id, item_id, kind, payee, provider, attempt_id, reference,
                                 amount_yen, seen_at, facts, next_try_at)
    VALUES (:tenant_id, :service_id, :item_id, :kind, :payee, :provider, :attempt_id, :reference, :amount_yen, :seen_at,
            CAST(:facts AS jsonb), :next_try_at)
    ON CONFLICT (tenant_id, service_id, kind, provider, reference) DO NOTHING
""")
_SHOWN = """
    SELECT u.item_id, u.kind, u.payee, u.provider, u.attempt_id, a.charge_id, u.reference, u.amount_yen, u.seen_at,
           u.facts, u.resolution, u.resolved_at, u.why, s.name AS staff_name
    FROM unmatched_money u
    LEFT JOIN payment_attempt a USING (tenant_id, service_id, attempt_id)
    LEFT JOIN staff s ON (s.tenant_id, s.service_id, s.staff_id) = (u.tenant_id, u.service_id, u.resolved_by)
"""
_OPEN = text(f"{_SHOWN} WHERE u.resolved_at IS NULL ORDER BY u.seen_at, u.item_id LIMIT :at_most")
_ITEM = text(f"{_SHOWN} WHERE u.item_id = :item_id")
_LOCK = text("SELECT item_id FROM unmatched_money WHERE item_id = :item_id AND resolved_at IS NULL FOR UPDATE")
_SETTLE = text("""
    UPDATE unmatched_money SET resolution = :resolution, resolved_at = :at, resolved_by = :by, why = :why
    WHERE item_id = :item_id
""")


_LEASE = text(f"""
    UPDATE unmatched_money
    SET next_try_at = clock_timestamp() + interval '{LEASE_SECONDS} seconds', tried = tried + 1
    WHERE item_id = :item_id AND next_try_at <= clock_timestamp() AND resolved_at IS NULL
    RETURNING item_id, provider, reference, facts, tried
""")  # noqa: S608  # a number of this module
_TRY_AGAIN = text("UPDATE unmatched_money SET next_try_at = :at WHERE item_id = :item_id")
_DUE = text("SELECT tenant_id, service_id, id FROM due_payouts(:at_most)")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedPayout:
    """A payout that waits to be explained: whose, by which reference, and how often it was looked at again."""

    item_id: UUID
    provider: str
    reference: str
    facts: Mapping[str, Any]
    tried: int


async def lease_payout(conn: AsyncConnection, *, item_id: UUID) -> QueuedPayout | None:
    """Take one for looking at it again; ``None`` where it is not time, it is settled, or somebody else does."""
    row = (await conn.execute(_LEASE, {"item_id": item_id})).mappings().first()
    return None if row is None else QueuedPayout(**row)


async def try_again(conn: AsyncConnection, *, item_id: UUID, at: datetime | None) -> None:
    """Look at it again then (real time; ``None``: never by itself)."""
    await conn.execute(_TRY_AGAIN, {"item_id": item_id, "at": at})


async def due_payouts(conn: AsyncConnection, *, at_most: int) -> Sequence[DueAttempt]:
    """Payouts to be looked at again now, over all tenants."""
    return [DueAttempt(**row) for row in (await conn.execute(_DUE, {"at_most": at_most})).mappings()]


async def add_unmatched(conn: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Queue something for a clerk; seen again, it stands there once. ``next_try_at``: when it is looked at by itself."""
    values = {"next_try_at": None, **row, "facts": encode_json(row.get("facts", {}))}
    await conn.execute(_ADD, values)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedView:
    """Something that waits for a person, or waited: what was done with it, by whom and why."""

    item_id: UUID
    kind: Kind
    payee: str
    provider: str
    attempt_id: UUID | None
    charge_id: UUID | None
    reference: str
    amount_yen: int
    seen_at: datetime
    facts: Mapping[str, Any]
    resolution: Literal["refunded", "applied", "explained"] | None
    resolved_at: datetime | None
    why: str | None
    staff_name: str | None


async def open_items(conn: AsyncConnection, *, at_most: int = 100) -> Sequence[UnmatchedView]:
    """What waits, the oldest first."""
    return [UnmatchedView(**row) for row in (await conn.execute(_OPEN, {"at_most": at_most})).mappings()]


async def read_item(conn: AsyncConnection, *, item_id: UUID) -> UnmatchedView | None:
    """One of them, settled or not."""
    row = (await conn.execute(_ITEM, {"item_id": item_id})).mappings().first()
    return None if row is None else UnmatchedView(**row)


async def lock_item(conn: AsyncConnection, *, item_id: UUID) -> bool:
    """Hold one still until the transaction ends; whether it still waits. Lock its charge first."""
    return (await conn.execute(_LOCK, {"item_id": item_id})).first() is not None


async def settle_item(
    conn: AsyncConnection, *, item_id: UUID, resolution: str, at: datetime, by: UUID | None, why: str | None
) -> None:
    """Write what was done with one."""
    values = {"item_id": item_id, "resolution": resolution, "at": at, "by": by, "why": why}
    await conn.execute(_SETTLE, values)
