"""Giving back what the city took away: a booking that it revoked stands again, where nothing stands in its way."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.repository.refunds import has_refund
from yoyaku.booking.policy.case import made_act, open_case
from yoyaku.booking.policy.decide import candidate_of, claims_of
from yoyaku.booking.repository import acts, bookings, claims
from yoyaku.booking.repository.holds import is_refused_as_held
from yoyaku.booking.repository.rows import booked_facts
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.finding import require_clerk, require_why
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit


async def restore_booking(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, booking_id: UUID, why: str
) -> bool:
    """Let a revoked booking stand as it stood, with its price and deadlines, and tell its owner; whether it does.

    It does not where the use has begun, its deadline has passed, its place is taken, or money goes back already: that
    cannot be called back, and who wants the place pays again.

    Raises:
        NotAllowed, WhyMissing: only clerks restore, and say why.
    """
    require_clerk(visit)
    why = require_why(why)
    booking = await bookings.lock_booking(conn, visit=visit, booking_id=booking_id, owner=None)
    if booking is None or booking.state != "revoked" or booking.period.starts_at <= visit.now:
        return False
    if booking.lapses_at is not None and booking.confirmed_at is None and booking.lapses_at <= visit.now:
        return False
    if await has_refund(conn, charge_id=booking_id) or not await _take_again(conn, visit, rules, booking):
        return False
    await _write(conn, visit, booking, why)
    return True


async def _take_again(conn: AsyncConnection, visit: Visit, rules: ServiceRules, booking: BookingView) -> bool:
    """Take what it held, or other units that serve as well; false, and nothing taken, where they are not free."""
    facts = booked_facts(booking)
    case, use = open_case(rules, request=booking.request, act=made_act(rules, facts), arisen=facts.arisen)
    wanted = claims_of(rules, candidate_of(case, use, booking.request), buffer_minutes=use.buffer_minutes)
    try:
        async with conn.begin_nested() as undo:
            held = {booking.booking_id: wanted}
            grant = await claims.claim(conn, visit=visit, claims=held, units=rules.inventory.resources)
            if grant.missing:
                await undo.rollback()
    except Exception as error:
        if is_refused_as_held(error):
            return False
        raise
    return not grant.missing


async def _write(conn: AsyncConnection, visit: Visit, booking: BookingView, why: str) -> None:
    state = "tentative" if booking.confirmed_at is None else "confirmed"
    changes = {
        "state": state,
        **dict.fromkeys(("ended_at", "end_reason", "grounds", "kept_yen", "refund_yen")),
        "kept_tax": "out_of_scope",
        "bans_same_slot": False,
    }
    act = acts.Act(
        booking_id=booking.booking_id,
        kind="booking_restored",
        facts={"number": booking.number, "state": state, "reason": why},
        why=why,
        lapses_at=booking.lapses_at if state == "tentative" else None,
    )
    await acts.update_booking(conn, visit=visit, booking_id=booking.booking_id, changes=changes, act=act)
