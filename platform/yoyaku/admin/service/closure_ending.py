"""Closures that stand, and ending one: what is left of it can be booked again.

Taken back on the day of its making, it gives back what it took, where nothing stands in the way by now; whoever gets
nothing back is told that the place is open. Later, those whom it displaced have made other plans: they are told only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.closure_refusals import ClosureEnded
from yoyaku.booking.policy.closing import closed_units
from yoyaku.booking.repository import acts
from yoyaku.booking.repository import closures as stored
from yoyaku.booking.repository.bookings import lock_booking, read_booking
from yoyaku.booking.repository.closures import ClosureView, Displaced
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import PinnedRules
from yoyaku.booking.service.finding import require_clerk, require_why
from yoyaku.booking.service.restoring import restore_booking
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import NotAllowed, NotFound
from yoyaku.lottery.service.revoking import give_again


async def list_closures(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules) -> list[ClosureView]:
    """Closures of the facilities that a member of staff works for, those that stand first."""
    require_clerk(visit)
    today = rules.civil_date(visit.now)
    return await stored.list_closures(conn, facilities=sorted(visit.facilities), today=today)


async def read_closure(conn: AsyncConnection, *, visit: Visit, closure_id: UUID) -> ClosureView:
    """One closure, which nobody else ends meanwhile.

    Raises:
        NotFound, NotAllowed: there is none of that id, or it is of other facilities.
    """
    require_clerk(visit)
    found = await stored.lock_closure(conn, closure_id=closure_id)
    if found is None:
        raise NotFound(what="closure")
    if not visit.reaches(found.closing.facility):
        raise NotAllowed
    return found


async def displaced_by(conn: AsyncConnection, *, closure_id: UUID) -> Sequence[Displaced]:
    """Whom a closure displaced."""
    return await stored.displaced_by(conn, closure_id=closure_id)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How many bookings and wins stand again, and how many people are only told that the place is open."""

    restored: int
    told: int


def gives_back(rules: ServiceRules, closure: ClosureView, *, now: datetime) -> bool:
    """Whether ending a closure now gives back what it took: on the day on which it was made."""
    return rules.civil_date(closure.applied_at) == rules.civil_date(now)


async def end_closure(  # what is ended, by whom, by which rules, why
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, rules_of: PinnedRules, closure_id: UUID, why: str
) -> Ended:
    """End a closure now: what is left of it can be booked again, and whoever it displaced gets it back, or is told.

    What other closures of the facility take stays taken. ``rules_of`` finds the rules that bookings keep.

    Raises:
        NotFound, NotAllowed: there is none of that id, or it is of other facilities.
        WhyMissing, ClosureEnded: no reason was given; it has ended before.
    """
    why = require_why(why)
    found = await read_closure(conn, visit=visit, closure_id=closure_id)
    today = rules.civil_date(visit.now)
    if found.ended_at is not None or found.closing.last_on < today:
        raise ClosureEnded
    minute = int((visit.now - rules.instant(today, 0)).total_seconds()) // 60
    await stored.end_closure(conn, visit=visit, closure_id=closure_id, day=today, minute=minute, why=why)
    await _take_again(conn, visit, rules, found)
    displaced = await stored.displaced_by(conn, closure_id=closure_id)
    restored: set[UUID] = set()
    if gives_back(rules, found, now=visit.now):
        restored = await _give_back(conn, visit, rules, rules_of, closure_id, why)
    told = await _tell(conn, visit, [one for one in displaced if one.subject_id not in restored], why)
    ended = Ended(restored=len(restored), told=told)
    facts = {"kind": found.closing.kind, "facility": found.closing.facility, **asdict(ended)}
    await note_act(conn, visit=visit, act="closure_ended", subject=("closure", str(closure_id)), why=why, facts=facts)
    return ended


async def _take_again(conn: AsyncConnection, visit: Visit, rules: ServiceRules, ended: ClosureView) -> None:
    """What another closure wanted too, and could not have twice, is its own from now on."""
    closing = ended.closing
    others = await stored.standing_closures(
        conn, facilities=[closing.facility], first=closing.first_on, end=closing.last_on + timedelta(days=1)
    )
    for one in others:
        units = closed_units(rules, one.closing)
        await stored.occupy(conn, visit=visit, closure_id=one.closure_id, closing=one.closing, units=units)


async def _give_back(  # to whom, by which rules, why
    conn: AsyncConnection,
    visit: Visit,
    rules: ServiceRules,
    rules_of: PinnedRules,
    closure_id: UUID,
    why: str,
) -> set[UUID]:
    """Restore what can be, bookings first; which. Of a booking that cannot, why is kept with the closure."""
    restored = set()
    displaced = await stored.displaced_by(conn, closure_id=closure_id)
    for one in displaced:
        booking = None
        if one.kind == "booking":
            booking = await read_booking(conn, visit=visit, booking_id=one.subject_id, owner=None)
        if booking is None:
            continue
        own = await rules_of(version=booking.rule_set_version, inventory_version=booking.inventory_version)
        stays = await restore_booking(conn, visit=visit, rules=own, booking_id=one.subject_id, why=why)
        if stays is None:
            restored.add(one.subject_id)
        else:
            await stored.note_stays(conn, closure_id=closure_id, booking_id=one.subject_id, stays=stays)
    wins = [one.subject_id for one in displaced if one.kind == "win"]
    restored.update(await give_again(conn, visit=visit, rules=rules, entry_ids=wins, why=why))
    return restored


async def _tell(conn: AsyncConnection, visit: Visit, displaced: Sequence[Displaced], why: str) -> int:
    """Tell those whose use is still to come that they may book again; their bookings stay revoked."""
    told = 0
    for one in displaced:
        if one.kind != "booking":
            continue
        booking = await lock_booking(conn, visit=visit, booking_id=one.subject_id, owner=None)
        if booking is None or booking.period.ends_at <= visit.now:
            continue
        facts = {"number": booking.number, "state": booking.state, "reason": why}
        act = acts.Act(booking_id=booking.booking_id, kind="booking_reopened", facts=facts, why=why)
        await acts.update_booking(conn, visit=visit, booking_id=booking.booking_id, changes={}, act=act)
        told += 1
    return told
