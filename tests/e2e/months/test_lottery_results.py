"""In the browser: the order of wishes, results, accepting, declining, why one lost, and what anybody can check."""

import re

import pytest
from tests.cities import read_people
from tests.e2e.journey import Journey

pytestmark = pytest.mark.browser

TENNIS = "/lottery/monthly/2027-02/facilities/castle-tennis"
RESULT = "/lottery/results/monthly/2027-02"
DAYS = ("2027-02-09", "2027-02-10", "2027-02-12")
PEOPLE = ("hanako01", "tsubasa11")


def journey_of(visit, services, number, *, phone):
    """A browser in which one of the two is logged in, on their list of entries."""
    page = visit("sports", phone=phone)
    journey = Journey(page, services["sports"], label=f"lottery-mine-{number}-{'phone' if phone else 'wide'}")
    page.goto("/login?next=/me/lottery")
    journey.log_in(next(one for one in read_people()["sports"] if one.login_id == PEOPLE[number]))
    page.wait_for_url(re.compile("/me/lottery$"))
    return journey


def enter(journey, day):
    """One hour on all courts, as a wish of its own."""
    page = journey.page
    page.goto(f"{TENNIS}/{day}")
    page.locator("input[name=slot]").first.check()
    page.locator("[name='surfaces.tennis']").select_option("4")
    journey.next()
    page.wait_for_url(re.compile("/entry"))
    journey.fill_form()
    page.get_by_role("button", name=re.compile("第[0-9]+希望に申込む")).click()
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="はい、申し込む").click()
    page.wait_for_url(re.compile("/lottery/entered"))


def open_lottery(journey):
    page = journey.page
    page.goto("/me/lottery")
    journey.stop("list")
    page.locator("main .card-link a").first.click()
    page.wait_for_url(re.compile("/me/lottery/[0-9a-f-]{36}$"))


def wait_for(page, path, words):
    """Until a page says something: a site's clock is kept by the web process for some seconds."""
    for _ in range(60):
        page.goto(path)
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
    page.get_by_text(words).first.wait_for()


@pytest.fixture
def entered(visit, services, until):
    """Two people who wish for the same three hours, while entries are taken; not before nor afterwards."""
    until("sports", "2027-01-07T10:00")
    journeys = [journey_of(visit, services, number, phone=number == 0) for number in range(2)]
    journeys[0].stop("nothing")
    for journey in journeys:
        for day in DAYS:
            enter(journey, day)
    return journeys


def order_and_nearly_withdraw(journey):
    """Change the order and back; begin to take one back, and stop."""
    page = journey.page
    open_lottery(journey)
    journey.stop("wishes")
    page.get_by_role("button", name="下へ 第1希望").click()
    page.get_by_text("希望の順位を変更しました").wait_for()
    page.get_by_role("button", name="上へ 第2希望").click()
    page.get_by_role("link", name="申込みを取り消す").click()
    journey.stop("withdraw")
    page.get_by_role("button", name="選んだ申込みの取消しへ").click()
    page.locator("#error-summary").wait_for()
    journey.stop("withdraw-none")
    page.locator("input[name=entry]").first.check()
    page.get_by_role("button", name="選んだ申込みの取消しへ").click()
    page.get_by_role("heading", name="次の申込みを取り消します").wait_for()
    journey.stop("withdraw-sure")
    page.get_by_role("link", name="選択中止").click()
    page.goto(RESULT)
    journey.stop("proof-open")


def learn(journey):
    """From my page to the results, why one lost, and to a win that is not answered yet."""
    page = journey.page
    wait_for(page, "/me", "抽選に当選しています")
    journey.stop("home")
    open_lottery(journey)
    journey.stop("results")
    page.get_by_role("link", name="なぜ落選したか").first.click()
    page.get_by_role("heading", name="なぜ落選したか", level=1).wait_for()
    journey.stop("why")
    open_lottery(journey)
    page.locator("main .card a.button").first.click()
    page.get_by_text("まだ予約になっていません").wait_for()
    journey.stop("win")
    page.get_by_role("link", name="辞退").click()
    journey.stop("decline")
    page.get_by_role("link", name="辞退しない").click()


def look_at_what_is_public(journey, receipt):
    """The list, the proof, the report, and one's entry by its code."""
    page = journey.page
    page.goto("/lottery/results?lang=en")
    journey.stop("all-en")  # English breaks no word, so that what has no gap could make the page wider than the screen
    for name, path in (("all", "/lottery/results?lang=ja"), ("proof", RESULT), ("report", f"{RESULT}/report")):
        page.goto(path)
        journey.stop(name)
    page.goto("/lottery/check")
    page.locator("#receipt").fill(receipt.lower())
    page.get_by_role("button", name="探す").click()
    page.get_by_text("の申込みが見つかりました").wait_for()
    journey.stop("check")


@pytest.mark.fact("KS-051", "KC-033", "KC-036", "ML-023", "ML-024")
def test_two_people_order_their_wishes_and_learn_what_became_of_them(entered, until):
    phone, wide = entered
    for journey in entered:
        order_and_nearly_withdraw(journey)
    until("sports", "2027-01-11T00:30")
    wait_for(phone.page, RESULT, "受付終了・発表待ち")
    phone.stop("proof-closed")
    until("sports", "2027-01-11T09:05")
    for journey in entered:
        learn(journey)
    phone.page.get_by_role("button", name="利用確定").click()
    phone.page.get_by_text("予約になっています").wait_for()
    phone.stop("accepted")
    wide.page.get_by_role("link", name="辞退").click()
    wide.page.locator("#sure").check()
    wide.page.locator("main .button-danger").click()
    wide.page.get_by_text("この当選は辞退しました").wait_for()
    wide.stop("declined")
    receipt = phone.page.locator(".receipt").inner_text()
    for journey in entered:
        look_at_what_is_public(journey, receipt)

    assert not phone.faults + wide.faults, "\n".join(phone.faults + wide.faults)
