"""The clerk's pages of money in Chromium: accessible at every stop, on a desk's screen and on a phone."""

import re

import pytest
from tests.e2e.journey import Journey
from tests.e2e.months.banded import said

pytestmark = pytest.mark.browser

COURTS = "castle-tennis"


@pytest.fixture
def booked(visit, services):
    """The numbers of two hours of tennis on two days, which somebody has booked on the web."""
    journey = Journey(visit("sports"), services["sports"], label="counter-money-resident")
    page = journey.page
    page.goto("/login?next=/me")
    journey.log_in(services["sports"].resident)
    page.wait_for_url(re.compile("/me$"))
    numbers = []
    for day in ("2027-02-23", "2027-02-24"):
        page.goto(f"/availability/{COURTS}/{day}")
        page.locator("label.slot-free:not(.slot-lot) input[value*='tennis']").nth(3).check()
        page.locator(".dock button").click()
        page.wait_for_url(re.compile(r"/cart$"))
        page.locator("main a.button-large").first.click()
        numbers.append(journey.apply())
    return numbers


def open_money(journey, number):
    """From the number to the money of a booking."""
    page = journey.page
    page.goto("/counter")
    if page.locator("main input[name=purpose]").count():
        page.locator("main input[name=purpose]").first.check()
        page.locator("main form[action$='/counter/purpose'] button").click()
    page.locator("#q").fill(number)
    page.locator("main form[action$='/counter'] button").click()
    page.get_by_role("link", name=number).click()
    page.wait_for_url(re.compile("/counter/bookings/[0-9a-f-]{36}$"))
    page.get_by_role("link", name="お金の取扱いを見る").click()
    page.wait_for_url(re.compile("/money$"))


def take(journey):
    page = journey.page
    page.get_by_role("button", name="受け取った").click()
    page.wait_for_selector("main table caption:has-text('支払いと返金の記録')")


def close(journey):
    """Count the till of the courts: too little first, without and with the reason; its sheet."""
    page = journey.page
    page.goto("/counter/till")
    journey.stop("tills")
    page.get_by_role("link", name="現金を数える").first.click()
    page.wait_for_selector("#counted")
    page.locator("#counted").fill("1")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="締める").click()
    confirm(page)
    page.wait_for_selector("#why-error")
    journey.stop("till-fault")
    page.locator("#why").fill("釣り銭を渡し間違えた")
    page.get_by_role("button", name="締める").click()
    confirm(page)
    page.wait_for_url(re.compile("/counter/till/closes/"))
    journey.stop("sheet")


def confirm(page):
    """The question before what cannot be taken back, where the page asks it in a box of its own."""
    box = page.locator("dialog[open] button").first
    if box.count():
        box.click()


def rain_out(journey, money):
    """The city ends the booking whose money page this is; what was paid is to be given back."""
    page = journey.page
    page.goto(money.removesuffix("/money"))
    page.locator("#grounds").select_option("rain")
    page.locator("#why").fill("雨でコートが使えないため")
    page.locator("main form[action$='/revoke'] button").click()
    confirm(page)
    page.wait_for_selector("main form[action$='/revoke']", state="detached")
    page.goto(money)
    journey.stop("back")


def move(journey, number):
    """What was paid pays for the other booking, with the reason."""
    page = journey.page
    page.get_by_role("link", name="返金しないで、別の予約へ振り替える").click()
    page.wait_for_selector("main input[name=to]", state="attached")
    journey.stop("credit")
    page.get_by_text(number).first.click()
    page.locator("#why").fill("雨天の振替")
    page.get_by_role("button", name="振り替える").click()
    page.wait_for_selector("main caption:has-text('支払いと返金の記録')")
    journey.stop("credited")


def test_a_clerk_takes_cash_closes_the_till_and_lets_a_lost_hour_pay_for_another(visit, services, booked):
    journey = Journey(visit("sports"), services["sports"], label="counter-money")
    page = journey.page
    page.goto("/login?next=/counter")
    journey.log_in(services["sports"].clerk)
    page.wait_for_selector("main a[href$='/counter/till']")
    open_money(journey, booked[0])
    journey.stop("owed")
    money = page.url
    take(journey)
    journey.stop("taken")
    close(journey)
    rain_out(journey, money)
    move(journey, booked[1])
    assert "別の予約からの振替" in said(journey)
    page.goto("/counter/money")
    journey.stop("waiting")
    assert not journey.faults, "\n".join(journey.faults)


def test_the_same_pages_fit_a_phone(visit, services, booked):
    journey = Journey(visit("sports", phone=True), services["sports"], label="counter-money-phone")
    page = journey.page
    page.goto("/login?next=/counter")
    journey.log_in(services["sports"].clerk)
    page.wait_for_selector("main a[href$='/counter/till']")
    open_money(journey, booked[0])
    journey.stop("owed")
    take(journey)
    journey.stop("taken")
    page.goto(page.url.removesuffix("/cash").removesuffix("/money") + "/change")
    journey.stop("change")
    page.goto("/counter/till")
    journey.stop("tills")
    page.get_by_role("link", name="現金を数える").first.click()
    page.wait_for_selector("#counted")
    journey.stop("count")
    assert not journey.faults, "\n".join(journey.faults)
