"""Paying for a booking: what is owed, by which ways until when, what is to be accepted, and the beginning of a payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy import PaymentDue, RefundTooLate
from yoyaku.billing.policy.arrears import late_counter
from yoyaku.billing.policy.offering import check_settled_here
from yoyaku.billing.refusals import (
    AmountWrong,
    ChoiceNotOffered,
    EmailMissing,
    MethodNotOpen,
    NothingToPay,
    PaymentUnderWay,
)
from yoyaku.billing.service.beginning import (
    Account,
    begin_settlement,
    check_choice,
    look_at_account,
    method_called,
    open_methods,
    ways_paid,
)
from yoyaku.billing.terms import PaymentMethod
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.pages.payments import CONDITIONS, PATH, settling_steps
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.views import BookingView
from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.values import Text
from yoyaku.ui.page import Crumb
from yoyaku.ui.prose import prose_html, split_title

SEPARATOR: Final = "/"
"""Between a method and one of its choices, in the value of the one field that asks for both."""
CARRIED: Final = ("way", "back_yen", "pay_yen")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the form of payment sends: the method with its choice, and the yen that were seen."""

    way: str
    back_yen: int
    pay_yen: int

    @property
    def method(self) -> str:
        """The method's code; empty where nothing is to be charged."""
        return self.way.partition(SEPARATOR)[0]

    @property
    def choice(self) -> str | None:
        """One of the provider's own methods."""
        return self.way.partition(SEPARATOR)[2] or None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A booking with its account, and the ways that are open to it now."""

    booking: BookingView
    act: MoneyAct
    account: Account
    ways: list[tuple[PaymentMethod, PaymentDue]]

    @property
    def needs_mail(self) -> bool:
        """Whether nothing can be paid online before an address of mail is registered (MG-004)."""
        online = [terms for terms, _ in self.ways if terms.online]
        lacks_mail = self.account.subject.payer.email is None
        return bool(self.account.plan.charge_yen and lacks_mail and online and all(one.needs_email for one in online))


@get("/me/bookings/{booking_id:uuid}/pay")
async def show_paying(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """What is to be paid or goes back, and by which ways; who has no address of mail and needs one registers it first."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    try:
        standing = await _look(here, booking_id)
    except RefundTooLate as late:
        return await _too_late(here, booking_id, late)
    if standing.needs_mail and here.visit.staff_id is None:
        return here.page.go("/account/mail", flash="payment_needs_mail")
    return await _show(here, standing)


async def _too_late(here: Here, booking_id: UUID, late: RefundTooLate) -> Response[Any]:
    """What would go back is too old for that; at which counter one asks, and with what (MG-061)."""
    booking, rules = await open_booking(here, booking_id)
    return here.page.show(
        "booking/pay_too_late.html",
        status=late.status,
        booking=booking_row(rules, booking, here),
        refusal=here.words.sentence(late),
        path=f"/me/bookings/{booking_id}",
        crumbs=_crumbs(here, booking, "pay.title"),
    )


@post("/me/bookings/{booking_id:uuid}/pay/conditions", status_code=200)
async def show_conditions(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What is to be accepted before the payment begins (MG-020)."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next=/me/bookings/{booking_id}/pay")
    wish = _read(await request.form())
    standing = await _look(here, booking_id)
    try:
        _check_way(standing, wish)
    except (ChoiceNotOffered, EmailMissing, MethodNotOpen) as refusal:
        return await _show(here, standing, refusal=refusal, way=wish.way)
    return _conditions(here, standing.booking, wish)


