"""Several bookings cancelled together: ticked, warned about what is paid, confirmed with what goes back, and done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.pages.booked import BookingRow, booking_row, open_booking
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.pages.payments import PATH as PAYMENTS
from yoyaku.booking.policy import CancellationPlan, ReasonMissing
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import cancel_booking, list_bookings
from yoyaku.booking.service.endings import plan_cancellation
from yoyaku.booking.service.refusals import RefundChanged
from yoyaku.booking.views import BookingView
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb
from yoyaku.ui.prose import prose_html, split_title

PATH: Final = "/me/bookings/cancel"
CONDITIONS: Final = "cancellation"
"""The city's text page that is read before anything is cancelled, where there is one."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A booking that can be cancelled now, with what that would do.

    ``needs_settling``: what goes back does not go by itself; whoever cancels sets it off on the page of payments.
    """

    booking: BookingView
    rules: ServiceRules
    plan: CancellationPlan
    row: BookingRow

    @property
    def needs_settling(self) -> bool:
        """Whether it gets the mark (MG-054)."""
        return self.plan.refund_yen > 0 and self.rules.payment.refunds.by == "resident"

    @property
    def asks_reason(self) -> str:
        """Whether a reason is required, optional, or not asked for."""
        return next((one.reason for one in self.rules.booking.cancellation if one.code == self.plan.code), "none")


@get(PATH)
async def show_cancelling(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """What can be cancelled, to be ticked; then what is to be known before, one thing at a time; then all of it."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={PATH}")
    ids, cases = _ids(request.query_params.getall("booking", [])), await _cases(here)
    chosen = [case for case in cases if case.booking.booking_id in ids]
    if not chosen:
        return _choose(here, cases, is_empty="next" in request.query_params)
    seen = read_number(request.query_params.get("seen")) or 0
    for number, (key, about) in enumerate(_warnings(chosen), 1):
        if about and seen < number:
            return _warn(here, chosen, about, key=key, number=number)
    return _confirm(here, chosen, errors={}, reason="")


@post(PATH, status_code=303)
async def do_cancel_several(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Cancel all that was shown, or nothing."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={PATH}")
    form = await request.form()
    ids, reason = _ids(form.getall("booking", [])), str(form.get("reason", "")).strip()
    chosen = [case for case in await _cases(here) if case.booking.booking_id in ids]
    if not chosen or len(chosen) < len(ids):
        return here.page.go("/me/bookings", flash="not_cancelled")
    if not form.get("sure"):
        return _confirm(here, chosen, errors={"sure": here.words.say("cancel.tick_sure")}, reason=reason)
    try:
        async with here.conn.begin_nested():
            for case in sorted(chosen, key=lambda case: case.booking.booking_id):
                expected = read_number(str(form.get(f"expected.{case.booking.booking_id}", "")))
                await _cancel(here, case, reason=reason, expected=expected)
    except (ReasonMissing, RefundChanged, Refusal) as refusal:
        where = "reason" if isinstance(refusal, ReasonMissing) else ""
        return _confirm(here, chosen, errors={where: here.words.sentence(refusal)}, reason=reason)
    return here.page.go(f"/me/bookings/cancelled?{_query(chosen)}")


