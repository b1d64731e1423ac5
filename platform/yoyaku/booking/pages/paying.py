"""Paying for a booking: what is owed, by which ways until when, and the beginning of a payment."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.refusals import (
    AmountWrong,
    ChoiceNotOffered,
    EmailMissing,
    MethodNotOpen,
    NothingToPay,
    PaymentUnderWay,
)
from yoyaku.billing.service.beginning import Account, begin_settlement, look_at_account, open_methods
from yoyaku.billing.terms import PaymentMethod
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.service.charged import money_act
from yoyaku.kernel.errors import YoyakuError
from yoyaku.ui.page import Crumb

SEPARATOR: Final = "/"
"""Between a method and one of its choices, in the value of the one field that asks for both."""


@get("/me/bookings/{booking_id:uuid}/pay")
async def show_paying(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """What is to be paid, and by which ways."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    return await _show(here, booking_id)


@post("/me/bookings/{booking_id:uuid}/pay", status_code=303)
async def begin_paying(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Begin the payment that was chosen, if the amounts are still those that were shown."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    form = await request.form()
    method, _, choice = str(form.get("way", "")).partition(SEPARATOR)
    expected = (read_number(str(form.get("back_yen", ""))) or 0, read_number(str(form.get("pay_yen", ""))) or 0)
    booking, rules = await open_booking(here, booking_id)
    act = money_act(here.visit, rules)
    try:
        _need_mail(act, await look_at_account(here.conn, act=act, charge_id=booking_id), method)
        begun = await begin_settlement(
            here.conn,
            act=act,
            charge_id=booking_id,
            method_code=method or None,
            choice=choice or None,
            expected=expected,
        )
    except NothingToPay:
        return here.page.go(f"/me/bookings/{booking.booking_id}")
    except (AmountWrong, ChoiceNotOffered, EmailMissing, MethodNotOpen, PaymentUnderWay) as refusal:
        return await _show(here, booking_id, refusal=refusal, way=str(form.get("way", "")))
    payment = next((one for one in begun if one.kind == "payment"), None)
    if payment is None:
        return here.page.go(f"/me/bookings/{booking.booking_id}", flash="flash.refund_begun")
    return here.page.go(f"/me/payments/{payment.attempt_id}/go")


def _need_mail(act: MoneyAct, account: Account, method: str) -> None:
    """Let pass whoever has an address of mail where the way of payment needs one (MG-004)."""
    chosen = [terms for terms, _ in open_methods(account.subject, now=act.now) if terms.code == method]
    if chosen and chosen[0].needs_email and account.subject.payer.email is None:
        raise EmailMissing


async def _show(here: Here, booking_id: UUID, *, refusal: YoyakuError | None = None, way: str = "") -> Response[Any]:
    booking, rules = await open_booking(here, booking_id)
    act = money_act(here.visit, rules)
    account = await look_at_account(here.conn, act=act, charge_id=booking_id)
    row = booking_row(rules, booking, here)
    ways = open_methods(account.subject, now=act.now)
    crumbs = [
        Crumb(label=here.words.say("nav.my_page"), path="/me"),
        Crumb(label=booking.number, path=row.path),
        Crumb(label=here.words.say("pay.title")),
    ]
    return here.page.show(
        "booking/pay.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if refusal else 200,
        booking=row,
        account=account,
        plan=account.plan,
        online=[(value, label, due) for terms, due in ways if terms.online for value, label in _values(here, terms)],
        counters=[due for terms, due in ways if not terms.online and not terms.automatic],
        automatic=[due for terms, due in ways if terms.automatic],
        way=way,
        errors={"way": here.words.sentence(refusal)} if refusal else {},
        crumbs=crumbs,
    )


def _values(here: Here, terms: PaymentMethod) -> list[tuple[str, str]]:
    """A method's choices as values of one field; the method itself where it has none."""
    if not terms.choices:
        return [(terms.code, here.words.text(terms.name))]
    return [(f"{terms.code}{SEPARATOR}{one.code}", here.words.text(one.name)) for one in terms.choices]


ROUTES: Final = [show_paying, begin_paying]
