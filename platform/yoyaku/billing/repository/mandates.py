"""Mandates to debit accounts; account numbers are sealed before they come here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.policy.debits import MandateState

_COLUMNS = """
    m.mandate_id, m.registrant_id, m.account_shown, m.account, m.customer_number, m.state, m.requested_at, m.active_at,
    m.ended_at, m.why, m.was_used, r.name, r.kana
"""
_FROM = "FROM debit_mandate m JOIN registrant r USING (tenant_id, service_id, registrant_id)"
_ADD = text("""
    INSERT INTO debit_mandate (tenant_id, service_id, mandate_id, registrant_id, account_shown, account, customer_number,
                               state, requested_at, active_at, entered_by)
    VALUES (:tenant_id, :service_id, :mandate_id, :registrant_id, :account_shown, :account, :customer_number, :state,
            :requested_at, :active_at, :entered_by)
    ON CONFLICT (tenant_id, service_id, registrant_id) WHERE state IN ('requested', 'active') DO NOTHING
    RETURNING mandate_id
""")
_LOCK = text(f"SELECT {_COLUMNS} {_FROM} WHERE m.mandate_id = :mandate_id FOR UPDATE OF m")  # columns above
_OF = text(f"""
    SELECT {_COLUMNS} {_FROM} WHERE m.registrant_id = :registrant_id
    ORDER BY m.state IN ('requested', 'active') DESC, m.requested_at DESC LIMIT 1
""")
_WAITING = text(f"SELECT {_COLUMNS} {_FROM} WHERE m.state = 'requested' ORDER BY m.requested_at, m.mandate_id")
_DECIDE = text("""
    UPDATE debit_mandate
    SET state = :state, why = :why, active_at = coalesce(:active_at, active_at), ended_at = :ended_at,
        account = CASE WHEN :state = 'active' THEN account END
    WHERE mandate_id = :mandate_id
""")
_IS_ACTIVE = text("""
    SELECT EXISTS (SELECT FROM debit_mandate WHERE registrant_id = :registrant_id AND state = 'active')
""")
_USED = text("UPDATE debit_mandate SET was_used = true WHERE mandate_id = ANY(:mandate_ids) AND NOT was_used")
_IN_FILE = text("""
    SELECT max(f.collect_on) FROM debit_row w JOIN debit_file f USING (tenant_id, service_id, file_id)
    WHERE w.mandate_id = :mandate_id AND f.state IN ('prepared', 'sent')
""")

_FORGET = text("""
    UPDATE debit_mandate
    SET account = NULL, account_shown = '', why = NULL,
        ended_at = CASE WHEN state IN ('requested', 'active') THEN clock_timestamp() ELSE ended_at END,
        state = CASE WHEN state IN ('requested', 'active') THEN 'ended' ELSE state END
    WHERE registrant_id = :registrant_id
""")
_EXPORT = text("""
    SELECT to_jsonb(m) - ARRAY['tenant_id', 'service_id', 'mandate_id', 'registrant_id', 'account', 'entered_by', 'was_used']
    FROM debit_mandate m WHERE m.registrant_id = :registrant_id ORDER BY m.requested_at, m.mandate_id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateView:
    """A mandate, with whose it is. ``account`` is sealed, and gone once the mandate is refused or ended."""

    mandate_id: UUID
    registrant_id: UUID
    account_shown: str
    account: bytes | None
    customer_number: str
    state: MandateState
    requested_at: datetime
    active_at: datetime | None
    ended_at: datetime | None
    why: str | None
    was_used: bool
    name: str
    kana: str


async def add_mandate(conn: AsyncConnection, row: Mapping[str, Any]) -> bool:
    """Write a mandate; whether the person had none yet that is asked for or active."""
    return (await conn.execute(_ADD, dict(row))).scalar_one_or_none() is not None


async def lock_mandate(conn: AsyncConnection, *, mandate_id: UUID) -> MandateView | None:
    """A mandate, held still until the transaction ends."""
    return _first((await conn.execute(_LOCK, {"mandate_id": mandate_id})).mappings().first())


async def mandate_of(conn: AsyncConnection, *, registrant_id: UUID) -> MandateView | None:
    """The mandate of a person that is asked for or active, else their latest."""
    return _first((await conn.execute(_OF, {"registrant_id": registrant_id})).mappings().first())


async def waiting_mandates(conn: AsyncConnection) -> Sequence[MandateView]:
    """Mandates that nobody has decided, the oldest first."""
    return [MandateView(**row) for row in (await conn.execute(_WAITING)).mappings()]


async def decide_mandate(
    conn: AsyncConnection,
    *,
    mandate_id: UUID,
    state: MandateState,
    at: datetime,
    why: str | None,
) -> None:
    """Make a mandate active, refused or ended; an account that is not debited any more is forgotten."""
    is_active = state == "active"
    values = {"active_at": at if is_active else None, "ended_at": None if is_active else at}
    await conn.execute(_DECIDE, {"mandate_id": mandate_id, "state": state, "why": why, **values})


async def is_mandate_active(conn: AsyncConnection, *, registrant_id: UUID) -> bool:
    """Whether somebody's account may be debited."""
    is_active: bool = (await conn.execute(_IS_ACTIVE, {"registrant_id": registrant_id})).scalar_one()
    return is_active


async def note_used(conn: AsyncConnection, *, mandate_ids: Sequence[UUID]) -> None:
    """The bank has been asked for the first time: from now on its files say so."""
    await conn.execute(_USED, {"mandate_ids": list(mandate_ids)})


async def in_file_until(conn: AsyncConnection, *, mandate_id: UUID) -> Any:  # noqa: ANN401  # a date, or None
    """The day of the last file with this account that the bank has not answered yet."""
    return (await conn.execute(_IN_FILE, {"mandate_id": mandate_id})).scalar_one()


async def forget_mandates(conn: AsyncConnection, *, registrant_id: UUID) -> None:
    """End somebody's mandates, and take out what says which account it was."""
    await conn.execute(_FORGET, {"registrant_id": registrant_id})


async def export_mandates(conn: AsyncConnection, *, registrant_id: UUID) -> list[dict[str, Any]]:
    """Somebody's mandates as plain values."""
    return list((await conn.execute(_EXPORT, {"registrant_id": registrant_id})).scalars())


def _first(row: RowMapping | None) -> MandateView | None:
    return None if row is None else MandateView(**row)
