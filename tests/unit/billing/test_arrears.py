"""What follows when nobody pays, by the sports service's own rules; whether two books agree; what accounting gets."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from yoyaku.billing.policy.agreement import OurLine, Share, disagreements, payout_disagreements, shares_of
from yoyaku.billing.policy.arrears import Reached, ladder_for, next_rung, pay_by
from yoyaku.billing.policy.export import LedgerLine, export_csv
from yoyaku.billing.policy.years import Years, last_day, years_of_payment, years_of_refund
from yoyaku.extension.payment import StatementLine
from yoyaku.rulebook.book import open_book
from yoyaku.rulebook.source import read_source
from yoyaku.rules.moment import resolve

ZONE = ZoneInfo("Asia/Tokyo")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def sports():
    return open_book(read_source(ROOT / "rulesets" / "kumamoto-sports")).compiled


def on(month, day, hour=0, year=2027):
    return datetime(year, month, day, hour, tzinfo=ZONE)


def climb(rules, *, due_at, use_on):
    """Each step with when it comes and until when it is to be paid, met in time."""
    ladder, reached = ladder_for(rules.payment.arrears, {}), []

    def moment(wanted, known):
        return resolve(wanted, {"use_day": use_on.date(), **known}, rules.calendars, ZONE)

    while (rung := next_rung(ladder, reached=reached, due_at=due_at, moment=moment)) is not None:
        until = pay_by(rung.step, reached_at=rung.at, due_at=due_at, moment=moment)
        reached.append(Reached(code=rung.told, at=rung.at, pay_by=until))
        reached[-1] = Reached(code=rung.step.code, at=rung.at, pay_by=until)
        yield rung.told, str(rung.name["ja"]), rung.at, until


LADDERS = [
    # Cash by 13 February for a use on the 20th: the month after.
    (on(2, 14), on(2, 20), on(3, 1, 9), on(3, 21), on(4, 1, 9), on(4, 21)),
    # A debit on Monday, 1 February (end of January a Sunday) that failed.
    (on(2, 2), on(12, 5, year=2026), on(3, 1, 9), on(3, 21), on(4, 1, 9), on(4, 21)),
    # Due before the month of use: nobody is demanded while the use is still to come. 1 May is a Saturday, then holidays.
    (on(3, 28), on(4, 10), on(5, 6, 9), on(5, 21), on(6, 1, 9), on(6, 21)),
]


@pytest.mark.fact("KS-112", "KS-113")
@pytest.mark.parametrize(("due_at", "use_on", "days"), [(one[0], one[1], one[2:]) for one in LADDERS])
def test_a_demand_follows_next_month_then_a_reminder_then_at_once_a_suspension(sports, due_at, use_on, days):
    demanded, pay_first, reminded, pay_last = days
    assert list(climb(sports, due_at=due_at, use_on=use_on)) == [
        ("arrears_demanded", "督促状", demanded, pay_first),
        ("arrears_reminded", "催告書", reminded, pay_last),
        ("arrears_suspended", "利用停止", pay_last, None),
    ]


def test_a_ladder_is_for_those_of_whom_its_condition_speaks(sports):
    (ladder,) = sports.payment.arrears
    assert ladder_for([ladder], {}) is ladder
    assert ladder_for([], {}) is None


def line(kind="payment", ref="r1", attempt_id="a1", yen=500):
    return StatementLine(kind=kind, ref=ref, attempt_id=attempt_id, amount_yen=yen, at=datetime(2027, 1, 1, tzinfo=UTC))


def ours(attempt_id="a1", ref="r1", yen=500, kind="payment"):
    return OurLine(attempt_id=attempt_id, kind=kind, ref=ref, yen=yen, payee="city", number="1")


BOTH = [
    ([ours()], [line()], []),
    ([ours()], [line(attempt_id=None)], []),
    ([ours(ref=None)], [line(ref="x")], []),
    ([ours()], [line(yen=400)], [("other_amount", 500, 400)]),
    ([], [line()], [("provider_only", None, 500)]),
    ([ours()], [line(), line(ref="r2")], [("provider_only", None, 500)]),
    ([ours()], [], [("ours_only", 500, None)]),
    ([ours(kind="refund")], [line()], [("provider_only", None, 500), ("ours_only", 500, None)]),
    # A refund that came back is a second line of its own, below zero, on both sides.
    ([ours(kind="refund"), ours(kind="refund", yen=-500)], [line("refund"), line("refund", yen=-500)], []),
    ([ours(kind="refund")], [line("refund"), line("refund", yen=-500)], [("provider_only", None, -500)]),
]


@pytest.mark.parametrize(("known", "statement", "expected"), BOTH)
def test_what_one_side_has_and_the_other_has_not_is_said(known, statement, expected):
    found = disagreements(known=known, expected=known, statement=statement)
    assert [(one.kind, one.our_yen, one.their_yen) for one in found] == expected


def entry(yen=700, **more):
    return LedgerLine(
        at=on(4, 2, 10), kind="payment", key="attempt:1", line=1, payee="city", account="cash", provider="hall", yen=yen,
        number="2026-000001", fiscal_year=2027, **{"income_year": 2027, "refunded_from": None, "note": None, **more},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("at", "due_at", "year"),
    [
        (on(4, 2, 10), on(4, 1), 2026),  # due by 31 March 24:00, paid two days later
        (on(6, 1, 10), on(4, 1), 2027),  # the books of 2026 closed on 31 May
        (on(4, 2, 10), on(4, 1, 12), 2027),
        (on(4, 2, 10), None, 2027),
    ],
)
def test_a_payment_is_income_of_the_year_in_which_it_was_due_while_that_is_open(at, due_at, year):
    assert years_of_payment(at=at, due_at=due_at, zone=ZONE) == Years(income_year=year)


@pytest.mark.fact("MG-T7")
@pytest.mark.parametrize(
    ("refunded_at", "source", "year"),
    [(on(5, 31, 23), "income", 2026), (on(6, 1, 10), "expenditure", 2027)],
)
def test_a_refund_is_taken_from_the_income_of_its_payment_until_those_books_are_closed(refunded_at, source, year):
    assert years_of_refund(at=refunded_at, income_of=2026, zone=ZONE) == Years(income_year=year, refunded_from=source)


def payout(yen=1200, fee_yen=0):
    lines = (line("payment", yen=1700), line("refund", yen=500))
    at = datetime(2027, 1, 2, tzinfo=UTC)
    return StatementLine(
        kind="payout", ref="out_1", attempt_id=None, amount_yen=yen, at=at, lines=lines, fee_yen=fee_yen
    )


def test_a_payout_is_shared_out_only_where_our_books_explain_every_yen_of_it():
    known = [ours(kind="payment", yen=1700), ours(kind="refund", yen=500)]
    assert shares_of(payout(), known) == {"city": Share(held_yen=1200)}
    assert shares_of(payout(1100), known) is None
    assert shares_of(payout(1100, fee_yen=100), known) == {"city": Share(held_yen=1200, fee_yen=100)}
    assert shares_of(payout(1100, fee_yen=100), [known[0], replace(known[1], payee="club")]) is None
    assert shares_of(payout(), known[:1]) is None
    (found,) = payout_disagreements(posted={}, payouts=[payout()])
    assert (found.kind, found.our_yen, found.their_yen) == ("payout_differs", None, 1200)
    assert payout_disagreements(posted={"out_1": 1200}, payouts=[payout()]) == []


def test_a_row_has_debit_or_credit_and_nothing_that_a_spreadsheet_would_run():
    debit, credit = export_csv([entry(note="=1+1"), entry(yen=-700)], zone=ZONE).splitlines()[1:]
    assert debit == "city,2027,2027,2027-04-02,10:00:00,attempt:1,1,payment,cash,hall,2026-000001,700,0,'=1+1,"
    assert credit.endswith(",0,700,,")
    assert last_day(on(4, 1), ZONE).isoformat() == "2027-03-31"
