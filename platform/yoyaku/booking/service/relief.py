"""Reductions and exemptions: asked for by the resident or for them, decided by a clerk, and then priced anew."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import ReliefPlan, grant_relief, require_offered
from yoyaku.booking.repository import acts
from yoyaku.booking.repository import relief as repository
from yoyaku.booking.repository.rows import booked_facts, changeable_columns, facts_to_json
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.endings import PinnedRules
from yoyaku.booking.service.finding import get_booking, lock_own, require_clerk, require_why
from yoyaku.booking.service.refusals import (
    GroundsMissing,
    ReliefAskedBefore,
    ReliefDecidedBefore,
    ReliefNotFound,
)
from yoyaku.booking.views import BookingView, ReliefView
from yoyaku.booking.visit import Visit

LONGEST_GROUNDS = 1000


async def ask_relief(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, booking_id: UUID, code: str, grounds: str
) -> UUID:
    """Ask for a reduction of a booking's fee; the fee stays until a clerk decides. The application's id.

    Raises:
        BookingNotFound: there is none of that id, or it is another's.
        GroundsMissing: nothing was said.
        ReliefNotOffered: it does not hold for the booking, or not any more.
        ReliefAskedBefore: another waits, or was granted.
    """
    booking = await lock_own(conn, visit=visit, booking_id=booking_id)
    said = grounds.strip()[:LONGEST_GROUNDS]
    if not said:
        raise GroundsMissing
    if booking.relief is not None:
        raise ReliefAskedBefore
    require_offered(rules, booked_facts(booking), code=code, now=visit.now)
    relief_id = await repository.add_relief(conn, visit=visit, booking_id=booking_id, code=code, grounds=said)
    if relief_id is None:
        raise ReliefAskedBefore
    return relief_id


async def withdraw_relief(conn: AsyncConnection, *, visit: Visit, relief_id: UUID) -> ReliefView:
    """Take back one's application, as long as it is not decided.

    Raises:
        ReliefNotFound, BookingNotFound: there is none, or it is another's.
        ReliefDecidedBefore: it was decided.
    """
    asked, _ = await _lock(conn, visit=visit, relief_id=relief_id)
    await repository.end_relief(conn, visit=visit, relief_id=relief_id, state="withdrawn")
    return asked


async def decide_relief(
    conn: AsyncConnection, *, visit: Visit, rules_of: PinnedRules, relief_id: UUID, approve: bool, why: str
) -> BookingView:
    """Grant or refuse; what is granted is priced anew by the rules of the booking, and its charge follows.

    Raises:
        NotAllowed: only clerks decide.
        ReliefNotFound, BookingNotFound: there is none, or it is of other facilities.
        WhyMissing: it is refused without a reason.
        ReliefDecidedBefore: it was decided or withdrawn meanwhile.
        ReliefNotOffered: it does not hold for the booking any more.
    """
    require_clerk(visit)
    asked, booking = await _lock(conn, visit=visit, relief_id=relief_id)
    told = why.strip() if approve else require_why(why)
    state = "approved" if approve else "refused"
    rules = await rules_of(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    plan = grant_relief(rules, booking=booked_facts(booking), code=asked.code, now=visit.now) if approve else None
    await repository.end_relief(conn, visit=visit, relief_id=relief_id, state=state, why=told or None)
    await _write(conn, visit=visit, booking=booking, asked=asked, plan=plan, why=told or None)
    return await get_booking(conn, visit=visit, booking_id=booking.booking_id)


async def reliefs_of_booking(conn: AsyncConnection, *, visit: Visit, booking_id: UUID) -> Sequence[ReliefView]:
    """The applications for a booking that this visit may see, the oldest first.

    Raises:
        BookingNotFound: there is none of that id, or it is another's.
    """
    await get_booking(conn, visit=visit, booking_id=booking_id)
    return await repository.reliefs_of_booking(conn, visit=visit, booking_id=booking_id)


async def reliefs_waiting(conn: AsyncConnection, *, visit: Visit) -> Sequence[ReliefView]:
    """The applications that wait for this clerk, the oldest first.

    Raises:
        NotAllowed: only clerks read them.
    """
    require_clerk(visit)
    return await repository.reliefs_waiting(conn, visit=visit)


async def get_relief(conn: AsyncConnection, *, visit: Visit, relief_id: UUID) -> tuple[ReliefView, BookingView]:
    """One application with its booking.

    Raises:
        ReliefNotFound, BookingNotFound: there is none, or it is another's.
    """
    found = await repository.read_relief(conn, visit=visit, relief_id=relief_id)
    if found is None:
        raise ReliefNotFound
    return found, await get_booking(conn, visit=visit, booking_id=found.booking_id)


async def _lock(conn: AsyncConnection, *, visit: Visit, relief_id: UUID) -> tuple[ReliefView, BookingView]:
    """An application that waits, with its booking, which nobody else changes from here on."""
    found = await repository.read_relief(conn, visit=visit, relief_id=relief_id)
    if found is None:
        raise ReliefNotFound
    booking = await lock_own(conn, visit=visit, booking_id=found.booking_id)
    found = await repository.read_relief(conn, visit=visit, relief_id=relief_id)
    if found is None or found.state != "asked":
        raise ReliefDecidedBefore
    return found, booking


async def _write(  # what a decision consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    booking: BookingView,
    asked: ReliefView,
    plan: ReliefPlan | None,
    why: str | None,
) -> None:
    facts = {
        "number": booking.number,
        "relief": asked.code,
        "granted": plan is not None,
        "before_yen": booking.total_yen,
        "total_yen": booking.total_yen if plan is None else plan.plan.quote.total_yen,
        "state": booking.state if plan is None else plan.plan.state,
        "why": why,
    }
    act = acts.Act(booking_id=booking.booking_id, kind="relief_decided", facts=facts, why=why)
    changes = {} if plan is None else _changes(booking, plan)
    await acts.update_booking(conn, visit=visit, booking_id=booking.booking_id, changes=changes, act=act)
    if plan is not None and plan.confirms:
        await _confirm(conn, visit=visit, booking=booking)


async def _confirm(conn: AsyncConnection, *, visit: Visit, booking: BookingView) -> None:
    """Confirm a booking for which nothing is left to pay; its registrant is told as of any other."""
    facts = {"number": booking.number, "state": "confirmed", "paid_yen": booking.paid_yen}
    act = acts.Act(booking_id=booking.booking_id, kind="booking_confirmed", facts=facts)
    changes = {"state": "confirmed", "confirmed_at": visit.now, "lapses_at": None}
    await acts.update_booking(conn, visit=visit, booking_id=booking.booking_id, changes=changes, act=act)


def _changes(booking: BookingView, plan: ReliefPlan) -> dict[str, object]:
    """The price, and what follows from it; the booking's names stay those of the day on which it was made."""
    after = changeable_columns(plan.plan)
    changes = {name: after[name] for name in ("total_yen", "lines", "dues", "trace")}
    facts = {
        "facility_name": booking.facility_name,
        "space_name": booking.space_name,
        "use": facts_to_json({**plan.plan.facts, "state": plan.plan.state}),
        "person": None if booking.person is None else facts_to_json(booking.person.facts),
        "registered_at": None if booking.person is None else booking.person.registered_at,
    }
    return {**changes, "facts": facts}
