"""Receipts at the counter: issued and printed for whoever paid."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.serving import require_clerk
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.receipts import document, receipts_page, take_again, take_issue


@get("/counter/bookings/{booking_id:uuid}/receipts")
async def show_receipts(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """The receipts of a booking."""
    require_clerk(here)
    return await receipts_page(here, booking_id)


@post("/counter/bookings/{booking_id:uuid}/receipts", status_code=303)
async def issue(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Issue one."""
    require_clerk(here)
    return await take_issue(here, booking_id, request)


@post("/counter/bookings/{booking_id:uuid}/receipts/{receipt_id:uuid}/again", status_code=303)
async def again(here: NamedDependency[Here], booking_id: FromPath[UUID], receipt_id: FromPath[UUID]) -> Response[Any]:
    """Issue one again, with the mark."""
    require_clerk(here)
    return await take_again(here, booking_id, receipt_id)


@get("/counter/bookings/{booking_id:uuid}/receipts/{receipt_id:uuid}/{copy:str}")
async def show_receipt(
    here: NamedDependency[Here], booking_id: FromPath[UUID], receipt_id: FromPath[UUID], copy: FromPath[str]
) -> Response[Any]:
    """A document, to print."""
    require_clerk(here)
    return await document(here, booking_id, receipt_id, copy, as_pdf=False)


@get("/counter/bookings/{booking_id:uuid}/receipts/{receipt_id:uuid}/{copy:str}/pdf")
async def send_pdf(
    here: NamedDependency[Here], booking_id: FromPath[UUID], receipt_id: FromPath[UUID], copy: FromPath[str]
) -> Response[Any]:
    """A document, as PDF."""
    require_clerk(here)
    return await document(here, booking_id, receipt_id, copy, as_pdf=True)


ROUTES: Final = [show_receipts, issue, again, show_receipt, send_pdf]
