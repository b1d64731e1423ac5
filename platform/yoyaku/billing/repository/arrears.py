"""What an unpaid charge has come to, and when it is looked at next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.arrears import Reached
from yoyaku.kernel.ids import new_id

_OVERDUE_OF = text("""
    SELECT coalesce(sum(owed_yen - written_off_yen - paid_yen), 0)::bigint FROM charge
    WHERE overdue_since IS NOT NULL AND state = 'open' AND :registrant_id IN (registrant_id, payer_id)
""")
_OVERDUE = text("UPDATE charge SET overdue_since = :since WHERE charge_id = :charge_id AND overdue_since IS NULL")
_REACHED = text("""
    SELECT s.step AS code, s.reached_at AS at, s.pay_by, s.letter_due AND s.letter_sent_at IS NULL AS letter_waits
    FROM arrears_step s
    JOIN charge c USING (tenant_id, service_id, charge_id)
    WHERE s.charge_id = :charge_id AND s.revoked_at IS NULL AND s.reached_at >= c.overdue_since
    ORDER BY s.reached_at, s.step
""")
_REACH = text("""
    INSERT INTO arrears_step (tenant_id, service_id, charge_id, step, reached_at, pay_by, outstanding_yen, letter_due)
    VALUES (:tenant_id, :service_id, :charge_id, :step, :reached_at, :pay_by, :outstanding_yen, :letter_due)
    ON CONFLICT (tenant_id, service_id, charge_id, step) DO UPDATE
    SET reached_at = excluded.reached_at, pay_by = excluded.pay_by, outstanding_yen = excluded.outstanding_yen,
        letter_due = excluded.letter_due, letter_sent_at = NULL, revoked_at = NULL
""")
_SET = text("""
    INSERT INTO deadline (tenant_id, service_id, deadline_id, kind, subject_id, due_at)
    VALUES (:tenant_id, :service_id, :deadline_id, :kind, :charge_id, :due_at)
    ON CONFLICT (tenant_id, service_id, kind, subject_id) WHERE done_at IS NULL
    DO UPDATE SET due_at = excluded.due_at, next_try_at = '-infinity'
""")
_UNSET = text("""
    UPDATE deadline SET done_at = clock_timestamp()
    WHERE kind = 'arrears_step' AND subject_id = :charge_id AND done_at IS NULL
""")
_BATCHES = text("""
    SELECT s.step, (s.reached_at AT TIME ZONE t.time_zone)::date AS day, count(*)::int AS count,
           sum(s.outstanding_yen)::bigint AS yen, count(*) FILTER (WHERE c.state = 'open')::int AS open_count,
           count(*) FILTER (WHERE s.revoked_at IS NOT NULL)::int AS revoked_count
    FROM arrears_step s JOIN charge c USING (tenant_id, service_id, charge_id) JOIN tenant t USING (tenant_id)
    GROUP BY 1, 2 ORDER BY 2 DESC, 1 LIMIT :at_most
""")
_COMING = text("""
    SELECT c.charge_id, d.due_at AS at FROM deadline d
    JOIN charge c ON (c.tenant_id, c.service_id, c.charge_id) = (d.tenant_id, d.service_id, d.subject_id)
    WHERE d.kind = 'arrears_step' AND d.done_at IS NULL AND c.state = 'open' AND c.overdue_since IS NOT NULL
      AND d.due_at < :until
    ORDER BY d.due_at, c.charge_id LIMIT :at_most
""")
_LINE = """
    SELECT c.charge_id, c.number, c.due_at, c.overdue_since, c.state, c.owed_yen - c.written_off_yen - c.paid_yen AS owing_yen, s.step,
           s.reached_at, s.pay_by, s.outstanding_yen, s.letter_due, s.letter_sent_at, s.revoked_at,
           r.registrant_id, r.name, r.postcode, r.address, b.use_on, f.name AS facility_name
    FROM arrears_step s
    JOIN charge c USING (tenant_id, service_id, charge_id)
    JOIN tenant t USING (tenant_id)
    JOIN booking b ON (b.tenant_id, b.service_id, b.booking_id) = (c.tenant_id, c.service_id, c.charge_id)
    JOIN facility f ON (f.tenant_id, f.facility_id) = (b.tenant_id, b.facility_id)
    JOIN registrant r ON (r.tenant_id, r.service_id, r.registrant_id)
        = (c.tenant_id, c.service_id, coalesce(c.payer_id, c.registrant_id))
