"""The money of one booking at the counter: what is owed and paid by which attempts, cash taken and given back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, may, read_form
from yoyaku.admin.pages.serving import counter_crumbs
from yoyaku.admin.pages.till import method_name
from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.settling import RefundTooLate
from yoyaku.billing.refusals import AmountWrong, NothingToPay, NotLate, PaymentUnderWay
from yoyaku.billing.repository.attempts import attempts_of
from yoyaku.billing.repository.charges import read_charge
from yoyaku.billing.service.beginning import Account, begin_settlement, look_at_account
from yoyaku.billing.service.counter import AT_COUNTER, by_transfer_yen, give_back_cash, take_cash
from yoyaku.billing.service.outcomes import CREDIT, TRANSFER
from yoyaku.billing.service.writing_off import take_up_again, write_off
from yoyaku.billing.terms import PaymentTerms
from yoyaku.billing.views import AttemptView, ChargeView
from yoyaku.booking.pages.booked import booking_row, open_booking
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.service.crediting import may_be_credited
from yoyaku.booking.service.receipts import receipts_of_booking
from yoyaku.booking.views import BookingView
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.text import fold_width
from yoyaku.registration.policy.roles import Permission

HOME: Final = "/counter/bookings/{booking_id:uuid}/money"


@dataclass(frozen=True, kw_only=True)
class Books:
    """A booking with its money; ``account`` is nothing where nothing was ever owed, or (``refusal``) cannot be settled."""

    booking: BookingView
    rules: ServiceRules
    act: MoneyAct
    charge: ChargeView | None
    attempts: list[AttemptView]
    account: Account | None
    refusal: YoyakuError | None

    @property
    def path(self) -> str:
        """The page of all this."""
        return f"/counter/bookings/{self.booking.booking_id}/money"


async def open_books(here: Here, booking_id: UUID) -> Books:
    """The money of a booking of the clerk's facilities.

    Raises:
        RoleMissing: it is nobody who may.
        BookingNotFound: there is none of that id, or it is another facility's.
    """
    at_desk(here, Permission.TILL)
    booking, rules = await open_booking(here, booking_id)
    act = money_act(here.visit, rules, rules_of=here.rules_for.pinned)
    charge = await read_charge(here.conn, charge_id=booking_id)
    account, refusal = None, None
    if charge is not None:
        try:
            account = await look_at_account(here.conn, act=act, charge_id=booking_id)
        except RefundTooLate as late:
            refusal = late
    attempts = list(await attempts_of(here.conn, charge_id=booking_id))
    return Books(
        booking=booking, rules=rules, act=act, charge=charge, attempts=attempts, account=account, refusal=refusal
    )


@get(HOME)
async def show_money(here: NamedDependency[Here], booking_id: FromPath[UUID]) -> Response[Any]:
    """What is owed and paid, and what the counter can do about it."""
    return await _page(here, await open_books(here, booking_id), {})


async def _page(
    here: Here, books: Books, errors: Mapping[str, str], form: Mapping[str, str] | None = None
) -> Response[Any]:
    booking, charge, typed = books.booking, books.charge, form or {}
    outstanding = 0 if charge is None else charge.outstanding_yen
    return here.page.show(
        "admin/booking_money.html",
        status=422 if errors else 200,
        booking=booking_row(books.rules, booking, here),
        charge=charge,
        plan=books.account.plan if books.account else None,
        back_here=settled_here(books),
        too_late=here.words.sentence(books.refusal) if books.refusal else None,
        open_payment=books.account.open_payment if books.account else None,
        attempts=_attempt_rows(here, books),
        dues=[(one, one.due_at is not None and one.due_at <= here.visit.now) for one in booking.dues],
        tills=till_choices(here, books),
        form={
            "amount": typed.get("amount", str(outstanding)),
            "till": typed.get("till", booking.facility_id),
            "why": typed.get("why", ""),
            "given_up_why": typed.get("given_up_why", ""),
        },
        transfer_yen=by_transfer_yen(books.account, books.act) if books.account else 0,
        is_late=charge is not None and charge.is_late(here.visit.now),
        may_decide=may(here, Permission.MONEY),
        has_receipts=bool(await receipts_of_booking(here.conn, visit=here.visit, rules=books.rules, booking=booking)),
        may_credit=may_be_credited(books.rules, booking),
        path=books.path,
        errors=errors,
        crumbs=money_crumbs(here, books),
    )


def money_crumbs(here: Here, books: Books, *labels: str) -> list[Any]:
    """The way here, over the booking."""
    return counter_crumbs(here, books.booking.number, here.words.say("till.money"), *labels)


def attempt_words(here: Here, rules: ServiceRules, one: AttemptView) -> dict[str, str]:
    """How an attempt went, in words: by which way, and why not."""
    terms: PaymentTerms = rules.payment
    choices = {each.code: each.name for method in terms.methods if method.code == one.method for each in method.choices}
    named = (
        here.words.say(f"payment.method.{one.plugin}")
        if one.plugin in {CREDIT, TRANSFER}
        else method_name(rules, one.method, here)
    )
    chosen = here.words.text(choices[one.choice]) if one.choice in choices else ""
    why = one.failure or one.last_error
    return {
        "method": "・".join(text for text in (named, chosen) if text),
        "problem": (here.words.maybe(f"payment.failed.{why}") or why) if why else "",
    }


def _attempt_rows(here: Here, books: Books) -> list[tuple[AttemptView, dict[str, str], str | None]]:
    """The attempts, newest first, each in words and with the number of what it reverses (取消収納番号, MG-025)."""
    numbers = {one.attempt_id: one.collection_number for one in books.attempts}
    return [
        (one, attempt_words(here, books.rules, one), numbers.get(one.of_attempt_id) if one.of_attempt_id else None)
        for one in reversed(books.attempts)
    ]


def till_choices(here: Here, books: Books) -> list[tuple[str, str]]:
    """The tills into which the clerk may put the money: the booking's facility first, then the others of theirs."""
    own = books.booking.facility_id
    names = {one.code: here.words.text(one.name) for one in books.rules.inventory.facilities.values()}
    names.setdefault(own, here.words.text(books.booking.facility_name))
    codes = [own, *(code for code in names if code != own)]
    return [(code, names[code]) for code in codes if here.visit.reaches(code)]


