"""Bookings whose money is not in line: something is to be paid online, or goes back online."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.settling import RefundTooLate
from yoyaku.billing.repository.attempts import attempts_of_charges
from yoyaku.billing.repository.charges import charges_of
from yoyaku.billing.service.beginning import Account, account_of, open_methods, ways_paid
from yoyaku.booking.service.charged import subject_of
from yoyaku.booking.service.finding import list_bookings
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit


@dataclass(frozen=True, kw_only=True)
class Unsettled:
    """A booking with its account; without one (``too_late``), what would go back is too old for it."""

    booking: BookingView
    account: Account | None

    @property
    def too_late(self) -> bool:
        """Whether only the counter helps (MG-061)."""
        return self.account is None


async def list_unsettled(conn: AsyncConnection, *, visit: Visit, act: MoneyAct) -> Sequence[Unsettled]:
    """The registrant's bookings for which something can be done online now, in order of use (MG-016, MG-065).

    Also those whose payment is under way, and those that ended.

    Raises:
        LoginRequired: nobody is logged in.
    """
    bookings = [
        *await list_bookings(conn, visit=visit, past=True),
        *await list_bookings(conn, visit=visit, past=False),
    ]
    charges = (
        {one.charge_id: one for one in await charges_of(conn, payer_id=bookings[0].contact.registrant_id)}
        if bookings
        else {}
    )
    attempts = await attempts_of_charges(conn, charge_ids=list(charges))
    found = []
    for booking in bookings:
        charge = charges.get(booking.booking_id)
        if charge is None:
            continue
        subject = await subject_of(act, booking)
        try:
            account = account_of(charge, act=act, subject=subject, attempts=attempts.get(charge.charge_id, ()))
        except RefundTooLate:
            found.append(Unsettled(booking=booking, account=None))
            continue
        if _is_unsettled(account, act):
            found.append(Unsettled(booking=booking, account=account))
    return found


def _is_unsettled(account: Account, act: MoneyAct) -> bool:
    if account.plan.reversals or account.open_payment is not None:
        return True
    ways = open_methods(account.subject, act=act, paid_by=ways_paid(account.attempts))
    return account.plan.charge_yen > 0 and any(terms.online for terms, _ in ways)