@post("/me/bookings/{booking_id:uuid}/pay", status_code=303)
async def begin_paying(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Begin the payment that was chosen, if the amounts are still those that were shown and the conditions accepted."""
    if here.visit.registrant_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    form = await request.form()
    wish, standing = _read(form), await _look(here, booking_id)
    try:
        _check_way(standing, wish)
        if CONDITIONS in here.page.site_pages and not form.get("agreed"):
            return _conditions(here, standing.booking, wish, missing=form.get("shown") is not None)
        begun = await begin_settlement(
            here.conn,
            act=standing.act,
            charge_id=booking_id,
            method_code=wish.method or None,
            choice=wish.choice,
            expected=(wish.back_yen, wish.pay_yen),
        )
    except NothingToPay:
        return here.page.go(f"/me/bookings/{booking_id}")
    except (AmountWrong, ChoiceNotOffered, EmailMissing, MethodNotOpen, PaymentUnderWay) as refusal:
        return await _show(here, await _look(here, booking_id), refusal=refusal, way=wish.way)
    payment = next((one for one in begun if one.kind == "payment"), None)
    # What only goes back needs no page of the provider's (MG-063): it is asked at once, and the result shown.
    return here.page.go(f"{PATH}/{payment.attempt_id}/go" if payment else f"{PATH}/{begun[0].attempt_id}/back")


def _read(form: Any) -> Wish:  # noqa: ANN401  # a form of the framework
    back_yen, pay_yen = (read_number(str(form.get(name, ""))) or 0 for name in ("back_yen", "pay_yen"))
    return Wish(way=str(form.get("way", "")), back_yen=back_yen, pay_yen=pay_yen)


async def _look(here: Here, booking_id: UUID) -> Standing:
    booking, rules = await open_booking(here, booking_id)
    act = money_act(here.visit, rules)
    check_settled_here(rules.payment, act.channel)
    account = await look_at_account(here.conn, act=act, charge_id=booking_id)
    ways = open_methods(account.subject, act=act, paid_by=ways_paid(account.attempts))
    return Standing(booking=booking, act=act, account=account, ways=ways)


def _check_way(standing: Standing, wish: Wish) -> None:
    """Let pass a way that is open, among the offered ones, with the address of mail that it needs.

    Raises:
        MethodNotOpen, ChoiceNotOffered, EmailMissing.
    """
    if not standing.account.plan.charge_yen:
        return
    if not wish.method:
        raise ChoiceNotOffered(choice=None)
    subject = standing.account.subject
    terms = method_called(subject, wish.method, act=standing.act, paid_by=ways_paid(standing.account.attempts))
    if not terms.online:
        raise MethodNotOpen(method=wish.method)
    check_choice(terms, wish.choice)
    if terms.needs_email and subject.payer.email is None:
        raise EmailMissing


def _conditions(here: Here, booking: BookingView, wish: Wish, *, missing: bool = False) -> Response[Any]:
    title, body = split_title(here.page.site_text(CONDITIONS))
    return here.page.show(
        "booking/pay_conditions.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if missing else 200,
        heading=title or here.words.say("pay.conditions.title"),
        body=prose_html(body, top_level=1),
        hidden=[("shown", "yes"), *((name, str(getattr(wish, name))) for name in CARRIED)],
        leaves=bool(wish.way),
        path=f"/me/bookings/{booking.booking_id}/pay",
        steps=settling_steps(here),
        errors={"agreed": here.words.say("pay.conditions.missing")} if missing else {},
        crumbs=_crumbs(here, booking, "pay.conditions.title"),
    )


def _crumbs(here: Here, booking: BookingView, key: str) -> list[Crumb]:
    say = here.words.say
    return [
        Crumb(label=say("nav.my_page"), path="/me"),
        Crumb(label=say("pay.list.title"), path=PATH),
        Crumb(label=booking.number, path=f"/me/bookings/{booking.booking_id}"),
        Crumb(label=say(key)),
    ]


async def _show(here: Here, standing: Standing, *, refusal: YoyakuError | None = None, way: str = "") -> Response[Any]:
    booking, account = standing.booking, standing.account
    rules = await here.rules_for.pinned(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    row = booking_row(rules, booking, here)
    reversed_ids = {one.attempt_id for one in account.plan.reversals}
    path = f"/me/bookings/{booking.booking_id}/pay"
    return here.page.show(
        "booking/pay.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if refusal else 200,
        booking=row,
        account=account,
        plan=account.plan,
        numbers=[one.collection_number for one in account.attempts if one.attempt_id in reversed_ids],
        online=_online(here, standing),
        counters=[due for terms, due in standing.ways if not terms.online and not terms.automatic],
        automatic=[due for terms, due in standing.ways if terms.automatic],
        late_at=_late_at(standing),
        way=way,
        action=f"{path}/conditions" if CONDITIONS in here.page.site_pages else path,
        steps=settling_steps(here),
        errors={"way": here.words.sentence(refusal)} if refusal else {},
        crumbs=_crumbs(here, booking, "pay.title"),
    )


def _late_at(standing: Standing) -> Text | None:
    """Who takes what is late; ``None`` while nothing is, or where the rules name nobody."""
    account = standing.account
    if not account.charge.is_late(standing.act.now):
        return None
    found = late_counter(account.subject.terms, account.subject.occasion().facts)
    return None if found is None else found.name


def _online(here: Here, standing: Standing) -> list[tuple[str, str, str | None, PaymentDue]]:
    """The online ways as values of one field, each with its words, a hint and its due date."""
    text = here.words.text
    found: list[tuple[str, str, str | None, PaymentDue]] = []
    for terms, due in standing.ways:
        if terms.online and not terms.choices:
            found.append((terms.code, text(terms.name), None, due))
        elif terms.online:
            found += [
                (f"{terms.code}{SEPARATOR}{one.code}", text(one.name), text(one.hint) or None, due)
                for one in terms.choices
            ]
    return found


ROUTES: Final = [show_paying, show_conditions, begin_paying]
