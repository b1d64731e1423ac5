"""A gymnasium is closed for rain: who is hit is seen first; the resident reads it in the calendar and in the post."""

import re

import pytest
import yaml
from tests.cities import ROOT, Person
from tests.e2e.journey import Journey
from tests.e2e.months.banded import begin, said

pytestmark = pytest.mark.browser

GYM, SPACE, DAY = "city-gymnasium", "small-table-tennis", "2027-02-23"
PLACE = f"/availability/{GYM}/{DAY}?space={SPACE}"
RAIN = "大雨で床が濡れたため"


def book(journey):
    """An hour of the gymnasium; the booking's number."""
    page = journey.page
    page.goto(PLACE)
    page.locator("label.slot-free:not(.slot-lot) input").first.check()
    page.locator(".dock button").click()
    page.wait_for_url(re.compile(r"/cart$"))
    page.locator("main a.button-large").first.click()
    return journey.apply()


def begin_admin(visit, service):
    """The city's administrator, on the list of closures."""
    demo = yaml.safe_load((ROOT / "tenants" / service.tenant / "demo.yaml").read_text())
    found = next(one for one in demo["clerks"] if "tenant_admin" in one["roles"])
    person = Person(**{name: found[name] for name in ("login_id", "password", "name", "second_factor")})
    journey = Journey(visit(service.code), service, label="rain-admin")
    journey.page.goto("/login?next=/counter/closures")
    journey.log_in(person)
    journey.page.wait_for_url(re.compile("/counter/closures$"))
    return journey


def close(journey, number):
    """From the list to the form, whom it hits, and the closing."""
    page = journey.page
    journey.stop("closures")
    page.get_by_label("施設").select_option(GYM)
    page.get_by_role("button", name="日時を決める").click()
    page.get_by_label("小体育室 卓球", exact=True).check()
    page.get_by_label("最初の日").fill(DAY)
    page.get_by_label("予約を取り消す理由の種類").select_option("rain")
    journey.stop("form")
    page.get_by_label("理由（利用者に見せる言葉）").fill(RAIN)
    page.get_by_role("button", name="誰に当たるかを見る").click()
    page.wait_for_url(re.compile("/preview$"))
    journey.stop("preview")
    assert number in said(journey)
    assert "小体育室 バスケットボール" in said(journey)  # which shares the floor
    page.get_by_label("上の予約が取消しになることを確かめました").check()
    page.get_by_role("button", name="閉めて、お知らせを送る").click()
    page.locator("#confirm-dialog button[value=yes]").click()
    page.wait_for_url(re.compile("/counter/closures$"))
    assert "閉めました" in page.locator("body").inner_text()


def reopen(journey):
    """The closure is taken back, with a reason."""
    page = journey.page
    page.locator("main tbody th a").first.click()
    page.wait_for_url(re.compile("/counter/closures/[0-9a-f-]{36}$"))
    journey.stop("closure")
    page.get_by_label("理由", exact=False).first.fill("雨がやみ、床が乾いたため")
    page.get_by_label("取り消した予約が元に戻ることを確かめました").check()
    page.get_by_role("button", name="取りやめて開ける").click()
    page.get_by_text("開けました").wait_for()
    assert "開けました" in page.locator("body").inner_text()


def test_a_gymnasium_is_closed_for_rain_and_opened_again(visit, services, post):
    journey = begin(visit, services["sports"], services["sports"].resident.login_id, at="/me")
    number = book(journey)
    admin = begin_admin(visit, services["sports"])
    close(admin, number)

    journey.page.goto(PLACE)
    journey.stop("closed")
    assert RAIN in said(journey)
    assert not journey.page.locator("label.slot-free").count()
    assert f"施設による取消のお知らせ（{number}）" in _after_post(journey, post)

    reopen(admin)
    journey.page.goto(PLACE)
    assert journey.page.locator("label.slot-free").count()
    assert f"予約が元に戻りました（{number}）" in _after_post(journey, post)
    assert not journey.faults + admin.faults, "\n".join(journey.faults + admin.faults)


def _after_post(journey, post):
    post.deliver()
    journey.page.goto("/me/messages")
    return said(journey)
