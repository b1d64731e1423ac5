"""One's own pages in Chromium: accessible on a phone and a desk, in every display, with the menu and reading aloud."""

import pytest
from tests.cities import read_people
from tests.e2e.journey import Journey

pytestmark = pytest.mark.browser


def logged_in(visit, services, code, login_id, *, phone, label):
    page = visit(code, phone=phone)
    journey = Journey(page, services[code], label=label)
    person = next(one for one in read_people()[code] if one.login_id == login_id)
    page.goto("/login")
    page.locator("#login_id").fill(person.login_id)
    page.locator("#password").fill(person.password)
    page.locator("#password").press("Enter")
    page.wait_for_selector(".who")
    return page, journey


def look(page, journey, paths):
    for path in paths:
        page.goto(path)
        journey.stop(path.strip("/").replace("/", "-").replace("?", "-") or "top")


@pytest.mark.fact("KC-007", "KC-038", "MG-068")
@pytest.mark.parametrize("phone", [True, False])
def test_one_s_own_pages_are_accessible(phone, visit, services):
    label = f"me-{'phone' if phone else 'desk'}"
    page, journey = logged_in(visit, services, "sports", "tsubasa11", phone=phone, label=label)
    look(page, journey, ["/me", "/me/groups", "/me/messages", "/me/bookings", "/me/history", "/display"])
    page.locator("details.tools > summary").click()
    journey.stop("menu")

    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.fact("MG-068")
@pytest.mark.parametrize("colours", ["dark", "contrast"])
def test_every_display_is_accessible(colours, visit, services):
    page, journey = logged_in(visit, services, "rooms", "00040675", phone=True, label=f"display-{colours}")
    page.goto("/display?next=/me")
    page.locator(f"input[name=colours][value={colours}]").check()
    page.locator("input[name=size][value=largest]").check()
    page.locator("main form button").click()
    page.wait_for_url("**/me")
    look(page, journey, ["/me", "/", "/facilities", "/search?from=2027-02-20", "/me/groups", "/me/messages"])
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 20

    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.fact("MG-068")
def test_the_menu_closes_by_escape_and_reading_aloud_is_offered_where_the_browser_can(visit):
    page = visit("rooms")
    page.goto("/")
    summary, menu = page.locator("details.tools > summary"), page.locator("details.tools")
    summary.click()
    can = page.evaluate("'speechSynthesis' in window && typeof SpeechSynthesisUtterance === 'function'")
    assert page.locator("[data-read-aloud]").is_visible() == can
    page.keyboard.press("Escape")

    assert menu.get_attribute("open") is None
    assert summary.evaluate("one => one === document.activeElement")


def test_the_menu_works_without_scripts(visit):
    page = visit("rooms", phone=True, scripts=False)
    page.goto("/")
    page.locator("details.tools > summary").click()
    assert not page.locator("[data-read-aloud]").is_visible()
    page.get_by_role("link", name="色・文字サイズ変更").click()
    page.locator("input[name=size][value=large]").check()
    page.locator("main form button").click()

    assert page.locator("html").get_attribute("class") == "size-large"
