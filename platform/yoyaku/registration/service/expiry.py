"""What deadlines of a registration bring: reminders, the end of a validity, and data that are no longer kept.

Each may be killed at any point and run again: it looks at its open deadline while it holds the registrant's row, and
sets the next one in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.act import Act
from yoyaku.registration.policy.life import (
    TIED_DAYS,
    StillTied,
    due_reminders,
    end_of,
    expiries_at,
    find_validity,
    reminders,
)
from yoyaku.registration.repository import events, life
from yoyaku.registration.repository.life import LifeRow
from yoyaku.registration.service.privacy import anonymise, find_ties
from yoyaku.registration.service.stages import (
    arm_expiry,
    arm_reminder,
    arm_retention,
    as_texts,
    begin_of,
    facts_of,
    forget_day,
    get_life,
)


async def remind(conn: AsyncConnection, *, act: Act, registrant_id: UUID) -> None:
    """Tell of the ends that come near, and set the next reminder."""
    row = await get_life(conn, registrant_id=registrant_id, lock=True)
    due_at = await life.open_deadline(conn, kind="registration_reminder", subject_id=registrant_id)
    if due_at is None or due_at > act.now:
        return
    every = reminders(act.terms, row.expiries, row.zone)
    for reminder in due_reminders(every, since=due_at, now=act.now, today=act.today):
        told = {"validity": reminder.code, "last_day": reminder.last_day}
        await events.tell(conn, kind="registration_expiring", registrant_id=registrant_id, facts=told)
    await arm_reminder(conn, act=act, row=row, after=act.now)


async def expire(conn: AsyncConnection, *, act: Act, registrant_id: UUID) -> None:
    """Let what is over be over: tell it, and go to the stage that the rules name."""
    row = await get_life(conn, registrant_id=registrant_id, lock=True)
    due_at = await life.open_deadline(conn, kind="registration_expiry", subject_id=registrant_id)
    if due_at is None or due_at > act.now:
        return
    for code, last in sorted(row.expiries.items()):
        if due_at <= end_of(last, row.zone) <= act.now:
            row = await _end_validity(conn, act=act, row=row, code=code)
    await arm_expiry(conn, row=row, after=act.now)
    await arm_reminder(conn, act=act, row=row, after=act.now)
    await arm_retention(conn, act=act, row=row)


async def _end_validity(conn: AsyncConnection, *, act: Act, row: LifeRow, code: str) -> LifeRow:
    clause = find_validity(act.terms, code, facts_of(row))
    told = {"validity": code, "last_day": row.expiries[code]}
    then_stage = None if clause is None else clause.then_stage
    if then_stage is not None and then_stage != row.stage:
        facts = {**facts_of(row), "registration": then_stage}
        given = expiries_at(act.terms, stage=then_stage, since=act.today, facts=facts)
        values: dict[str, Any] = {
            "stage": then_stage,
            "stage_since": act.now,
            "expiries": as_texts({**row.expiries, **given}),
        }
        await life.change_registrant(conn, registrant_id=row.registrant_id, values=values)
        told |= {"from": row.stage, "to": then_stage}
    await events.tell(conn, kind="registration_expired", registrant_id=row.registrant_id, facts=told)
    return await get_life(conn, registrant_id=row.registrant_id)


async def forget_if_due(conn: AsyncConnection, *, act: Act, registrant_id: UUID) -> bool:
    """Anonymise whoever was away, or never finished, for as long as the rules say; whether that was done.

    Who was there since is looked at again when their own time is over, and who has bookings or debts a month later.
    """
    row = await get_life(conn, registrant_id=registrant_id, lock=True)
    due_at = await life.open_deadline(conn, kind="registration_retention", subject_id=registrant_id)
    if due_at is None or due_at > act.now:
        return False
    row = await _with_last_use(conn, act=act, row=row)
    day = forget_day(act, row)
    if day is None or begin_of(day, row) > act.now:
        await arm_retention(conn, act=act, row=row)
        return False
    try:
        await anonymise(conn, act=act, registrant_id=registrant_id, why="retention")
    except StillTied:
        later = act.now + timedelta(days=TIED_DAYS)
        await events.set_deadline(conn, kind="registration_retention", subject_id=registrant_id, due_at=later)
        return False
    return True


async def _with_last_use(conn: AsyncConnection, *, act: Act, row: LifeRow) -> LifeRow:
    """Booking and using count as being there; noted here, so that no booking has to write it."""
    last_on = (await find_ties(conn, act=act, registrant_id=row.registrant_id)).last_on
    if last_on is None or (row.active_on is not None and row.active_on >= last_on):
        return row
    await life.change_registrant(conn, registrant_id=row.registrant_id, values={"active_on": last_on})
    return replace(row, active_on=last_on)
