"""Steps of account transfer: the mandate and the file at the desk, bookings, the bank that answers, the person who is told."""

import re

from tests.e2e.journey import Journey
from tests.e2e.money.walk import look_once
from tests.e2e.months.banded import said

from yoyaku.testing.bank import answer_file

PLACE = "castle-tennis"
ACCOUNT = {"bank_code": "0182", "branch_code": "101", "number": "7654321", "holder_kana": "タカキ　ハナコ"}
FILE = re.compile(r"/counter/debits/[0-9a-f-]{36}$")
NO_FUNDS = "1"


def staff(visit, service, person, label):
    """A browser on a desk in which a member of staff is logged in."""
    journey = look_once(Journey(visit(service.code), service, label=label))
    journey.page.goto("/login?next=/counter")
    journey.log_in(person)
    journey.page.wait_for_url(re.compile("/counter"))
    return journey


def say_purpose(page):
    """For what somebody is looked for, where it was not said before."""
    purpose = page.locator("main input[name=purpose]").first
    if purpose.is_visible():
        purpose.check()
        page.locator("main form[action$='/counter/purpose'] button").click()


def find_person(clerk, name):
    """Somebody's page at the counter, found by name for a purpose."""
    page = clerk.page
    page.goto("/counter/people")
    say_purpose(page)
    page.locator("#query").fill(name)
    page.locator("main form[action$='/counter/people'] button").click()
    page.locator("main section[aria-labelledby=found] tbody tr", has_text=name).get_by_role("link").click()
    page.wait_for_selector("section[aria-labelledby=who]")


def take_mandate(clerk, name):
    """The bank's form, handed in at the counter and typed in; first with a branch of a letter too many."""
    page = clerk.page
    find_person(clerk, name)
    clerk.stop("person")
    page.get_by_role("link", name="いまの届出").click()
    for field, value in {**ACCOUNT, "branch_code": "10"}.items():
        page.locator(f"#{field}").fill(value)
    page.get_by_label("金融機関の確認が済んでいる").check()
    page.get_by_role("button", name="届出を登録する").click()
    page.locator("#branch_code-error").wait_for()
    clerk.stop("mandate-mistake")
    assert page.locator("#number").input_value() == ACCOUNT["number"]
    page.locator("#branch_code").fill(ACCOUNT["branch_code"])
    page.get_by_role("button", name="届出を登録する").click()
    page.locator("main .tag-good", has_text="利用中").wait_for()
    clerk.stop("mandate")


def book(journey, day, *, hours):
    """First come: some hours of a court; gives the number. The completion page says by which way it is paid."""
    page = journey.page
    page.goto(f"/availability/{PLACE}/{day}")
    for box in page.locator("label.slot-free:not(.slot-lot) input").all()[:hours]:
        box.check()
    page.locator(".dock button").click()
    page.wait_for_url(re.compile(r"/cart$"))
    page.locator("main a.button-large").first.click()
    return journey.apply()


def open_day(clerk, day):
    """From the desk's list by its link to what a file would hold; its words."""
    page = clerk.page
    page.goto("/counter/debits")
    clerk.stop("debits")
    page.locator("main tbody tr", has_text=day).get_by_role("link").first.click()
    page.wait_for_url(re.compile("/counter/debits/"))
    return said(clerk)


def hand_over(clerk, folder):
    """The file is saved, and that the bank has it is written down; its bytes."""
    page = clerk.page
    with page.expect_download() as waiting:
        page.get_by_role("button", name="ファイルを保存する").click()
    kept = folder / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    page.get_by_label("ファイルを金融機関へ渡しました").check()
    page.get_by_role("button", name="金融機関へ渡した").click()
    page.locator("main .tag", has_text="依頼済み").wait_for()
    clerk.stop("debit-sent")
    return kept


def answer(clerk, kept, *, failed):
    """The bank's answer, in which the debit of a booking failed, looked at and taken in; once wrong, once right."""
    page = clerk.page
    row = page.locator("main table tbody tr", has_text=failed)
    key = row.locator("td[data-label='顧客番号']").inner_text().strip()
    page.locator("#result").set_input_files(kept)
    page.get_by_role("button", name="内容を確かめる").click()
    page.locator("#result-error").wait_for()
    clerk.stop("debit-wrong-file")
    result = kept.with_suffix(".kekka")
    result.write_bytes(answer_file(kept.read_bytes(), {key: NO_FUNDS}))
    page.locator("#result").set_input_files(result)
    page.get_by_role("button", name="内容を確かめる").click()
    page.get_by_role("button", name="取り込む", exact=True).wait_for()
    clerk.stop("debit-result")
    words = said(clerk)
    page.get_by_role("button", name="取り込む", exact=True).click()
    page.locator("main .tag", has_text="結果取込み済み").wait_for()
    clerk.stop("debit-settled")
    return words
