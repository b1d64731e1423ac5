"""What follows when a charge is not paid in time: it is late, then comes step after step of the city's ladder (KS-112, KS-113).

Each step is met by a deadline of its own, in one transaction; whoever pays in between ends the ladder. A step that is
told by letter counts from the day on which the letter is printed: until then no further step comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.arrears import (
    Reached,
    Rung,
    ladder_for,
    late_counter,
    next_rung,
    pay_by,
    pay_by_of_letter,
    told_of,
)
from yoyaku.billing.repository import arrears as repository
from yoyaku.billing.repository.attempts import has_open_payment
from yoyaku.billing.repository.charges import lock_charge, read_charge
from yoyaku.billing.repository.telling import tell
from yoyaku.billing.service.suspending import reinstate_by_itself, suspend
from yoyaku.billing.ties import ChargeSubject, charge_keeper
from yoyaku.billing.views import ChargeView

RESULT_PAUSE: Final = timedelta(hours=1)
"""How long nobody is called late while a payment of theirs is not decided: a bank answers after days."""


@dataclass(frozen=True, kw_only=True)
class Met:
    """What became of a deadline: settled, or to be met again at ``again_at`` (business time)."""

    settled: bool
    again_at: datetime | None = None


SETTLED: Final = Met(settled=True)


async def meet_due_date(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> Met:
    """The day by which a charge was to be paid at the latest has passed; done again, it changes nothing.

    What lapses by itself is left to that; where a payment is not decided yet, its result is waited for.
    """
    subject, charge = await hold_charge(conn, act=act, charge_id=charge_id)
    if charge is None or charge.state != "open" or charge.overdue_since is not None or charge.due_at is None:
        return SETTLED
    if act.now < charge.due_at:
        return Met(settled=False, again_at=charge.due_at)
    if subject.lapses:
        return SETTLED
    if await has_open_payment(conn, charge_id=charge_id):
        return Met(settled=False, again_at=act.now + RESULT_PAUSE)
    await repository.set_overdue(conn, charge_id=charge_id, since=charge.due_at)
    rung = await _rung(conn, subject=subject, charge=charge, due_at=charge.due_at)
    if rung is not None:
        await repository.set_next_step(conn, act=act, charge_id=charge_id, at=rung.at)
    await _tell(conn, act=act, kind="payment_overdue", charge=charge, subject=subject)
    return SETTLED


async def meet_step(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> Met:
    """The next step of a late charge has come; of one that is paid, the ladder ends, and with it what it brought."""
    subject, charge = await hold_charge(conn, act=act, charge_id=charge_id)
    if charge is None:
        return SETTLED
    since = charge.overdue_since
    if charge.state != "open" or since is None:
        await reinstate_by_itself(conn, act=act, charge=charge, subject=subject)
        return SETTLED
    rung = await _rung(conn, subject=subject, charge=charge, due_at=since)
    if rung is None:
        return SETTLED
    if act.now < rung.at:
        return Met(settled=False, again_at=rung.at)
    if await has_open_payment(conn, charge_id=charge_id):
        return Met(settled=False, again_at=act.now + RESULT_PAUSE)
    await _reach(conn, act=act, charge=charge, subject=subject, rung=rung)
    following = await _rung(conn, subject=subject, charge=charge, due_at=since)
    return SETTLED if following is None else Met(settled=False, again_at=following.at)


async def next_step(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> Rung | None:
    """Which step comes next for a charge, and when; nothing is held. ``None``: it is not late, or the ladder ends."""
    charge = await read_charge(conn, charge_id=charge_id)
    if charge is None or charge.overdue_since is None:
        return None
    subject = await charge_keeper().read(conn, act=act, charge_id=charge_id)
    return await _rung(conn, subject=subject, charge=charge, due_at=charge.overdue_since)


async def issue_letter(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, step: str) -> Reached | None:
    """The letter of a step goes out now: its days count from today, and the next step comes after them; the step as told.

    Whoever was told an earlier day by mail is told again. ``None``: it is paid, or the step was taken back meanwhile.
    """
    subject, charge = await hold_charge(conn, act=act, charge_id=charge_id)
    if charge is None or charge.state != "open" or charge.overdue_since is None:
        return None
    reached = await repository.reached_steps(conn, charge_id=charge_id)
    one = next((each for each in reached if each.code == step and each.letter_waits), None)
    if one is None:
        return None
    until = pay_by_of_letter(one, issued_at=act.now, zone=act.zone)
    await repository.note_letter(conn, charge_id=charge_id, step=step, at=act.now, pay_by=until)
    ladder = ladder_for(subject.terms.arrears, subject.occasion().facts)
    told = None if ladder is None else told_of(ladder, step)
    if told is not None and until is not None and until != one.pay_by:
        facts = {"pay_by": until.isoformat()}
        await _tell(conn, act=act, kind=told, charge=charge, subject=subject, facts=facts)
    rung = await _rung(conn, subject=subject, charge=charge, due_at=charge.overdue_since)
    if rung is not None:
        await repository.set_next_step(conn, act=act, charge_id=charge_id, at=rung.at)
    return replace(one, pay_by=until, letter_waits=False)


async def hold_charge(
    conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID
) -> tuple[ChargeSubject, ChargeView | None]:
    """A charge and what it is for, held still until the transaction ends."""
    subject = await charge_keeper().lock(conn, act=act, charge_id=charge_id)
    return subject, await lock_charge(conn, charge_id=charge_id)


async def _rung(conn: AsyncConnection, *, subject: ChargeSubject, charge: ChargeView, due_at: datetime) -> Rung | None:
    if not subject.terms.arrears:
        return None
    occasion = subject.occasion()
    ladder = ladder_for(subject.terms.arrears, occasion.facts)
    if ladder is None:
        return None
    reached = await repository.reached_steps(conn, charge_id=charge.charge_id)
    return next_rung(ladder, reached=reached, due_at=due_at, moment=occasion.moment)


async def _reach(
    conn: AsyncConnection, *, act: MoneyAct, charge: ChargeView, subject: ChargeSubject, rung: Rung
) -> None:
    due_at = charge.overdue_since or rung.at
    until = pay_by(rung.step, reached_at=act.now, due_at=due_at, moment=subject.occasion().moment)
    row: dict[str, Any] = {
        **act.keys,
        "charge_id": charge.charge_id,
        "step": rung.step.code,
        "reached_at": act.now,
        "pay_by": until,
        "outstanding_yen": charge.outstanding_yen,
        "letter_due": rung.step.letter,
    }
    await repository.reach_step(conn, row)
    if rung.step.suspends:
        await suspend(conn, act=act, charge=charge)
    facts = {"pay_by": None if until is None else until.isoformat()}
    await _tell(conn, act=act, kind=rung.told, charge=charge, subject=subject, facts=facts)


async def _tell(  # what happened to which charge
    conn: AsyncConnection,
    *,
    act: MoneyAct,
    kind: str,
    charge: ChargeView,
    subject: ChargeSubject,
    facts: Mapping[str, Any] | None = None,
) -> None:
    await tell(
        conn, act=act, kind=kind, subject_id=charge.payer_id or charge.registrant_id,
        facts=told_facts(charge, subject) | dict(facts or {}),
    )  # fmt: skip


def told_facts(charge: ChargeView, subject: ChargeSubject) -> dict[str, Any]:
    """What a mail about a charge says; ``pay_at`` is who takes it when it is late, where the rules name somebody (KS-093)."""
    taker = late_counter(subject.terms, subject.occasion().facts) if subject.terms.late_counters else None
    return {
        "charge_id": str(charge.charge_id),
        "number": charge.number,
        "facility": subject.facility_name,
        "space": subject.space_name,
        "owing_yen": charge.outstanding_yen,
        "due_at": None if charge.due_at is None else charge.due_at.isoformat(),
        "pay_at": None if taker is None else taker.name,
    }