"""
_OF_BATCH = text(f"""{_LINE} WHERE s.step = :step AND (s.reached_at AT TIME ZONE t.time_zone)::date = :day
    ORDER BY c.number""")  # the lines above
_LETTERS = text(f"""{_LINE} WHERE s.letter_due AND s.letter_sent_at IS NULL AND s.revoked_at IS NULL AND c.state = 'open'
      AND s.reached_at >= c.overdue_since
    ORDER BY s.reached_at, c.number""")
_SENT = text("""
    UPDATE arrears_step SET letter_sent_at = :at, pay_by = :pay_by
    WHERE charge_id = :charge_id AND step = :step AND letter_sent_at IS NULL AND revoked_at IS NULL
""")
_REVOKE = text("""
    UPDATE arrears_step SET revoked_at = :at WHERE charge_id = :charge_id AND step = :step AND revoked_at IS NULL
""")


@dataclass(frozen=True, kw_only=True)
class StepBatch:
    """One step that many charges came to on one civil day; ``open_count`` of them are not paid yet."""

    step: str
    day: date
    count: int
    yen: int
    open_count: int
    revoked_count: int


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One charge that came to a step. ``outstanding_yen`` was owing then, ``owing_yen`` is now."""

    charge_id: UUID
    number: str
    due_at: datetime | None
    overdue_since: datetime | None
    state: str
    owing_yen: int
    step: str
    reached_at: datetime
    pay_by: datetime | None
    outstanding_yen: int
    letter_due: bool
    letter_sent_at: datetime | None
    revoked_at: datetime | None
    registrant_id: UUID
    name: str
    postcode: str | None
    address: str | None
    use_on: date
    facility_name: Any


@dataclass(frozen=True, kw_only=True)
class ComingStep:
    """A charge whose next step comes then."""

    charge_id: UUID
    at: datetime


async def overdue_of(conn: AsyncConnection, *, registrant_id: UUID) -> int:
    """What somebody still owes, or is to pay for another, beyond its due date, in yen."""
    found = await conn.execute(_OVERDUE_OF, {"registrant_id": registrant_id})
    return int(found.scalar_one())


async def set_overdue(conn: AsyncConnection, *, charge_id: UUID, since: datetime) -> None:
    """From then on a charge is late."""
    await conn.execute(_OVERDUE, {"charge_id": charge_id, "since": since})


async def reached_steps(conn: AsyncConnection, *, charge_id: UUID) -> Sequence[Reached]:
    """The steps that a late charge has come to since it is late, in order."""
    return [Reached(**row) for row in (await conn.execute(_REACHED, {"charge_id": charge_id})).mappings()]


async def reach_step(conn: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Write that a charge has come to a step."""
    await conn.execute(_REACH, dict(row))


async def set_next_step(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, at: datetime) -> None:
    """Let a charge be looked at then (business time)."""
    values = {"deadline_id": new_id(), "kind": "arrears_step", "charge_id": charge_id, "due_at": at}
    await conn.execute(_SET, {**act.keys, **values})


async def unset_next_step(conn: AsyncConnection, *, charge_id: UUID) -> None:
    """No further step comes by itself."""
    await conn.execute(_UNSET, {"charge_id": charge_id})


async def step_batches(conn: AsyncConnection, *, at_most: int = 60) -> Sequence[StepBatch]:
    """What was done on which day, the latest first."""
    return [StepBatch(**row) for row in (await conn.execute(_BATCHES, {"at_most": at_most})).mappings()]


async def coming_steps(conn: AsyncConnection, *, until: datetime, at_most: int = 1000) -> Sequence[ComingStep]:
    """Late charges whose next step comes before an instant."""
    rows = await conn.execute(_COMING, {"until": until, "at_most": at_most})
    return [ComingStep(**row) for row in rows.mappings()]


async def lines_of_batch(conn: AsyncConnection, *, step: str, day: date) -> Sequence[StepLine]:
    """The charges of a batch."""
    return [StepLine(**row) for row in (await conn.execute(_OF_BATCH, {"step": step, "day": day})).mappings()]


async def letters_of_arrears(conn: AsyncConnection) -> Sequence[StepLine]:
    """Letters to be printed: of steps that stand and are not paid."""
    return [StepLine(**row) for row in (await conn.execute(_LETTERS)).mappings()]


async def note_letter(
    conn: AsyncConnection, *, charge_id: UUID, step: str, at: datetime, pay_by: datetime | None
) -> None:
    """It was printed and goes to the post, and says until when to pay."""
    await conn.execute(_SENT, {"charge_id": charge_id, "step": step, "at": at, "pay_by": pay_by})


async def revoke_step(conn: AsyncConnection, *, charge_id: UUID, step: str, at: datetime) -> None:
    """It should not have come to that."""
    await conn.execute(_REVOKE, {"charge_id": charge_id, "step": step, "at": at})
