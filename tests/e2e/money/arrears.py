"""Steps of who does not pay: letters printed, a booking refused and told why, cash at the counter, let in again."""

import re

from tests.e2e.money.transfer import PLACE, say_purpose
from tests.e2e.months.banded import said


def print_letters(clerk, name, *, holding):
    """The letters of the day, from the list by the link, for somebody; each word that must stand on it."""
    page = clerk.page
    page.goto("/counter/arrears")
    clerk.stop("arrears")
    page.locator("main a[href$='/counter/arrears/letters']").click()
    page.wait_for_url(re.compile("/letters$"))
    clerk.stop("letters")
    page.locator("main form button[type=submit]").click()
    letter = page.locator("main section.letter", has_text=f"{name} 様")
    letter.wait_for()
    clerk.stop("printed")
    words = letter.inner_text()
    assert all(one in words for one in holding), words


def try_to_book(journey, day):
    """Whoever is suspended may look and choose, but is told before or while applying that it is not possible, and what helps."""
    page = journey.page
    page.goto("/me")
    journey.stop("suspended-home")
    home = said(journey)
    page.goto(f"/availability/{PLACE}/{day}")
    page.locator("label.slot-free:not(.slot-lot) input").first.check()
    page.locator(".dock button").click()
    page.locator("main").get_by_text("利用を停止しています").first.wait_for()
    journey.stop("suspended")
    return home, said(journey)


def take_cash(clerk, number, yen):
    """The booking found by its number, the amount that is proposed, taken; the booking's page of money."""
    page = clerk.page
    page.goto("/counter")
    say_purpose(page)
    page.locator("main input[name=q]").fill(number)
    page.locator("main form[role=search]:has(input[name=q]) button").click()
    page.locator("main section[aria-labelledby=found] tbody a").first.click()
    page.get_by_role("link", name="お金の取扱いを見る").click()
    page.locator("#amount").wait_for()
    clerk.stop("money")
    assert page.locator("#amount").input_value() == yen
    page.get_by_role("button", name="受け取った").click()
    page.get_by_text("現金を受け取りました").first.wait_for()
    clerk.stop("cash-taken")
    return said(clerk)


def let_in_again(clerk, name):
    """From the list of who is suspended; before it was all paid, there is no such button."""
    page = clerk.page
    page.goto("/counter/arrears")
    row = page.locator("main tbody tr", has_text=name)
    row.get_by_role("button", name="利用を再開する").click()
    page.get_by_text("利用を再開し").first.wait_for()
    clerk.stop("reinstated")
