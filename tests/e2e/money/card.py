"""Steps of paying by card, as people make them: on the site's pages, at the payment company's, and back."""

import re

from tests.e2e.months.banded import said

CARD = "4000 0025 0000 3155"
"""A card whose bank asks whether it is you (3-D Secure)."""
PLAIN_CARD = "4111 1111 1111 1111"
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
    page.get_by_role("textbox", name="カード番号").fill(number)
    page.get_by_role("textbox", name="月").fill("04")
    page.get_by_role("textbox", name="年").fill("39")
    page.get_by_role("textbox", name="セキュリティコード").fill("123")
    journey.stop("company")
    page.get_by_role("button", name="お支払い").click()


def prove_oneself(journey):
    """The question of the card's bank, answered; the browser is back on the site."""
    page = journey.page
    page.get_by_label("確認コード").fill("123456")
    journey.stop("three-d-secure")
    page.get_by_role("button", name="認証する").click()
    page.wait_for_url(re.compile("/me/payments/[0-9a-f-]{36}/back"))


def open_list(journey):
    """クレジット決済 選択, from マイメニュー by its link."""
    page = journey.page
    page.goto("/me")
    page.locator("main").get_by_role("link", name="クレジット決済").first.click()
    page.wait_for_url(re.compile("/me/payments$"))


def row_of(journey, number):
    """What the list says of a booking: yen to be reversed, yen to be charged; its button is pressed."""
    page = journey.page
    open_list(journey)
    row = page.locator("main tbody tr", has_text=number)
    found = tuple(int(re.sub("[^0-9]", "", one)) for one in row.locator("td.amount").all_inner_texts())
    row.get_by_role("link", name=f"決済 {number}").click()
    return found


def settle(journey, *, leaves=True):
    """Check, conditions, and on to the company; or, where nothing is charged, to the end at once."""
    page = journey.page
    page.wait_for_url(re.compile("/pay$"))
    journey.stop("check")
    page.get_by_role("button", name="確定").click()
    page.get_by_label("同意します").check()
    journey.stop("conditions")
    page.get_by_role("button", name="次へ進む").click()
    if leaves:
        page.get_by_role("link", name="決済サイトへ進む").wait_for()
        journey.stop("leaving")
        page.get_by_role("link", name="決済サイトへ進む").click()


def pay(journey, number):
    """From the list to the end, by a card that is taken without a question."""
    if not journey.page.url.endswith("/pay"):
        row_of(journey, number)
    settle(journey)
    type_card(journey, number=PLAIN_CARD)
    journey.page.wait_for_url(re.compile("/me/payments/[0-9a-f-]{36}/back"))
