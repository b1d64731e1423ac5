"""What staff see and do about late charges: what comes, what was done, letters; a step taken back, or let come again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.repository import arrears as repository
from yoyaku.billing.repository.arrears import StepLine
from yoyaku.billing.repository.charges import read_charge
from yoyaku.billing.repository.telling import audit, tell
from yoyaku.billing.service.arrears import issue_letter, next_step, told_facts
from yoyaku.billing.service.suspending import lift_of_charge
from yoyaku.billing.ties import charge_keeper
from yoyaku.billing.views import ChargeView
from yoyaku.rules.values import Text

AHEAD: Final = timedelta(days=45)
"""How far ahead staff see what comes."""


@dataclass(frozen=True, kw_only=True)
class ComingBatch:
    """What comes on a day unless it is paid: which step, for which charges; ``yen`` in all."""

    step: str
    name: Text
    day: date
    charges: tuple[ChargeView, ...]

    @property
    def yen(self) -> int:
        """What they owe together."""
        return sum(one.outstanding_yen for one in self.charges)


@dataclass(frozen=True, kw_only=True)
class Reverted:
    """How many charges a step was taken back of, and how many had gone on to a later one and stay as they are."""

    revoked: int
    went_on: int


async def coming_batches(conn: AsyncConnection, *, act: MoneyAct) -> Sequence[ComingBatch]:
    """The steps that come by themselves in the next weeks, in order."""
    batches: dict[tuple[date, str], list[ChargeView]] = {}
    names: dict[str, Text] = {}
    for one in await repository.coming_steps(conn, until=act.now + AHEAD):
        rung = await next_step(conn, act=act, charge_id=one.charge_id)
        charge = await read_charge(conn, charge_id=one.charge_id)
        if rung is not None and charge is not None:
            names[rung.step.code] = rung.name
            batches.setdefault((act.civil_date(max(rung.at, one.at)), rung.step.code), []).append(charge)
    return [
        ComingBatch(step=step, name=names[step], day=day, charges=tuple(charges))
        for (day, step), charges in sorted(batches.items(), key=lambda pair: pair[0])
    ]


async def print_letters(
    conn: AsyncConnection, *, act: MoneyAct, chosen: Sequence[tuple[UUID, str]]
) -> Sequence[StepLine]:
    """The letters of these charges and steps as they are printed; from now on they count as sent, and their days run."""
    wanted, issued = set(chosen), []
    for one in await repository.letters_of_arrears(conn):
        if not wanted or (one.charge_id, one.step) in wanted:
            step = await issue_letter(conn, act=act, charge_id=one.charge_id, step=one.step)
            if step is not None:
                issued.append(replace(one, pay_by=step.pay_by, letter_sent_at=act.now))
    return issued


async def revert_batch(conn: AsyncConnection, *, act: MoneyAct, step: str, day: date, why: str) -> Reverted:
    """Take back a step that many charges came to on a day; whoever is concerned is told why.

    What the step brought (a suspension) goes with it, and no further step comes until it is let come again. A charge
    that has gone on to a later step stays as it is: that step is taken back first.
    """
    revoked = went_on = 0
    for one in await repository.lines_of_batch(conn, step=step, day=day):
        if one.revoked_at is not None:
            continue
        await charge_keeper().lock(conn, act=act, charge_id=one.charge_id)
        reached = await repository.reached_steps(conn, charge_id=one.charge_id)
        if one.state == "open" and (not reached or reached[-1].code != step):
            went_on += 1
            continue
        await _revert(conn, act=act, one=one, why=why)
        revoked += 1
    facts = {"step": step, "day": day.isoformat(), "revoked": revoked, "went_on": went_on}
    await audit(conn, act=act, what="arrears_revoked", subject=("arrears_batch", f"{step} {day}"), why=why, facts=facts)
    return Reverted(revoked=revoked, went_on=went_on)


async def _revert(conn: AsyncConnection, *, act: MoneyAct, one: StepLine, why: str) -> None:
    await repository.revoke_step(conn, charge_id=one.charge_id, step=one.step, at=act.now)
    await repository.unset_next_step(conn, charge_id=one.charge_id)
    await lift_of_charge(conn, act=act, charge_id=one.charge_id, why=why)
    charge = await read_charge(conn, charge_id=one.charge_id)
    if charge is not None:
        subject = await charge_keeper().read(conn, act=act, charge_id=one.charge_id)
        facts = told_facts(charge, subject) | {"why": why}
        payer = charge.payer_id or charge.registrant_id
        await tell(conn, act=act, kind="arrears_revoked", subject_id=payer, facts=facts)


async def apply_again(conn: AsyncConnection, *, act: MoneyAct, step: str, day: date) -> int:
    """Let a step that was taken back come again, at once, for what is still not paid; for how many."""
    count = 0
    for one in await repository.lines_of_batch(conn, step=step, day=day):
        if one.revoked_at is not None and one.state == "open" and one.overdue_since is not None:
            await repository.set_next_step(conn, act=act, charge_id=one.charge_id, at=act.now)
            count += 1
    facts = {"step": step, "day": day.isoformat(), "count": count}
    await audit(conn, act=act, what="arrears_again", subject=("arrears_batch", f"{step} {day}"), why=None, facts=facts)
    return count
