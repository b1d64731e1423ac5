"""Tills: the cash that nobody has counted yet, and the closes in which it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_UNCOUNTED = "plugin = 'payment-cash' AND state = 'succeeded' AND close_id IS NULL"
_OPEN = text(f"""
    SELECT facility_id, payee, count(*)::int AS count, min(ended_at) AS since,
           coalesce(sum(amount_yen) FILTER (WHERE kind = 'payment'), 0)::bigint AS taken_yen,
           coalesce(sum(amount_yen) FILTER (WHERE kind = 'refund'), 0)::bigint AS given_yen
    FROM payment_attempt WHERE {_UNCOUNTED} AND facility_id IS NOT NULL
    GROUP BY facility_id, payee ORDER BY facility_id, payee
""")  # noqa: S608  # the condition above
_LOCK = text(f"""
    SELECT attempt_id, kind, amount_yen FROM payment_attempt
    WHERE {_UNCOUNTED} AND facility_id = :facility_id AND payee = :payee ORDER BY attempt_id FOR UPDATE
""")  # noqa: S608
_ENTRY = """
    SELECT a.attempt_id, a.charge_id, c.number, r.name AS person, a.kind, a.method, a.amount_yen, a.ended_at,
           a.collection_number, s.name AS staff_name
    FROM payment_attempt a JOIN charge c USING (tenant_id, service_id, charge_id)
    JOIN registrant r ON (r.tenant_id, r.service_id, r.registrant_id) = (c.tenant_id, c.service_id, c.registrant_id)
    LEFT JOIN staff s ON (s.tenant_id, s.service_id, s.staff_id) = (a.tenant_id, a.service_id, a.entered_by)
"""
_OF_TILL = text(f"""{_ENTRY} WHERE a.plugin = 'payment-cash' AND a.state = 'succeeded' AND a.close_id IS NULL
    AND a.facility_id = :facility_id AND a.payee = :payee ORDER BY a.ended_at, a.attempt_id""")
_OF_CLOSE = text(f"{_ENTRY} WHERE a.close_id = :close_id ORDER BY a.ended_at, a.attempt_id")
_ADD = text("""
    INSERT INTO cash_close (tenant_id, service_id, close_id, facility_id, payee, closed_on, expected_yen, counted_yen,
                            why, at, entered_by)
    VALUES (:tenant_id, :service_id, :close_id, :facility_id, :payee, :closed_on, :expected_yen, :counted_yen, :why,
            :at, :entered_by)
""")
_MARK = text("UPDATE payment_attempt SET close_id = :close_id WHERE attempt_id = ANY(CAST(:attempt_ids AS uuid[]))")
_CLOSE = """
    SELECT k.close_id, k.facility_id, k.payee, k.closed_on, k.expected_yen, k.counted_yen, k.difference_yen, k.why,
           k.at, s.name AS staff_name
    FROM cash_close k JOIN staff s ON (s.tenant_id, s.service_id, s.staff_id) = (k.tenant_id, k.service_id, k.entered_by)
"""
_ONE = text(f"{_CLOSE} WHERE k.close_id = :close_id")
_LATEST = text(f"""{_CLOSE} WHERE cardinality(CAST(:facilities AS text[])) = 0
    OR k.facility_id = ANY(CAST(:facilities AS text[])) ORDER BY k.at DESC, k.close_id LIMIT :at_most""")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTill:
    """What a till took and gave back for a payee since its last close, in yen; ``since`` is the first of it."""

    facility_id: str
    payee: str
    count: int
    since: datetime
    taken_yen: int
    given_yen: int

    @property
    def expected_yen(self) -> int:
        """What should be there beyond the float."""
        return self.taken_yen - self.given_yen


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """An attempt in cash that is in no close yet."""

    attempt_id: UUID
    kind: Literal["payment", "refund"]
    amount_yen: int

    @property
    def moved_yen(self) -> int:
        """What it brought into the till; below nothing where it went out."""
        return self.amount_yen if self.kind == "payment" else -self.amount_yen


@dataclass(frozen=True, slots=True, kw_only=True)
class TillEntry:
    """One line of a till: which booking (its number), whose, and who took it or gave it back."""

    attempt_id: UUID
    charge_id: UUID
    number: str
    person: str
    kind: Literal["payment", "refund"]
    method: str
    amount_yen: int
    ended_at: datetime
    collection_number: str | None
    staff_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseView:
    """One close: what the books expected, what was counted, and why they differ."""

    close_id: UUID
    facility_id: str
    payee: str
    closed_on: date
    expected_yen: int
    counted_yen: int
    difference_yen: int
    why: str | None
    at: datetime
    staff_name: str


async def open_tills(conn: AsyncConnection) -> Sequence[OpenTill]:
    """The tills with cash that is in no close yet, by facility and payee."""
    return [OpenTill(**row) for row in (await conn.execute(_OPEN)).mappings()]


async def lock_uncounted(conn: AsyncConnection, *, facility_id: str, payee: str) -> Sequence[Uncounted]:
    """What a close of a till takes in; nobody else closes it until the transaction ends."""
    rows = await conn.execute(_LOCK, {"facility_id": facility_id, "payee": payee})
    return [Uncounted(**row) for row in rows.mappings()]


async def entries_of_till(conn: AsyncConnection, *, facility_id: str, payee: str) -> Sequence[TillEntry]:
    """What a till took and gave back since its last close, in order of time."""
    return _entries((await conn.execute(_OF_TILL, {"facility_id": facility_id, "payee": payee})).mappings())


async def entries_of_close(conn: AsyncConnection, *, close_id: UUID) -> Sequence[TillEntry]:
    """What a close took in, in order of time."""
    return _entries((await conn.execute(_OF_CLOSE, {"close_id": close_id})).mappings())


async def add_close(conn: AsyncConnection, row: Mapping[str, Any], *, attempt_ids: Sequence[UUID]) -> None:
    """Write a close with what it takes in."""
    await conn.execute(_ADD, dict(row))
    await conn.execute(_MARK, {"close_id": row["close_id"], "attempt_ids": list(attempt_ids)})


async def read_close(conn: AsyncConnection, *, close_id: UUID) -> CloseView | None:
    """One close."""
    row = (await conn.execute(_ONE, {"close_id": close_id})).mappings().first()
    return None if row is None else CloseView(**row)


async def latest_closes(conn: AsyncConnection, *, facilities: Sequence[str], at_most: int = 30) -> Sequence[CloseView]:
    """The latest closes of these facilities (none: of all), the newest first."""
    rows = await conn.execute(_LATEST, {"facilities": list(facilities), "at_most": at_most})
    return [CloseView(**row) for row in rows.mappings()]


def _entries(rows: Any) -> Sequence[TillEntry]:  # noqa: ANN401  # SQLAlchemy's result of mappings
    return [TillEntry(**row) for row in rows]
