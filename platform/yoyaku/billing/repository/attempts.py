"""Payments and refunds as attempts: written before anybody is asked, ended when somebody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.views import AttemptView
from yoyaku.db.engine import encode_json

LEASE_SECONDS = 120
"""So long nobody else asks about an attempt that somebody asks about: longer than a provider may take to answer."""
LOOK_SECONDS = 3
"""So long a payer who looks again makes nobody ask a provider again."""

_COLUMNS = """
    attempt_id, charge_id, kind, of_attempt_id, settlement_id, method, plugin, profile, choice, payee, amount_yen, state,
    counted, moved_yen, collection_number, provider_ref, step, detail, failure, facility_id, why, created_at, ended_at,
    expires_at, next_ask_at, asked, last_error, entered_by, close_id
"""
_ADD = text("""
    INSERT INTO payment_attempt (tenant_id, service_id, attempt_id, charge_id, kind, of_attempt_id, settlement_id,
                                 method, plugin, profile, choice, payee, amount_yen, state, collection_number,
                                 facility_id, entered_by, why, created_at, expires_at, next_ask_at)
    VALUES (:tenant_id, :service_id, :attempt_id, :charge_id, :kind, :of_attempt_id, :settlement_id, :method, :plugin,
            :profile, :choice, :payee, :amount_yen, 'created', :collection_number, :facility_id, :entered_by, :why,
            :created_at, :expires_at, :next_ask_at)
""")
_READ = text(f"SELECT {_COLUMNS} FROM payment_attempt WHERE attempt_id = :attempt_id")  # noqa: S608  # columns above
_LOCK = text(f"SELECT {_COLUMNS} FROM payment_attempt WHERE attempt_id = :attempt_id FOR UPDATE")  # noqa: S608
_OF_CHARGE = text(f"""
    SELECT {_COLUMNS} FROM payment_attempt WHERE charge_id = :charge_id ORDER BY created_at, attempt_id
""")  # noqa: S608
_OF_CHARGES = text(f"""
    SELECT {_COLUMNS} FROM payment_attempt WHERE charge_id = ANY(:charge_ids) ORDER BY created_at, attempt_id
""")  # noqa: S608
_HAS_OPEN = text("""
    SELECT EXISTS (SELECT FROM payment_attempt
                   WHERE charge_id = :charge_id AND kind = 'payment' AND state IN ('created', 'pending'))
""")
_BY_REF = text(f"SELECT {_COLUMNS} FROM payment_attempt WHERE plugin = :plugin AND provider_ref = :ref")  # noqa: S608
_LEASE = text(f"""
    UPDATE payment_attempt
    SET next_ask_at = clock_timestamp() + interval '{LEASE_SECONDS} seconds',
        asked = asked + CASE WHEN :at_once THEN 0 ELSE 1 END,
        looked_at = CASE WHEN :looks THEN clock_timestamp() ELSE looked_at END
    WHERE attempt_id = :attempt_id AND plugin <> 'bank-transfer'
      AND (next_ask_at <= clock_timestamp() OR (:at_once AND state IN ('created', 'pending')))
      AND (NOT :looks OR looked_at IS NULL OR looked_at < clock_timestamp() - interval '{LOOK_SECONDS} seconds')
    RETURNING {_COLUMNS}
""")  # noqa: S608
_STARTED = text("""
    UPDATE payment_attempt
    SET state = 'pending', step = CAST(:step AS jsonb), provider_ref = coalesce(:provider_ref, provider_ref),
        expires_at = coalesce(:expires_at, expires_at), next_ask_at = :next_ask_at, last_error = NULL
    WHERE attempt_id = :attempt_id AND state IN ('created', 'pending')
""")
_PENDING = text("""
    UPDATE payment_attempt SET state = 'pending', provider_ref = coalesce(:ref, provider_ref)
    WHERE attempt_id = :attempt_id AND state IN ('created', 'pending')
""")
_ASK_AGAIN = text("""
    UPDATE payment_attempt SET next_ask_at = :next_ask_at, last_error = :last_error,
        provider_ref = coalesce(:provider_ref, provider_ref)
    WHERE attempt_id = :attempt_id
""")
_ASK_NOW = text("UPDATE payment_attempt SET next_ask_at = clock_timestamp() WHERE attempt_id = :attempt_id")
_END = text("""
    UPDATE payment_attempt
    SET state = :state, counted = :counted, moved_yen = :moved_yen, ended_at = :ended_at, failure = :failure,
        provider_ref = coalesce(:provider_ref, provider_ref), detail = detail || CAST(:detail AS jsonb),
        next_ask_at = NULL, last_error = NULL
    WHERE attempt_id = :attempt_id
""")
_LOOK_NOW = text("""
    UPDATE deadline SET due_at = :now
    WHERE deadline_id IN (SELECT deadline_id FROM deadline
                          WHERE kind IN ('booking_lapse', 'payment_due', 'arrears_step') AND subject_id = :charge_id
                            AND done_at IS NULL AND due_at > :now
                          FOR UPDATE SKIP LOCKED)
""")
_COUNT = text("UPDATE payment_attempt SET counted = true WHERE attempt_id = :attempt_id")
_STUCK = text(f"""
    SELECT {_COLUMNS} FROM payment_attempt
    WHERE state IN ('created', 'pending')
      AND ((last_error IS NOT NULL AND asked >= :asked) OR expires_at < :over)
    ORDER BY created_at, attempt_id LIMIT :at_most
""")  # noqa: S608
_DUE = text("SELECT tenant_id, service_id, id FROM due_attempts(:at_most)")


@dataclass(frozen=True, kw_only=True)
class DueAttempt:
    """Where an attempt is to be asked about, and which; never whose."""

    tenant_id: str
    service_id: str
    id: UUID


async def add_attempt(conn: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Write a new attempt, state ``created``."""
    await conn.execute(_ADD, dict(row))


