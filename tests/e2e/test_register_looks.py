"""The pages of registering in Chromium: accessible at every stop, with scripts and without, on a phone."""

import pytest
from tests.e2e.journey import Journey

pytestmark = pytest.mark.browser

ANSWERS = {
    "name": "熊本　梅子",
    "kana": "くまもと うめこ",
    "birth_date": "平成2年5月4日",
    "postcode": "８６００００１",
    "phone": "090 1234 5678",
    "email": "umeko@example.jp",
    "email_again": "umeko@example.jp",
}


def fill(page, answers):
    for name, typed in answers.items():
        page.locator(f"#{name}").fill(typed)


def begin(page, journey):
    page.goto("/register")
    journey.stop("start")
    page.locator("main a[href='/register/individual']").click()
    page.wait_for_url("**/register/individual")
    journey.stop("form")


@pytest.mark.fact("KS-024", "ML-055")
@pytest.mark.parametrize(("scripts", "person"), [(True, "umeko901"), (False, "umeko902")])
def test_one_registers_on_a_phone(scripts, person, visit, services):
    page = visit("sports", phone=True, scripts=scripts)
    journey = Journey(page, services["sports"], label=f"register-{'with' if scripts else 'without'}", scripts=scripts)
    begin(page, journey)
    page.get_by_role("button", name="確認", exact=True).click()
    page.wait_for_selector("#error-summary")
    journey.stop("faults")

    fill(page, {**ANSWERS, "name": f"熊本　{person}"})
    page.get_by_role("button", name="郵便番号⇒住所検索").click()
    page.wait_for_selector("#address[value*='千葉城町']", state="attached")
    journey.stop("address")
    assert page.locator("#name").input_value() == f"熊本　{person}"
    page.locator("#phone").press("Enter")
    page.wait_for_selector("#password")
    journey.stop("check")

    fill(page, {"login_id": person, "password": "kirin4maru8zebra", "password_again": "kirin4maru8zebra"})
    for tick in page.locator("main input[type=checkbox]").all():
        tick.check()
    page.get_by_role("button", name="申込み", exact=True).click()
    if scripts:
        page.locator("#confirm-dialog button[value=yes]").click()
    page.wait_for_url("**/register/done")
    journey.stop("done")
    assert person in page.locator("main").inner_text()
    page.goto("/account")
    journey.stop("account")
    page.goto("/account/edit")
    journey.stop("edit")

    assert not journey.faults, "\n".join(journey.faults)


@pytest.mark.parametrize("code", ["sports", "halls", "lodging", "rooms"])
def test_what_one_needs_to_register_is_accessible(code, visit, services):
    page = visit(code, phone=True)
    journey = Journey(page, services[code], label=f"register-{code}")
    page.goto("/register")
    journey.stop("start")
    papers = page.locator("main a[href^='/register/paper/']").all()
    paths = ["/register/counters", *(link.get_attribute("href") for link in papers[:1])]
    for path in paths:
        page.goto(path)
        for fold in page.locator("main details").all():
            fold.locator("summary").click()
        journey.stop(path.split("/")[2])

    assert not journey.faults, "\n".join(journey.faults)
