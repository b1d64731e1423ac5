"""The button on a booking, and on the day's sheet, by which a clerk says that nobody came."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.serving import require_clerk
from yoyaku.booking.pages.here import Here
from yoyaku.booking.service.no_shows import mark_no_show


@post("/counter/bookings/{booking_id:uuid}/no-show", status_code=303)
async def take_mark(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Mark it, or take the mark back; on to the booking."""
    require_clerk(here)
    form = await request.form()
    missed = form.get("missed") == "yes"
    why = str(form.get("why", "")).strip() or None
    await mark_no_show(here.conn, visit=here.visit, booking_id=booking_id, missed=missed, why=why)
    return here.page.go(f"/counter/bookings/{booking_id}", flash="missed" if missed else "not_missed")


ROUTES: Final = [take_mark]
