"""An admin changes a tier of the refund: sees the yen that moves, is approved by another, schedules it, goes back."""

import re
from dataclasses import replace

import pytest
import yaml
from tests.cities import ROOT
from tests.e2e.journey import Journey
from tests.e2e.money.card import book, open_booking, pay
from tests.e2e.money.walk import look_once
from tests.e2e.months.banded import begin, said

from yoyaku.worker.dry_runs import do_dry_runs

pytestmark = pytest.mark.browser

OLD_DAY, NEW_DAY = "2027-03-10", "2027-03-11"
EXAMPLES = (ROOT / "rulesets" / "meguro-rooms" / "examples.yaml").read_text("utf-8")


def changed_examples():
    """What the rules' own examples expect of 70 percent."""
    found = EXAMPLES.replace("refund_yen: 525, kept_yen: 175", "refund_yen: 490, kept_yen: 210")
    found = found.replace("refund_yen: 0, kept_yen: 175", "refund_yen: 0, kept_yen: 210")
    return found.replace("refund_yen: 337, kept_yen: 113", "refund_yen: 315, kept_yen: 135")


def admins(visit, service):
    """Both admins of the city, each in a browser of their own, on the list of versions."""
    demo = yaml.safe_load((ROOT / "tenants" / service.tenant / "demo.yaml").read_text())
    opened = []
    for one in (one for one in demo["clerks"] if one["roles"] == ["tenant_admin"]):
        person = replace(service.clerk, **{key: one[key] for key in ("login_id", "password", "second_factor", "name")})
        journey = look_once(Journey(visit(service.code), service, label=f"rules-{one['login_id']}"))
        journey.page.goto("/login?next=/counter/rules")
        journey.log_in(person)
        journey.page.wait_for_url(re.compile("/counter/rules$"))
        opened.append(journey)
    return opened


def press(journey, name):
    journey.page.locator("main").get_by_role("button", name=name, exact=True).click()


def begin_draft(journey, version, *, title, since):
    """From the list of versions by its link: a draft of one of them, from a day on. Its address."""
    page = journey.page
    page.goto("/counter/rules")
    journey.stop("rules")
    page.locator("main").get_by_role("link", name=f"第{version}版", exact=True).click()
    page.locator("#title").fill(title)
    page.locator("#applies_from").fill(since)
    journey.stop("version")
    page.locator("main form:has(#title) button[type=submit]").click()
    page.wait_for_url(re.compile("/counter/rules/drafts/[0-9a-f-]{36}$"))
    journey.stop("draft")
    return page.url


def change_tiers(journey, draft):
    """In the form view, the tiers of 75; then the examples, which expected 75, by their file."""
    page = journey.page
    page.goto(f"{draft}/form?part=tiers")
    boxes = [box for box in page.locator("main input[name^='v:'][name*='percent']").all() if box.input_value() == "75"]
    assert len(boxes) == 3
    for box in boxes:
        box.fill("70")
    press(journey, "保存する")
    page.get_by_text("保存しました").first.wait_for()
    page.goto(draft)
    assert "5件が合いません" in said(journey)
    journey.stop("red")
    files = [{"name": "examples.yaml", "mimeType": "text/yaml", "buffer": changed_examples().encode()}]
    page.locator("#files").set_input_files(files)
    press(journey, "取り込む")
    page.get_by_text("取り込みました").wait_for()
    assert "75% → 70%" in said(journey)


def try_it(journey, draft, post):
    """The dry run on the city's real bookings; what its page says in the end."""
    page = journey.page
    page.goto(f"{draft}/dry-run")
    page.locator("main form[action$='/dry-run/ask'] button").click()
    page.wait_for_url(re.compile("/dry-run$"))
    post.do(do_dry_runs)
    page.goto(f"{draft}/dry-run")
    journey.stop("dry-run")
    return said(journey)


def have_it_published(author, reviewer, draft):
    """Refused to whoever wrote it, approved by the other, published."""
    page = author.page
    page.goto(draft)
    press(author, "確認を依頼する")
    page.get_by_text("確認を依頼しました").wait_for()
    page.goto(f"{draft}/review")
    page.get_by_label("承認する").check()
    author.stop("own-review")
    press(author, "この結果で記録する")
    page.locator("#error-summary").wait_for()
    assert "ご自分では確認できません" in said(author)
    reviewer.page.goto(reviewer.page.url.partition("/counter")[0] + "/counter")
    reviewer.page.locator(f"main a[href$='{draft.partition('/counter')[2]}/review']").click()
    reviewer.page.get_by_label("承認する").check()
    press(reviewer, "この結果で記録する")
    reviewer.page.get_by_text("承認しました").first.wait_for()
    page.goto(f"{draft}/publish")
    page.locator("#sure").check()
    author.stop("publish")
    press(author, "公開する")
    page.wait_for_url(re.compile(r"/counter/rules/versions/\d+$"))


def goes_back(journey, number):
    """What cancelling a booking would give back today."""
    page = journey.page
    open_booking(journey, number)
    page.locator("a.button-danger-quiet").click()
    for _ in range(2):  # the two warnings
        page.locator("main").get_by_role("link", name="はい").click()
    page.locator("#reason").wait_for()
    return page.locator("main tbody td[data-label='還付額']").inner_text()


@pytest.mark.fact("MG-053")
def test_a_tier_is_changed_approved_scheduled_and_taken_back(visit, services, until, post):
    until("rooms", "2027-01-20T10:00")
    group = look_once(begin(visit, services["rooms"], "00040675", at="/me"))
    old = book(group, OLD_DAY)
    pay(group, old)
    author, reviewer = admins(visit, services["rooms"])
    draft = begin_draft(author, 1, title="還付率を70%に", since="2027-02-01")
    change_tiers(author, draft)
    words = try_it(author, draft, post)
    assert "35円" in words  # of 700 yen, 5 percent
    have_it_published(author, reviewer, draft)

    until("rooms", "2027-02-01T10:00")
    new = book(group, NEW_DAY)
    pay(group, new)
    until("rooms", "2027-02-22T10:00")
    assert [goes_back(group, old), goes_back(group, new)] == ["525円", "490円"]

    back = begin_draft(author, 1, title="第1版に戻す", since="2027-02-22")
    try_it(author, back, post)
    have_it_published(author, reviewer, back)
    author.page.goto("/counter/rules")
    rows = author.page.locator("main section[aria-labelledby=versions] tbody tr").all_inner_texts()
    lives = [re.search("施行中|旧版|予定", row)[0] for row in rows]
    assert lives == ["施行中", "旧版", "旧版"]
    assert goes_back(group, new) == "490円"
    faults = [fault for one in (group, author, reviewer) for fault in one.faults]
    assert not faults, "\n".join(faults)
