"""A month of account transfers on the pages: asked for, agreed to, booked, collected by a file, answered by the bank."""

import re

import httpx
import pytest
from sqlalchemy import text
from tests.api_client import Api
from tests.cities import Person
from tests.pages.lots import plain

from yoyaku.testing.bank import answer_file
from yoyaku.worker.deadlines import HANDLERS
from yoyaku.worker.due import Due
from yoyaku.worker.jobs import tell_events
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import site_of

ACCOUNT = {
    "bank_code": "9900",
    "branch_code": "17370",
    "number": "11",
    "kind": "ordinary",
    "holder_kana": "ミナト　タロウ",
    "agreed": "yes",
}
ADMIN = Person(
    login_id="admin-city",
    password="city-admin-2027",
    name="係長 葉子",
    second_factor="XEJAKG6RBKADTVYXDDCV46GGKBTHC5D6",
)


async def book(api):
    """A booking of the resident that costs something."""
    while True:
        [made] = (await api.post("/applications", await api.submission(), expect=201))["bookings"]
        if made["total_yen"]:
            return made


async def send(site, path, content):
    """A file sent by a form of the page that is open."""
    token = re.search(r'name="_csrf_token" value="([^"]+)"', site.html)[1]
    answer = await site.client.post(
        path, data={"_csrf_token": token}, files={"result": ("r.txt", content, "text/plain")}
    )
    site.html = answer.text
    return answer


async def ask_for_it(mine):
    """What a resident types, first wrongly; nothing of it is lost."""
    await mine.get("/me/debit")
    wrong = await mine.post("/me/debit", **{**ACCOUNT, "holder_kana": "港太郎", "agreed": ""})
    assert wrong.status_code == 422
    assert 'id="agreed-error"' in wrong.text
    assert 'value="港太郎"' in wrong.text
    wrong = await mine.post("/me/debit", **{**ACCOUNT, "holder_kana": "港太郎"})
    assert "「港」は口座振替で使えない文字です" in wrong.text
    asked = await mine.post("/me/debit", **ACCOUNT)
    assert "金融機関の確認待ち" in asked.text
    assert "9900 738 ****001" in asked.text


async def agree(desk):
    """The bank's word, entered by a clerk."""
    page = await desk.get("/counter/mandates")
    path = re.search(r'href="(/counter/mandates/[0-9a-f-]{36})"', page.text)[1]
    await desk.get(path)
    refused = await desk.post(f"{path}/decide", bank="no")
    assert 'id="why-error"' in refused.text
    assert "利用中" in (await desk.post(f"{path}/decide", bank="yes")).text


async def work(settings, service, inside):
    """The worker meets the deadline of the files, and tells what happened."""
    runtime = Runtime.from_settings(settings)
    site = await site_of(runtime, tenant_id=service.tenant, service_id=service.code)
    now = site.business_now(runtime.clock())
    async with inside() as conn:
        query = "SELECT deadline_id, subject_id FROM deadline WHERE kind = 'debit_prepare' AND done_at IS NULL AND due_at <= :now"
        for work_id, subject_id in (await conn.execute(text(query), {"now": now})).all():
            due = Due(runtime=runtime, site=site, work_id=work_id, subject_id=subject_id, now=now)
            assert not await HANDLERS["debit_prepare"](conn, due)
    await tell_events(runtime)
    await runtime.engine.dispose()


async def collect(desk, bookings):
    """Take back the file that the worker made, look at another, make it, save it, hand it over; its page and its bytes."""
    page = await desk.get("/counter/debits")
    path = re.search(r'href="(/counter/debits/[0-9a-f-]{36})"', page.text)[1]
    await desk.get(path)
    assert 'id="why-error"' in (await desk.post(f"{path}/withdraw")).text
    assert "取下げ" in (await desk.post(f"{path}/withdraw", why="見直し")).text
    page = await desk.get("/counter/debits")
    link = re.search(r'href="(/counter/debits/preview\?[^"]+on=2027-03-31)"', page.text)[1].replace("&amp;", "&")
    page = await desk.get(link)
    assert all(one["number"] in page.text for one in bookings)
    page = await desk.post("/counter/debits", method="debit", payee="city", on="2027-03-31")
    path = page.url.path
    assert f"{sum(one['total_yen'] for one in bookings):,}円" in page.text
    content = (await desk.post(f"{path}/file")).content
    await desk.get(path)
    assert (await desk.post(f"{path}/sent")).status_code == 422
    assert "依頼済み" in (await desk.post(f"{path}/sent", sure="yes")).text
    return path, content


