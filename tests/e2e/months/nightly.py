"""Steps through the lottery of the lodging houses, as people make them: weeks, nights, guests, wishes one after another."""

import re

import yaml
from tests.cities import ROOT, Person
from tests.e2e.journey import Journey
from tests.e2e.months.banded import RECEIPT, said, wait_for


def open_lottery(journey, month):
    """From the list of lotteries to the one of a month; where a house is chosen already, to its week at once."""
    page = journey.page
    wait_for(journey, "/lottery", "今、申し込める抽選")
    page.locator("main article", has_text=f"{int(month[-2:])}月利用分").get_by_role("link", name="日時を選んで").click()
    page.wait_for_url(re.compile(f"/lottery/monthly/{month}"))


def choose_house(journey, code):
    """The house, from the list of those that are drawn."""
    journey.page.locator(f"main .card-link a[href*='{code}']").click()
    journey.page.wait_for_selector("a.night")


def wish_for(journey, day, rank, *, nights=2, people=(3, 2), western=None):
    """From a week to the completion page: a room, nights, adults and children. Gives the receipt code."""
    page = journey.page
    night = page.locator(f"a.night[href*='/{day}']").first
    while not night.count():
        page.get_by_role("link", name="翌週").first.click()
    night.click()
    page.locator(f"input[name=nights][value='{nights}']").check()
    for number in range(1, nights + 1):
        page.locator(f"input[name='guests.{number}.adult']").fill(str(people[0]))
        page.locator(f"input[name='guests.{number}.child']").fill(str(people[1]))
    wishes = page.locator("input[name^='wish.']")
    assert bool(wishes.count()) == (western is not None), "the room of one's wish is asked for the first wish alone"
    if western is not None:
        assert "第1希望のみ設定可能" in said(journey)
        page.locator(f"input[name^='wish.'][value={western}]").check()
    journey.stop(f"stay-{rank}")
    page.get_by_role("button", name=f"第{rank}希望に申込む").click()
    page.get_by_role("heading", name="抽選申込みを行います。よろしいですか？", level=1).wait_for()
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="はい、申し込む").click()
    page.get_by_role("heading", name="抽選申込みが完了しました。", level=1).wait_for()
    return RECEIPT.search(page.locator(".receipt").inner_text())[0]


def begin_without_card(visit, service):
    """A browser of somebody whose registration card has not arrived."""
    demo = yaml.safe_load((ROOT / "tenants" / service.tenant / "demo.yaml").read_text())
    found = next(one for one in demo["residents"] if one["registration"] == "provisional")
    page = visit(service.code, phone=True)
    journey = Journey(page, service, label=f"months-{service.code}-card")
    page.goto("/login?next=/lottery")
    journey.log_in(Person(login_id=found["login_id"], password=found["password"], name=found["name"]))
    page.wait_for_url(re.compile("/lottery$"))
    return journey


def withdraw_all(journey, path):
    """Take all wishes back at once: their boxes, the look at them, and sure."""
    page = journey.page
    page.goto(path)
    page.get_by_role("link", name="抽選申込みの取消し").click()
    boxes = page.locator("main input[name=entry]")
    for box in boxes.all():
        box.check()
    count = boxes.count()
    page.get_by_role("button", name="選んだ申込みの取消しへ").click()
    page.get_by_role("heading", name="次の申込みを取り消します").wait_for()
    journey.stop("withdraw")
    page.get_by_role("button", name=f"{count}件を取り消す").click()
    page.get_by_text("抽選の申込みを取り消しました").wait_for()
    return count
