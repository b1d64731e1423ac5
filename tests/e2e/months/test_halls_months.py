"""Halls, two months of the lottery in the browser: entering by the cart, 当選承認, 当選辞退, 自動取消, restoring, first come."""

import re

import pytest
from tests.cities import beacon_network
from tests.e2e.months.banded import (
    begin,
    begin_admin,
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
    try_again_now,
    wait_for,
    wish,
)

pytestmark = pytest.mark.browser

HALL = "chuo-hall"
AUGUST, SEPTEMBER = "2027-08", "2027-09"
MONTH = f"/availability/{HALL}?month={AUGUST}"
CHORUS, TEA, UNVERIFIED = "chorus01", "tea2027", "haiku2027"
MAIL = "nanohana@example.jp"


@pytest.fixture
def waiting(post, city_database, services):
    """The post, the public beacon (up again whatever happens), and to let the worker try again at once what failed."""
    network = beacon_network()[0].network

    def try_again():
        try_again_now(city_database, services["halls"])
        post.deliver()

    yield post, network, try_again
    network.fault = None


def enter_august(chorus, tea, unverified):
    """A hall by the cart: 抽選受付 before, 抽選要 after; whose mail is not verified is refused. The days."""
    days = open_month(chorus, AUGUST)[4:8]
    chorus.stop("month")
    enter(chorus, HALL, days)
    assert "抽選待ち" in said(chorus)
    assert "抽選要" in sign_of(chorus, MONTH, days[0])
    chorus.stop("month-entered")
    enter(tea, HALL, days[:1])
    assert "最大2.0倍" in sign_of(tea, MONTH, days[0])
    refuse(unverified, days[0])
    return days


def refuse(unverified, day):
    """Whose mail is not verified reads that before choosing, and again where the cart would be; and what to do."""
    page = unverified.page
    page.goto(f"/lottery/halls/{AUGUST}")
    unverified.stop("unverified")
    assert "メールアドレスの確認が必要です" in said(unverified)
    tick_band(unverified, f"/availability/{HALL}/{day}")
    page.locator("#error-summary").wait_for()
    unverified.stop("unverified-cart")
    assert "メールアドレスの確認が必要です" in said(unverified)
    page.goto(f"/lottery/halls/{AUGUST}")
    page.get_by_role("link", name="メールアドレスを確認する").click()
    page.wait_for_url(re.compile("/account"))


def learn(chorus, days, post):
    """抽選済 by mail, message and list; the wins by day, each opened by 表示 when needed."""
    mail = post.last_to(MAIL, subject="抽選に当選しました")
    assert "2027年3月7日（日） 24:00" in mail.text
    wait_for(chorus, "/me", "抽選に当選しています")
    chorus.stop("home")
    assert "当選承認" in read_message(chorus, "抽選に当選しました")
    chorus.stop("message")
    open_mine(chorus, AUGUST)
    chorus.stop("results")
    assert [wish(chorus, day).locator(".tag").first.inner_text() for day in days[1:]] == ["抽選済仮当選"] * 3


def lose(both, day):
    """Of two who wanted the same band one has 抽選済落選, and reads why."""
    states = {}
    for one in both:
        open_mine(one, AUGUST)
        states[wish(one, day).locator(".tag").first.inner_text()] = one
    assert set(states) == {"抽選済仮当選", "抽選済落選"}
    loser = states["抽選済落選"]
    wish(loser, day).get_by_role("link", name="なぜ落選したか").click()
    loser.page.get_by_role("heading", name="なぜ落選したか", level=1).wait_for()
    loser.stop("why")
    assert "区分予約の開始日から先着順" in said(loser)


def open_win(journey, day, month=AUGUST):
    """A win by 表示."""
    open_mine(journey, month)
    wish(journey, day).get_by_role("link", name="表示（当選承認・当選辞退）").click()
    journey.page.get_by_text("まだ予約になっていません").wait_for()


def accept(journey, day, month=AUGUST):
    """当選承認; the number of the booking."""
    open_win(journey, day, month)
    journey.stop("win")
    journey.page.get_by_role("button", name="当選承認").click()
    number = journey.page.locator("main a[href*='/me/bookings/'] .number").first
    number.wait_for()
    journey.stop("accepted")
    return number.inner_text()


def decline(journey, day):
    """当選辞退, and 当選承認 in a window that was left open."""
    page = journey.page
    open_win(journey, day)
    left_open = page.context.new_page()
    left_open.goto(page.url)
    page.get_by_role("link", name="当選辞退").click()
    assert "辞退後、元に戻すことはできません" in said(journey)
    journey.stop("decline")
    page.locator("#sure").check()
    page.locator("main .button-danger").click()
    page.get_by_text("元に戻すことはできません").first.wait_for()
    journey.stop("declined")
    left_open.get_by_role("button", name="当選承認").click()
    left_open.locator("#error-summary").wait_for()
    refused = left_open.locator("main").inner_text()
    left_open.close()
    return refused


def open_lapse(admin):
    """From the list to the lottery, whose times and state are there, and to who would lose a win; the lottery's page."""
    page = admin.page
    page.goto("/counter/lotteries")
    admin.stop("all")
    page.get_by_role("link", name=re.compile("2027年8月")).first.click()
    page.wait_for_url(re.compile("/counter/lotteries/[0-9a-f-]{36}$"))
    admin.stop("timeline")
    one = page.url
    page.locator("main a[href$='/preview/lapse']").click()
    page.wait_for_url(re.compile("/preview/lapse"))
    admin.stop("preview")
    assert "まだ何も変わっていません" in said(admin)
    return one


