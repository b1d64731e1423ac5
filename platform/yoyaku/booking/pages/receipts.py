"""Receipts of a booking: what was paid and returned, each with its document, to look at, print and save as PDF."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.billing.repository.receipts import ReceiptView
from yoyaku.billing.service.receipts import ORIGINAL, ReceiptClosed, ReceiptNotFound, ReceiptNotIssuedHere
from yoyaku.booking.pages.booked import open_booking
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.pages.relief import base_of, crumbs_from
from yoyaku.booking.service.receipts import issue_again, issue_receipt, read_receipt, receipts_of_booking
from yoyaku.ui.page import Crumb
from yoyaku.ui.pdf import write_pdf

PDF: Final = "application/pdf"


async def receipts_page(here: Here, booking_id: UUID) -> Response[Any]:
    """What was paid and returned, with what was issued of it."""
    booking, rules = await open_booking(here, booking_id)
    rows = await receipts_of_booking(here.conn, visit=here.visit, rules=rules, booking=booking)
    base = base_of(here, booking_id)
    return here.page.show(
        "booking/receipts.html",
        number=booking.number,
        rows=rows,
        base=base,
        crumbs=crumbs_from(here, booking, Crumb(label=here.words.say("receipt.title"))),
    )


async def take_issue(here: Here, booking_id: UUID, request: Request[Any, Any, Any]) -> Response[Any]:
    """Issue the document of one payment or return, and show it."""
    sent = str((await request.form()).get("attempt", ""))
    booking, rules = await open_booking(here, booking_id)
    base = f"{base_of(here, booking_id)}/receipts"
    try:
        attempt_id = UUID(sent)
    except ValueError:
        raise ReceiptNotFound from None
    try:
        receipt_id = await issue_receipt(
            here.conn, visit=here.visit, rules=rules, booking=booking, attempt_id=attempt_id
        )
    except ReceiptNotIssuedHere:
        return here.page.go(base, flash="receipt_not_here")
    return here.page.go(f"{base}/{receipt_id}/{ORIGINAL}")


async def take_again(here: Here, booking_id: UUID, receipt_id: UUID) -> Response[Any]:
    """Make a document again, with the mark, and show it."""
    booking, rules = await open_booking(here, booking_id)
    copy = await issue_again(here.conn, visit=here.visit, rules=rules, booking=booking, receipt_id=receipt_id)
    return here.page.go(f"{base_of(here, booking_id)}/receipts/{receipt_id}/{copy}")


async def document(here: Here, booking_id: UUID, receipt_id: UUID, number: str, *, as_pdf: bool) -> Response[Any]:
    """The document itself, as a page to print or as PDF; ``number`` is that of the copy."""
    copy = read_number(number)
    if copy is None:
        raise ReceiptNotFound
    booking, rules = await open_booking(here, booking_id)
    base = f"{base_of(here, booking_id)}/receipts"
    try:
        found = await read_receipt(
            here.conn, visit=here.visit, rules=rules, booking=booking, receipt_id=receipt_id, copy=copy
        )
    except ReceiptClosed:
        return here.page.go(base, flash="receipt_closed")
    if as_pdf:
        return await _pdf(here, found, copy)
    return here.page.show(
        "booking/receipt.html",
        receipt=found,
        paper=found.paper,
        copy=copy,
        base=base,
        pdf=f"{base}/{receipt_id}/{copy}/pdf",
        crumbs=crumbs_from(
            here, booking, Crumb(label=here.words.say("receipt.title"), path=base), Crumb(label=found.number)
        ),
    )


async def _pdf(here: Here, found: ReceiptView, copy: int) -> Response[Any]:
    html = here.page.environment.get_template("booking/receipt_pdf.html").render(
        words=here.words, lang=here.words.language, receipt=found, paper=found.paper, copy=copy
    )
    headers = {
        "content-disposition": f'inline; filename="receipt-{found.number}.pdf"',
        "cache-control": "no-store",
    }
    return Response(await write_pdf(html), media_type=PDF, headers=headers)


def _to_log_in(here: Here, booking_id: UUID) -> Response[Any] | None:
    """Where nobody is logged in whose booking this could be."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next=/me/bookings/{booking_id}/receipts")
    return None


@get("/me/bookings/{booking_id:uuid}/receipts")
async def show_receipts(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """One's receipts of a booking."""
    return _to_log_in(here, booking_id) or await receipts_page(here, booking_id)


@post("/me/bookings/{booking_id:uuid}/receipts", status_code=303)
async def issue(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Have one issued."""
    return _to_log_in(here, booking_id) or await take_issue(here, booking_id, request)


@post("/me/bookings/{booking_id:uuid}/receipts/{receipt_id:uuid}/again", status_code=303)
async def again(here: NamedDependency[Here], booking_id: FromPath[UUID], receipt_id: FromPath[UUID]) -> Response[Any]:
    """Have one issued again."""
    return _to_log_in(here, booking_id) or await take_again(here, booking_id, receipt_id)


@get("/me/bookings/{booking_id:uuid}/receipts/{receipt_id:uuid}/{copy:str}")
async def show_receipt(
    here: NamedDependency[Here], booking_id: FromPath[UUID], receipt_id: FromPath[UUID], copy: FromPath[str]
) -> Response[Any]:
    """A document of one's own, to print."""
    return _to_log_in(here, booking_id) or await document(here, booking_id, receipt_id, copy, as_pdf=False)


@get("/me/bookings/{booking_id:uuid}/receipts/{receipt_id:uuid}/{copy:str}/pdf")
async def send_pdf(
    here: NamedDependency[Here], booking_id: FromPath[UUID], receipt_id: FromPath[UUID], copy: FromPath[str]
) -> Response[Any]:
    """A document of one's own, to save."""
    return _to_log_in(here, booking_id) or await document(here, booking_id, receipt_id, copy, as_pdf=True)


ROUTES: Final = [show_receipts, issue, again, show_receipt, send_pdf]