async def read_attempt(conn: AsyncConnection, *, attempt_id: UUID) -> AttemptView | None:
    """An attempt."""
    return _first((await conn.execute(_READ, {"attempt_id": attempt_id})).mappings().first())


async def lock_attempt(conn: AsyncConnection, *, attempt_id: UUID) -> AttemptView | None:
    """An attempt, held still; lock its charge first."""
    return _first((await conn.execute(_LOCK, {"attempt_id": attempt_id})).mappings().first())


async def attempts_of(conn: AsyncConnection, *, charge_id: UUID) -> Sequence[AttemptView]:
    """All attempts of a charge in the order in which they began."""
    return [AttemptView(**row) for row in (await conn.execute(_OF_CHARGE, {"charge_id": charge_id})).mappings()]


async def attempts_of_charges(
    conn: AsyncConnection, *, charge_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[AttemptView]]:
    """The same of several charges, by charge; one that has none is left out."""
    found: dict[UUID, list[AttemptView]] = {}
    for row in (await conn.execute(_OF_CHARGES, {"charge_ids": list(charge_ids)})).mappings():
        found.setdefault(row["charge_id"], []).append(AttemptView(**row))
    return found


async def has_open_payment(conn: AsyncConnection, *, charge_id: UUID) -> bool:
    """Whether a payment of a charge is not decided yet."""
    is_open: bool = (await conn.execute(_HAS_OPEN, {"charge_id": charge_id})).scalar_one()
    return is_open


async def find_by_ref(conn: AsyncConnection, *, plugin: str, ref: str) -> AttemptView | None:
    """The attempt that a provider knows by its own reference."""
    return _first((await conn.execute(_BY_REF, {"plugin": plugin, "ref": ref})).mappings().first())


async def lease(
    conn: AsyncConnection, *, attempt_id: UUID, at_once: bool = False, looks: bool = False
) -> AttemptView | None:
    """Take an attempt for asking about it; ``None`` where somebody else does, or it is not time.

    ``at_once``: whatever its next time is, unless it is over; a payer who looks again and again delays nothing, and
    (``looks``) asks nobody more than once in :data:`LOOK_SECONDS`. A bank transfer is a clerk's to end.
    """
    values = {"attempt_id": attempt_id, "at_once": at_once, "looks": looks}
    return _first((await conn.execute(_LEASE, values)).mappings().first())


async def note_started(  # what a start brings
    conn: AsyncConnection,
    *,
    attempt_id: UUID,
    step: Mapping[str, Any],
    provider_ref: str | None,
    expires_at: datetime | None,
    next_ask_at: datetime | None,
) -> None:
    """The provider has begun; ``expires_at`` where it gave a time of its own."""
    values = {"attempt_id": attempt_id, "step": encode_json(step), "provider_ref": provider_ref}
    await conn.execute(_STARTED, {**values, "expires_at": expires_at, "next_ask_at": next_ask_at})


async def mark_pending(conn: AsyncConnection, *, attempt_id: UUID, ref: str | None) -> None:
    """The provider has taken it on; ``ref`` is its name for it."""
    await conn.execute(_PENDING, {"attempt_id": attempt_id, "ref": ref})


async def ask_again(
    conn: AsyncConnection, *, attempt_id: UUID, at: datetime | None, error: str | None = None, ref: str | None = None
) -> None:
    """Nobody knows yet: ask again then (real time; ``None``: only when there is news)."""
    values = {"attempt_id": attempt_id, "next_ask_at": at, "last_error": error, "provider_ref": ref}
    await conn.execute(_ASK_AGAIN, values)


async def ask_now(conn: AsyncConnection, *, attempt_id: UUID) -> None:
    """There is news: ask as soon as possible, also about one that is over."""
    await conn.execute(_ASK_NOW, {"attempt_id": attempt_id})


async def end_attempt(conn: AsyncConnection, *, attempt_id: UUID, values: Mapping[str, Any]) -> None:
    """Write how an attempt ended: state, counted, moved_yen, ended_at, failure, provider_ref, detail."""
    await conn.execute(_END, {"attempt_id": attempt_id, **values, "detail": encode_json(values["detail"])})


async def count_attempt(conn: AsyncConnection, *, attempt_id: UUID) -> None:
    """A payment that waited counts after all."""
    await conn.execute(_COUNT, {"attempt_id": attempt_id})


async def stuck_attempts(
    conn: AsyncConnection, *, asked: int, over: datetime, at_most: int = 100
) -> Sequence[AttemptView]:
    """Attempts that nobody knows the end of though their provider was asked so often, or their time is long over."""
    values = {"asked": asked, "over": over, "at_most": at_most}
    return [AttemptView(**row) for row in (await conn.execute(_STUCK, values)).mappings()]


async def look_now(conn: AsyncConnection, *, charge_id: UUID, now: datetime) -> None:
    """What waited for the result of a payment waits no more: its deadlines are looked at now (business time).

    One that is not due yet goes back to its own time. Whoever meets one this moment sees the result, or comes again.
    """
    await conn.execute(_LOOK_NOW, {"charge_id": charge_id, "now": now})


async def due_attempts(conn: AsyncConnection, *, at_most: int) -> Sequence[DueAttempt]:
    """Attempts to be asked about now, over all tenants."""
    return [DueAttempt(**row) for row in (await conn.execute(_DUE, {"at_most": at_most})).mappings()]


def _first(row: RowMapping | None) -> AttemptView | None:
    return None if row is None else AttemptView(**row)
