"""In the browser: paper entries at the counter, and the pages by which an admin watches, rehearses and takes back."""

import re

import pytest
from tests.e2e.journey import Journey
from tests.e2e.months.test_lottery_results import DAYS, enter
from tests.pages.test_roles import demo_staff

pytestmark = pytest.mark.browser

SCREENS = {"tablet": {"width": 820, "height": 1180}, "desk": {"width": 1280, "height": 900}}


def staff_journey(visit, services, person, label):
    """A browser in which a member of staff is logged in."""
    page = visit("sports")
    journey = Journey(page, services["sports"], label=label)
    page.goto("/login?next=/counter")
    journey.log_in(person)
    page.wait_for_url(re.compile("/counter"))
    return journey


def look(journey, name):
    """The page as it is on a tablet and on a desk's screen."""
    for screen, size in SCREENS.items():
        journey.page.set_viewport_size(size)
        journey.stop(f"{name}-{screen}")


def serve(journey, name, *, look=look):
    """Whoever hands in a form on paper, found for a purpose; ``look`` is done at each page on the way."""
    page = journey.page
    page.goto("/counter/lottery")
    page.locator("main input[name=purpose]").first.check()
    page.locator("main form[action$='/counter/purpose'] button").click()
    page.locator("main #person").fill(name)
    page.locator("main form[action$='/counter/behalf/find'] button").click()
    page.locator("main input[name=registrant]").first.check()
    page.locator("main input[name=channel][value=counter]").first.check()
    look(journey, "serve")
    page.locator("main form[action$='/counter/behalf'] button").click()
    page.wait_for_url(re.compile("/counter/lottery$"))
    look(journey, "nothing")


def test_a_clerk_enters_from_paper_and_prints_a_receipt(visit, services, until):
    until("sports", "2027-01-07T10:00")
    service = services["sports"]
    journey = staff_journey(visit, services, service.clerk, "lottery-clerk")
    page = journey.page
    serve(journey, service.resident.name)
    for day in DAYS[:2]:
        enter(journey, day)
    page.goto("/counter/lottery")
    look(journey, "desk")
    page.locator("main form[action$='/withdraw'] button").click()
    page.get_by_role("button", name="はい、進みます").click()
    page.locator("#error-summary").wait_for()
    look(journey, "faults")
    page.get_by_role("link", name="控えを印刷").click()
    page.wait_for_url(re.compile("/slip$"))
    look(journey, "slip")

    assert not journey.faults, "\n".join(journey.faults)


def test_an_admin_watches_lotteries_and_rehearses_one(visit, services, until):
    until("sports", "2027-01-11T08:00")
    person, _ = demo_staff("tenant_admin", services["sports"].clerk)
    journey = staff_journey(visit, services, person, "lottery-admin")
    page = journey.page
    page.goto("/counter/lotteries")
    look(journey, "all")
    page.get_by_role("link", name=re.compile("2027年2月")).first.click()
    page.wait_for_url(re.compile("/counter/lotteries/[0-9a-f-]{36}$"))
    look(journey, "one")
    page.locator("main a[href*='/preview/']").first.click()
    page.wait_for_url(re.compile("/preview/"))
    look(journey, "preview")
    page.go_back()
    page.locator("main a[href*='/batches/']").first.click()
    page.wait_for_url(re.compile("/batches/"))
    look(journey, "take-back")
    page.goto("/counter/lotteries/rehearsal")
    look(journey, "rehearsal")
    page.locator("main input[name=source][value=synthetic]").check()
    page.locator("#applicants").fill("80")
    page.locator("#wins_at_most").fill("1")
    page.locator("#draws").fill("5")
    page.set_default_timeout(60_000)  # it reckons for some seconds
    page.locator("main form .button-large").click()
    page.get_by_role("heading", name="結果").first.wait_for()
    look(journey, "result")

    assert not journey.faults, "\n".join(journey.faults)
