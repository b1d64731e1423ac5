"""Giving back what the city took away: a booking that it revoked stands again, where nothing stands in its way."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.repository.refunds import has_refund
from yoyaku.booking.policy.case import made_act, open_case
from yoyaku.booking.policy.decide import candidate_of, claims_of
from yoyaku.booking.policy.limits import check_limits
from yoyaku.booking.policy.refusals import LimitReached
from yoyaku.booking.repository import acts, bookings, claims
from yoyaku.booking.repository.holds import is_refused_as_held
from yoyaku.booking.repository.rows import booked_facts
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.finding import require_clerk, require_why
from yoyaku.booking.service.submit import hold_still
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit

Stays = Literal["begun", "changed", "lapsed", "refunded", "limit", "taken"]
"""Why a booking stays revoked: its use has begun, it is not revoked any more, its deadline has passed, money goes back
already, its owner has booked so much else meanwhile that a limit would be passed, its place is taken."""


async def restore_booking(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, booking_id: UUID, why: str
) -> Stays | None:
    """Let a revoked booking stand as it stood, with its price and deadlines, and tell its owner; or why it does not.

    Money that goes back already cannot be called back: who wants the place pays again. Limits count as they did when it
    was made; what was won by lot passed them then, as a win.

    Raises:
        NotAllowed, WhyMissing: only clerks restore, and say why.
    """
    require_clerk(visit)
    why = require_why(why)
    booking = await bookings.lock_booking(conn, visit=visit, booking_id=booking_id, owner=None)
    if booking is None or booking.state != "revoked":
        return "changed"
    stays = await _stays(conn, visit, rules, booking)
    if stays is None:
        await _write(conn, visit, booking, why)
    return stays


async def _stays(conn: AsyncConnection, visit: Visit, rules: ServiceRules, booking: BookingView) -> Stays | None:
    """Take what it held, or say why it stays revoked."""
    if booking.period.starts_at <= visit.now:
        return "begun"
    if booking.lapses_at is not None and booking.confirmed_at is None and booking.lapses_at <= visit.now:
        return "lapsed"
    if await has_refund(conn, charge_id=booking.booking_id):
        return "refunded"
    if booking.entry_id is None and not await _is_within_limits(conn, visit, rules, booking):
        return "limit"
    return None if await _take_again(conn, visit, rules, booking) else "taken"


async def _is_within_limits(conn: AsyncConnection, visit: Visit, rules: ServiceRules, booking: BookingView) -> bool:
    owner = replace(visit, registrant_id=booking.contact.registrant_id)
    held = await hold_still(conn, visit=owner, rules=rules, requests=[booking.request], keyed=False)
    facts = booked_facts(booking)
    case, use = open_case(rules, request=booking.request, act=made_act(rules, facts), arisen=facts.arisen)
    others = [one for one in held if one.booking_id != booking.booking_id]
    try:
        check_limits(case, candidate_of(case, use, booking.request, booking.application_id), others)
    except LimitReached:
        return False
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