@get("/me/bookings/cancelled")
async def show_cancelled(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """What was cancelled, and what is to be done for what goes back (MG-062)."""
    if here.visit.registrant_id is None:
        return here.page.go("/login?next=/me/bookings")
    rows = []
    for booking_id in _ids(request.query_params.getall("booking", [])):
        booking, rules = await open_booking(here, booking_id)
        back_yen = booking.refund_yen or 0
        marked = back_yen > 0 and rules.payment.refunds.by == "resident"
        rows.append((booking_row(rules, booking, here), back_yen, booking.bans_same_slot, marked, booking.end_reason))
    if not rows:
        return here.page.go("/me/bookings")
    return here.page.show(
        "booking/cancelled.html",
        rows=rows,
        reason=rows[0][4],
        bans=any(row[2] for row in rows),
        marked=any(row[3] for row in rows),
        payments=PAYMENTS,
        crumbs=_crumbs(here, "cancel.done.title"),
    )


def _ids(values: Sequence[Any]) -> list[UUID]:
    """The ids among what was sent, each once."""
    found: dict[UUID, None] = {}
    for value in values:
        try:
            found[UUID(str(value))] = None
        except ValueError:
            continue
    return list(found)


def _query(cases: Sequence[Case], **more: int) -> str:
    return urlencode({"booking": [str(case.booking.booking_id) for case in cases], **more}, doseq=True)


async def _cases(here: Here) -> list[Case]:
    """One's bookings that can be cancelled now, in order of use."""
    found = []
    for booking in await list_bookings(here.conn, visit=here.visit, states=("tentative", "confirmed")):
        rules = await here.rules_for.pinned(
            version=booking.rule_set_version, inventory_version=booking.inventory_version
        )
        plan = plan_cancellation(rules, visit=here.visit, booking=booking)
        if plan is not None:
            found.append(Case(booking=booking, rules=rules, plan=plan, row=booking_row(rules, booking, here)))
    return found


def _warnings(chosen: Sequence[Case]) -> list[tuple[str, list[Case]]]:
    """What is to be known first, with the bookings that it is about (MG-053, MG-054)."""
    paid = [case for case in chosen if case.booking.paid_yen]
    return [("cancel.paid.sure", paid), ("cancel.paid.settle", [case for case in paid if case.needs_settling])]


def _choose(here: Here, cases: Sequence[Case], *, is_empty: bool) -> Response[Any]:
    return here.page.show(
        "booking/cancel_choose.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if is_empty else 200,
        cases=cases,
        errors={"bookings": here.words.say("cancel.several.choose_one")} if is_empty else {},
        path=PATH,
        crumbs=_crumbs(here, "cancel.several.title"),
    )


def _warn(here: Here, chosen: Sequence[Case], about: Sequence[Case], *, key: str, number: int) -> Response[Any]:
    return here.page.show(
        "booking/message.html",
        title=here.words.say("cancel.title"),
        sentences=[here.words.say(key)],
        rows=[case.row for case in about],
        yes=f"{PATH}?{_query(chosen, seen=number)}",
        no="/me/bookings" if number == 1 else None,
        crumbs=_crumbs(here, "cancel.title"),
    )


def _confirm(here: Here, chosen: Sequence[Case], *, errors: Mapping[str, str], reason: str) -> Response[Any]:
    asked = {case.asks_reason for case in chosen}
    _, body = split_title(here.page.site_text(CONDITIONS))
    return here.page.show(
        "booking/cancel_several.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        cases=chosen,
        bans=any(case.plan.bans_same_slot for case in chosen),
        marked=any(case.needs_settling for case in chosen),
        asks="required" if "required" in asked else "optional" if "optional" in asked else "none",
        conditions=prose_html(body, top_level=2) if body else None,
        form={"reason": reason},
        errors=errors,
        path=PATH,
        crumbs=_crumbs(here, "cancel.title"),
    )


async def _cancel(here: Here, case: Case, *, reason: str, expected: int | None) -> None:
    await cancel_booking(
        here.conn,
        visit=here.visit,
        rules=case.rules,
        booking_id=case.booking.booking_id,
        reason=reason or None,
        expected_refund_yen=case.plan.refund_yen if expected is None else expected,
    )


def _crumbs(here: Here, key: str) -> list[Crumb]:
    say = here.words.say
    return [
        Crumb(label=say("nav.my_page"), path="/me"),
        Crumb(label=say("home.bookings"), path="/me/bookings"),
        Crumb(label=say(key)),
    ]


ROUTES: Final = [show_cancelling, do_cancel_several, show_cancelled]
