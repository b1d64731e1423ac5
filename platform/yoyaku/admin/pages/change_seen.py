"""A change at the counter in two steps: what it would cost is shown first, and done only for the sum that was seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Response

from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import change_booking
from yoyaku.booking.service.quoting_changes import quote_change
from yoyaku.booking.views import BookingView
from yoyaku.rules.refusal import Refusal

Show = Callable[[Mapping[str, str], BookingView | None], Awaitable[Response[Any]]]
"""The page with errors by field, or with what a change would make of the booking; or with both."""


async def change_as_seen(  # noqa: PLR0913  # what changes, as it was typed, and how the page goes on
    here: Here,
    form: Mapping[str, str],
    *,
    rules: ServiceRules,
    booking_id: UUID,
    changes: Mapping[str, Any],
    grounds: str | None = None,
    show: Show,
    errors_of: Callable[[Refusal], Mapping[str, str]],
    flash: str,
) -> Response[Any]:
    """Show what the change would cost; with the sum that was seen (``step: do``), change it, and go on to the money."""
    if form.get("step") == "again":
        return await show({}, None)
    asked: dict[str, Any] = {"rules": rules, "booking_id": booking_id, "changes": changes, "grounds": grounds}
    try:
        after = await quote_change(here.conn, visit=here.visit, **asked)
        if form.get("step") != "do":
            return await show({}, after)
        if read_number(form.get("total_yen", "")) != after.total_yen:
            return await show({"": here.words.say("change.moved")}, after)
        await change_booking(here.conn, visit=here.visit, why=form.get("why") or None, **asked)
    except Refusal as refusal:
        return await show(errors_of(refusal), None)
    return here.page.go(f"/counter/bookings/{booking_id}/money", flash=flash)
