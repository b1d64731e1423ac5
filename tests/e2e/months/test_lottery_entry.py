"""Entering in the browser: a set of a gymnasium's rooms, a stay with its guests, a hall by the cart; on a phone, without scripts too."""

import re

import pytest
from tests.cities import read_people
from tests.e2e.journey import Journey
from tests.e2e.months.nightly import begin_without_card

pytestmark = pytest.mark.browser

RECEIPT = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
RESIDENT_OF_LODGING = "400016"
WORKER_OF_LODGING = "400015"


@pytest.fixture(scope="module")
def opened(until):
    """The lotteries of the three services take entries."""
    until("sports", "2027-02-07T10:00")
    until("lodging", "2027-02-07T10:00")
    until("halls", "2027-02-12T10:00")


def person_of(code, login_id=None):
    """Somebody of the demo, by login id; the first who may book where none is named."""
    people = read_people()[code]
    return next(one for one in people if login_id in {None, one.login_id})


def begin(visit, services, code, *, login_id=None, **more):
    """A browser at the list of lotteries, its visitor logged in."""
    page = visit(code, **more)
    label = f"lottery-{code}{'' if more.get('scripts', True) else '-plain'}{'-phone' if more.get('phone') else ''}"
    journey = Journey(page, services[code], label=label, scripts=more.get("scripts", True))
    page.goto("/login?next=/lottery")
    journey.log_in(person_of(code, login_id))
    page.wait_for_url(re.compile("/lottery$"))
    journey.stop("lotteries")
    return journey


def tick_first(page, space):
    """Tick the first hour of a room."""
    page.locator("section.space", has_text=space).locator("input[name=slot]").first.check()


def answered(journey, *, fill=True):
    """What stands in the fields of the questions, filled in before."""
    if fill:
        journey.fill_form()
    return [one.input_value() for one in journey.page.locator("input[name^='form.']").all()]


def enter(journey):
    """From the check to the completion page; gives the receipt code."""
    page = journey.page
    page.get_by_role("button", name=re.compile("第[0-9]+希望に申込む")).click()
    page.get_by_role("heading", name="抽選申込みを行います。よろしいですか？", level=1).wait_for()
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    journey.stop("really")
    page.get_by_role("button", name="はい、申し込む").click()
    page.wait_for_url(re.compile("/lottery/entered"))
    page.get_by_role("heading", name="抽選申込みが完了しました。", level=1).wait_for()
    journey.stop("entered")
    return RECEIPT.search(page.locator(".receipt").inner_text())[0]


@pytest.mark.fact("KS-055", "KS-057", "KS-060", "KS-061")
@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.usefixtures("opened")
def test_a_set_of_two_days_and_two_rooms_is_one_wish_of_a_phone(visit, services, scripts):
    journey = begin(visit, services, "sports", phone=scripts, scripts=scripts)
    page = journey.page
    page.get_by_role("link", name="日時を選んで申し込む").first.click()
    journey.stop("lottery")
    page.get_by_role("link", name="総合体育館").first.click()
    journey.stop("month")
    days = page.locator("a.day")
    days.nth(8).click()
    journey.stop("day")
    rooms = page.locator("section.space:has(input[name=slot]) h2").all_inner_texts()
    tick_first(page, rooms[0])
    journey.next()
    page.wait_for_url(re.compile("/entry"))
    journey.stop("entry")
    typed = answered(journey)
    page.get_by_role("button", name="別の日・部屋を加えてセットにする").click()
    journey.stop("month-again")
    page.locator("button.day").nth(11).click()
    tick_first(page, rooms[1])
    journey.next()
    page.get_by_text("セット（2つの利用）").first.wait_for()
    assert answered(journey, fill=False) == typed != []
    journey.stop("set")
    receipt = enter(journey)

    assert receipt
    assert re.search(r"第\d希望\s*セット（2つの利用）", page.locator("main").inner_text())
    page.goto("/lottery")
    assert receipt in page.locator("main").inner_text()
    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.fact("ML-012", "ML-014", "ML-015", "ML-019", "ML-021")
@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.usefixtures("opened")
def test_stays_are_wished_for_on_a_phone(visit, services, scripts):
    journey = begin(visit, services, "lodging", login_id=RESIDENT_OF_LODGING, phone=scripts, scripts=scripts)
    page = journey.page
    page.get_by_role("link", name="日時を選んで申し込む").first.click()
    journey.stop("lottery")
    if not re.search("/facilities/", page.url):
        page.locator("main .card-link a").first.click()
    journey.stop("week")
    page.get_by_role("link", name="翌週").first.click()
    page.locator("a.night").first.click()
    page.wait_for_selector("input[name=nights]")
    page.locator("input[name=nights]").first.check()
    page.locator("input[name^='guests.1.']").first.fill("2")
    for wish in page.locator("input[name^='wish.'][value=no]").all():
        wish.check()
    journey.stop("stay")
    receipt = enter(journey)

    assert receipt
    page.get_by_role("link", name="次の希望日へ").click()
    page.wait_for_url(re.compile("/facilities/"))
    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.fact("KC-027", "KC-028", "KC-030", "KC-T4")
@pytest.mark.usefixtures("opened")
def test_a_hall_is_entered_like_a_reservation(visit, services):
    journey = begin(visit, services, "halls", phone=True)
    page = journey.page
    page.get_by_role("link", name="日時を選んで申し込む").first.click()
    journey.stop("lottery")
    page.locator("main .card-link a").first.click()
    journey.stop("month")
    page.locator("a.day", has_text="抽選受付").nth(5).click()
    page.locator("label.slot-lot input").first.check()
    journey.stop("day")
    journey.next()
    page.wait_for_url(re.compile("/cart"))
    journey.stop("cart")
    page.locator("a.button-large").first.click()
    journey.fill_form()
    journey.stop("form")
    journey.next()
    page.get_by_text("抽選待ちになります").wait_for()
    journey.stop("confirm")
    journey.next()
    journey.agree()
    journey.stop("terms")
    journey.submit_terms()
    page.wait_for_url(re.compile("/lottery/entered"))
    journey.stop("entered")

    assert "抽選待ち" in page.locator("main").inner_text()
    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.fact("ML-027", "ML-028")
@pytest.mark.usefixtures("opened")
def test_who_may_not_enter_for_a_stay_is_told_why_and_what_they_can_do(visit, services):
    worker = begin(visit, services, "lodging", login_id=WORKER_OF_LODGING, phone=True)
    without_card = begin_without_card(visit, services["lodging"])
    said = {}
    for journey in (worker, without_card):
        assert journey.page.get_by_text("このままでは申し込めません").first.is_visible()
        journey.page.get_by_role("link", name="この抽選について").first.click()
        journey.page.get_by_role("heading", name="このままでは申し込めません").wait_for()
        journey.stop("refused")
        said[journey.label] = journey.page.locator("main").inner_text()
        assert "枠申し込めます" not in said[journey.label]
        assert not journey.faults, "\n".join(journey.faults)

    assert "抽選に申し込めるのは区民の方だけです。" in said[worker.label]
    assert "1か月前の同日から空き室を予約できます" in said[worker.label]
    assert "利用者登録証（3営業日ほどで郵送）が届いたら、登録証のコードを入れてください" in said[without_card.label]
