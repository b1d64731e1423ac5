"""Pages of passwords and of one's devices: accessible, no wider than a phone, and a password shown on request."""

import re

import pytest
from tests.e2e.journey import Journey

pytestmark = pytest.mark.browser


def test_pages_of_passwords_and_devices_are_for_everybody(visit, services):
    page = visit("sports")
    journey = Journey(page, services["sports"], label="passwords")
    for path in ("/password/forgotten", "/password/forgotten?sent=1", "/password/code", "/password/set?token=x"):
        page.goto(path)
        journey.stop(path)
    page.goto("/login?next=/account/security")
    journey.log_in(services["sports"].resident)
    page.wait_for_url(re.compile("/account/security"))
    journey.stop("security")
    page.goto("/account/security/password")
    page.locator("#current").fill("wrong")
    page.locator("#password").fill("Sakura")
    page.locator("#password_again").fill("Sakura")
    page.locator("main form[action$='/account/security/password'] button[type=submit]").click()
    page.wait_for_selector("#current-error")
    journey.stop("change")
    assert page.locator("#password").input_value() == ""
    assert journey.faults == []


def test_a_password_is_shown_while_its_button_is_pressed_in(visit):
    page = visit("sports")
    page.goto("/login")
    button = page.locator("[data-reveal=password]")
    page.locator("#password").fill("secret")
    assert page.locator("#password").get_attribute("type") == "password"
    button.click()
    assert page.locator("#password").get_attribute("type") == "text"
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert page.locator("#password").get_attribute("type") == "password"
