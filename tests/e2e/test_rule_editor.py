"""The rule editor in Chromium: a fault is marked while it is typed, a word completed, the text saved, the form keeps its
comments, and a lost connection loses nothing."""

import re
from dataclasses import fields, replace

import pytest
import yaml
from playwright.sync_api import expect
from tests.cities import ROOT
from tests.e2e.journey import Journey

pytestmark = pytest.mark.browser
SERVICE = "rooms"


def admin(services):
    demo = yaml.safe_load((ROOT / "tenants" / "meguro" / "demo.yaml").read_text())
    found = next(one for one in demo["clerks"] if one["login_id"] == "admin-meguro")
    like = services[SERVICE].clerk
    return replace(like, **{each.name: found[each.name] for each in fields(like) if each.name in found})


def at_line(page, text):
    """The cursor at the end of the first line with a text."""
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+f")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("End")


def show(page, file):
    """The editor of a file, in which one types now."""
    page.get_by_role("tab", name=file).click()
    editor = page.locator(f"[data-file-field='{file}'] .cm-content")
    editor.click()
    return editor


def save(page):
    page.get_by_role("button", name="保存する").click()
    expect(page.locator("[data-said]")).to_contain_text("保存しました")


def text_of(page, file):
    page.wait_for_selector(".editor-tabs")
    return page.locator(f"textarea[name='file:{file}']").input_value()


def make_a_fault_and_complete_a_word(page, journey):
    """A fault is marked at its line in words; the word completed instead is none."""
    editor = show(page, "booking.yaml")
    at_line(page, "confirmed_by: [payment, counter]")
    page.keyboard.press("Enter")
    page.keyboard.type("laps: x")
    expect(editor.locator(".cm-lintRange-error, .cm-lintPoint-error").first).to_be_visible()
    fault = page.locator("[data-faults] li").first
    expect(fault).to_contain_text("booking.yaml")
    assert page.locator("[data-file-field='booking.yaml'] .cm-lint-marker-error").count() >= 1
    texts = text_of(page, "booking.yaml").splitlines()
    assert texts[int(re.search(r"(\d+)行目", fault.inner_text())[1]) - 1].strip() == "laps: x"
    journey.stop("fault")
    for _ in "laps: x":
        page.keyboard.press("Backspace")
    page.keyboard.type("not")
    option = page.locator(".cm-tooltip-autocomplete li", has_text="note")
    expect(option).to_contain_text("備考")
    option.click()
    page.keyboard.type("窓口でも確定")
    expect(page.locator("[data-fault-count]")).to_have_text("誤りは見つかりません。")


def change_a_tier(page, journey):
    """The form changes one place; what was typed as text stays, and so do comments."""
    page.locator("main a[href$='/form']").first.click()
    page.locator("main a[href$='part=tiers']").click()
    page.locator("[id='v:booking/cancellation/2/tiers/1/percent']").fill("70")
    journey.stop("form")
    page.locator("main form .button-large").click()
    page.wait_for_selector(".flash")
    page.locator("main a[href$='/preview']").first.click()
    page.wait_for_selector("#draft-guide")
    journey.stop("preview")
    page.locator("main a[href$='/edit']").first.click()
    text = text_of(page, "booking.yaml")
    assert text.startswith("# 予約できる期間、仮予約と本予約、申請の項目、取消し\n")
    assert "note: 窓口でも確定\n" in text
    assert "percent: 70}" in text


def lose_the_connection(page):
    """What is typed without a connection is offered when it is back."""
    show(page, "fees.yaml")
    page.keyboard.press("Control+Home")
    page.context.set_offline(True)
    page.keyboard.type("# 令和9年の改定")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator("[data-said]")).to_contain_text("入力した内容はこのブラウザに残っています")
    page.context.set_offline(False)
    page.reload()
    page.get_by_role("button", name="入力した内容に戻す").click()
    save(page)
    page.reload()
    assert text_of(page, "fees.yaml").startswith("# 令和9年の改定\n")
    assert not page.locator("[data-restore]").is_visible()


def test_an_admin_writes_rules_in_the_browser(visit, services):
    page, service = visit(SERVICE), services[SERVICE]
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if "Content Security" in told.text else None)
    journey = Journey(page, service, label="rule-editor")
    page.goto("/login?next=/counter/rules/versions/1")
    journey.log_in(admin(services))
    page.locator("main form[action$='/versions/1/draft'] #title").fill("還付の見直し")
    page.locator("main form[action$='/versions/1/draft'] button[type=submit]").click()
    page.locator("main a[href$='/edit']").first.click()
    expect(page.locator("[data-fault-count]")).to_have_text("誤りは見つかりません。")
    journey.stop("editor")
    make_a_fault_and_complete_a_word(page, journey)
    save(page)

    change_a_tier(page, journey)
    lose_the_connection(page)
    show(page, "booking.yaml")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="保存する")).to_be_focused()
    assert not faults
    assert not journey.faults, "\n".join(journey.faults)
