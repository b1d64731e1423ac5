"""What the books say, and every place where two of them could differ: read-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.policy.agreement import OurLine
from yoyaku.billing.policy.export import LedgerLine

_OWED: Final = "CASE WHEN b.ended_at IS NULL THEN b.total_yen ELSE coalesce(b.kept_yen, 0) END"
# Whoever owns the tables looks at the attempts of all services (for what is due), so that it is said here whose are meant.
_HERE: Final = (
    "(a.tenant_id, a.service_id) = (current_setting('app.tenant_id', true), current_setting('app.service_id', true))"
)
_SIGNED: Final = "CASE a.kind WHEN 'payment' THEN 1 ELSE -1 END * coalesce(a.moved_yen, a.amount_yen)"

# Each gives payee, reference, what one book says, what the other says: nothing at all where all is well.
CHECKS: Final[Mapping[str, Any]] = {
    name: text(statement)
    for name, statement in {
        "transaction_unbalanced": """
            SELECT p.payee, t.key AS reference, 0::bigint AS expected_yen, sum(p.yen)::bigint AS found_yen
            FROM ledger_posting p JOIN ledger_transaction t USING (tenant_id, service_id, transaction_id)
            GROUP BY p.payee, t.key, t.transaction_id HAVING sum(p.yen) <> 0
        """,
        "charge_not_booking": f"""
            SELECT b.payee, b.number AS reference, {_OWED}::bigint AS expected_yen,
                   coalesce(c.owed_yen, 0)::bigint AS found_yen
            FROM booking b LEFT JOIN charge c ON (c.tenant_id, c.service_id, c.charge_id)
                = (b.tenant_id, b.service_id, b.booking_id)
            WHERE {_OWED} <> coalesce(c.owed_yen, 0)
        """,  # noqa: S608  # constants of this module
        "booking_paid_otherwise": """
            SELECT c.payee, c.number AS reference, c.paid_yen::bigint AS expected_yen, b.paid_yen::bigint AS found_yen
            FROM charge c JOIN booking b ON (b.tenant_id, b.service_id, b.booking_id)
                = (c.tenant_id, c.service_id, c.charge_id)
            WHERE c.paid_yen <> b.paid_yen
        """,
        "charge_not_ledger": """
            SELECT c.payee, c.number AS reference, (c.owed_yen - c.written_off_yen - c.paid_yen)::bigint AS expected_yen,
                   coalesce(l.yen, 0)::bigint AS found_yen
            FROM charge c LEFT JOIN (
                SELECT tenant_id, service_id, charge_id, sum(yen) AS yen FROM ledger_posting
                WHERE account = 'receivable' GROUP BY 1, 2, 3
            ) l USING (tenant_id, service_id, charge_id)
            WHERE c.owed_yen - c.written_off_yen - c.paid_yen <> coalesce(l.yen, 0)
        """,
        "charge_not_attempts": """
            SELECT c.payee, c.number AS reference, coalesce(s.yen, 0)::bigint AS expected_yen,
                   c.paid_yen::bigint AS found_yen
            FROM charge c LEFT JOIN (
                SELECT a.tenant_id, a.service_id, a.charge_id,
                       sum(CASE a.kind WHEN 'payment' THEN a.amount_yen ELSE -a.amount_yen END) AS yen
                FROM payment_attempt a WHERE a.counted GROUP BY 1, 2, 3
            ) s USING (tenant_id, service_id, charge_id)
            WHERE c.paid_yen <> coalesce(s.yen, 0)
        """,
        "attempt_not_ledger": f"""
            SELECT a.payee, a.attempt_id::text AS reference, ({_SIGNED})::bigint AS expected_yen,
                   coalesce(l.yen, 0)::bigint AS found_yen
            FROM payment_attempt a LEFT JOIN (
                SELECT t.tenant_id, t.service_id, t.attempt_id, sum(p.yen) AS yen
                FROM ledger_transaction t JOIN ledger_posting p USING (tenant_id, service_id, transaction_id)
                WHERE p.account IN ('cash', 'clearing', 'credit', 'bank') AND t.key = 'attempt:' || t.attempt_id
                GROUP BY 1, 2, 3
            ) l USING (tenant_id, service_id, attempt_id)
            WHERE {_HERE} AND coalesce(l.yen, 0) <> CASE a.state WHEN 'succeeded' THEN {_SIGNED} ELSE 0 END
        """,  # noqa: S608  # constants of this module
        "file_not_rows": """
            SELECT f.payee, f.method || ' ' || f.collect_on AS reference, f.total_yen AS expected_yen,
                   coalesce(sum(w.amount_yen), 0)::bigint AS found_yen
            FROM debit_file f LEFT JOIN debit_row w USING (tenant_id, service_id, file_id)
            GROUP BY f.tenant_id, f.service_id, f.file_id
            HAVING f.total_yen <> coalesce(sum(w.amount_yen), 0) OR f.count <> count(w.place)
        """,
        "row_not_attempt": """
            SELECT f.payee, w.key AS reference, w.amount_yen::bigint AS expected_yen, a.amount_yen::bigint AS found_yen
            FROM debit_row w JOIN debit_file f USING (tenant_id, service_id, file_id)
            JOIN payment_attempt a USING (tenant_id, service_id, attempt_id)
            WHERE w.amount_yen <> a.amount_yen OR a.payee <> f.payee
               OR (f.state = 'settled' AND a.state NOT IN ('succeeded', 'failed'))
               OR (f.state = 'withdrawn' AND a.state = 'succeeded')
        """,
        "file_not_ledger": """
            WITH brought AS (
                SELECT f.payee, f.method || ' ' || f.collect_on AS reference,
                       (SELECT coalesce(sum(coalesce(a.moved_yen, a.amount_yen)), 0)::bigint
                        FROM debit_row w JOIN payment_attempt a USING (tenant_id, service_id, attempt_id)
                        WHERE (w.tenant_id, w.service_id, w.file_id) = (f.tenant_id, f.service_id, f.file_id)
                          AND f.state = 'settled' AND a.state = 'succeeded') AS expected_yen,
                       (SELECT coalesce(sum(p.yen), 0)::bigint
                        FROM ledger_transaction t JOIN ledger_posting p USING (tenant_id, service_id, transaction_id)
                        WHERE (t.tenant_id, t.service_id, t.key) = (f.tenant_id, f.service_id, 'debited:' || f.file_id)
                          AND p.account = 'bank') AS found_yen
                FROM debit_file f
            )
            SELECT payee, reference, expected_yen, found_yen FROM brought WHERE expected_yen <> found_yen
        """,
        "close_not_till": f"""
            SELECT k.payee, k.facility_id || ' ' || k.closed_on AS reference, coalesce(sum({_SIGNED}), 0)::bigint AS expected_yen,
                   k.expected_yen::bigint AS found_yen
            FROM cash_close k LEFT JOIN payment_attempt a USING (tenant_id, service_id, close_id)
            GROUP BY k.tenant_id, k.service_id, k.close_id
            HAVING k.expected_yen <> coalesce(sum({_SIGNED}), 0)
        """,  # noqa: S608  # constants of this module
        "close_not_ledger": """
            SELECT k.payee, k.facility_id || ' ' || k.closed_on AS reference, k.counted_yen::bigint AS expected_yen,
                   coalesce(sum(p.yen), 0)::bigint AS found_yen
            FROM cash_close k
            LEFT JOIN ledger_transaction t ON (t.tenant_id, t.service_id, t.key)
                = (k.tenant_id, k.service_id, 'close:' || k.close_id)
            LEFT JOIN ledger_posting p ON (p.tenant_id, p.service_id, p.transaction_id)
                = (t.tenant_id, t.service_id, t.transaction_id) AND p.account = 'bank'
            GROUP BY k.tenant_id, k.service_id, k.close_id HAVING k.counted_yen <> coalesce(sum(p.yen), 0)
        """,
        "till_not_ledger": f"""
            WITH held AS (
                SELECT p.payee, p.provider, sum(p.yen) AS yen FROM ledger_posting p WHERE p.account = 'cash' GROUP BY 1, 2
            ), taken AS (
                SELECT a.payee, a.facility_id AS provider, sum({_SIGNED}) AS yen FROM payment_attempt a
                WHERE {_HERE} AND a.plugin = 'payment-cash' AND a.state = 'succeeded' AND a.close_id IS NULL GROUP BY 1, 2
            )
            SELECT coalesce(t.payee, h.payee) AS payee, coalesce(t.provider, h.provider, '') AS reference,
                   coalesce(t.yen, 0)::bigint AS expected_yen, coalesce(h.yen, 0)::bigint AS found_yen
            FROM taken t FULL JOIN held h ON h.payee = t.payee AND h.provider IS NOT DISTINCT FROM t.provider
            WHERE coalesce(t.yen, 0) <> coalesce(h.yen, 0)
        """,  # noqa: S608  # constants of this module
    }.items()
}
"""By the code of the difference. Those that look alike in the database's own constraints are here, too: constraints say
what is written, a check what stands there, whoever wrote it."""

_BALANCES = text("""
    SELECT p.payee, p.account, coalesce(p.provider, '') AS provider, sum(p.yen)::bigint AS yen
    FROM ledger_posting p JOIN ledger_transaction t USING (tenant_id, service_id, transaction_id)
    WHERE CAST(:at AS timestamptz) IS NULL OR t.at < :at
    GROUP BY 1, 2, 3 HAVING sum(p.yen) <> 0 ORDER BY 1, 2, 3
