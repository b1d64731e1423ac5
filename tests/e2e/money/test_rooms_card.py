"""Chapter 5 of the rooms' manual in the browser, screen by screen: paid, equipment added and removed, cancelled, refunded."""

import re

import pytest
from tests.e2e.money.card import book, open_booking, open_list, pay, prove_oneself, row_of, settle, type_card
from tests.e2e.money.walk import look_once
from tests.e2e.months.banded import begin, read_message, said

pytestmark = pytest.mark.browser

MAIL = "dantai@meguro.example"
DAY, OTHER_DAY = "2027-03-10", "2027-03-11"
COMPLETED, REVERSED = "使用料の決済完了通知", "使用料の決済取消通知"
NUMBER = re.compile(r"[0-9]{16}")


def pay_at_once(group, post):
    """From 予約申込完了 by its button to 受付完了; the mail that stands in for the permit."""
    number = book(group, DAY)
    group.page.locator("main").get_by_role("link", name="クレジット決済").click()
    settle(group)
    type_card(group)
    prove_oneself(group)
    group.stop("paid")
    assert "クレジット決済の受付が完了しました" in said(group)
    collected = NUMBER.search(said(group))[0]
    mail = post.last_to(MAIL, subject=COMPLETED).text
    assert all(words in mail for words in (collected, "700円", "利用承認書の代わり"))
    words = open_booking(group, number)
    group.stop("booking")
    assert "本予約" in words
    return number


def change_projectors(group, number, count, *, paid):
    """備品の追加・削除 from the booking's page; where some are paid, it says so first. The completion's words."""
    page = group.page
    open_booking(group, number)
    page.locator("main").get_by_role("link", name="備品").first.click()
    if paid:
        page.get_by_text("お支払済の備品").wait_for()
        group.stop("paid-equipment")
        page.get_by_role("link", name="はい").click()
    else:
        page.get_by_label("プロジェクター").fill("10")
        page.get_by_role("button", name="次へ進む").click()
        page.locator("#error-summary").wait_for()
        group.stop("too-many")
    page.get_by_label("プロジェクター").fill(str(count))
    page.get_by_role("button", name="次へ進む").click()
    page.locator("main form[action$='/book'] button").wait_for()
    group.stop("equipment-confirm")
    page.locator("main form[action$='/book'] button").click()
    page.get_by_role("status").first.wait_for()
    group.stop("equipment-done")
    return said(group)


def settle_again(group, number, post, *, back, charged):
    """From マイメニュー: what goes back and what is charged, both numbers on the completion, and a mail about each."""
    assert row_of(group, number) == (back, charged)
    group.stop("check")
    pay(group, number)
    group.stop("settled")
    words = said(group)
    assert len(set(NUMBER.findall(words))) == 2
    told = [post.last_to(MAIL, subject=subject).text for subject in (REVERSED, COMPLETED)]
    assert f"決済取消額：{back:,}円" in told[0]
    assert f"決済額：{charged:,}円" in told[1]


def cancel(group, number, *, back):
    """Two warnings, then the reason that must be given, and what goes back before it is done."""
    page = group.page
    open_booking(group, number)
    page.locator("a.button-danger-quiet").click()
    for words in ("取消を続行しますか", "還付の手続きを行ってください"):
        page.get_by_text(words).first.wait_for()
        group.stop(f"warning-{words[:2]}")
        page.get_by_role("link", name="はい").click()
    page.locator("#reason").wait_for()
    assert f"{back:,}円" in page.locator("main tbody td[data-label='還付額']").inner_text()
    page.locator("#reason").fill("講師の都合により")
    page.locator("#sure").check()
    group.stop("cancel")
    page.locator("main button.button-danger").click()
    page.get_by_role("status").first.wait_for()
    group.stop("cancelled")
    assert "再予約できません" in said(group)


def refund_in_part(group, until, post, number):
    """In the band of 75 %: 700 are reversed and 175 charged anew."""
    until("rooms", "2027-02-22T10:00")
    cancel(group, number, back=525)
    group.page.locator("main").get_by_role("link", name="クレジット決済").click()
    settle_again(group, number, post, back=700, charged=175)
    open_list(group)
    assert number not in said(group)


def refund_in_full(group, post, number):
    """Nothing is charged: no card is asked for, and the company's page is never seen."""
    cancel(group, number, back=700)
    assert row_of(group, number) == (700, 0)
    settle(group, leaves=False)
    group.stop("refunded")
    assert "クレジット決済の受付が完了しました" in said(group)
    assert "決済取消額：700円" in post.last_to(MAIL, subject=REVERSED).text
    assert "700円" in read_message(group, REVERSED)


@pytest.mark.fact("MG-023", "MG-044", "MG-045", "MG-053", "MG-064")
def test_a_room_is_paid_changed_cancelled_and_refunded_by_card(visit, services, until, post):
    until("rooms", "2027-01-20T10:00")
    group = look_once(begin(visit, services["rooms"], "00040675", at="/me"))
    number = pay_at_once(group, post)
    assert "クレジット決済にてお支払いが可能です" in change_projectors(group, number, 1, paid=False)
    assert "一部支払済" in open_booking(group, number)
    settle_again(group, number, post, back=700, charged=1200)
    assert "還付が発生しているため" in change_projectors(group, number, 0, paid=True)
    settle_again(group, number, post, back=1200, charged=700)
    other = book(group, OTHER_DAY)
    pay(group, other)
    refund_in_full(group, post, other)
    refund_in_part(group, until, post, number)

    assert not group.faults, "\n".join(group.faults)