@post(HOME + "/cash", status_code=303)
async def take(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Take cash for what is still to be paid, late too."""
    books, form = await open_books(here, booking_id), await read_form(request)
    amount = read_number(fold_width(form.get("amount", "")).replace(",", ""))
    till = form.get("till") or books.booking.facility_id
    if not amount:
        return await _page(here, books, {"amount": here.words.say("till.amount_from_one")}, form)
    if till not in dict(till_choices(here, books)):
        return await _page(
            here, books, {"till": here.words.say("form.choose_one", label=here.words.say("till.till"))}, form
        )
    try:
        async with here.conn.begin_nested():
            await take_cash(here.conn, act=books.act, charge_id=booking_id, amount_yen=amount, facility_id=till)
    except (AmountWrong, PaymentUnderWay) as refusal:
        return await _page(here, books, {"amount": here.words.sentence(refusal)}, form)
    booking, _ = await open_booking(here, booking_id)
    # Where the desk confirms and not the money, it would lapse, paid: on to the confirming.
    if booking.state == "tentative" and booking.paid_yen >= booking.total_yen:
        return here.page.go(f"/counter/bookings/{booking_id}", flash="cash_taken_tentative")
    return here.page.go(books.path, flash="cash_taken")


@post(HOME + "/back", status_code=303)
async def give_back(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Give back what was paid too much: cash over the counter, the rest through its provider."""
    books, form = await open_books(here, booking_id), await read_form(request)
    why = form.get("why", "")
    if not why:
        missing = here.words.say("form.missing", label=here.words.say("till.back_why"))
        return await _page(here, books, {"why": missing}, form)
    seen = (read_number(form.get("online", "")) or 0, read_number(form.get("cash", "")) or 0)
    try:
        async with here.conn.begin_nested():
            await _give_back(here, books, seen=seen, why=why)
    except (AmountWrong, NothingToPay, PaymentUnderWay) as refusal:
        return await _page(here, books, {"why": here.words.sentence(refusal)}, form)
    is_transfer = books.account is not None and bool(by_transfer_yen(books.account, books.act))
    flash = "transfer_asked" if is_transfer else "cash_given_back" if seen[1] else "refund_begun"
    return here.page.go(books.path, flash=flash)


def settled_here(books: Books) -> bool:
    """Whether the counter gives back what was paid too much.

    Where a part is charged anew by the way it was paid, the payer does that; unless cash is among what was paid: then it
    cannot be done online, and the rest is taken in cash (MG-057).
    """
    account = books.account
    if account is None:
        return False
    has_cash = any(one.counted and one.kind == "payment" and one.plugin in AT_COUNTER for one in account.attempts)
    return has_cash or not account.plan.charge_yen


async def _give_back(here: Here, books: Books, *, seen: tuple[int, int], why: str) -> None:
    """Both parts as they were shown.

    Raises:
        AmountWrong: there is nothing to give back, or no longer that much.
    """
    plan = None if books.account is None else books.account.plan
    now = (0, 0) if plan is None or not settled_here(books) else (plan.reversed_yen, plan.counter_yen)
    if seen != now or not any(now):
        raise AmountWrong(amount_yen=sum(seen), expected_yen=sum(now))
    charge_id = books.booking.booking_id
    if now[1]:
        await give_back_cash(here.conn, act=books.act, charge_id=charge_id, why=why)
    if now[0]:
        await begin_settlement(here.conn, act=books.act, charge_id=charge_id, method_code=None, why=why)


@post(HOME + "/writing-off", status_code=303)
async def give_up_or_take_up(
    here: NamedDependency[Here], booking_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Give up what is owed, with the reason; or what was given up is owed again."""
    at_desk(here, Permission.MONEY)
    books, form = await open_books(here, booking_id), await read_form(request)
    why, again = form.get("given_up_why", ""), bool(form.get("again"))
    if not why:
        missing = here.words.say("form.missing", label=here.words.say("writing_off.why"))
        return await _page(here, books, {"given_up_why": missing}, form)
    do = take_up_again if again else write_off
    try:
        async with here.conn.begin_nested():
            await do(here.conn, act=books.act, charge_id=booking_id, why=why)
    except (NotLate, NothingToPay, PaymentUnderWay) as refusal:
        return await _page(here, books, {"given_up_why": here.words.sentence(refusal)}, form)
    return here.page.go(books.path, flash="owed_again" if again else "written_off")


ROUTES: Final = [show_money, take, give_back, give_up_or_take_up]
