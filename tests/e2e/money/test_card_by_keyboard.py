"""Paid by card with a keyboard and a screen reader alone, from one's own menu to the confirmed booking (T-A13)."""

import re

import pytest
from tests.e2e.money.card import COMPANY, book, open_booking
from tests.e2e.money.keys import past_the_menu, press, tab_to, type_into
from tests.e2e.months.banded import begin, said

pytestmark = pytest.mark.browser

DAY = "2027-02-25"


def from_the_menu(page, number):
    """マイメニュー, the list, the booking's own button, which is told with its number."""
    page.goto("/me")
    past_the_menu(page)
    press(page, "link", "クレジット決済")
    page.wait_for_url(re.compile("/me/payments$"))
    past_the_menu(page)
    press(page, "link", f"決済 {number}")
    page.wait_for_url(re.compile("/pay$"))


def to_the_company(journey):
    """Check, conditions, and the way on: each page says by its title which it is, and what waits on the next."""
    page = journey.page
    assert page.title().startswith("クレジット決済 確認")
    past_the_menu(page)
    press(page, "button", "確定")
    page.get_by_role("heading", name="クレジット決済 注意事項", level=1).wait_for()
    past_the_menu(page)
    press(page, "button", "次へ進む")
    page.get_by_role("link", name=re.compile("同意の欄に印を付けてください")).wait_for()
    journey.stop("not-accepted")
    press(page, "checkbox", "同意します", key="Space")
    press(page, "button", "次へ進む")
    page.wait_for_url(re.compile("/go$"))
    assert "15分以内" in page.locator("main").aria_snapshot()
    past_the_menu(page)
    press(page, "link", "決済サイトへ進む")
    page.wait_for_url(COMPANY)


def mistype_and_mend(journey):
    """A form that was sent empty says at once what is missing, each mistake tied to its field; then it is filled in."""
    page = journey.page
    press(page, "button", "お支払い")
    page.get_by_role("alert").wait_for()
    journey.stop("mistakes")
    number = page.get_by_role("textbox", name="カード番号")
    assert number.get_attribute("aria-invalid") == "true"
    described = number.get_attribute("aria-describedby").split()
    assert "カード番号が正しくありません。" in [page.locator(f"#{one}").inner_text() for one in described]
    press(page, "link", "カードの種類を選んでください。")
    page.keyboard.press("Space")
    type_into(page, "カード番号", "4000002500003155")
    type_into(page, "月", "04")
    type_into(page, "年", "39")
    type_into(page, "セキュリティコード", "123")
    press(page, "button", "お支払い")


def answer_the_bank(journey):
    """3-D Secure: the question has a heading, its field a name."""
    page = journey.page
    page.get_by_role("heading", name="本人認証", level=1).wait_for()
    journey.stop("challenge")
    type_into(page, "確認コード", "123456")
    press(page, "button", "認証する")
    page.wait_for_url(re.compile("/back$"))


@pytest.mark.fact("MG-001", "MG-003", "MG-020", "MG-022", "MG-023")
def test_a_card_is_paid_with_by_keyboard_and_told_aloud(visit, services, until):
    until("rooms", "2027-01-20T10:00")
    journey = begin(visit, services["rooms"], "00040675", at="/me")
    page = journey.page
    number = book(journey, DAY)
    from_the_menu(page, number)
    to_the_company(journey)
    mistype_and_mend(journey)
    answer_the_bank(journey)
    journey.stop("back")
    assert "受付" in page.get_by_role("status").first.inner_text()
    past_the_menu(page)
    tab_to(page, "link", "予約")
    assert "本予約" in open_booking(journey, number)
    assert "仮予約" not in said(journey)

    assert not journey.faults, "\n".join(journey.faults)
