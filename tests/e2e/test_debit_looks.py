"""The pages of account transfers in Chromium: accessible at every stop, on a phone and on a desk's screen."""

import pytest
from tests.cities import Person
from tests.e2e.journey import Journey

pytestmark = pytest.mark.browser

ADMIN = Person(
    login_id="admin-city",
    password="city-admin-2027",
    name="係長 葉子",
    second_factor="XEJAKG6RBKADTVYXDDCV46GGKBTHC5D6",
)


def test_a_resident_asks_for_account_transfer_on_a_phone(visit, services):
    page, service = visit("sports", phone=True), services["sports"]
    journey = Journey(page, service, label="debit-phone")
    page.goto("/login?next=/me/debit")
    journey.log_in(service.resident)
    page.wait_for_selector("#bank_code")
    journey.stop("ask")
    page.locator("main form[action$='/me/debit'] button").click()
    page.wait_for_selector("#error-summary")
    journey.stop("faults")
    for name, text in {
        "bank_code": "0182",
        "branch_code": "101",
        "number": "7654321",
        "holder_kana": "ミナト タロウ",
    }.items():
        page.locator(f"#{name}").fill(text)
    page.locator("#agreed").check()
    page.locator("main form[action$='/me/debit'] button").click()
    page.wait_for_selector("section[aria-labelledby=now]")
    journey.stop("asked")
    assert not journey.faults, "\n".join(journey.faults)


def test_mandates_and_files_at_the_counter(visit, services):
    page, service = visit("sports"), services["sports"]
    journey = Journey(page, service, label="debit-desk")
    page.goto("/login?next=/counter/mandates")
    journey.log_in(ADMIN)
    page.wait_for_url("**/counter/mandates")
    journey.stop("mandates")
    link = page.locator("main tbody a").first
    if link.count():
        link.click()
        page.wait_for_selector("section[aria-labelledby=now]")
        journey.stop("mandate")
    page.goto("/counter/debits")
    journey.stop("debits")
    page.locator("main section[aria-labelledby=coming] a").first.click()
    page.wait_for_selector("main h1")
    journey.stop("preview")
    assert not journey.faults, "\n".join(journey.faults)
