"""Receipts of a booking: what they name, and whose they are."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.repository.receipts import ReceiptView
from yoyaku.billing.service import receipts
from yoyaku.billing.service.papers import Occasion
from yoyaku.billing.service.receipts import ORIGINAL, Receiptable
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit


def occasion_of(rules: ServiceRules, booking: BookingView) -> Occasion:
    """What the documents of a booking name; ``rules`` are those it was made by."""
    return Occasion(
        number=booking.number,
        recipient=booking.payer_name or booking.contact.name,
        facility=booking.facility_name,
        space=booking.space_name,
        use_on=booking.use_on,
        facts=booking.facts,
        kept_tax=booking.kept_tax,
        terms=rules.payment,
        rate_percent=rules.fees.tax_rate_percent,
        rounding=rules.fees.tax_rounding,
    )


async def receipts_of_booking(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, booking: BookingView
) -> tuple[Receiptable, ...]:
    """What was paid and returned for a booking, with the documents of it; ``rules`` are those it was made by."""
    return await receipts.list_receiptable(
        conn, act=money_act(visit, rules), charge_id=booking.booking_id, occasion=occasion_of(rules, booking)
    )


async def issue_receipt(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, booking: BookingView, attempt_id: UUID
) -> UUID:
    """Issue the document of a payment or return of a booking that this visit may see; its id.

    Raises:
        ReceiptNotFound, ReceiptNotIssuedHere.
    """
    return await receipts.issue_receipt(
        conn,
        act=money_act(visit, rules),
        charge_id=booking.booking_id,
        attempt_id=attempt_id,
        occasion=occasion_of(rules, booking),
    )


async def issue_again(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, booking: BookingView, receipt_id: UUID
) -> int:
    """Make a document again; the number of the copy.

    Raises:
        ReceiptNotFound: there is none.
    """
    return await receipts.issue_again(
        conn, act=money_act(visit, rules), charge_id=booking.booking_id, receipt_id=receipt_id
    )


async def read_receipt(
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    booking: BookingView,
    receipt_id: UUID,
    copy: int = ORIGINAL,
) -> ReceiptView:
    """A document of a booking that was made a short time ago.

    Raises:
        ReceiptNotFound, ReceiptClosed.
    """
    return await receipts.read_receipt(
        conn, act=money_act(visit, rules), charge_id=booking.booking_id, receipt_id=receipt_id, copy=copy
    )
