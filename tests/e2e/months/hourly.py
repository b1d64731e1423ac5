"""Steps through the lottery of the sports grounds, as people make them: wishes by the hour, sets, 利用確定, first come."""

import re

from tests.e2e.months.banded import RECEIPT, open_mine, said, wait_for
from tests.e2e.months.test_lottery_counter import serve

PLACE = "castle-tennis"


def calendar(journey, month):
    """From the list of lotteries by its links to the place's calendar of the month; gives its days."""
    page = journey.page
    wait_for(journey, "/lottery", "今、申し込める抽選")
    page.locator("main a[href*='/lottery/']", has_text="日時を選んで申し込む").first.click()
    page.wait_for_url(re.compile(f"/lottery/monthly/{month}"))
    page.locator(f"main .card-link a[href*='{PLACE}']").click()
    page.wait_for_selector("a.day")
    return [re.search(r"\d{4}-\d\d-\d\d", one.get_attribute("href"))[0] for one in page.locator("a.day").all()]


def choose(journey, day, *, courts, hours=1):
    """From a calendar to a day, its first hours, and on to the check."""
    page = journey.page
    page.locator(f"a.day[href*='{day}'], button.day[formaction*='{day}']").click()
    page.wait_for_selector("input[name=slot]")
    for box in page.locator("input[name=slot]").all()[:hours]:
        box.check()
    page.locator("[name='surfaces.tennis']").select_option(str(courts))
    journey.next()
    page.get_by_role("heading", name="抽選申込みの内容確認", level=1).wait_for()


def enter(journey, month, *days, courts=4):
    """A wish: one use, or a set of several days; gives the receipt code."""
    page = journey.page
    calendar(journey, month)
    choose(journey, days[0], courts=courts)
    for day in days[1:]:
        page.get_by_role("button", name="別の日・部屋を加えてセットにする").click()
        choose(journey, day, courts=courts)
    journey.fill_form()
    if len(days) > 1:
        assert f"セット（{len(days)}つの利用）" in said(journey)
        journey.stop("set")
    page.get_by_role("button", name=re.compile("第[0-9]+希望に申込む")).click()
    page.get_by_role("heading", name="抽選申込みを行います。よろしいですか？", level=1).wait_for()
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="はい、申し込む").click()
    page.wait_for_url(re.compile("/lottery/entered"))
    return RECEIPT.search(page.locator(".receipt").first.inner_text())[0]


def withdraw(journey, month, rank):
    """Take a wish back: its box, the look at it, and sure."""
    page = journey.page
    open_mine(journey, month)
    page.get_by_role("link", name="申込みを取り消す").click()
    page.locator("label.choice", has_text=f"第{rank}希望").locator("input").check()
    page.get_by_role("button", name="選んだ申込みの取消しへ").click()
    page.get_by_role("heading", name="次の申込みを取り消します").wait_for()
    journey.stop("withdraw")
    page.get_by_role("button", name="1件を取り消す").click()
    page.get_by_text("抽選の申込みを取り消しました").wait_for()


def confirm_use(journey, month, wish):
    """利用確定 of a win, told by words on its card; gives the numbers of its bookings."""
    page = journey.page
    open_mine(journey, month)
    page.locator("main li.card", has_text=wish).locator("a.button").click()
    page.get_by_text("まだ予約になっていません").wait_for()
    journey.stop("win")
    page.get_by_role("button", name="利用確定").click()
    page.get_by_text("予約になっています").wait_for()
    journey.stop("confirmed")
    return page.locator("main .card a .number").all_inner_texts()


def confirm_ticked(journey, month, wish):
    """利用確定 of the wins that are ticked, of which the card then names the bookings; gives their numbers."""
    page = journey.page
    open_mine(journey, month)
    page.goto(f"{page.url}/accept")
    page.locator("label.choice", has_text=wish).locator("input").check()
    journey.stop("wins")
    page.get_by_role("button", name="選んだ当選の確認へ").click()
    page.get_by_role("heading", name="次の当選を予約にします").wait_for()
    journey.stop("sure")
    page.get_by_role("button", name="利用確定（1件）").click()
    page.get_by_text("当選の手続きが終わり、予約になりました").wait_for()
    return page.locator("main .card a .number").all_inner_texts()


def why_lost(journey, month):
    """The page that says why one lost."""
    open_mine(journey, month)
    journey.page.get_by_role("link", name="なぜ落選したか").first.click()
    journey.page.get_by_role("heading", name="なぜ落選したか", level=1).wait_for()
    journey.stop("why")
    return said(journey)


def book(journey, day):
    """First come: the first hour of a day that is free, in the cart, and through the form; gives the number."""
    page = journey.page
    free = page.locator("label.slot-free:not(.slot-lot) input")
    for _ in range(60):  # a service's clock is kept by the web process for some seconds
        page.goto(f"/availability/{PLACE}/{day}")
        if free.count():
            break
        page.wait_for_timeout(500)
    free.first.check()
    page.locator("[name='surfaces.tennis']").select_option("4")
    page.locator(".dock button").click()
    page.wait_for_url(re.compile(r"/cart$"))
    page.locator("main a.button-large").first.click()
    return journey.apply()


def reorder(journey):
    """The first wish down, and up again."""
    page = journey.page
    page.get_by_role("button", name="下へ 第1希望").click()
    page.get_by_text("希望の順位を変更しました").wait_for()
    page.get_by_role("button", name="上へ 第2希望").click()
    page.get_by_role("button", name="下へ 第1希望").wait_for()
    journey.stop("wishes")


def serve_club(clerk, name, month, day):
    """A club's form on paper, typed in by a clerk; gives the receipt code printed for the club."""
    page = clerk.page
    serve(clerk, name, look=lambda *_: None)
    receipt = enter(clerk, month, day)
    clerk.stop("paper-entered")
    page.goto("/counter/lottery")
    page.get_by_role("link", name="控えを印刷").click()
    page.wait_for_url(re.compile("/slip$"))
    assert receipt in said(clerk)
    clerk.stop("slip")
    return receipt
