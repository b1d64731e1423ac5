"""Steps of paying by card, as people make them: on the site's pages, at the payment company's, and back."""

import re

from tests.e2e.months.banded import said, tick_band

CARD = "4000 0025 0000 3155"
"""A card whose bank asks whether it is you (3-D Secure)."""
PLACE = "kumin_center"
BOOKINGS = re.compile(r"/me/bookings/[0-9a-f-]{36}$")
COMPANY = re.compile(r"^http://127\.0\.0\.1:\d+/pay/")


def book(journey, day, *, band=0):
    """A room for which 700 yen are owed; gives the booking's number. It ends on the completion page."""
    page = journey.page
    page.goto(f"/availability/{PLACE}/{day}?space=702")
    page.locator("label.slot-free:not(.slot-lot) input[value*='702']").nth(band).check()
    page.locator(".dock button").click()
    page.wait_for_url(re.compile(r"/cart$"))
    page.locator("main a.button-large").first.click()
    return journey.apply()


def open_booking(journey, number):
    """The page of a booking, from the list."""
    page = journey.page
    page.goto("/me/bookings")
    page.locator(".booking-card", has_text=number).get_by_role("link").first.click()
    page.wait_for_url(BOOKINGS)
    return said(journey)


def type_card(journey, *, number=CARD):
    """At the payment company: what stands on the card, and its button."""
    page = journey.page
    page.wait_for_url(COMPANY)
    page.get_by_label("VISA").check()
    page.get_by_label("カード番号").fill(number)
    page.get_by_label("月", exact=False).first.fill("04")
    page.get_by_label("年", exact=False).first.fill("39")
    page.get_by_label("セキュリティコード").fill("123")
    journey.stop("company")
    page.get_by_role("button", name="お支払い").click()


def prove_oneself(journey):
    """The question of the card's bank, answered; the browser is back on the site."""
    page = journey.page
    page.get_by_label("確認コード").fill("123456")
    journey.stop("three-d-secure")
    page.get_by_role("button", name="認証する").click()
    page.wait_for_url(re.compile("/me/payments/[0-9a-f-]{36}/back"))
