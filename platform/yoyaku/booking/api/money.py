"""What is owed for a booking, how it was paid, and which receipts there are of it: for reading only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final, Literal
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from msgspec import Struct, to_builtins

from yoyaku.billing.repository.attempts import attempts_of
from yoyaku.billing.repository.charges import read_charge
from yoyaku.billing.service.receipts import Receiptable
from yoyaku.billing.views import AttemptView
from yoyaku.booking.api.answers import dues_out
from yoyaku.booking.api.caller import By
from yoyaku.booking.api.shapes import DueOut
from yoyaku.booking.service import BookingNotFound, get_booking
from yoyaku.booking.service.receipts import receipts_of_booking
from yoyaku.registration.api import BEARER, NotLoggedIn
from yoyaku.rules.values import Text
from yoyaku.ui.problem import answers, shown


class AttemptOut(Struct, frozen=True, kw_only=True):
    """A payment or a refund; its amount counts as paid, or given back, where ``counted``."""

    attempt_id: UUID
    kind: Literal["payment", "refund"]
    method: str
    choice: str | None
    amount_yen: int
    state: Literal["created", "pending", "succeeded", "failed", "cancelled", "expired"]
    counted: bool
    collection_number: str | None
    created_at: datetime
    ended_at: datetime | None


class ReceiptOut(Struct, frozen=True, kw_only=True):
    """A document of a payment or of a return; ``number`` and ``issued_at`` are absent until it is issued.

    ``may_issue``: whoever asks may have it issued on the page of receipts.
    """

    attempt_id: UUID
    kind: str
    amount_yen: int
    moved_on: date
    method: Text
    number: str | None
    issued_at: datetime | None
    may_issue: bool


class ChargeOut(Struct, frozen=True, kw_only=True):
    """What a booking costs and what of it is paid; ``payee`` is whose money it is, ``fiscal_year`` when it was raised."""

    booking_id: UUID
    number: str
    payee: str | None
    fiscal_year: int | None
    state: Literal["none", "open", "settled", "refundable"]
    owed_yen: int
    paid_yen: int
    outstanding_yen: int
    due_at: datetime | None
    overdue_since: datetime | None
    dues: list[DueOut]
    attempts: list[AttemptOut]
    receipts: list[ReceiptOut]


_DUE_AT: Final = datetime(2027, 2, 19, 15, 0, tzinfo=UTC)
_ID: Final = UUID("01941f29-7c00-7000-8000-000000000001")
_EXAMPLE: Final = ChargeOut(
    booking_id=_ID,
    number="2026-000001",
    payee="city",
    fiscal_year=2026,
    state="open",
    owed_yen=1200,
    paid_yen=0,
    outstanding_yen=1200,
    due_at=_DUE_AT,
    overdue_since=None,
    dues=[DueOut(method="online", name={"ja": "オンライン決済", "en": "Online"}, due_at=_DUE_AT, online=True)],
    attempts=[
        AttemptOut(
            attempt_id=_ID,
            kind="payment",
            method="online",
            choice="card",
            amount_yen=1200,
            state="pending",
            counted=False,
            collection_number=None,
            created_at=datetime(2027, 1, 16, 0, 3, 12, tzinfo=UTC),
            ended_at=None,
        )
    ],
    receipts=[],
)


@get(
    "/bookings/{booking_id:uuid}/charge",
    summary="What is owed and paid",
    tags=["Bookings"],
    security=BEARER,
    responses=answers(
        shown(
            ChargeOut, ("To be paid", to_builtins(_EXAMPLE)), says="The charge with its payments, refunds and receipts."
        ),
        NotLoggedIn(),
        BookingNotFound(),
    ),
)
async def read_charge_of(caller: By, booking_id: FromPath[UUID]) -> ChargeOut:
    """Say what one's own booking costs, what of it is paid, and how; ``state`` is ``none`` where it never cost anything."""
    caller.require_login()
    booking = await get_booking(caller.conn, visit=caller.visit, booking_id=booking_id)
    rules = await caller.pinned(booking)
    charge = await read_charge(caller.conn, charge_id=booking_id)
    receipts = await receipts_of_booking(caller.conn, visit=caller.visit, rules=rules, booking=booking)
    return ChargeOut(
        booking_id=booking_id,
        number=booking.number,
        payee=charge.payee if charge else None,
        fiscal_year=charge.fiscal_year if charge else None,
        state=charge.state if charge else "none",
        owed_yen=charge.owed_yen if charge else 0,
        paid_yen=charge.paid_yen if charge else 0,
        outstanding_yen=charge.outstanding_yen if charge else 0,
        due_at=charge.due_at if charge else None,
        overdue_since=charge.overdue_since if charge else None,
        dues=dues_out(booking.dues),
        attempts=[_attempt(each) for each in await attempts_of(caller.conn, charge_id=booking_id)],
        receipts=[_receipt(each) for each in receipts],
    )


def _attempt(made: AttemptView) -> AttemptOut:
    """Nothing of the provider's own: neither its references nor its words."""
    return AttemptOut(
        amount_yen=made.moved_yen or made.amount_yen,
        **{name: getattr(made, name) for name in AttemptOut.__struct_fields__ if name != "amount_yen"},
    )


def _receipt(found: Receiptable) -> ReceiptOut:
    return ReceiptOut(
        attempt_id=found.attempt_id,
        kind=found.kind,
        amount_yen=found.amount_yen,
        moved_on=found.on,
        method=found.method,
        number=found.issued.number if found.issued else None,
        issued_at=found.issued.issued_at if found.issued else None,
        may_issue=found.may_issue,
    )


MONEY: Final = [read_charge_of]
