"""Invoices and receipts: the vectors of the national standard."""

from datetime import date

import pytest

from yoyaku.billing.policy.receipt import (
    ReceiptLine,
    is_registration_number,
    issuer_of,
    kind_of,
    may_issue,
    needs_return_invoice,
    part_lines,
    receipt_terms,
    sum_up,
)
from yoyaku.billing.policy.years import books_close_on, income_year, refund_from
from yoyaku.billing.terms import Payee, Receipts
from yoyaku.kernel.yen import Rounding

CITY = Payee(code="city", name="青葉町", registration_number="T7000012050002")
UNREGISTERED = Payee(code="club", name="青葉クラブ")


def line(yen, tax="included", name="使用料"):
    return ReceiptLine(name=name, yen=yen, tax=tax)


def sums(*lines, rounding=Rounding.DOWN):
    return sum_up(lines, rate_percent=10, rounding=rounding)


@pytest.mark.parametrize(
    ("yen", "rounding", "tax"),
    [
        *[(2250, "down", 204), (2250, "up", 205), (2250, "half_up", 205), (1200, "down", 109)],
        *[(700, "down", 63), (400, "down", 36), (500, "down", 45)],
    ],
)
def test_t_i1_t_i4_the_tax_inside_is_rounded_as_the_issuer_chose(yen, rounding, tax):
    (taxed,) = sums(line(yen), rounding=Rounding(rounding)).taxed

    assert (taxed.rate_percent, taxed.gross_yen, taxed.tax_yen) == (10, yen, tax)


def test_t_i2_the_tax_is_rounded_once_for_each_rate_and_invoice():
    assert sums(line(700), line(500)).taxed[0].tax_yen == 109
    assert sums(line(700)).taxed[0].tax_yen + sums(line(500)).taxed[0].tax_yen == 108


def test_t_i3_a_bath_tax_is_out_of_scope_and_stands_apart():
    found = sums(line(27_000, name="宿泊料"), line(450, "out_of_scope", name="入湯税"))

    assert (found.taxed[0].gross_yen, found.taxed[0].tax_yen) == (27_000, 2_454)
    assert (found.out_of_scope_yen, found.exempt_yen, found.total_yen) == (450, 0, 27_450)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("T7000012050002", True),
        ("T8000012050002", False),
        ("T7000012050020", False),
        ("7000012050002", False),
        ("T70000120500021", False),
        ("T700001205000２", False),
        ("T", False),
    ],
)
def test_t_i5_a_registration_number_has_a_digit_that_checks_the_others(text, right):
    assert is_registration_number(text) is right


@pytest.mark.parametrize(
    ("yen", "returns", "payee", "needed"),
    [
        (9_999, "from_10000_yen", CITY, False),
        (10_000, "from_10000_yen", CITY, True),
        (1, "always", CITY, True),
        (10_000, "always", UNREGISTERED, False),
        (10_000, "always", None, False),
    ],
)
def test_t_i6_a_return_needs_an_invoice_from_ten_thousand_yen_or_where_the_city_says_so(yen, returns, payee, needed):
    assert needs_return_invoice(Receipts(returns=returns), payee, sums(line(yen))) is needed


@pytest.mark.fact("MG-T11")
def test_what_is_kept_after_a_cancellation_by_its_day_is_no_invoice_but_a_receipt():
    kept = sums(line(175, "out_of_scope"))

    assert (kept.taxed, kept.out_of_scope_yen) == ((), 175)
    assert kind_of(CITY, kept) == "receipt"
    assert kind_of(CITY, sums(line(175))) == "invoice"
    assert kind_of(UNREGISTERED, sums(line(175))) == "receipt"


def test_a_part_that_is_paid_is_divided_by_tax_treatment_as_the_whole_is():
    whole = [line(1000), line(-100), line(450, "out_of_scope"), line(50, "exempt")]

    assert part_lines(whole, amount_yen=1400, name="一部") == whole
    part = part_lines(whole, amount_yen=701, name="一部")
    assert [(one.name, one.yen, one.tax) for one in part] == [
        ("一部", 451, "included"),
        ("一部", 225, "out_of_scope"),
        ("一部", 25, "exempt"),
    ]
    assert part_lines([line(700), line(500)], amount_yen=500, name="一部") == [line(500, name="一部")]


@pytest.mark.fact("MG-036")
def test_who_issues_a_receipt_of_an_online_payment_is_the_citys_rule():
    rules = [
        Receipts(when={"facility_category": "rest_house"}, of_online="nowhere"),
        Receipts(of_online="counter"),
    ]
    here, elsewhere = receipt_terms(rules, {}), receipt_terms(rules, {"facility_category": "rest_house"})

    assert [may_issue(here, online=True, by_clerk=clerk) for clerk in (True, False)] == [True, False]
    assert [may_issue(elsewhere, online=True, by_clerk=clerk) for clerk in (True, False)] == [False, False]
    assert may_issue(elsewhere, online=False, by_clerk=False)
    assert may_issue(receipt_terms([], {}), online=True, by_clerk=False)


def test_t_f3_money_that_comes_in_april_for_a_notice_of_march_belongs_to_the_old_year_until_the_end_of_may():
    noticed = date(2027, 3, 30)

    assert income_year(received_on=date(2027, 4, 2), noticed_on=noticed) == 2026
    assert income_year(received_on=date(2027, 5, 31), noticed_on=noticed) == 2026
    assert income_year(received_on=date(2027, 6, 1), noticed_on=noticed) == 2027
    assert income_year(received_on=date(2027, 3, 20), due_on=date(2027, 4, 10), noticed_on=noticed) == 2027
    assert income_year(received_on=date(2027, 4, 2)) == 2027
    assert books_close_on(2026) == date(2027, 5, 31)


@pytest.mark.fact("MG-T7")
def test_a_refund_after_the_books_are_closed_is_an_expense_of_the_new_year():
    year = income_year(received_on=date(2025, 3, 3))

    assert refund_from(income_of=year, refunded_on=date(2025, 5, 31)) == "income"
    assert refund_from(income_of=year, refunded_on=date(2025, 8, 30)) == "expenditure"


def test_the_issuer_is_the_payee_or_where_the_rules_name_none_the_city():
    found = issuer_of(CITY, {"ja": "町", "en": "Town"})

    assert (found.name, found.registration_number) == ("青葉町", "T7000012050002")
    assert issuer_of(None, {"ja": "町", "en": "Town"}).name == {"ja": "町", "en": "Town"}
