"""The ledger: posted once, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.policy.postings import Posting
from yoyaku.billing.policy.years import Years
from yoyaku.db.engine import encode_json
from yoyaku.kernel.ids import new_id

_POST = text("""
    WITH posted AS (
        INSERT INTO ledger_transaction (tenant_id, service_id, transaction_id, key, kind, at, fiscal_year, income_year,
                                        refunded_from, charge_id, attempt_id, note)
        VALUES (:tenant_id, :service_id, :transaction_id, :key, :kind, :at, fiscal_year_of(:tenant_id, :at),
                nullif(CAST(:income_year AS smallint), fiscal_year_of(:tenant_id, :at)), :refunded_from, :charge_id,
                :attempt_id, :note)
    )
    INSERT INTO ledger_posting (tenant_id, service_id, transaction_id, line, account, payee, provider, charge_id, yen)
    SELECT :tenant_id, :service_id, :transaction_id, p.line, p.account, :payee, p.provider, p.charge_id, p.yen
    FROM jsonb_populate_recordset(NULL::ledger_posting, CAST(:postings AS jsonb)) AS p
""")

_IS_POSTED = text("SELECT EXISTS (SELECT FROM ledger_transaction WHERE key = :key)")
_INCOME_YEAR = text("SELECT coalesce(income_year, fiscal_year) FROM ledger_transaction WHERE key = :key")


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """What is posted: ``key`` names the act, which cannot be posted twice; ``at`` is business time.

    ``years`` says of which year it is income and from what a refund is paid (``None``: its own year's, no refund).
    """

    key: str
    kind: str
    at: datetime
    payee: str
    postings: Sequence[Posting]
    charge_id: UUID | None = None
    attempt_id: UUID | None = None
    note: str | None = None
    years: Years | None = None


async def post(conn: AsyncConnection, *, tenant_id: str, service_id: str, transaction: Transaction) -> None:
    """Post a transaction; the database refuses one that does not balance, or was posted before."""
    postings = [
        {
            "line": line,
            "account": one.account,
            "provider": one.provider,
            "charge_id": one.charge_id,
            "yen": one.yen,
        }
        for line, one in enumerate(transaction.postings, start=1)
    ]
    values = {
        "tenant_id": tenant_id,
        "service_id": service_id,
        "transaction_id": new_id(),
        "key": transaction.key,
        "kind": transaction.kind,
        "at": transaction.at,
        "charge_id": transaction.charge_id,
        "attempt_id": transaction.attempt_id,
        "note": transaction.note,
        "income_year": transaction.years.income_year if transaction.years else None,
        "refunded_from": transaction.years.refunded_from if transaction.years else None,
        "payee": transaction.payee,
        "postings": encode_json(postings),
    }
    await conn.execute(_POST, values)


async def is_posted(conn: AsyncConnection, *, key: str) -> bool:
    """Whether that act is in the ledger."""
    found: bool = (await conn.execute(_IS_POSTED, {"key": key})).scalar_one()
    return found


async def income_year_of(conn: AsyncConnection, *, key: str) -> int | None:
    """The fiscal year that a payment was income of; ``None`` where no such act is posted."""
    found: int | None = (await conn.execute(_INCOME_YEAR, {"key": key})).scalar_one_or_none()
    return found
