"""Receipts as they were issued, and each time one was printed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.receipt import Paper, ReceiptKind
from yoyaku.db.engine import encode_json

_COLUMNS = """
    r.receipt_id, r.charge_id, r.attempt_id, r.kind, r.number, r.issued_at, r.content,
    (SELECT coalesce(jsonb_object_agg(c.copy, c.printed_at), '{}') FROM receipt_copy c
     WHERE (c.tenant_id, c.service_id, c.receipt_id) = (r.tenant_id, r.service_id, r.receipt_id)) AS copies
"""
_OF_CHARGE = text(f"SELECT {_COLUMNS} FROM receipt r WHERE r.charge_id = :charge_id ORDER BY r.issued_at, r.receipt_id")  # noqa: S608
_ADD = text("""
    INSERT INTO receipt (tenant_id, service_id, receipt_id, charge_id, attempt_id, kind, payee, number, issued_at,
                         content, entered_by)
    VALUES (:tenant_id, :service_id, :receipt_id, :charge_id, :attempt_id, :kind, :payee, :number, :issued_at,
            CAST(:content AS jsonb), :entered_by)
""")
_ADD_COPY = text("""
    INSERT INTO receipt_copy (tenant_id, service_id, receipt_id, copy, printed_at, entered_by)
    VALUES (:tenant_id, :service_id, :receipt_id, :copy, :printed_at, :entered_by)
""")
_REMOVE_COPIES = text("""
    DELETE FROM receipt_copy c USING receipt r
    WHERE (r.tenant_id, r.service_id, r.receipt_id) = (c.tenant_id, c.service_id, c.receipt_id) AND r.issued_at < :before
""")
_REMOVE = text("DELETE FROM receipt WHERE issued_at < :before")
_CHANGES = text("""
    SELECT at, kind, owed_yen, lines FROM charge_change
    WHERE charge_id = :charge_id AND owed_yen > 0 ORDER BY at, array_position(ARRAY['raised', 'changed', 'ended'], kind)
""")
_CITY = text("SELECT name FROM tenant WHERE tenant_id = :tenant_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A document as it was issued; ``copies`` are the instants at which each later copy was made, by its number."""

    receipt_id: UUID
    charge_id: UUID
    attempt_id: UUID
    kind: ReceiptKind
    number: str
    issued_at: datetime
    paper: Paper
    copies: Mapping[int, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """What a charge came to at an instant, and the lines of the price then."""

    at: datetime
    kind: str
    owed_yen: int
    lines: Sequence[Mapping[str, Any]]


async def receipts_of(conn: AsyncConnection, *, charge_id: UUID) -> list[ReceiptView]:
    """All documents of a charge, the oldest first."""
    return [_view(row) for row in (await conn.execute(_OF_CHARGE, {"charge_id": charge_id})).mappings()]


async def add_receipt(conn: AsyncConnection, *, act: MoneyAct, row: Mapping[str, Any], paper: Paper) -> None:
    """Write a document; the database refuses a second of the same payment."""
    await conn.execute(_ADD, {**act.keys, **row, "content": encode_json(paper)})


async def add_copy(conn: AsyncConnection, *, act: MoneyAct, receipt_id: UUID, copy: int) -> None:
    """Write that a document is made again."""
    values = {"receipt_id": receipt_id, "copy": copy, "printed_at": act.now, "entered_by": act.staff_id}
    await conn.execute(_ADD_COPY, {**act.keys, **values})


async def price_changes(conn: AsyncConnection, *, charge_id: UUID) -> list[PriceChange]:
    """What a charge came to over time, the oldest first; when it was nothing is left out."""
    return [PriceChange(**row) for row in (await conn.execute(_CHANGES, {"charge_id": charge_id})).mappings()]


async def city_name(conn: AsyncConnection, *, act: MoneyAct) -> Any:  # noqa: ANN401  # a text by language
    """The name of the city."""
    return (await conn.execute(_CITY, {"tenant_id": act.tenant_id})).scalar_one()


def _view(row: RowMapping) -> ReceiptView:
    values = dict(row)
    paper = msgspec.convert(values.pop("content"), Paper)
    copies = msgspec.convert(values.pop("copies"), dict[int, datetime], strict=False)
    return ReceiptView(**values, paper=paper, copies=copies)


async def remove_receipts(conn: AsyncConnection, *, issued_before: datetime) -> int:
    """Documents that need not be kept any more go, with their copies; how many. The database refuses younger ones."""
    await conn.execute(_REMOVE_COPIES, {"before": issued_before})
    return (await conn.execute(_REMOVE, {"before": issued_before})).rowcount
