"""Files to the bank with their rows, and the charges that could go into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.policy.debits import FileState

_FILE = """
    file_id, method, plugin, profile, payee, collect_on, state, count, total_yen, content_digest, prepared_at, sent_at,
    settled_at
"""
_DEBTORS = text("""
    SELECT c.charge_id, c.number, coalesce(c.payer_id, c.registrant_id) AS payer_id, c.payee,
           c.owed_yen - c.written_off_yen - c.paid_yen AS outstanding_yen, m.mandate_id, m.account_shown,
           EXISTS (SELECT FROM payment_attempt a
                   WHERE (a.tenant_id, a.service_id, a.charge_id) = (c.tenant_id, c.service_id, c.charge_id)
                     AND a.kind = 'payment' AND a.state IN ('created', 'pending')) AS has_open_payment,
           EXISTS (SELECT FROM payment_attempt a
                   WHERE (a.tenant_id, a.service_id, a.charge_id) = (c.tenant_id, c.service_id, c.charge_id)
                     AND a.kind = 'payment' AND a.method = :method AND a.state IN ('succeeded', 'failed')) AS was_debited
    FROM charge c
    LEFT JOIN debit_mandate m ON (m.tenant_id, m.service_id, m.registrant_id)
        = (c.tenant_id, c.service_id, coalesce(c.payer_id, c.registrant_id)) AND m.state = 'active'
    WHERE c.state = 'open' AND c.payee = :payee
      AND EXISTS (SELECT FROM debit_mandate e WHERE (e.tenant_id, e.service_id, e.registrant_id)
                      = (c.tenant_id, c.service_id, coalesce(c.payer_id, c.registrant_id)))
    ORDER BY c.charge_id
""")
_ADD_FILE = text("""
    INSERT INTO debit_file (tenant_id, service_id, file_id, method, plugin, profile, payee, collect_on, state, count,
                            total_yen, content_digest, prepared_at, entered_by)
    VALUES (:tenant_id, :service_id, :file_id, :method, :plugin, :profile, :payee, :collect_on, 'prepared', :count,
            :total_yen, :content_digest, :prepared_at, :entered_by)
""")
_ADD_ROW = text("""
    INSERT INTO debit_row (tenant_id, service_id, file_id, place, key, attempt_id, mandate_id, amount_yen, is_first)
    VALUES (:tenant_id, :service_id, :file_id, :place, :key, :attempt_id, :mandate_id, :amount_yen, :is_first)
""")
_FILES = text(f"SELECT {_FILE} FROM debit_file ORDER BY collect_on DESC, prepared_at DESC LIMIT :at_most")  # noqa: S608
_OF_DAY = text(f"""
    SELECT {_FILE} FROM debit_file
    WHERE method = :method AND payee = :payee AND collect_on = :collect_on AND state <> 'withdrawn'
""")  # noqa: S608  # the columns above
_READ = text(f"SELECT {_FILE} FROM debit_file WHERE file_id = :file_id")  # noqa: S608
_LOCK = text(f"SELECT {_FILE} FROM debit_file WHERE file_id = :file_id FOR UPDATE")  # noqa: S608
_ROWS = text("""
    SELECT w.place, w.key, w.attempt_id, w.mandate_id, w.amount_yen, w.is_first, a.charge_id, a.state, a.failure,
           c.number, r.registrant_id AS payer_id, r.name, m.account_shown, m.account
    FROM debit_row w
    JOIN payment_attempt a USING (tenant_id, service_id, attempt_id)
    JOIN charge c USING (tenant_id, service_id, charge_id)
    JOIN debit_mandate m USING (tenant_id, service_id, mandate_id)
    JOIN registrant r ON (r.tenant_id, r.service_id, r.registrant_id) = (m.tenant_id, m.service_id, m.registrant_id)
    WHERE w.file_id = :file_id ORDER BY w.place
""")
_MOVE = text("""
    UPDATE debit_file
    SET state = :state, sent_at = coalesce(:sent_at, sent_at), settled_at = :settled_at, result_digest = :result_digest
    WHERE file_id = :file_id
""")
_BY_RESULT = text(f"SELECT {_FILE} FROM debit_file WHERE result_digest = :digest")  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorRow:
    """An open charge of somebody who has or had a mandate. ``mandate_id``: the one that is active."""

    charge_id: UUID
    number: str
    payer_id: UUID
    payee: str
    outstanding_yen: int
    mandate_id: UUID | None
    account_shown: str | None
    has_open_payment: bool
    was_debited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file to the bank."""

    file_id: UUID
    method: str
    plugin: str
    profile: str | None
    payee: str
    collect_on: date
    state: FileState
    count: int
    total_yen: int
    content_digest: bytes
    prepared_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One debit of a file, with what became of it so far. ``account`` is sealed."""

    place: int
    key: str
    attempt_id: UUID
    mandate_id: UUID
    amount_yen: int
    is_first: bool
    charge_id: UUID
    state: str
    failure: str | None
    number: str
    payer_id: UUID
    name: str
    account_shown: str
    account: bytes | None


async def debtors(conn: AsyncConnection, *, method: str, payee: str) -> Sequence[DebtorRow]:
    """Open charges of whoever has or had a mandate, in the order in which they are locked."""
    return [DebtorRow(**row) for row in (await conn.execute(_DEBTORS, {"method": method, "payee": payee})).mappings()]


async def add_file(conn: AsyncConnection, file: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a file with its rows, state ``prepared``."""
    await conn.execute(_ADD_FILE, dict(file))
    await conn.execute(_ADD_ROW, [dict(row) for row in rows])


async def list_files(conn: AsyncConnection, *, at_most: int = 60) -> Sequence[FileView]:
    """The latest files."""
    return [FileView(**row) for row in (await conn.execute(_FILES, {"at_most": at_most})).mappings()]


async def file_of_day(conn: AsyncConnection, *, method: str, payee: str, collect_on: date) -> FileView | None:
    """The file of a day that was not withdrawn."""
    values = {"method": method, "payee": payee, "collect_on": collect_on}
    return _first((await conn.execute(_OF_DAY, values)).mappings().first())


async def read_file(conn: AsyncConnection, *, file_id: UUID) -> FileView | None:
    """A file."""
    return _first((await conn.execute(_READ, {"file_id": file_id})).mappings().first())


async def lock_file(conn: AsyncConnection, *, file_id: UUID) -> FileView | None:
    """A file, held still until the transaction ends."""
    return _first((await conn.execute(_LOCK, {"file_id": file_id})).mappings().first())


async def rows_of(conn: AsyncConnection, *, file_id: UUID) -> Sequence[RowView]:
    """The rows of a file in their order."""
    return [RowView(**row) for row in (await conn.execute(_ROWS, {"file_id": file_id})).mappings()]


async def move_file(
    conn: AsyncConnection,
    *,
    file_id: UUID,
    state: FileState,
    at: datetime,
    result_digest: bytes | None = None,
) -> None:
    """Take a file to its next state."""
    times = {"sent_at": at if state == "sent" else None, "settled_at": at if state == "settled" else None}
    await conn.execute(_MOVE, {"file_id": file_id, "state": state, "result_digest": result_digest, **times})


async def file_by_result(conn: AsyncConnection, *, digest: bytes) -> FileView | None:
    """The file that this very answer of the bank was read for."""
    return _first((await conn.execute(_BY_RESULT, {"digest": digest})).mappings().first())


def _first(row: RowMapping | None) -> FileView | None:
    return None if row is None else FileView(**row)
