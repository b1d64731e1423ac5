"""Confirming a tentative booking at the counter: documents seen, fee taken."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.service.counter import take_cash
from yoyaku.booking.policy import ConfirmationPlan, NotConfirmable, decide_confirmation
from yoyaku.booking.policy.life import Confirmer
from yoyaku.booking.repository import acts, bookings
from yoyaku.booking.repository.rows import booked_facts
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.service.finding import lock_own, require_clerk
from yoyaku.booking.service.refusals import DocumentsNotSeen
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit

CASH: Final = "cash"
"""The method of a fee taken at the counter where the rules name no method of their own for it."""


async def confirm_booking(  # noqa: PLR0913  # what a confirmation consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    booking_id: UUID,
    documents_seen: bool,
    fee_taken_yen: int,
    why: str | None = None,
) -> BookingView:
    """Make a tentative booking a confirmed one, by what its rules say confirms it.

    Documents seen are the procedure at the counter; a fee taken is a payment.

    Raises:
        NotAllowed: only clerks confirm.
        BookingNotFound: there is none of that id.
        DocumentsNotSeen: neither documents were seen nor a fee taken.
        NotConfirmable, FeeOutstanding: by the rules.
        AmountWrong: more was taken than is to be paid.
    """
    require_clerk(visit)
    booking = await lock_own(conn, visit=visit, booking_id=booking_id)
    offered: dict[Confirmer, bool] = {"counter": documents_seen, "payment": fee_taken_yen > 0}
    ways = [way for way, given in offered.items() if given]
    if not ways:
        raise DocumentsNotSeen
    plan = _confirm_by_first(rules, visit=visit, booking=booking, ways=ways, fee_taken_yen=fee_taken_yen)
    facts = {
        "number": booking.number,
        "state": plan.state,
        "paid_yen": plan.paid_yen,
        "fee_taken_yen": fee_taken_yen,
        "documents_seen": documents_seen,
    }
    act = acts.Act(booking_id=booking_id, kind="booking_confirmed", facts=facts, why=why)
    changes = {"state": plan.state, "confirmed_at": visit.now, "lapses_at": None}
    await acts.update_booking(conn, visit=visit, booking_id=booking_id, changes=changes, act=act)
    if fee_taken_yen:
        await take_cash(conn, act=money_act(visit, rules), charge_id=booking_id, amount_yen=fee_taken_yen)
    confirmed = await bookings.read_booking(conn, visit=visit, booking_id=booking_id, owner=None)
    return confirmed or booking


def _confirm_by_first(
    rules: ServiceRules, *, visit: Visit, booking: BookingView, ways: Sequence[Confirmer], fee_taken_yen: int
) -> ConfirmationPlan:
    """The plan by the first way that the rules take; the refusal of the last where they take none."""
    *others, last = ways
    paid_by = next((due.method for due in booking.dues if not due.online), CASH)
    decide = partial(
        decide_confirmation,
        rules,
        booking=booked_facts(booking),
        now=visit.now,
        fee_taken_yen=fee_taken_yen,
        paid_by=paid_by,
    )
    for way in others:
        with suppress(NotConfirmable):
            return decide(by=way)
    return decide(by=last)