async def cannot_be_stopped(mine):
    """What the bank has been asked for: its payer sees so and cannot take it back, whatever they send."""
    shown = await mine.get("/me/payments")
    one = re.search(r'href="(/me/payments/[0-9a-f-]{36})"', shown.text)[1]
    page = await mine.get(one)
    assert "口座からの引落しを金融機関へ依頼しています" in plain(page.text)
    assert "/stop" not in page.text
    assert "ここではやめられません" in (await mine.post(f"{one}/stop")).text


async def take_in(desk, path, content):
    """The bank's answer: wrong ones first, then one that failed for the first row."""
    assert "途中で切れています" in (await send(desk, f"{path}/result", content[:300])).text
    assert "結果が書かれていません" in (await send(desk, f"{path}/result", content)).text
    keys = re.findall(rb"K202703[0-9]{13}", content)
    answer = answer_file(content, {keys[0].decode(): "1"})
    looked = await send(desk, f"{path}/result", answer)
    assert "資金不足" in looked.text
    sealed = re.search(r'name="sealed" value="([^"]+)"', looked.text)[1]
    done = await desk.post(f"{path}/result/apply", sealed=sealed)
    assert "結果取込み済み" in done.text
    assert "すでに取り込まれています" in (await desk.post(f"{path}/result/apply", sealed=sealed)).text


@pytest.mark.fact("KS-081", "KS-082", "KS-083", "KS-084")
async def test_a_month_of_account_transfers(application, city_settings, browse, services, at, inside):
    service = services["sports"]
    mine, desk = browse("sports"), browse("sports")
    await mine.log_in(service.resident)
    await desk.log_in(ADMIN)
    await ask_for_it(mine)
    await agree(desk)
    api = Api(httpx.ASGITransport(app=application, raise_app_exceptions=False), service.host)
    await api.log_in(service.resident)
    bookings = [await book(api), await book(api)]
    shown = plain((await mine.get(f"/me/bookings/{bookings[0]['booking_id']}")).text)
    assert re.search("口座振替：引落日 +2027年3月31日", shown)

    at(2027, 3, 10, 10, 0)
    await work(city_settings, service, inside)
    await desk.log_in(ADMIN)
    path, content = await collect(desk, bookings)
    await mine.log_in(service.resident)
    await cannot_be_stopped(mine)
    await take_in(desk, path, content)
    async with inside() as conn:
        states = (
            (await conn.execute(text("SELECT DISTINCT state FROM charge WHERE owed_yen > 0 ORDER BY 1")))
            .scalars()
            .all()
        )
        paid = (await conn.execute(text("SELECT charge_id, paid_yen FROM charge WHERE paid_yen > 0"))).one()
    assert states == ["open", "settled"]
    await send_back(desk, *paid)
    await work(city_settings, service, inside)
    await mine.log_in(service.resident)
    told = plain((await mine.get("/me/messages")).text)
    for subject in (
        "口座振替の届出について（利用中）",
        "口座振替のお知らせ（2027年3月31日",
        "口座振替ができませんでした",
    ):
        assert subject in told
    assert "終了" in (await end_own(mine)).text


async def send_back(desk, booking_id, yen):
    """What was debited goes back by the bank's file of transfers; asked for twice, it says so."""
    booking, home = f"/counter/bookings/{booking_id}", "/counter/money/transfers"
    await desk.get(booking)
    grounds = re.search(r'name="grounds".*?<option value="([^"]+)"', desk.html, re.DOTALL)[1]
    await desk.post(f"{booking}/revoke", grounds=grounds, why="施設の都合")
    await desk.get(f"{booking}/money")
    await desk.post(f"{booking}/money/back", online="0", cash=str(yen), why="施設の都合")
    await desk.get(home)
    (attempt_id,) = re.findall(r'name="one" value="([^"]+)"', desk.html)
    sunday = await desk.post(f"{home}/file", one=attempt_id, on="2027-03-14")
    assert "2027年3月14日（日）には振り込めません" in sunday.text
    made = await desk.post(f"{home}/file", one=attempt_id, on="2027-03-15")
    assert made.content.startswith(b"1210" + b"0000123457")
    assert f"{yen:010}" in made.content.decode("cp932")
    await desk.get(home)
    assert "2027年3月15日（月）振込のファイルに入れました" in plain(desk.html)
    assert "もう入っています" in (await desk.post(f"{home}/file", one=attempt_id, on="2027-03-15")).text


async def end_own(site):
    await site.get("/me/debit")
    return await site.post("/me/debit/end")


async def test_a_service_without_account_transfers_says_so(browse, services):
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    assert (await site.get("/me/debit")).status_code == 404
    assert "口座振替" not in (await site.get("/me")).text
