"""What is to be paid or goes back online: the list from which one booking at a time is settled, and its place on my page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from yoyaku.billing.policy.offering import check_settled_here, is_settled_here
from yoyaku.booking.pages.booked import BookingRow, booking_row, to_log_in
from yoyaku.booking.pages.here import Here, read_date
from yoyaku.booking.pages.home_parts import HomePart
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.service.settling import Unsettled, list_unsettled
from yoyaku.booking.terms import State
from yoyaku.ui.page import Crumb

PATH: Final = "/me/payments"
SHOWN: Final = 20
"""So many at most (MG-019); who looks for another narrows the list down."""
CONDITIONS: Final = "payment"
"""The city's text page that is to be accepted before anything is paid or goes back online, where there is one."""
FILTERS: Final[Mapping[str, frozenset[State]]] = {
    "tentative": frozenset({"tentative"}),
    "confirmed": frozenset({"confirmed", "used"}),
    "cancelled": frozenset({"withdrawn", "cancelled", "revoked", "lapsed"}),
}


@dataclass(frozen=True, kw_only=True)
class PaymentRow:
    """A booking of the list: what goes back online, what is charged, in yen; ``None`` where it is too late for it."""

    booking: BookingRow
    back_yen: int | None
    pay_yen: int | None
    path: str
    is_under_way: bool


@get(PATH)
async def show_payments(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """What is to be settled online, by period and state, grouped by facility."""
    if here.visit.registrant_id is None:
        return to_log_in(here)
    check_settled_here((await here.rules()).payment, here.visit.own_channel)
    since, until, state = (request.query_params.get(name, "") for name in ("since", "until", "state"))
    first, last = read_date(since), read_date(until)
    wanted = FILTERS.get(state)
    found = [one for one in await _unsettled(here) if _fits(one, first, last, wanted)]
    shown = sorted(found[:SHOWN], key=lambda one: one.booking.facility_id)
    rows = [await _row(here, one) for one in shown]
    say = here.words.say
    return here.page.show(
        "booking/payments.html",
        groups=[(place, list(of_place)) for place, of_place in groupby(rows, key=lambda row: row.booking.facility)],
        more=len(found) > SHOWN,
        is_narrowed=bool(first or last or wanted),
        form={"since": since, "until": until, "state": state},
        errors=_date_errors(here, since=since, until=until),
        steps=settling_steps(here),
        states=[(code, say(f"pay.list.state.{code}")) for code in FILTERS],
        crumbs=[Crumb(label=say("nav.my_page"), path="/me"), Crumb(label=say("pay.list.title"))],
    )


def settling_steps(here: Here) -> list[str]:
    """The steps of settling, in words; the conditions are one where the city has some to be accepted (MG-006)."""
    keys = [
        "list.title",
        "title",
        *(["conditions.title"] if CONDITIONS in here.page.site_pages else []),
        "finished.title",
    ]
    return [here.words.say(f"pay.{key}") for key in keys]


def _date_errors(here: Here, **typed: str) -> dict[str, str]:
    """What stands in a field of dates and is none."""
    say = here.words.say
    return {
        name: say("pay.list.no_date", label=say(f"pay.list.{name}"))
        for name, value in typed.items()
        if value and read_date(value) is None
    }


def _fits(one: Unsettled, first: date | None, last: date | None, wanted: frozenset[State] | None) -> bool:
    day = one.booking.use_on
    return (
        (first is None or first <= day)
        and (last is None or day <= last)
        and (not wanted or one.booking.state in wanted)
    )


async def _unsettled(here: Here) -> Sequence[Unsettled]:
    act = money_act(here.visit, await here.rules(), rules_of=here.rules_for.pinned)
    return await list_unsettled(here.conn, visit=here.visit, act=act)


async def _row(here: Here, one: Unsettled) -> PaymentRow:
    booking = one.booking
    rules = await here.rules_for.pinned(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    row = booking_row(rules, booking, here)
    plan, payment = (None, None) if one.account is None else (one.account.plan, one.account.open_payment)
    return PaymentRow(
        booking=row,
        back_yen=None if plan is None else plan.reversed_yen,
        pay_yen=None if plan is None else plan.charge_yen,
        path=f"{PATH}/{payment.attempt_id}" if payment else f"/me/bookings/{booking.booking_id}/pay",
        is_under_way=payment is not None,
    )


async def payments_part(here: Here) -> HomePart | None:
    """The section of my page, where the service takes payments online (MG-003, MG-065), and not at a terminal (MG-002)."""
    if not is_settled_here((await here.rules()).payment, here.visit.own_channel):
        return None
    say, waiting = here.words.say, len(await _unsettled(here))
    return HomePart(
        code="payments",
        heading=say("pay.list.home"),
        lead=say("pay.list.home_lead"),
        button=say("pay.list.button"),
        path=PATH,
        badge=say("pay.list.waiting", count=waiting) if waiting else None,
    )


ROUTES: Final = [show_payments]