""")
_MOVEMENTS = text("""
    SELECT t.at, t.kind, t.key, t.note, t.fiscal_year, p.line, p.payee, p.account, p.provider, p.yen,
           coalesce(c.number, o.number) AS number, coalesce(t.income_year, t.fiscal_year) AS income_year, t.refunded_from
    FROM ledger_posting p
    JOIN ledger_transaction t USING (tenant_id, service_id, transaction_id)
    LEFT JOIN charge c ON (c.tenant_id, c.service_id, c.charge_id) = (p.tenant_id, p.service_id, p.charge_id)
    LEFT JOIN charge o ON (o.tenant_id, o.service_id, o.charge_id) = (t.tenant_id, t.service_id, t.charge_id)
    WHERE t.at >= :since AND t.at < :until ORDER BY t.at, t.transaction_id, p.line
""")
_PAYOUTS = text("""
    SELECT t.note AS ref, coalesce(sum(p.yen) FILTER (WHERE p.account = 'bank'), 0)::bigint AS yen
    FROM ledger_transaction t JOIN ledger_posting p USING (tenant_id, service_id, transaction_id)
    WHERE t.kind = 'payout' AND starts_with(t.key, 'payout:' || :provider || ':') GROUP BY t.note
""")
_SUCCEEDED = text("""
    SELECT a.attempt_id, a.kind, a.provider_ref AS ref, a.payee, c.number, t.posted_at,
           CASE t.kind WHEN 'refund_returned' THEN -1 ELSE 1 END * coalesce(a.moved_yen, a.amount_yen) AS yen
    FROM payment_attempt a
    JOIN charge c USING (tenant_id, service_id, charge_id)
    JOIN ledger_transaction t ON (t.tenant_id, t.service_id) = (a.tenant_id, a.service_id)
        AND t.key IN ('attempt:' || a.attempt_id, 'returned:' || a.attempt_id)
    WHERE a.plugin = :plugin AND a.profile IS NOT DISTINCT FROM :profile AND a.state = 'succeeded'
    ORDER BY t.posted_at, t.transaction_id
