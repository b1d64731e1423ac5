"""Receipts, invoices and return invoices on the database."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.integration.worker.life import at

from yoyaku.billing.policy.receipt import kept_since
from yoyaku.billing.repository.receipts import remove_receipts
from yoyaku.billing.service.counter import give_back_cash, take_cash
from yoyaku.billing.service.receipts import OPEN_FOR, ReceiptClosed, ReceiptNotFound, ReceiptNotIssuedHere
from yoyaku.billing.terms import PaymentTerms
from yoyaku.booking.service import cancel_booking, get_booking
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.service.receipts import issue_again, issue_receipt, read_receipt, receipts_of_booking
from yoyaku.booking.terms import BookingTerms
from yoyaku.facility.policy.memo import Memo
from yoyaku.fee.terms import FeeTerms
from yoyaku.testing.town import NOW, hours, nights, visit_of

PAYEE = {"code": "city", "name": "青葉町", "registration_number": "T7000012050002", "address": "青葉1-1"}
BATH_TAX = {"step": "add", "code": "bath_tax", "name": "入湯税", "per": "guest_night", "tax": "out_of_scope"}


@pytest.fixture
def registered(town):
    """The town as a registered issuer, that takes a bath tax."""
    payment = msgspec.to_builtins(town.rules.payment) | {"payees": [PAYEE]}
    fees = msgspec.to_builtins(town.rules.fees)
    fees["steps"].append({**BATH_TAX, "when": {"timetable": "stay"}, "table": [{"yen": 150}]})
    town.rules = replace(
        town.rules, payment=msgspec.convert(payment, PaymentTerms), fees=msgspec.convert(fees, FeeTerms)
    )
    return town


class Desk:
    """Acts on one booking, each in a transaction of its own."""

    def __init__(self, town, booking, visit=None):
        self.town, self.booking, self.visit = town, booking, visit or visit_of(town.residents[0])

    async def pay(self, yen=None):
        async with self.town.act() as conn:
            return await self.town.pay(conn, self.booking.booking_id, yen)

    async def do(self, act, **more):
        async with self.town.act() as conn:
            booking = await get_booking(conn, visit=self.visit, booking_id=self.booking.booking_id)
            return await act(conn, visit=self.visit, rules=self.town.rules, booking=booking, **more)

    async def give_back(self):
        clerk = replace(visit_of(None, actor="clerk"), staff_id=self.town.clerk, staff_name="窓口")
        async with self.town.act() as conn:
            act = money_act(clerk, self.town.rules)
            return await give_back_cash(conn, act=act, charge_id=self.booking.booking_id, why="取消し")


async def desk_of(town, *requests):
    return Desk(town, (await town.book(0, *requests)).bookings[0])


async def test_an_invoice_is_issued_once_and_again_with_the_number_of_the_copy(registered):
    desk = await desk_of(registered, nights())
    assert await desk.do(receipts_of_booking) == ()
    payment = await desk.pay()

    (row,) = await desk.do(receipts_of_booking)
    assert (row.kind, row.amount_yen, row.may_issue, row.issued) == ("invoice", 6300, True, None)
    receipt_id = await desk.do(issue_receipt, attempt_id=payment.attempt_id)
    assert await desk.do(issue_receipt, attempt_id=payment.attempt_id) == receipt_id
    found = await desk.do(read_receipt, receipt_id=receipt_id)
    assert (found.number, found.kind, found.copies) == ("2026-000001", "invoice", {})
    paper = found.paper
    assert (paper.issuer.name, paper.issuer.registration_number) == ("青葉町", "T7000012050002")
    assert (paper.recipient, paper.booking_number) == (desk.booking.contact.name, desk.booking.number)
    assert [(line.yen, line.tax) for line in paper.lines] == [(6000, "included"), (300, "out_of_scope")]
    (taxed,) = paper.sums.taxed
    assert (taxed.gross_yen, taxed.tax_yen, paper.sums.out_of_scope_yen) == (6000, 545, 300)

    assert [await desk.do(issue_again, receipt_id=receipt_id) for _ in range(2)] == [1, 2]
    assert (await desk.do(read_receipt, receipt_id=receipt_id, copy=2)).number == "2026-000001"
    with pytest.raises(ReceiptNotFound):
        await desk.do(read_receipt, receipt_id=receipt_id, copy=3)
    later = replace(desk.visit, now=NOW + OPEN_FOR)
    with pytest.raises(ReceiptClosed):
        await Desk(registered, desk.booking, later).do(read_receipt, receipt_id=receipt_id)
    assert await registered.see("SELECT count(*) FROM receipt") == [(1,)]


async def test_parts_that_are_paid_have_receipts_of_their_own_and_numbers_restart_with_the_fiscal_year(registered):
    desk = await desk_of(registered, nights())
    first, second = await desk.pay(2100), await desk.pay()
    issued = await desk.do(issue_receipt, attempt_id=first.attempt_id)
    paper = (await desk.do(read_receipt, receipt_id=issued)).paper
    assert paper.is_part
    assert [(line.yen, line.tax) for line in paper.lines] == [(2000, "included"), (100, "out_of_scope")]

    april = Desk(registered, desk.booking, replace(desk.visit, now=NOW + timedelta(days=90)))
    issued = await april.do(issue_receipt, attempt_id=second.attempt_id)

    assert (await april.do(read_receipt, receipt_id=issued)).number == "2027-000001"
    with pytest.raises(ReceiptNotFound):
        await desk.do(issue_receipt, attempt_id=issued)


async def test_what_goes_back_needs_a_return_invoice_from_ten_thousand_yen(registered):
    small, large = await desk_of(registered, hours("room")), await desk_of(registered, nights(3))
    for desk in (small, large):
        payment = await desk.pay()
        if desk is large:
            await desk.do(issue_receipt, attempt_id=payment.attempt_id)
        async with registered.act() as conn:
            await cancel_booking(
                conn, visit=desk.visit, rules=registered.rules, booking_id=desk.booking.booking_id, reason="都合"
            )
        await desk.give_back()

    assert await small.do(receipts_of_booking) == ()
    invoice, returned = await large.do(receipts_of_booking)
    assert (invoice.kind, returned.kind, returned.amount_yen) == ("invoice", "return_invoice", 18900)
    paper = (
        await large.do(read_receipt, receipt_id=await large.do(issue_receipt, attempt_id=returned.attempt_id))
    ).paper
    assert (paper.sums.taxed[0].gross_yen, paper.sums.out_of_scope_yen) == (18000, 900)
    assert paper.returned_on == paper.paid_on


async def test_what_was_paid_online_is_receipted_where_the_city_says(registered):
    rules = [{"of_online": "counter"}]
    payment = msgspec.to_builtins(registered.rules.payment) | {"receipts": rules}
    registered.rules = replace(registered.rules, payment=msgspec.convert(payment, PaymentTerms))
    desk = await desk_of(registered, hours("room"))
    paid = await desk.pay()
    async with registered.owner.begin() as conn:  # as if the card company had taken it
        await conn.execute(
            text("SELECT set_config('app.tenant_id', 'aoba', true), set_config('app.service_id', :s, true)"),
            {"s": desk.visit.service_id},
        )
        await conn.execute(text("UPDATE payment_attempt SET method = 'card'"))

    (row,) = await desk.do(receipts_of_booking)
    assert (row.may_issue, row.where) == (False, "counter")
    with pytest.raises(ReceiptNotIssuedHere):
        await desk.do(issue_receipt, attempt_id=paid.attempt_id)
    clerk = replace(visit_of(None, actor="clerk"), staff_id=registered.clerk, staff_name="窓口")
    assert await Desk(registered, desk.booking, clerk).do(issue_receipt, attempt_id=paid.attempt_id)
    assert await registered.see("SELECT act FROM audit_entry WHERE act LIKE 'receipt%'") == [("receipt_issued",)]


async def test_without_a_registration_number_it_is_a_plain_receipt_of_the_city(town):
    desk = await desk_of(town, hours("room"))
    payment = await desk.pay()
    issued = await desk.do(issue_receipt, attempt_id=payment.attempt_id)

    found = await desk.do(read_receipt, receipt_id=issued)
    assert (found.kind, found.paper.issuer.registration_number) == ("receipt", None)
    assert found.paper.issuer.name == {"ja": "青葉町", "en": "Aoba"}
    assert found.paper.sums.taxed[0].tax_yen == 90


@pytest.mark.fact("MG-027", "MG-T14")
@pytest.mark.parametrize(("kept_tax", "kind"), [("out_of_scope", "receipt"), ("included", "invoice")])
async def test_what_a_cancellation_keeps_is_receipted_by_what_it_is_for_consumption_tax(registered, kept_tax, kind):
    booking = msgspec.to_builtins(registered.rules.booking)
    booking["cancellation"][1]["kept_tax"] = kept_tax
    registered.rules = replace(registered.rules, booking=msgspec.convert(booking, BookingTerms), memo=Memo())
    desk = await desk_of(registered, hours("room"))
    late = replace(desk.visit, now=desk.booking.period.starts_at - timedelta(days=3))
    async with registered.act() as conn:
        ended = await cancel_booking(
            conn, visit=late, rules=registered.rules, booking_id=desk.booking.booking_id, reason="都合"
        )
    assert (ended.kept_yen, ended.kept_tax) == (1000, kept_tax)
    async with registered.act() as conn:
        act = money_act(late, registered.rules)
        paid = await take_cash(conn, act=act, charge_id=desk.booking.booking_id, amount_yen=1000)
    desk = Desk(registered, desk.booking, late)

    found = await desk.do(read_receipt, receipt_id=await desk.do(issue_receipt, attempt_id=paid.attempt_id))

    assert (found.kind, [(line.yen, line.tax) for line in found.paper.lines]) == (kind, [(1000, kept_tax)])
    assert found.paper.sums.out_of_scope_yen == (1000 if kept_tax == "out_of_scope" else 0)
    accounts = "SELECT account, sum(yen)::int FROM ledger_posting WHERE account <> 'cash' GROUP BY 1 ORDER BY 1"
    of_fee = "cancellation_kept" if kept_tax == "out_of_scope" else "usage_fee"
    assert {name: yen for name, yen in await registered.see(accounts) if yen} == {of_fee: -1000}


async def test_a_receipt_is_kept_for_98_months_by_the_database_itself_and_there_is_no_second_original(registered):
    desk = await desk_of(registered, hours("court"))
    payment = await desk.pay()
    receipt_id = await desk.do(issue_receipt, attempt_id=payment.attempt_id)
    await desk.do(issue_again, receipt_id=receipt_id)
    last_day = datetime(2035, 3, 10, 12, tzinfo=registered.rules.zone)
    await at(registered, last_day - timedelta(hours=4))
    with pytest.raises(IntegrityError, match="98 months"):
        async with registered.act() as conn:
            await remove_receipts(conn, issued_before=last_day)
    assert kept_since(last_day.date()) == date(2027, 1, 10)

    await at(registered, last_day + timedelta(days=1))
    async with registered.act() as conn:
        assert await remove_receipts(conn, issued_before=last_day) == 1
    assert await registered.see("SELECT count(*) FROM receipt_copy") == [(0,)]
    late = Desk(registered, desk.booking, visit_of(registered.residents[0], now=last_day + timedelta(days=1)))
    assert await late.do(receipts_of_booking) == ()
    with pytest.raises(ReceiptNotFound):
        await late.do(issue_receipt, attempt_id=payment.attempt_id)
