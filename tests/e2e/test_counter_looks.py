"""The counter's pages about people in Chromium: accessible at every stop, on a desk's screen and on a phone."""

import pytest
from tests.e2e.journey import Journey

pytestmark = pytest.mark.browser


def show_person(page, journey, query):
    page.goto("/counter/people")
    page.locator("main input[name=purpose]").first.check()
    page.locator("main form[action$='/counter/purpose'] button").click()
    page.locator("#query").fill(query)
    page.locator("main form[action$='/counter/people'] button").click()
    page.locator("main section[aria-labelledby=found] tbody a").first.click()
    page.wait_for_selector("section[aria-labelledby=who]")
    journey.stop("person")


@pytest.mark.parametrize("phone", [False, True])
def test_every_page_about_people_is_accessible(phone, visit, services):
    page, service = visit("rooms", phone=phone), services["rooms"]
    journey = Journey(page, service, label=f"counter-{'phone' if phone else 'desk'}")
    page.goto("/login?next=/counter")
    journey.log_in(service.clerk)
    page.wait_for_selector("main a[href$='/counter/people/new']")
    journey.stop("counter")
    show_person(page, journey, service.resident.login_id)
    page.locator("main a[href$='/edit']").click()
    page.wait_for_selector("main form[action$='/edit']")
    journey.stop("edit")
    page.goto("/counter/people/forgotten-id")
    page.locator("main form button").click()
    page.wait_for_selector("#error-summary")
    journey.stop("forgotten")
    page.goto("/counter/people/new")
    journey.stop("choice")
    page.locator("main input[name=user_class]").first.check()
    page.locator("main #by_proxy").check()
    page.locator("main form .button-large").click()
    page.wait_for_selector("main input[name=approve]")
    page.locator("main input[name=approve]").check()
    page.locator("main form .button-large").click()
    page.wait_for_selector("#error-summary")
    journey.stop("newcomer-faults")
    for path in ("registrations", "letters"):
        page.goto(f"/counter/{path}")
        journey.stop(path)

    assert not journey.faults, "\n".join(journey.faults)
