"""Rooms, two months of the lottery in the browser: a win is a tentative booking, paid in time or gone and barred."""

import re

import pytest
from tests.e2e.months.banded import (
    begin,
    check_proof,
    confirm_at_the_counter,
    enter,
    find_by_receipt,
    open_mine,
    open_month,
    put_in_cart,
    read_message,
    said,
    sign_of,
    tick_band,
    wait_for,
    wish,
)

pytestmark = pytest.mark.browser

ROOM = "komaba"
SENIORS = "elderly_center"
JUNE, JULY = "2027-06", "2027-07"
GROUP, PERSON = "00040675", "00040676"
MAIL = "dantai@meguro.example"


def enter_june(group, person):
    """A room by the cart: 抽選受付 before, 抽選要 after the first; two want the first day. The days, the group's receipt."""
    open_month(group, JUNE)
    path = f"/availability/{ROOM}?month={JUNE}"
    group.page.goto(path)
    found = group.page.locator("a.day", has_text="抽選受付")
    days = [re.search(r"\d{4}-\d\d-\d\d", one.get_attribute("href"))[0] for one in found.all()][7:10]
    group.stop("month")
    receipt = enter(group, ROOM, days)
    assert "抽選待ち" in said(group)
    enter(person, ROOM, days[:1])
    assert "抽選要" in sign_of(person, path, days[0])
    return days, receipt


def booking_of(journey, month, day):
    """The page of a booking that was won, by its number at the wish."""
    open_mine(journey, month)
    wish(journey, day).locator("a[href*='/me/bookings/']").first.click()
    journey.page.wait_for_url(re.compile("/me/bookings/"))
    return said(journey)


def number_of(journey):
    """The number of the booking whose page one is on."""
    return journey.page.locator("main .big-number").first.inner_text().strip()


def learn(group, days, post):
    """The wins are tentative bookings at once, payable from the announcement for 14 days; the number of one."""
    mail = post.last_to(MAIL, subject="抽選に当選しました")
    assert "仮予約になりました" in mail.text
    assert "2027年3月19日（金） 24:00" in mail.text
    wait_for(group, "/me/lottery", "当選（仮予約）")
    group.stop("results")
    assert "仮予約" in read_message(group, "抽選に当選しました")
    words = booking_of(group, JUNE, days[1])
    group.stop("booking")
    assert "仮予約" in words
    assert "（抽選）" in words
    assert re.search("クレジット決済：[^\n]*2027年3月19日（金） 24:00", words)
    return number_of(group)


def see_what_was_paid_and_what_lapsed(group, days, post):
    """What was paid stays; the other is gone at 0:00 of the 15th day, and its mail says what that means."""
    assert "同一コマには再予約できません" in post.last_to(MAIL, holding="期限までに").text
    assert "期限切れ" in booking_of(group, JUNE, days[2])
    group.stop("lapsed")
    assert "本予約" in booking_of(group, JUNE, days[1])


def book_what_lapsed(group, person, day):
    """First come: whoever let it lapse is barred from that slot, another is not."""
    path = f"/availability/{ROOM}/{day}"
    tick_band(group, path, lot=False)
    group.page.get_by_text("もう一度予約できません").first.wait_for()
    group.stop("barred")
    put_in_cart(person, path, lot=False)
    person.page.locator("main a.button-large").click()
    assert person.apply().startswith("2027-")


def enter_july(person):
    """The second month: a room of the one category that is paid until the day of use. The day and the receipt."""
    wait_for(person, "/lottery", "2027年7月利用分")
    person.page.goto(f"/availability/{SENIORS}?month={JULY}")
    link = person.page.locator("a.day", has_text="抽選受付").nth(5).get_attribute("href")
    day = re.search(r"\d{4}-\d\d-\d\d", link)[0]
    return day, enter(person, SENIORS, [day])


def prove_july(person, day, receipt, folder):
    """Won, payable until the day of use; what anybody can find and check of it."""
    wait_for(person, "/me/lottery", "当選（仮予約）")
    words = booking_of(person, JULY, day)
    person.stop("booking-july")
    assert re.search(rf"クレジット決済：[^\n]*7月{int(day[-2:])}日[^\n]* 24:00", words)
    assert "当選" in find_by_receipt(person, receipt)
    assert "OK" in check_proof(person, f"/lottery/results/monthly/{JULY}", folder)


@pytest.mark.fact("MG-032", "MG-033")
def test_two_months_of_rooms(visit, services, until, post, desk, tmp_path):
    rooms = services["rooms"]
    until("rooms", "2027-02-21T09:00")
    group, person = (begin(visit, rooms, login) for login in (GROUP, PERSON))
    days, receipt = enter_june(group, person)
    until("rooms", "2027-03-01T00:30")
    wait_for(group, "/me/lottery", "受付終了・結果待ち")
    assert "当選（" not in said(group)
    until("rooms", "2027-03-05T09:00")
    number = learn(group, days, post)
    confirm_at_the_counter(desk("rooms"), number)
    assert "当選" in find_by_receipt(group, receipt)
    until("rooms", "2027-03-20T00:00")
    see_what_was_paid_and_what_lapsed(group, days, post)
    until("rooms", "2027-03-21T09:00")
    day, summer = enter_july(person)
    until("rooms", "2027-04-01T09:00")
    wait_for(group, f"/availability/{ROOM}/{days[2]}", "空き")
    book_what_lapsed(group, person, days[2])
    until("rooms", "2027-04-05T09:00")
    prove_july(person, day, summer, tmp_path)

    faults = group.faults + person.faults
    assert not faults, "\n".join(faults)
