"""The main journey on all four services: find, cart or room, form, confirm, terms, done, my page, cancel."""

import re

import pytest
from tests.e2e.journey import Journey

pytestmark = pytest.mark.browser

# A day of its own for each journey: who cancels may not book the same slot again where the rules say so.
WITH_SCRIPTS, PLAIN = "2027-02-16", "2027-02-18"


def find_slot(journey, day):
    """From the top page to a day with ticked slots."""
    page = journey.page
    page.goto("/")
    journey.stop("top")
    page.goto(f"/search?from={day}")
    journey.stop("search")
    page.locator("main tbody a.button").first.click()
    page.wait_for_selector("main input[name=slot]")
    journey.stop("day")


def book_slot(journey, day):
    """Until the completion page; returns the booking number."""
    page = journey.page
    find_slot(journey, day)
    boxes = page.locator("main input[name=slot]")
    if not page.locator("main input[name=slot]:checked").count():
        boxes.first.check()
    page.locator(".dock button").click()
    journey.log_in(journey.service.resident)
    page.locator(".dock button").click()
    page.wait_for_url(re.compile(r"/cart$"))
    journey.stop("cart")
    page.locator("main a.button-large").click()
    return journey.apply()


def book_night(journey):
    page = journey.page
    page.goto("/")
    journey.stop("top")
    page.goto("/availability")
    journey.stop("months")
    page.locator("a.day-free, a.day-some").last.click()
    page.wait_for_selector("a.night")
    journey.stop("week")
    page.locator("a.night").first.click()
    journey.log_in(journey.service.resident)
    page.wait_for_selector("main input.input-number")
    for group in page.locator("main fieldset:has(input[type=radio])").all():
        group.locator("input[type=radio]").first.check()
    page.locator("main input.input-number").first.fill("２")
    journey.stop("stay")
    journey.next()
    return journey.apply()


# The pages are the same on all: each kind of them is seen at both sizes, and all four without scripts on a phone.
@pytest.mark.parametrize(
    ("code", "size"), [("sports", "phone"), ("halls", "desktop"), ("lodging", "phone"), ("rooms", "desktop")]
)
def test_a_resident_books_and_cancels(code, size, visit, services):
    page = visit(code, phone=size == "phone")
    journey = Journey(page, services[code], label=f"{code}-{size}")

    number = book_night(journey) if code == "lodging" else book_slot(journey, WITH_SCRIPTS)
    assert number
    journey.cancel(number)

    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.parametrize("code", ["sports", "halls", "lodging", "rooms"])
def test_a_resident_books_and_cancels_without_scripts(code, visit, services):
    page = visit(code, phone=True, scripts=False)
    journey = Journey(page, services[code], label=f"{code}-plain", scripts=False)

    number = book_night(journey) if code == "lodging" else book_slot(journey, PLAIN)
    journey.cancel(number)

    assert page.locator(".tag").first.is_visible()