""")
"""A refund that came back stands twice, the second time below zero, as in a provider's own books."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Two books that differ: which check found it, whose money, what it is about, and what each says, in yen."""

    check: str
    payee: str
    reference: str
    expected_yen: int | None
    found_yen: int | None


@dataclass(frozen=True, kw_only=True)
class Balance:
    """An account of a payee, by who holds the money; debit positive, yen."""

    payee: str
    account: str
    provider: str
    yen: int


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A payment or refund that succeeded, or a refund that came back, and when that was posted (real time)."""

    line: OurLine
    posted_at: datetime


async def find_differences(conn: AsyncConnection) -> Sequence[Difference]:
    """Every place where our own books say different things."""
    found: list[Difference] = []
    for check, statement in CHECKS.items():
        rows = (await conn.execute(statement)).mappings()
        found.extend(Difference(check=check, **row) for row in rows)
    return found


async def balances(conn: AsyncConnection, *, at: datetime | None = None) -> Sequence[Balance]:
    """The trial balance of every payee before an instant (business time; ``None``: of all that was posted)."""
    return [Balance(**row) for row in (await conn.execute(_BALANCES, {"at": at})).mappings()]


async def movements(conn: AsyncConnection, *, since: datetime, until: datetime) -> Sequence[LedgerLine]:
    """What was posted in a time, line by line in order."""
    rows = await conn.execute(_MOVEMENTS, {"since": since, "until": until})
    return [LedgerLine(**row) for row in rows.mappings()]


async def succeeded_by(conn: AsyncConnection, *, plugin: str, profile: str | None) -> Sequence[Posted]:
    """All that succeeded by a provider, in the order in which it was posted."""
    rows = (await conn.execute(_SUCCEEDED, {"plugin": plugin, "profile": profile})).mappings()
    return [Posted(line=OurLine(**{name: row[name] for name in _OURS}), posted_at=row["posted_at"]) for row in rows]


async def payouts_of(conn: AsyncConnection, *, provider: str) -> Mapping[str, int]:
    """The payouts of a provider that are posted: what came to the bank of each, in yen, by its reference."""
    return {row.ref: row.yen for row in await conn.execute(_PAYOUTS, {"provider": provider})}


_OURS: Final = ("attempt_id", "kind", "ref", "yen", "payee", "number")
