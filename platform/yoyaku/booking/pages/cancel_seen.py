"""Cancelling a booking in two steps, by its owner or at the counter: what goes back is shown first, and done only as seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.pages.booked import BookingRow, booking_row
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.policy import ReasonMissing
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import cancel_booking, offer_cancellation
from yoyaku.booking.service.refusals import RefundChanged
from yoyaku.booking.views import BookingView
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb


@dataclass(frozen=True, kw_only=True)
class Cancelling:
    """A booking that somebody is about to cancel, its rules, and the way that leads to the page."""

    here: Here
    rules: ServiceRules
    booking: BookingView
    crumbs: Callable[[BookingRow], Sequence[Crumb]]

    def show(self, errors: Mapping[str, str], *, reason: str) -> Response[Any]:
        """What cancelling would do now; the booking itself where it can be cancelled no more."""
        here, rules, booking = self.here, self.rules, self.booking
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
            crumbs=self.crumbs(row),
        )

    async def do(self, form: Mapping[str, Any], *, path: str, onward: str) -> Response[Any]:
        """Cancel, if what goes back is still what was shown, and go ``onward``; to ``path`` where it is refused."""
        here, words = self.here, self.here.words
        reason = str(form.get("reason", "")).strip()
        if not form.get("sure"):
            return self.show({"sure": words.say("cancel.tick_sure")}, reason=reason)
        try:
            await cancel_booking(
                here.conn,
                visit=here.visit,
                rules=self.rules,
                booking_id=self.booking.booking_id,
                reason=reason or None,
                expected_refund_yen=read_number(str(form.get("expected_refund_yen", ""))),
            )
        except (ReasonMissing, RefundChanged) as refusal:
            where = "reason" if isinstance(refusal, ReasonMissing) else ""
            return self.show({where: words.sentence(refusal)}, reason=reason)
        except Refusal:
            return here.page.go(path, flash="not_cancelled")
        return here.page.go(onward, flash="cancelled")
