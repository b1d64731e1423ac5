"""Account transfer from the mandate to a debit that failed, demanded, suspended, paid at the counter and let in again."""

import re

import pytest
from tests.e2e.money.transfer import answer, book, find_person, hand_over, open_day, staff, take_mandate
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


def learn(hanako, post, number):
    """By mail and by message: what could not be debited, how much, and that it is paid in cash now, where and by when."""
    for words in (
        post.last_to(HANAKO, subject="口座振替ができませんでした").text,
        read_message(hanako, "口座振替ができませんでした"),
    ):
        assert number in words
        assert "1,500円" in words
        assert "資金不足" in words
    hanako.stop("failed")


@pytest.mark.fact("KS-081", "KS-082", "KS-083", "KS-084", "KS-113")
def test_a_debit_that_failed_leads_to_suspension_and_cash_leads_back(visit, services, until, post, tmp_path):
    sports = services["sports"]
    until("sports", "2027-01-05T10:00")
    clerk = staff(visit, sports, sports.clerk, "transfer-clerk")
    take_mandate(clerk, NAME)
    hanako = begin(visit, sports, "hanako01", at="/me")
    numbers = book_by_transfer(hanako)
    admin = staff(visit, sports, demo_staff("tenant_admin", sports.clerk)[0], "transfer-admin")
    debit(admin, until, post, tmp_path, numbers)
    learn(hanako, post, numbers[0])

    faults = hanako.faults + clerk.faults + admin.faults
    assert not faults, "\n".join(faults)
