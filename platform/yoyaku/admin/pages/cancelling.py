"""A booking cancelled at the counter for whoever asks for it there or by telephone: what goes back is shown before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.serving import counter_crumbs, require_clerk
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.policy import ReasonMissing
from yoyaku.booking.service import cancel_booking, offer_cancellation
from yoyaku.booking.service.refusals import RefundChanged
from yoyaku.rules.refusal import Refusal

HOME: Final = "/counter/bookings/{booking_id:uuid}/cancel"


@get(HOME)
async def show_cancelling_for(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """What cancelling would do now, by the rules for the counter (MG-057: paid in part there, it is cancelled there)."""
    require_clerk(here)
    return await _page(here, booking_id, {}, reason="")


async def _page(here: Here, booking_id: UUID, errors: Mapping[str, str], *, reason: str) -> Response[Any]:
    booking, rules = await open_booking(here, booking_id)
    offer = offer_cancellation(rules, visit=here.visit, booking=booking)
    row = booking_row(rules, booking, here, offer=offer)
    if offer.plan is None:
        return here.page.go(row.path, flash="not_cancelled")
    entry = next((one for one in rules.booking.cancellation if one.code == offer.plan.code), None)
    return here.page.show(
        "booking/cancel.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        booking=row,
        plan=offer.plan,
        free_yen=booking.total_yen - offer.plan.kept_yen,
        schedule=row.schedule,
        reason=entry.reason if entry else "none",
        form={"reason": reason},
        errors=errors,
        crumbs=counter_crumbs(here, booking.number, here.words.say("cancel.title")),
    )


@post(HOME, status_code=303)
async def cancel_for(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Cancel, if what goes back is still what was shown; where something was paid, its money is looked at next."""
    require_clerk(here)
    form = await read_form(request)
    reason = form.get("reason", "").strip()
    booking, rules = await open_booking(here, booking_id)
    if not form.get("sure"):
        return await _page(here, booking_id, {"sure": here.words.say("cancel.tick_sure")}, reason=reason)
    try:
        await cancel_booking(
            here.conn,
            visit=here.visit,
            rules=rules,
            booking_id=booking_id,
            reason=reason or None,
            expected_refund_yen=read_number(form.get("expected_refund_yen", "")),
        )
    except (ReasonMissing, RefundChanged) as refusal:
        where = "reason" if isinstance(refusal, ReasonMissing) else ""
        return await _page(here, booking_id, {where: here.words.sentence(refusal)}, reason=reason)
    except Refusal:
        return here.page.go(f"/counter/bookings/{booking_id}", flash="not_cancelled")
    onward = "/money" if booking.paid_yen else ""
    return here.page.go(f"/counter/bookings/{booking_id}{onward}", flash="cancelled")


ROUTES: Final = [show_cancelling_for, cancel_for]
