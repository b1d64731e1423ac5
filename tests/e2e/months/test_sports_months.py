"""Sports grounds, two months of the lottery in the browser: wishes and sets, a paper, the draw, 利用確定, first come, proof."""

import re

import pytest
from tests.e2e.months.banded import begin, check_proof, find_by_receipt, open_mine, read_message, said, wait_for
from tests.e2e.months.hourly import (
    PLACE,
    book,
    calendar,
    confirm_ticked,
    confirm_use,
    enter,
    reorder,
    serve_club,
    why_lost,
    withdraw,
)
from tests.e2e.months.test_lottery_counter import staff_journey

pytestmark = pytest.mark.browser

MARCH, APRIL = "2027-03", "2027-04"
HANAKO, MIDORI, CLUB = "hanako@example.jp", "midori@example.jp", "つばさサッカークラブ"
ENTERED, WON, LOST, LAPSED = (
    "申込みを受け付けました",
    "抽選に当選しました",
    "抽選の結果：落選",
    "当選が取り消されました",
)
SET = "2つの利用のセット"


def result(month):
    """The public page of a month."""
    return f"/lottery/results/monthly/{month}"


def enter_march(hanako):
    """One use, a set and two more; the last is withdrawn, the order changed and back. The days and the receipt code."""
    days = calendar(hanako, MARCH)[8:16:2]
    hanako.stop("month")
    receipts = {enter(hanako, MARCH, *wish) for wish in (days[:1], days[1:3], days[3:], days[1:2])}
    hanako.stop("entered")
    assert "あと6枠申し込めます" in said(hanako)  # of ten; a set counts as one
    withdraw(hanako, MARCH, 4)
    reorder(hanako)
    assert len(receipts) == 1
    return days, receipts.pop()


def see_nothing_yet(journey, month, receipt):
    """From the closing to the announcement wishes wait, and nobody can know more."""
    page = journey.page
    wait_for(journey, result(month), "受付終了・発表待ち")
    for path in ("files/result.jsonl", "files/signature.json", "report"):
        assert page.goto(f"{result(month)}/{path}").status == 404
    found = find_by_receipt(journey, receipt)
    assert "結果はまだ発表していません" in found
    assert not any(words in found for words in ("当選", "落選", "番目"))
    open_mine(journey, month)
    journey.stop("waiting")
    cards = page.locator("main ol > li.card")
    assert cards.locator(".tag").all_inner_texts() == ["抽選待ち"] * cards.count()


def learn(hanako, post):
    """By mail, by message and on one's page: two wishes won at least, which are no bookings yet, and what must be done by when."""
    wait_for(hanako, "/me", re.compile("抽選に当選しています（[23]件）"))
    hanako.stop("home")
    for words in (post.last_to(HANAKO, subject=WON).text, read_message(hanako, WON)):
        assert "第2希望" in words
        assert "2027年2月15日（月） 24:00までに、下のページで「利用確定」をしてください" in words


def confirm_the_set(hanako):
    """利用確定 of the set, whose two bookings stand in the list with the day by which they are paid."""
    numbers = confirm_use(hanako, MARCH, SET)
    hanako.page.goto("/me/bookings")
    hanako.stop("bookings")
    cards = [hanako.page.locator(".booking-card", has_text=number).inner_text() for number in numbers]
    assert len(cards) == 2
    assert all("支払期限 2027年2月18日（木） 24:00" in card for card in cards)


def understand(journey, *, winners):
    """Whoever lost is told their turn, and under which code somebody was before them."""
    words = why_lost(journey, MARCH)
    assert "第1回の抽選で3人のうち" in words
    assert any(f"先に順番が来て当選した申込み：受付番号{receipt}" in words for receipt in winners)


def check(journey, month, receipt, folder, *, outcome="当選"):
    """What anybody can see: one's wishes by the code, the record that checks out, and the report with its plots."""
    found = find_by_receipt(journey, receipt)
    assert outcome in found
    assert "OK" in check_proof(journey, result(month), folder).splitlines()
    journey.page.get_by_role("link", name="抽選の統計").click()
    journey.stop("report")
    assert journey.page.locator("main svg.plot[role=img]").count() >= 6


def let_it_lapse(hanako, midori, day, until, post):
    """A win nobody confirmed is gone at midnight, told, and free for others at nine, not before."""
    until("sports", "2027-02-16T00:00")
    wait_for(hanako, "/me/lottery", "当選取消（利用確定なし）")
    hanako.stop("lapsed")
    assert "第3希望" in post.last_to(HANAKO, subject=LAPSED).text
    assert "空いている枠は、2027年2月16日（火） 9:00から先着順で予約できます" in read_message(hanako, LAPSED)
    until("sports", "2027-02-16T08:55")
    midori.page.goto(f"/availability/{PLACE}/{day}")
    midori.stop("held")
    assert not midori.page.locator("label.slot-free").count()
    until("sports", "2027-02-16T09:00")
    assert book(midori, day)


def enter_and_draw_march(hanako, midori, clerk, until, post):
    """Three who wish for the same courts, by phone, at a desk and on paper; closed, secret, drawn. Days and receipts."""
    days, receipt = enter_march(hanako)
    assert receipt in post.last_to(HANAKO, subject=ENTERED).text
    others = enter(midori, MARCH, days[0]), serve_club(clerk, CLUB, MARCH, days[0])
    until("sports", "2027-02-11T00:10")
    see_nothing_yet(hanako, MARCH, receipt)
    until("sports", "2027-02-11T09:00")
    return days, (receipt, *others)


def draw_april(people, until, post, folder):
    """The month after: one of two wins and confirms, the other has lost and is told so; it checks out again."""
    until("sports", "2027-03-06T09:00")
    day = calendar(people[0], APRIL)[10]
    receipts = [enter(one, APRIL, day) for one in people]
    until("sports", "2027-03-11T09:00")
    for one in people:
        wait_for(one, "/me/lottery", re.compile("利用確定待ち|すべての希望が落選しました"))
    won = "利用確定待ち" in said(people[0])
    winner, loser = people if won else reversed(people)
    assert confirm_ticked(winner, APRIL, "第1希望")
    assert post.last_to(MIDORI if won else HANAKO, subject=LOST)
    open_mine(loser, APRIL)
    loser.stop("lost")
    assert "全ての希望申込みが落選しました" in said(loser)
    assert receipts[0 if won else 1] in why_lost(loser, APRIL)
    check(loser, APRIL, receipts[1 if won else 0], folder, outcome="落選")


@pytest.mark.fact("KS-049", "KS-051", "KS-052", "KS-053", "KS-063")
def test_two_months_are_drawn_confirmed_lapse_at_midnight_and_can_be_checked(visit, services, until, post, tmp_path):
    sports = services["sports"]
    until("sports", "2027-02-06T09:00")
    people = begin(visit, sports, "hanako01"), begin(visit, sports, "mori2027", phone=False)
    hanako, midori = people
    clerk = staff_journey(visit, services, sports.clerk, "months-sports-clerk")
    days, receipts = enter_and_draw_march(hanako, midori, clerk, until, post)
    learn(hanako, post)
    confirm_the_set(hanako)
    open_mine(hanako, MARCH)
    lost = hanako.page.locator("main li.card", has_text="第1希望").get_by_text("落選", exact=True).count()
    understand(hanako if lost else midori, winners=receipts)
    check(hanako, MARCH, receipts[0], tmp_path)
    let_it_lapse(hanako, midori, days[3], until, post)
    draw_april(people, until, post, tmp_path)

    assert not hanako.faults + midori.faults + clerk.faults
