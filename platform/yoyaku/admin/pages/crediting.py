"""Money of a booking that could not be had pays for another of the same person, at the counter (振替, KS-103)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import need_id, read_form
from yoyaku.admin.pages.money import HOME, Books, money_crumbs, open_books
from yoyaku.billing.policy.crediting import CreditRefused
from yoyaku.billing.refusals import AmountWrong, PaymentUnderWay
from yoyaku.booking.pages.booked import booking_row
from yoyaku.booking.pages.here import Here
from yoyaku.booking.service.crediting import credit_booking, offer_credit
from yoyaku.kernel.errors import NotFound


@get(HOME + "/credit")
async def show_credit(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """The bookings of the same person that it could pay for, and why it cannot pay for the others."""
    return await _page(here, await open_books(here, booking_id), {})


async def _page(
    here: Here, books: Books, errors: Mapping[str, str], form: Mapping[str, str] | None = None
) -> Response[Any]:
    if books.account is None:
        raise NotFound(what="charge")
    found = await offer_credit(
        here.conn, visit=here.visit, rules=books.rules, act=books.act, booking_id=books.booking.booking_id
    )
    rows = {one.booking.booking_id: booking_row(books.rules, one.booking, here) for one in found}
    return here.page.show(
        "admin/booking_credit.html",
        status=422 if errors else 200,
        booking=booking_row(books.rules, books.booking, here),
        paid_yen=books.account.charge.paid_yen,
        choices=[(str(one.booking.booking_id), rows[one.booking.booking_id], one.yen) for one in found if one.yen],
        others=[
            (rows[one.booking.booking_id], here.words.sentence(one.refusal)) for one in found if one.refusal is not None
        ],
        form=form or {},
        errors=errors,
        path=f"{books.path}/credit",
        crumbs=money_crumbs(here, books, here.words.say("credit.title")),
    )


@post(HOME + "/credit", status_code=303)
async def move(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Let it pay for the booking that was chosen."""
    books, form = await open_books(here, booking_id), await read_form(request)
    say, errors = here.words.say, {}
    if not form.get("to"):
        errors["to"] = say("form.choose_one", label=say("credit.which"))
    if not form.get("why"):
        errors["why"] = say("form.missing", label=say("credit.why"))
    if errors:
        return await _page(here, books, errors, form)
    try:
        async with here.conn.begin_nested():
            await credit_booking(
                here.conn,
                visit=here.visit,
                rules=books.rules,
                act=books.act,
                booking_id=booking_id,
                to_booking_id=need_id(form["to"], "booking"),
                why=form["why"],
            )
    except (CreditRefused, AmountWrong, PaymentUnderWay) as refusal:
        return await _page(here, books, {"to": here.words.sentence(refusal)}, form)
    return here.page.go(f"/counter/bookings/{form['to']}/money", flash="credit_moved")


ROUTES: Final = [show_credit, move]
