"""Pages beside the main journey: accessible in both languages, by keyboard, when one is idle, at the counter."""

import re

import pytest
from tests.e2e.journey import Journey
from tests.e2e.test_journeys import find_slot

pytestmark = pytest.mark.browser

OPEN_TO_ALL = [
    "/",
    "/facilities",
    "/search?from=2027-02-20",
    "/guide",
    "/guide/timeline?month=2027-02",
    "/pages/terms",
    "/accessibility",
    "/login",
    "/no",
]


@pytest.mark.parametrize(("code", "language"), [("sports", "en"), ("halls", "ja"), ("lodging", "ja"), ("rooms", "en")])
def test_what_anybody_may_read_is_accessible_on_a_phone(code, language, visit, services):
    page = visit(code, phone=True)
    journey = Journey(page, services[code], label=f"{code}-open")
    for path in OPEN_TO_ALL:
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.locator("html").get_attribute("lang") == language
        journey.stop(f"{language}{re.sub(r'[^a-z]', '-', path.split('?')[0])}")
    page.goto("/facilities")
    page.locator("main .card-link a").first.click()
    journey.stop("facility")

    assert not journey.faults, "\n".join(journey.faults)


def test_the_first_key_leads_past_the_menu(visit):
    page = visit("rooms")
    page.goto("/")
    page.keyboard.press("Tab")
    link = page.locator("a.skip")
    assert link.evaluate("link => link === document.activeElement")
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")

    assert page.url.endswith("#main")


def test_slots_are_chosen_by_keyboard_alone_and_counted_aloud(visit):
    page = visit("rooms")
    page.goto("/availability/komaba/2027-02-26")
    page.locator("main input[name=slot]").first.focus()
    page.keyboard.press("Space")
    told = page.locator("[data-slot-count]")

    assert told.get_attribute("role") == "status"
    assert "1" in told.inner_text()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.dock') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/login"))


@pytest.mark.fact("KC-009")
def test_who_is_idle_is_warned_may_stay_and_is_told_when_it_is_over(visit, services):
    page = visit("halls")
    page.clock.install()
    page.goto("/login")
    Journey(page, services["halls"], label="idle", scripts=False).log_in(services["halls"].resident)
    dialog = page.locator("#idle-dialog")
    page.wait_for_selector("#idle-dialog", state="attached")
    seconds = int(dialog.get_attribute("data-idle-seconds"))
    assert seconds >= 300

    page.clock.fast_forward(f"{(seconds - 40) // 60:02d}:{(seconds - 40) % 60:02d}")
    page.clock.run_for(1000)
    assert dialog.is_visible()
    assert dialog.get_by_role("button").is_visible()
    with page.expect_response(re.compile("/session/extend")) as answer:
        dialog.get_by_role("button").click()
    assert answer.value.status == 204
    assert not dialog.is_visible()

    page.clock.fast_forward(f"{(seconds + 5) // 60:02d}:{(seconds + 5) % 60:02d}")
    page.clock.run_for(1000)
    page.wait_for_url(re.compile("expired"))
    assert "ログアウトしました" in page.locator("main").inner_text()


def enter_for(journey, person):
    """From the counter's first page to entering for somebody."""
    page = journey.page
    page.goto("/login")
    journey.log_in(journey.service.clerk)
    page.wait_for_url(re.compile("/counter"))
    journey.stop("counter")
    page.locator("main input[name=purpose][value=telephone]").check()
    page.locator("main form[action$='/counter/purpose'] button").click()
    page.locator("#person").fill(person.name)
    page.locator("form[action$='/counter/behalf/find']").get_by_role("button").click()
    page.locator("input[name=registrant]").first.check()
    page.locator("#channel input[value=telephone]").check()
    journey.stop("behalf")
    page.locator("main form[method=post] .button-large").first.click()
    page.wait_for_url(re.compile("/search"))


def test_a_clerk_serves_somebody_by_telephone(visit, services):
    page = visit("rooms")
    journey = Journey(page, services["rooms"], label="counter")
    enter_for(journey, services["rooms"].resident)
    find_slot(journey, "2027-02-19")
    page.locator(".dock button").click()
    page.locator("main a.button-large").click()
    number = journey.apply()

    page.goto("/counter")
    page.locator("#q").fill(number)
    page.locator("main form[action$='/counter'] button").click()
    journey.stop("found")
    page.locator("main tbody a").first.click()
    journey.stop("booking")
    page.locator("#documents_seen").check()
    page.locator("form[action$='/confirm'] button").click()
    page.wait_for_selector(".tag-good")
    page.locator("#grounds").select_option(index=0)
    page.locator("form[action$='/revoke'] input[name=why]").fill("雨のため")
    page.locator("form[action$='/revoke'] button").click()
    page.locator("#confirm-dialog button[value=yes]").click()
    page.wait_for_selector(".notice-good")
    journey.stop("revoked")

    assert not journey.faults, "\n".join(journey.faults)


def test_a_journey_in_english_says_nothing_in_japanese_but_names(visit):
    page = visit("sports", language="en-GB")
    page.goto("/search?from=2027-02-22")
    assert page.locator("html").get_attribute("lang") == "en"
    for words in page.locator("main :is(label, button, legend, h1, h2, caption)").all_inner_texts():
        assert not re.search(r"[ぁ-んァ-ヶ]", words), words


def test_a_search_shows_what_is_free_and_leads_there(visit):
    page = visit("rooms")
    page.goto("/search")
    quick = page.locator("script[src*='htmx']").count() == 1
    page.evaluate("window.sameDocument = true")
    page.locator("#from").fill("2027-02-24")
    page.locator("main form[role=search] button").click()
    page.locator("#results").wait_for()

    assert "from=2027-02-24" in page.url
    assert (page.evaluate("window.sameDocument === true")) == quick
    if quick:
        assert page.evaluate("document.activeElement.id") == "results"
    page.locator("main .pager a").first.click()
    page.wait_for_url(re.compile("page=2"))
    assert "21〜40件目" in page.locator("#found").inner_text()
