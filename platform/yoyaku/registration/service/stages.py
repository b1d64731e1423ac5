"""The stages of a registration, and how long it holds. Everything here may be done again and changes nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.act import Act
from yoyaku.registration.policy.life import (
    expiries_at,
    find_validity,
    forget_on,
    next_expiry,
    next_reminder,
    reminders,
    renewed_until,
)
from yoyaku.registration.repository import events, life
from yoyaku.registration.repository.life import LifeRow
from yoyaku.rules.condition import Facts


async def begin_registration(conn: AsyncConnection, *, act: Act, registrant_id: UUID) -> None:
    """Give a registration that was just stored the expiries of its first stage, and set its deadlines."""
    row = await get_life(conn, registrant_id=registrant_id, lock=True)
    given = expiries_at(act.terms, stage=row.stage, since=act.today, facts=facts_of(row))
    values: dict[str, Any] = {"expiries": as_texts(given), "stage_since": act.now, "active_on": act.today}
    await life.change_registrant(conn, registrant_id=registrant_id, values=values)
    await arm(conn, act=act, registrant_id=registrant_id)


async def advance_registration(
    conn: AsyncConnection, *, act: Act, registrant_id: UUID, to_stage: str, why: str | None = None
) -> bool:
    """Let a registration reach a stage: since when, until when, and who is told. Says whether it was not there yet.

    Raises:
        NotFound: there is no such registrant.
        LookupError: the rules have no such stage.
    """
    if all(stage.code != to_stage for stage in act.terms.stages):
        raise LookupError(f"the rules have no stage {to_stage}")
    row = await get_life(conn, registrant_id=registrant_id, lock=True)
    if row.stage == to_stage or row.anonymised_at is not None:
        return False
    facts = {**facts_of(row), "registration": to_stage}
    expiries = {**row.expiries, **expiries_at(act.terms, stage=to_stage, since=act.today, facts=facts)}
    values: dict[str, Any] = {"stage": to_stage, "stage_since": act.now, "expiries": as_texts(expiries)}
    await life.change_registrant(conn, registrant_id=registrant_id, values=values)
    await arm(conn, act=act, registrant_id=registrant_id)
    told = {"from": row.stage, "to": to_stage} | ({"why": why} if why else {})
    await events.tell(conn, kind="registration_advanced", registrant_id=registrant_id, facts=told)
    return True


async def renew_registration(
    conn: AsyncConnection, *, act: Act, registrant_id: UUID, validity: str, by: Literal["resident", "clerk"]
) -> date:
    """Let one expiry of a registration be later; a registration that had run out is again what it was. The last day.

    Raises:
        NothingToRenew, RenewalByClerk, RenewalNotOpen: nothing was changed.
    """
    row = await get_life(conn, registrant_id=registrant_id, lock=True)
    clause = find_validity(act.terms, validity, facts_of(row))
    current = row.expiries.get(validity)
    until = renewed_until(clause, current=current, today=act.today, by=by)
    values: dict[str, Any] = {"expiries": as_texts({**row.expiries, validity: until}), "active_on": act.today}
    if clause is not None and clause.then_stage == row.stage and clause.then_stage != clause.from_stage:
        values |= {"stage": clause.from_stage, "stage_since": act.now}
    await life.change_registrant(conn, registrant_id=registrant_id, values=values)
    await arm(conn, act=act, registrant_id=registrant_id)
    await events.tell(
        conn, kind="registration_renewed", registrant_id=registrant_id, facts={"validity": validity, "until": until}
    )
    return until


async def arm(conn: AsyncConnection, *, act: Act, registrant_id: UUID) -> None:
    """Set the deadlines of a registration by what is stored: the next end, the next reminder, and when data go.

    Dates that are stored stay: rules that changed since count for what is reached from now on. A deadline that is due
    and was not met yet stays due, as long as what it is for has not moved.
    """
    row = await get_life(conn, registrant_id=registrant_id)
    await arm_expiry(conn, row=row, after=await _after(conn, "registration_expiry", row, act))
    await arm_reminder(conn, act=act, row=row, after=await _after(conn, "registration_reminder", row, act))
    await arm_retention(conn, act=act, row=row)


async def arm_expiry(conn: AsyncConnection, *, row: LifeRow, after: datetime) -> None:
    """Set when the next validity ends."""
    due_at = next_expiry(row.expiries, after=after, zone=row.zone)
    await events.set_deadline(conn, kind="registration_expiry", subject_id=row.registrant_id, due_at=due_at)


async def arm_reminder(conn: AsyncConnection, *, act: Act, row: LifeRow, after: datetime) -> None:
    """Set when somebody is next reminded."""
    due_at = next_reminder(reminders(act.terms, row.expiries, row.zone), after=after)
    await events.set_deadline(conn, kind="registration_reminder", subject_id=row.registrant_id, due_at=due_at)


async def arm_retention(conn: AsyncConnection, *, act: Act, row: LifeRow) -> None:
    """Set when it is looked at whether personal data are still kept."""
    day = forget_day(act, row)
    due_at = None if day is None else max(begin_of(day, row), act.now)
    await events.set_deadline(conn, kind="registration_retention", subject_id=row.registrant_id, due_at=due_at)


async def _after(conn: AsyncConnection, kind: str, row: LifeRow, act: Act) -> datetime:
    due_at = await life.open_deadline(conn, kind=kind, subject_id=row.registrant_id)
    return act.now if due_at is None or due_at > act.now else due_at - timedelta(microseconds=1)


def forget_day(act: Act, row: LifeRow) -> date | None:
    """The first day on which this registrant's data are no longer kept."""
    if row.anonymised_at is not None:
        return None
    registered_on = row.registered_at.astimezone(row.zone).date()
    return forget_on(act.terms.retention, stage=row.stage, registered_on=registered_on, active_on=row.active_on)


async def get_life(conn: AsyncConnection, *, registrant_id: UUID, lock: bool | Literal["alone"] = False) -> LifeRow:
    """One registrant.

    Raises:
        NotFound: there is none of that id in this service.
    """
    row = await life.read_life(conn, registrant_id=registrant_id, lock=lock)
    if row is None:
        raise NotFound(what="registrant")
    return row


def facts_of(row: LifeRow) -> Facts:
    """The facts of a registrant by which clauses of the section ``registration`` decide."""
    usual = {
        "user_class": row.user_class,
        "account_kind": row.kind,
        "residency": row.residency,
        "registration": row.stage,
    }
    return {**row.facts, **{name: value for name, value in usual.items() if value is not None}}


def begin_of(day: date, row: LifeRow) -> datetime:
    """0:00 of a day, as an instant."""
    return datetime.combine(day, time(0, 0), tzinfo=row.zone).astimezone(UTC)


def as_texts(expiries: Mapping[str, date]) -> dict[str, str]:
    """Expiries as they are stored."""
    return {code: day.isoformat() for code, day in expiries.items()}
