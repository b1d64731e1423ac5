"""Whether everything runs, what is due next, what is stuck, and how staff mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.booking.visit import Visit
from yoyaku.db import stuck
from yoyaku.db.heartbeat import Heartbeat, read_heartbeats
from yoyaku.db.stuck import BatchHead, Coming, Outside, StuckWork
from yoyaku.kernel.errors import Malformed, NotFound, YoyakuError

Health = Literal["well", "failing", "silent", "unseen"]

LATE: Final = timedelta(minutes=5)
MAIL_DAYS: Final = timedelta(days=7)
OFTEN: Final = timedelta(minutes=2)
PARTS: Final[Mapping[str, timedelta]] = {
    "scheduler": OFTEN,
    "meet_deadlines": OFTEN,
    "tell_events": OFTEN,
    "send_mails": OFTEN,
    "ask_providers": OFTEN,
    "dry_runs": OFTEN,
    "seal_record": timedelta(minutes=10),
    "tidy": timedelta(hours=3),
    "reconcile": timedelta(hours=13),
}
"""The parts of an installation, and after how long without a heartbeat one is silent."""
SELDOM: Final = frozenset({"seal_record", "tidy", "reconcile"})
"""Parts that a new installation has not seen at work for a while, without fault."""
NEVER_DROPPED: Final = frozenset(
    {
        "lottery_plan",
        "lottery_open",
        "lottery_seal",
        "lottery_draw",
        "lottery_announce",
        "lottery_lapse",
        "lottery_release",
        "debit_prepare",
        "arrears_step",
        "payment_due",
        "booking_lapse",
        "registration_retention",
        "document_deletion",
    }
)
"""Deadlines without which something would stand still, or be kept, for good: they are mended, never dropped."""
DROPPABLE: Final = frozenset({"outbox", "mail", "deadline"})
LONGEST_REASON: Final = 500


class StuckNoMore(NotFound):
    """The work is done meanwhile, or nobody can do this to it."""

    code = "stuck_no_more"
    title = "This is not stuck any more."


class MustBeDone(YoyakuError):
    """Without this deadline (``what``) something would stand still for good."""

    code = "must_be_done"
    title = "This cannot be dropped: it has to be done."


class ReasonMissing(Malformed):
    """Whoever drops something says why."""

    code = "operation_reason_missing"
    title = "Say why."


@dataclass(frozen=True, kw_only=True)
class PartView:
    """A part of the installation, and how it does."""

    part: str
    health: Health
    succeeded_at: datetime | None
    failed_at: datetime | None
    error: str | None


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Everything that somebody who runs a service wants to see. ``late``: due for minutes, and never tried."""

    parts: Sequence[PartView]
    outside: Sequence[Outside]
    late: int
    stuck: Sequence[StuckWork]
    coming: Sequence[Coming]
    batches: Sequence[BatchHead]

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do."""
        ill = any(part.health in {"failing", "silent"} for part in self.parts)
        return not (ill or self.late or self.stuck or any(one.failing for one in self.outside))


async def look(conn: AsyncConnection, *, now: datetime, real_now: datetime) -> Sight:
    """How a service does at this instant (business and real time); needs no worker."""
    late = real_now - LATE
    return Sight(
        parts=judge_parts(await read_heartbeats(conn), real_now=real_now),
        outside=await stuck.read_outside(conn, since=real_now - MAIL_DAYS),
        late=await stuck.count_late(conn, late=late, late_business=now - LATE),
        stuck=await stuck.list_stuck(conn, late=late),
        coming=await stuck.list_coming(conn, now=now),
        batches=await stuck.list_batches(conn),
    )


def judge_parts(beats: Mapping[str, Heartbeat], *, real_now: datetime) -> list[PartView]:
    """How each part does, by its heartbeats."""
    return [
        PartView(
            part=part,
            health=_health(beats.get(part), real_now=real_now, within=within, part=part),
            succeeded_at=beats[part].succeeded_at if part in beats else None,
            failed_at=beats[part].failed_at if part in beats else None,
            error=beats[part].error if part in beats else None,
        )
        for part, within in PARTS.items()
    ]


def _health(beat: Heartbeat | None, *, real_now: datetime, within: timedelta, part: str) -> Health:
    if beat is None:
        return "unseen" if part in SELDOM else "silent"
    if beat.failed_at is not None and (beat.succeeded_at is None or beat.failed_at > beat.succeeded_at):
        return "failing"
    return "well" if beat.succeeded_at is not None and real_now - beat.succeeded_at <= within else "silent"


def may_drop(one: StuckWork) -> bool:
    """Whether staff may let a piece of work be."""
    return one.kind in DROPPABLE and not (one.kind == "deadline" and one.what in NEVER_DROPPED)


async def try_now(conn: AsyncConnection, *, visit: Visit, kind: str, work_id: UUID) -> None:
    """Let the worker try a stuck piece of work at once.

    Raises:
        StuckNoMore: there is nothing to try.
    """
    what = await stuck.try_again(conn, kind=kind, work_id=work_id)
    if what is None:
        raise StuckNoMore(what=kind)
    await note_act(conn, visit=visit, act="work_retried", subject=(kind, str(work_id)), facts={"what": what})


async def drop(conn: AsyncConnection, *, visit: Visit, kind: str, work_id: UUID, why: str) -> None:
    """Let a stuck piece of work be, with a reason that the record of acts keeps.

    Raises:
        ReasonMissing, MustBeDone, StuckNoMore: nothing was changed.
    """
    if not why.strip():
        raise ReasonMissing
    if kind == "deadline":
        found = await stuck.read_stuck_deadline(conn, work_id=work_id)
        if found in NEVER_DROPPED:
            raise MustBeDone(what=found)
    what = await stuck.give_up(conn, kind=kind, work_id=work_id)
    if what is None:
        raise StuckNoMore(what=kind)
    said = why.strip()[:LONGEST_REASON]
    await note_act(conn, visit=visit, act="work_dropped", subject=(kind, str(work_id)), why=said, facts={"what": what})
