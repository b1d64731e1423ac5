"""Account transfer from the mandate to a debit that failed, demanded, suspended, paid at the counter and let in again."""

import pytest
from tests.e2e.money.arrears import let_in_again, print_letters, take_cash, try_to_book
from tests.e2e.money.transfer import answer, book, hand_over, open_day, staff, take_mandate
from tests.e2e.money.walk import look_once
from tests.e2e.months.banded import begin, read_message, said
from tests.pages.test_roles import demo_staff

pytestmark = pytest.mark.browser

HANAKO, NAME = "hanako@example.jp", "髙木 花子"
COLLECTED = "2027年3月1日"  # the end of February is a Sunday


def book_by_transfer(hanako):
    """Two courts in January, for which nothing is to be done; their numbers, the dearer first."""
    numbers = [book(hanako, day, hours=hours) for day, hours in (("2027-01-20", 2), ("2027-01-21", 1))]
    words = said(hanako)
    assert "口座振替" in words
    assert COLLECTED in words
    return numbers


def debit(admin, until, post, folder, numbers):
    """The file of March, from the desk's list to the bank, which could not debit the dearer booking."""
    until("sports", "2027-02-10T10:00")
    words = open_day(admin, COLLECTED)
    assert all(number in words for number in numbers)
    assert "2,250円" in words
    kept = hand_over(admin, folder)
    told = post.last_to(HANAKO, subject="口座振替のお知らせ").text
    assert COLLECTED in told
    until("sports", "2027-03-04T10:00")
    assert "資金不足" in answer(admin, kept, failed=numbers[0])


def learn(hanako, until, post, number):
    """By mail and by message: what could not be debited, how much, why, and that it is paid in cash now."""
    for words in (
        post.last_to(HANAKO, subject="口座振替ができませんでした").text,
        read_message(hanako, "口座振替ができませんでした"),
    ):
        assert number in words
        assert "1,500円" in words
        assert "資金不足" in words
    hanako.stop("failed")
    until("sports", "2027-03-04T12:00")
    hanako.page.goto("/me")
    hanako.stop("overdue-home")
    assert "期限を過ぎた使用料があります（1,500円）" in said(hanako)


def fall_behind(clerk, until, post, number):
    """督促状 in the month after, 催告書 in the next, each by mail and on paper, until its day has passed."""
    until("sports", "2027-04-01T09:30")
    told = post.last_to(HANAKO, subject="使用料の督促")
    assert "2027年4月20日" in told.text
    print_letters(clerk, NAME, holding=("督促状", number, "1,500円", "2027年4月20日"))
    until("sports", "2027-05-06T09:30")
    assert "2027年5月20日" in post.last_to(HANAKO, subject="使用料の催告").text
    print_letters(clerk, NAME, holding=("催告書", number, "1,500円", "2027年5月20日"))
    until("sports", "2027-05-21T00:10")
    assert "1,500円" in post.last_to(HANAKO, subject="利用を停止しました").text


def be_refused(hanako, number):
    """No booking any more, but told since when, for how much, and what opens the door again."""
    home, words = try_to_book(hanako, "2027-05-26")
    assert "停止" in home
    assert "1,500円" in words
    assert "2027年5月21日" in words
    hanako.page.goto("/me/history")
    hanako.stop("history")
    assert "未払い" in hanako.page.locator(".booking-card", has_text=number).inner_text()


def come_back(clerk, hanako, until, post, number):
    """Cash at the counter, a word with the office, and the first booking after it."""
    until("sports", "2027-05-24T10:00")
    assert "お支払い済み" in take_cash(clerk, number, "1500")
    let_in_again(clerk, NAME)
    assert post.last_to(HANAKO, subject="利用を再開しました")
    assert book(hanako, "2027-05-27", hours=1).startswith("S")


@pytest.mark.fact("KS-082", "KS-083", "KS-084", "KS-113", "KS-114")
def test_a_debit_that_failed_leads_to_suspension_and_cash_leads_back(visit, services, until, post, tmp_path):
    sports = services["sports"]
    until("sports", "2027-01-05T10:00")
    clerk = staff(visit, sports, sports.clerk, "transfer-clerk")
    take_mandate(clerk, NAME)
    hanako = look_once(begin(visit, sports, "hanako01", at="/me"))
    numbers = book_by_transfer(hanako)
    admin = staff(visit, sports, demo_staff("tenant_admin", sports.clerk)[0], "transfer-admin")
    debit(admin, until, post, tmp_path, numbers)
    learn(hanako, until, post, numbers[0])
    fall_behind(clerk, until, post, numbers[0])
    be_refused(hanako, numbers[0])
    come_back(clerk, hanako, until, post, numbers[0])

    faults = hanako.faults + clerk.faults + admin.faults
    assert not faults, "\n".join(faults)
