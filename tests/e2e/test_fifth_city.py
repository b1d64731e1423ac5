"""A fifth, invented city from nothing to its first booking, by pages alone."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from tests.cities import ROOT, city_values
from tests.e2e.journey import Journey
from tests.e2e.registering import fill, log_in

from yoyaku.kernel.clock import read_clock
from yoyaku.registration.policy.second_factor import code_at, step_of

pytestmark = pytest.mark.browser

PASSWORD = "wakaba-no-mori-7"
CITY = {
    "slug": "wakaba",
    "municipality_code": "999998",
    "name_ja": "若葉市",
    "name_en": "Wakaba City",
    "facility_ja": "若葉会館",
    "facility_en": "Wakaba Hall",
    "admin1_name": "若葉 一子",
    "admin1_id": "first-wakaba",
    "admin2_name": "若葉 二郎",
    "admin2_id": "second-wakaba",
}
RESIDENT = {
    "name": "青木　花",
    "kana": "アオキ　ハナ",
    "birth_date": "1990-04-01",
    "postcode": "100-0001",
    "address": "若葉市中央1-1",
    "phone": "03-0000-0000",
}


def is_open(port):
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def operator_page(values, folder):
    """The address that the command prints."""
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port = attempt.getsockname()[1]
    command = [sys.executable, "-m", "yoyaku.cli.main", "operator", "serve", "--port", str(port)]
    command += ["--tenants", str(folder / "tenants"), "--rulesets", str(folder / "rulesets")]
    environment = {**os.environ, **values, "PYTHONPATH": str(ROOT / "platform"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().strip()
        deadline = time.monotonic() + 60
        while not is_open(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def operator(city_database, site_port, tmp_path):
    """The operator's page, over folders of its own."""
    for name in ("rulesets", "tenants"):
        shutil.copytree(ROOT / name, tmp_path / name)
    values = {**city_values(city_database), "SITE_PORT": str(site_port)}
    with operator_page(values, tmp_path) as address:
        yield SimpleNamespace(address=address, folder=tmp_path)


@pytest.fixture
def open_page(browser):
    """A browser of its own for each person."""
    contexts = []

    def at(base_url=None, *, width=1280):
        contexts.append(
            browser.new_context(base_url=base_url, viewport={"width": width, "height": 800}, locale="ja-JP")
        )
        contexts[-1].set_default_timeout(20_000)
        return contexts[-1].new_page()

    yield at
    for context in contexts:
        context.close()


def begin_city(journey, address):
    """From the printed address over a wrong answer to the codes of the first admins; the site's address."""
    page = journey.page
    page.goto(address)
    journey.stop("questions")
    fill(page, **CITY)
    page.locator("main .button-large").click()
    page.wait_for_selector("#municipality_code-error")
    assert "999997" in page.locator("#error-summary").inner_text()
    journey.stop("wrong")
    assert page.locator("#admin2_name").input_value() == "若葉 二郎"
    page.locator("#municipality_code").fill("999997")
    page.locator("main .button-large").click()
    page.wait_for_selector("[data-code]")
    journey.stop("done")
    assert "まだ決めていないこと" in page.locator("main").inner_text()
    code = page.locator("[data-code='first-wakaba']").inner_text()
    return page.locator("section[aria-labelledby=links] a").first.get_attribute("href").rstrip("/"), code


def first_log_in(journey, login_id, code):
    """With the one-time code to a password, and to the console over the second factor that staff must have."""
    page = journey.page
    set_password(journey, login_id, code)
    page.goto("/login?next=/counter")
    page.locator("#login_id").fill(login_id)
    page.locator("#password").fill(PASSWORD)
    page.locator("main form[action='/login'] .button-large").click()
    page.wait_for_selector("main .number.strong")
    secret = page.locator("main .number.strong").inner_text().replace(" ", "")
    page.locator("#code").fill(code_at(secret, step_of(read_clock())))
    page.locator("main form[action='/account/second-factor'] .button-large").click()
    page.wait_for_selector(".recovery-codes")
    page.locator("main .button-large").click()
    page.goto("/counter")
    journey.stop("console")


def set_password(journey, login_id, code):
    page = journey.page
    page.goto("/password/code")
    fill(page, login_id=login_id, code=code, password=PASSWORD, password_again=PASSWORD)
    page.locator("main form .button-large").click()
    page.wait_for_selector(".notice-good")


def register(journey):
    """Somebody at the counter, with their papers: login id and one-time code."""
    page = journey.page
    page.goto("/counter/people/new")
    page.locator("main input[name=user_class][value=individual]").check()
    page.locator("main form .button-large").click()
    page.wait_for_selector("main input[name=counter_form]", state="attached")
    fill(page, **RESIDENT)
    page.locator("main [name='consent.terms']").check()
    page.locator("main select[name='paper.identity']").select_option("driving_licence")
    page.locator("main input[name=approve]").check()
    journey.stop("newcomer")
    page.locator("main form .button-large").click()
    page.wait_for_selector("main .big-number")
    return [one.strip() for one in page.locator("main .big-number").all_inner_texts()]


def book(journey):
    """The first free slot in two weeks; its booking number."""
    page = journey.page
    day = read_clock().date() + timedelta(days=14)
    page.goto(f"/search?from={day}")
    page.locator("main tbody a.button").first.click()
    page.wait_for_selector("main input[name=slot]")
    if not page.locator("main input[name=slot]:checked").count():
        page.locator("main input[name=slot]").first.check()
    page.locator(".dock button").click()
    page.wait_for_url(re.compile(r"/cart$"))
    page.locator("main a.button-large").click()
    return journey.apply()


def test_a_fifth_city_begins_by_pages_alone(operator, open_page):
    journeys = []

    def journey(page, label):
        journeys.append(Journey(page, SimpleNamespace(code=f"wakaba-{label}"), label=f"wakaba-{label}"))
        return journeys[-1]

    address, code = begin_city(journey(open_page(), "operator"), operator.address)
    assert (operator.folder / "tenants" / "wakaba" / "tenant.yaml").is_file()
    admin = journey(open_page(address), "admin")
    first_log_in(admin, "first-wakaba", code)
    login_id, code = register(admin)

    resident = journey(open_page(address, width=360), "resident")
    resident.page.goto("/")
    assert "若葉市" in resident.page.locator("header").first.inner_text()
    resident.stop("top")
    set_password(resident, login_id, code)
    log_in(resident.page, login_id, PASSWORD)
    resident.page.wait_for_selector("header :text('青木')")
    number = book(resident)
    assert re.fullmatch(r"[0-9]{4}-000001", number)

    admin.page.goto("/counter/operations")
    admin.stop("operations")
    second = open_page()
    second.goto(operator.address)
    assert "鍵がありません" in second.locator("main").inner_text()  # the address lets in once
    faults = [fault for one in journeys for fault in one.faults]
    assert faults == []
