"""Steps through lotteries of bands, as people make them: by the calendar, the cart and the form; what became of it; proof."""

import asyncio
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import yaml
from sqlalchemy import text
from tests.cities import ROOT, Person, city_settings_of, read_people
from tests.e2e.journey import Journey

from yoyaku.db.engine import make_engine, tenant_transaction

RECEIPT = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")


def begin(visit, service, login_id, *, at="/me/lottery", phone=True):
    """A browser in which somebody is logged in, on a page of theirs."""
    page = visit(service.code, phone=phone)
    journey = Journey(page, service, label=f"months-{service.code}-{login_id}")
    page.goto(f"/login?next={at}")
    person = next(one for one in read_people()[service.code] if one.login_id == login_id)
    page.locator("#login_id").fill(person.login_id)
    page.locator("#password").fill(person.password)
    page.locator("main form[action$='/login'] button[type=submit]").click()
    page.wait_for_url(re.compile(f"{at}$"))
    return journey


def begin_admin(visit, service):
    """A browser in which the tenant's administrator is logged in, on the list of lotteries."""
    demo = yaml.safe_load((ROOT / "tenants" / service.tenant / "demo.yaml").read_text())
    found = next(one for one in demo["clerks"] if "tenant_admin" in one["roles"])
    person = Person(**{name: found[name] for name in ("login_id", "password", "name", "second_factor")})
    page = visit(service.code)
    journey = Journey(page, service, label=f"months-{service.code}-admin")
    page.goto("/login?next=/counter/lotteries")
    journey.log_in(person)
    page.wait_for_url(re.compile("/counter/lotteries$"))
    return journey


def wait_for(journey, path, words):
    """Until a page says something: a service's clock is kept by the web process for some seconds."""
    page = journey.page
    for _ in range(120):
        page.goto(path)
        if page.locator("main").get_by_text(words).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{path} never said {words}: {page.locator('main').inner_text()}")


def said(journey):
    """The words of the page one is on."""
    return journey.page.locator("main").inner_text()


def open_month(journey, month):
    """From the list of lotteries by its links to the calendar of the first place; gives the days that take entries."""
    page = journey.page
    wait_for(journey, "/lottery", "今、申し込める抽選")
    page.locator("main a[href*='/lottery/']", has_text="日時を選んで申し込む").first.click()
    page.wait_for_url(re.compile(f"/lottery/[a-z]+/{month}"))
    page.locator("main .card-link a").first.click()
    page.wait_for_selector("a.day")
    days = page.locator("a.day", has_text="抽選受付")
    return [re.search(r"\d{4}-\d\d-\d\d", one.get_attribute("href"))[0] for one in days.all()]


def sign_of(journey, path, day):
    """What a calendar's cell says."""
    journey.page.goto(path)
    return journey.page.locator(f"a.day[href*='{day}']").first.inner_text()


def tick_band(journey, path, *, lot=True):
    """Choose the first band of a day that is on offer, and take it to the cart."""
    page = journey.page
    page.goto(path)
    page.locator("label.slot-lot input" if lot else "label.slot-free:not(.slot-lot) input").first.check()
    page.locator(".dock button").click()


def put_in_cart(journey, path, *, lot=True):
    """The same, until it is in the cart."""
    tick_band(journey, path, lot=lot)
    journey.page.wait_for_url(re.compile(r"/cart$"))


def enter_cart(journey):
    """From the cart by the same form and the same terms as a booking's to 抽選待ち; gives the receipt code."""
    page = journey.page
    page.locator("a.button-large").first.click()
    page.wait_for_selector("main form[data-keep]")
    journey.fill_form()
    journey.next()
    page.get_by_text("抽選待ちになります").first.wait_for()
    journey.stop("confirm")
    journey.next()
    journey.agree()
    journey.submit_terms()
    page.wait_for_url(re.compile("/lottery/entered"))
    journey.stop("entered")
    return RECEIPT.search(page.locator(".receipt").first.inner_text())[0]


def enter(journey, place, days):
    """The first band of some days by one cart."""
    for day in days:
        put_in_cart(journey, f"/availability/{place}/{day}")
    return enter_cart(journey)


def open_mine(journey, month):
    """One's own page of a month's lottery, from the list."""
    page = journey.page
    page.goto("/me/lottery")
    year, number = month.split("-")
    page.locator("main .card-link a", has_text=f"{year}年{int(number)}月").click()
    page.wait_for_url(re.compile("/me/lottery/[0-9a-f-]{36}$"))


def wish(journey, day):
    """The card of a wish, by its day."""
    _, month, number = (int(part) for part in day.split("-"))
    return journey.page.locator("main li.card", has_text=f"{month}月{number}日")


def read_message(journey, subject):
    """A message of the inbox, from the list by its link."""
    page = journey.page
    page.goto("/me/messages")
    page.locator("main .message-line a", has_text=subject).first.click()
    page.wait_for_url(re.compile("/me/messages/[0-9a-f-]{36}$"))
    return said(journey)


def find_by_receipt(journey, receipt):
    """What is public about an entry, by its code, typed carelessly."""
    page = journey.page
    page.goto("/lottery/check")
    page.locator("#receipt").fill(receipt.lower().replace("-", " "))
    page.get_by_role("button", name="探す").click()
    page.get_by_text("の申込みが見つかりました").wait_for()
    journey.stop("check")
    return said(journey)


def check_proof(journey, path, folder):
    """Download the record and the program that checks it by their links, and run it alone; what it says."""
    page = journey.page
    page.goto(path)
    kept = {}
    for name in ("result.jsonl", "sealed.jsonl", "verifier.py"):
        with page.expect_download() as waiting:
            page.locator(f"main a[href$='{name}']").first.click()
        kept[name] = folder / name
        waiting.value.save_as(kept[name])
    command = [sys.executable, "-I", "-S", str(kept["verifier.py"]), str(kept["result.jsonl"])]
    run = subprocess.run(
        [*command, "--sealed", str(kept["sealed.jsonl"])], cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def confirm_at_the_counter(clerk, number):
    """本予約 of a tentative booking, found by its number."""
    page = clerk.journey.page
    page.goto("/counter")
    page.locator("main input[name=purpose]").first.check()
    page.locator("main form[action$='/counter/purpose'] button").click()
    page.locator("main input[name=q]").fill(number)
    page.locator("main form[role=search]:has(input[name=q]) button").click()
    page.locator("main section[aria-labelledby=found] tbody a").first.click()
    page.locator("#documents_seen").check()
    clerk.journey.stop("confirm")
    page.locator("main form[action$='/confirm'] button").click()
    page.locator("main .tag-good").first.wait_for()


def try_again_now(database, service):
    """What failed is tried again when the worker looks next, as if its pause were over."""
    settings = city_settings_of(database)

    async def forget_pauses():
        engine = make_engine(settings.database_url, pool_size=1)
        async with tenant_transaction(engine, service.tenant, service.code) as conn:
            await conn.execute(text("UPDATE deadline SET next_try_at = '-infinity' WHERE done_at IS NULL"))
        await engine.dispose()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(forget_pauses())).result()
