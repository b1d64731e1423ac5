"""The deadlines of lotteries, and the one that plans them."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.ids import new_id

LotteryDue = Literal[
    "lottery_plan", "lottery_open", "lottery_remind", "lottery_seal", "lottery_draw", "lottery_announce",
    "lottery_remind_win", "lottery_lapse", "lottery_release",
]  # fmt: skip

_SET: Final = text("""
    INSERT INTO deadline (tenant_id, service_id, deadline_id, kind, subject_id, due_at)
    SELECT s.tenant_id, s.service_id, :deadline_id, :kind, :subject_id,
           coalesce(CAST(:due_at AS timestamptz), clock_timestamp() + make_interval(secs => s.clock_offset_seconds))
    FROM service s
    WHERE s.tenant_id = current_setting('app.tenant_id') AND s.service_id = current_setting('app.service_id')
    ON CONFLICT (tenant_id, service_id, kind, subject_id) WHERE done_at IS NULL
    DO UPDATE SET due_at = excluded.due_at, next_try_at = '-infinity'
""")
_CLOSE: Final = text("""
    UPDATE deadline SET done_at = clock_timestamp(), due_at = 'infinity'  -- it was never due
    WHERE kind = :kind AND subject_id = :subject_id AND done_at IS NULL
""")
_WAKE: Final = text("UPDATE deadline SET next_try_at = '-infinity' WHERE subject_id = :subject_id AND done_at IS NULL")


async def set_due(conn: AsyncConnection, *, kind: LotteryDue, subject_id: UUID, due_at: datetime | None = None) -> None:
    """Let the one open deadline of a kind be due then (business time; none: now), tried at once when it is."""
    values = {"deadline_id": new_id(), "kind": kind, "subject_id": subject_id, "due_at": due_at}
    await conn.execute(_SET, values)


async def close_due(conn: AsyncConnection, *, kind: LotteryDue, subject_id: UUID) -> None:
    """Let no deadline of that kind be open."""
    await conn.execute(_CLOSE, {"kind": kind, "subject_id": subject_id})


async def wake_dues(conn: AsyncConnection, *, subject_id: UUID) -> None:
    """Let what waited for the step that is done now be tried at once."""
    await conn.execute(_WAKE, {"subject_id": subject_id})


async def set_off_planning(conn: AsyncConnection) -> None:
    """Let the lotteries of the service whose transaction this is be planned anew at once: its rules may have changed."""
    here = (
        await conn.execute(text("SELECT current_setting('app.tenant_id'), current_setting('app.service_id')"))
    ).one()
    await set_due(conn, kind="lottery_plan", subject_id=plan_id(here[0], here[1]))


def plan_id(tenant_id: str, service_id: str) -> UUID:
    """The subject of a service's planning: always the same, so that there is one deadline of it."""
    return uuid5(NAMESPACE_URL, f"lottery plan of {tenant_id}/{service_id}")