def restore(admin, one):
    """What lapsed comes back, with a reason and until a new day."""
    page = admin.page
    wait_for(admin, one, "失効を取り消す")
    admin.stop("lapsed")
    page.get_by_role("link", name="失効を取り消す").click()
    page.locator("#until").fill("2027-03-12")
    page.locator("#why").fill("システムの障害で承認できなかったため")
    page.locator("#sure").check()
    admin.stop("restore")
    page.locator("main .button-danger").click()
    page.locator("#confirm-dialog button[value=yes]").click()
    page.wait_for_url(one)
    admin.stop("restored")
    assert "システムの障害" in said(admin)


def lapse_and_come_back(chorus, admin, days, until, post):
    """7 days with the day of the win: open to the last minute, gone at 0:00, told; then restored, told, accepted."""
    until("halls", "2027-03-07T23:58")
    one = open_lapse(admin)
    assert "2027年8月10日" in said(admin)
    open_win(chorus, days[3])
    until("halls", "2027-03-08T00:00")
    told = post.last_to(MAIL, subject="当選が取り消されました").text
    assert "2027年3月7日（日） 24:00" in told
    assert "区分予約の開始日から先着順" in told
    wait_for(chorus, chorus.page.url, "自動取消（承認期限切れ）")
    chorus.stop("lapsed")
    restore(admin, one)
    assert "システムの障害" in post.last_to(MAIL, subject="元に戻りました").text
    assert "システムの障害" in read_message(chorus, "元に戻りました")
    assert accept(chorus, days[3]).startswith("K2026-")


def see_it_wait(tea, admin, until, post):
    """September's draw waits in sight of everybody while the beacon is down; the admin's page of it."""
    page = admin.page
    until("halls", "2027-03-21T00:10")
    page.goto("/counter/lotteries")
    page.get_by_role("link", name=re.compile("2027年9月")).first.click()
    page.wait_for_url(re.compile("/counter/lotteries/[0-9a-f-]{36}$"))
    wait_for(admin, page.url, "止まっています")
    admin.stop("waits")
    assert "が答えないか、正しい署名のある値を返しません" in said(admin)
    until("halls", "2027-04-01T09:30")
    wait_for(tea, f"/lottery/results/halls/{SEPTEMBER}", "予定より遅れています")
    tea.stop("waits")
    assert "別の値に替えることはありません" in said(tea)
    assert "発表する予定でした" in said(tea)
    assert "に発表します" not in said(tea)
    assert "申込みはそのまま有効です" in post.last_to("hiyori@example.jp", subject="遅れています").text
    return page.url


def win_august(chorus, tea, days, until, post):
    """Waiting until the announcement, then told; one win accepted, one declined for good. The booking's number."""
    until("halls", "2027-02-21T00:30")
    wait_for(chorus, "/me/lottery", "受付終了・結果待ち")
    assert "抽選済" not in said(chorus)
    until("halls", "2027-03-01T09:00")
    learn(chorus, days, post)
    lose((chorus, tea), days[0])
    number = accept(chorus, days[1])
    assert "すでに「当選辞退」をされています" in decline(chorus, days[2])
    return number


def prove_september(tea, receipt, day, folder):
    """The second month's win, accepted; what anybody can find and check of it."""
    wait_for(tea, "/me", "抽選に当選しています")
    accept(tea, day, SEPTEMBER)
    assert "当選" in find_by_receipt(tea, receipt)
    assert "OK" in check_proof(tea, f"/lottery/results/halls/{SEPTEMBER}", folder)


def book_what_was_declined(tea, day):
    """First come, when bands open."""
    put_in_cart(tea, f"/availability/{HALL}/{day}", lot=False)
    tea.page.locator("main a.button-large").click()
    assert tea.apply().startswith("K2027-")


@pytest.mark.fact("KC-031", "KC-032", "KC-034", "KC-037", "KC-T1")
def test_two_months_of_halls(visit, services, until, desk, waiting, tmp_path):
    halls, (post, beacon, try_again) = services["halls"], waiting
    until("halls", "2027-02-11T09:00")
    chorus, tea, unverified = (begin(visit, halls, login) for login in (CHORUS, TEA, UNVERIFIED))
    days = enter_august(chorus, tea, unverified)
    number = win_august(chorus, tea, days, until, post)
    confirm_at_the_counter(desk("halls"), number)
    admin = begin_admin(visit, halls)
    lapse_and_come_back(chorus, admin, days, until, post)
    until("halls", "2027-03-11T09:00")
    wait_for(tea, "/lottery", "2027年9月利用分")
    day = open_month(tea, SEPTEMBER)[3]
    receipt = enter(tea, HALL, [day])
    beacon.fault = "down"
    one = see_it_wait(tea, admin, until, post)
    beacon.fault = None
    for _ in range(3):  # the draw, then what waited for it
        try_again()
    wait_for(admin, one, "発表済み")
    until("halls", "2027-04-01T12:00")
    prove_september(tea, receipt, day, tmp_path)
    book_what_was_declined(tea, days[2])

    faults = [fault for one in (chorus, tea, unverified, admin) for fault in one.faults]
    assert not faults, "\n".join(faults)
