"""Counting money: what the ledger says came in and went back, and what is late now."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.report.policy.counts import ArrearsCount, IncomeCount
from yoyaku.report.policy.span import Span

_HERE: Final = "(CAST(:facilities AS text[]) IS NULL OR b.facility_id = ANY(CAST(:facilities AS text[])))"

# What counts for a charge, by the attempt that moved it; charges have their booking's id.
_INCOME: Final = text(f"""
    SELECT CAST(date_trunc('month', t.at AT TIME ZONE :zone) AS date) AS month, p.payee, a.method,
           CAST(coalesce(sum(-p.yen) FILTER (WHERE p.yen < 0), 0) AS bigint) AS paid,
           CAST(coalesce(sum(p.yen) FILTER (WHERE p.yen > 0), 0) AS bigint) AS returned
    FROM ledger_transaction t
    JOIN ledger_posting p USING (tenant_id, service_id, transaction_id)
    JOIN payment_attempt a ON (a.tenant_id, a.service_id, a.attempt_id) = (t.tenant_id, t.service_id, t.attempt_id)
    JOIN booking b ON (b.tenant_id, b.service_id, b.booking_id) = (p.tenant_id, p.service_id, p.charge_id)
    WHERE t.at >= :since AND t.at < :until AND p.account = 'receivable' AND {_HERE}
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")  # noqa: S608  # constants of this module
_ARREARS: Final = text(f"""
    SELECT c.payee, CASE WHEN :now - c.due_at <= interval '30 days' THEN '30'
                         WHEN :now - c.due_at <= interval '90 days' THEN '90' ELSE 'more' END AS age,
           count(*) AS charges, CAST(sum(c.owed_yen - c.written_off_yen - c.paid_yen) AS bigint) AS yen
    FROM charge c JOIN booking b ON (b.tenant_id, b.service_id, b.booking_id) = (c.tenant_id, c.service_id, c.charge_id)
    WHERE c.state = 'open' AND c.due_at < :now AND {_HERE} GROUP BY 1, 2
""")  # noqa: S608


async def count_income(conn: AsyncConnection, *, span: Span) -> list[IncomeCount]:
    """Payments and what went back, by month, payee and way of payment."""
    return [IncomeCount(*row) for row in await conn.execute(_INCOME, span.values())]


async def count_arrears(conn: AsyncConnection, *, span: Span, now: datetime) -> list[ArrearsCount]:
    """What is late now (business time), of the span's facilities; the months of the span do not matter."""
    return [ArrearsCount(*row) for row in await conn.execute(_ARREARS, {**span.values(), "now": now})]
