"""Lodging houses, two months of the lottery in the browser: three wishes in order, one win at most, its booking, proof."""

import pytest
from tests.e2e.months.banded import begin, check_proof, find_by_receipt, open_mine, read_message, said, wait_for
from tests.e2e.months.nightly import choose_house, open_lottery, wish_for, withdraw_all

pytestmark = pytest.mark.browser

APRIL, MAY = "2027-04", "2027-05"
HOUSE, OTHER_HOUSE = "ohiradai", "year_round"
STAYS = ("2027-04-12", "2027-04-13", "2027-04-14")
MAIL, WON = "jiro@minato.example", "抽選に当選しました"


def enter_april(jiro):
    """Three stays one after another, which overlap; the house is chosen once. Gives the receipt code."""
    open_lottery(jiro, APRIL)
    jiro.stop("lottery")
    choose_house(jiro, HOUSE)
    receipts = {wish_for(jiro, STAYS[0], 1, western="yes")}
    for rank in (2, 3):
        jiro.page.get_by_role("link", name="次の希望日へ").click()
        jiro.page.wait_for_url(f"**/facilities/{HOUSE}")
        receipts.add(wish_for(jiro, STAYS[rank - 1], rank))
    jiro.stop("entered")
    assert said(jiro).count("大人（中学生以上） 3人・子供（4歳～小学生） 2人／2泊目") == len(STAYS)
    assert len(receipts) == 1
    return receipts.pop()


def try_a_fourth(jiro):
    """Neither is there a way to a fourth wish nor does its page take one; what else one may do is said."""
    page = jiro.page
    assert not page.get_by_role("link", name="次の希望日へ").count()
    page.goto(f"/lottery/monthly/{APRIL}/facilities/{HOUSE}/2027-04-20?space=room")
    jiro.stop("fourth")
    assert "申し込めるのは3件までです。" in said(jiro)
    assert not page.locator("main form .button-large").count()
    assert page.locator("main a[href$='/me/lottery']").count()


def see_nothing_yet(jiro, receipt):
    """From the closing to the announcement wishes wait, and nobody can know more."""
    wait_for(jiro, f"/lottery/results/monthly/{APRIL}", "受付終了・発表待ち")
    assert "結果はまだ発表していません" in find_by_receipt(jiro, receipt)
    open_mine(jiro, APRIL)
    cards = jiro.page.locator("main ol > li.card")
    assert cards.locator(".tag").all_inner_texts() == ["抽選待ち"] * len(STAYS)
    assert jiro.page.goto(f"/lottery/results/monthly/{APRIL}/files/result.jsonl").status == 404


def learn(jiro, post, month):
    """One wish won and is a booking: its number stands in the results, in the mail, the message and the list."""
    open_mine(jiro, month)
    wait_for(jiro, jiro.page.url, "当選（予約済）")
    jiro.stop("results")
    states = jiro.page.locator("main ol > li.card .tag").all_inner_texts()
    number = jiro.page.locator("main li.card a .number").inner_text()
    assert f"予約番号：{number}" in post.last_to(MAIL, subject=WON).text
    assert f"予約番号：{number}" in read_message(jiro, WON)
    jiro.page.goto("/me/bookings")
    jiro.stop("bookings")
    assert "予約の確認・変更" in said(jiro)
    assert jiro.page.locator(".booking-card", has_text=number).count() == 1
    return states


def enter_may(jiro):
    """Two wishes taken back at once, then another house, which has no room to wish for. Gives the receipt code."""
    open_lottery(jiro, MAY)
    choose_house(jiro, HOUSE)
    wish_for(jiro, "2027-05-10", 1, western="no")
    jiro.page.get_by_role("link", name="次の希望日へ").click()
    wish_for(jiro, "2027-05-11", 2)
    open_mine(jiro, MAY)
    assert withdraw_all(jiro, jiro.page.url) == 2
    open_lottery(jiro, MAY)
    choose_house(jiro, OTHER_HOUSE)
    return wish_for(jiro, "2027-05-12", 1, nights=1, people=(2, 0))


@pytest.mark.fact("ML-010", "ML-016", "ML-020", "ML-025", "ML-026")
def test_two_months_of_ranked_stays_give_one_booking_each_and_can_be_checked(visit, services, until, post, tmp_path):
    until("lodging", "2027-02-01T09:00")
    jiro = begin(visit, services["lodging"], "400016")
    receipt = enter_april(jiro)
    try_a_fourth(jiro)
    until("lodging", "2027-02-11T00:10")
    see_nothing_yet(jiro, receipt)
    until("lodging", "2027-02-15T09:00")
    assert learn(jiro, post, APRIL) == ["当選（予約済）", "対象外", "対象外"]
    assert "対象外（当選の上限に達したため）" in find_by_receipt(jiro, receipt)
    assert "OK" in check_proof(jiro, f"/lottery/results/monthly/{APRIL}", tmp_path).splitlines()
    until("lodging", "2027-03-01T09:00")
    receipt = enter_may(jiro)
    until("lodging", "2027-03-15T09:00")
    assert learn(jiro, post, MAY) == ["当選（予約済）"]
    assert "当選" in find_by_receipt(jiro, receipt)
    assert "OK" in check_proof(jiro, f"/lottery/results/monthly/{MAY}", tmp_path).splitlines()

    assert not jiro.faults, "\n".join(jiro.faults)
