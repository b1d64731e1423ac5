"""A reduction asked for on a phone and decided at the counter; the receipt of what is paid then, in the browser."""

import re

import pytest
from tests.e2e.money.card import book, open_booking
from tests.e2e.months.banded import begin, said

pytestmark = pytest.mark.browser


def ask(journey):
    """From the booking's page to the form, which says at once what is missing; then it waits."""
    page = journey.page
    page.get_by_role("link", name="減免を申請する").click()
    page.wait_for_url(re.compile("/relief$"))
    page.get_by_label("障害者団体などの利用").check()
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.get_by_role("button", name="申請する").click()
    page.wait_for_selector("#error-summary")
    journey.stop("grounds-missing")
    page.get_by_label("申請の理由").fill("会員の8割が手帳所持者です")
    page.get_by_role("button", name="申請する").click()
    page.wait_for_url(re.compile("/me/bookings/[0-9a-f-]{36}$"))
    journey.stop("asked")
    assert "審査中" in said(journey)


def decide(desk, number):
    """From the queue to the decision, whose new price stands on it beforehand; then the fee is taken."""
    page = desk.journey.page
    page.goto("/counter/reliefs")
    desk.journey.stop("queue")
    page.get_by_role("link", name=number).click()
    page.wait_for_selector("main input[name=decision]", state="attached")
    desk.journey.stop("decide")
    assert "承認すると 350円" in said(desk.journey)
    page.get_by_label("承認する（").check()
    page.get_by_role("button", name="決定する").click()
    page.wait_for_url(re.compile("/counter/bookings/[0-9a-f-]{36}$"))
    desk.journey.stop("granted")
    page.locator("#documents_seen").check()
    page.locator("main form[action$='/confirm'] button").click()
    page.wait_for_selector(".tag-good")


def read_receipt(journey):
    """Each payment has a button; the document is a page of its own, and a PDF."""
    page = journey.page
    page.get_by_role("link", name="領収書").click()
    page.wait_for_url(re.compile("/receipts$"))
    journey.stop("receipts")
    page.get_by_role("button", name="領収書を発行する").click()
    page.wait_for_url(re.compile("/receipts/[0-9a-f-]{36}/0$"))
    journey.stop("receipt")
    assert "うち消費税 31円" in said(journey)
    page.get_by_role("link", name="領収書の一覧に戻る").click()
    page.get_by_role("button", name="再発行する").click()
    page.wait_for_url(re.compile("/receipts/[0-9a-f-]{36}/1$"))
    journey.stop("again")
    assert "再発行（1回目）" in said(journey)


@pytest.mark.fact("MG-012", "MG-036")
def test_a_reduction_is_asked_for_decided_and_receipted(visit, services, desk):
    journey = begin(visit, services["rooms"], services["rooms"].resident.login_id, at="/me")
    number = book(journey, "2027-02-26")  # a day that no other journey of this town books
    open_booking(journey, number)
    ask(journey)
    decide(desk("rooms"), number)
    open_booking(journey, number)
    journey.stop("reduced")
    read_receipt(journey)

    assert not journey.faults, "\n".join(journey.faults)
