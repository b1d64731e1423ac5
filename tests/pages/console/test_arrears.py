"""Sports, month after month: a fee that nobody pays, its letters, a step taken back, a suspension, and back again."""

import re

import pytest
from sqlalchemy import text
from tests.pages.lots import plain
from tests.pages.test_roles import demo_staff

from yoyaku.billing.service.agreeing import check_own_books
from yoyaku.worker.deadlines import HANDLERS
from yoyaku.worker.due import Due
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import site_of

DUE = """
    SELECT deadline_id, kind, subject_id FROM deadline
    WHERE kind IN ('payment_due', 'arrears_step') AND done_at IS NULL AND due_at <= :now ORDER BY due_at
"""
DONE = "UPDATE deadline SET done_at = clock_timestamp() WHERE deadline_id = :id"
BATCH = r'href="(/counter/arrears/steps/{}/[0-9-]{{10}})"'


@pytest.fixture
def go(at, city_settings, services, inside):
    """Lets the clock come to a time, and the worker meet what is due of money."""

    async def move(*when):
        at(*when)
        runtime = Runtime.from_settings(city_settings)
        service = services["sports"]
        site = await site_of(runtime, tenant_id=service.tenant, service_id=service.code)
        now = site.business_now(runtime.clock())
        async with inside() as conn:
            for work_id, kind, subject_id in (await conn.execute(text(DUE), {"now": now})).all():
                due = Due(runtime=runtime, site=site, work_id=work_id, subject_id=subject_id, now=now)
                if await HANDLERS[kind](conn, due):
                    await conn.execute(text(DONE), {"id": work_id})
        await runtime.engine.dispose()

    return move


async def book(api, day, expect=201):
    place = {"facility": "castle-tennis", "space": "tennis", "use_on": day}
    terms = [one["code"] for one in (await api.get("/form", **place))["terms"]]
    item = {**place, "starts": "10:00", "ends": "12:00"}
    form = {"people": {"general": "3", "youth": "0"}}
    return await api.post("/applications", {"items": [item], "form": form, "accepted_terms": terms}, expect=expect)


async def print_letter(desk):
    """The letter that waits, as it is printed."""
    await desk.get("/counter/arrears/letters")
    letter = re.search(r'name="letter" value="([^"]+)"', desk.html)[1]
    sheet = plain((await desk.post("/counter/arrears/letters", letter=letter)).text)
    assert 'name="letter"' not in (await desk.get("/counter/arrears/letters")).text
    return sheet


async def take_back_and_again(desk, step):
    """A step taken back for everybody, first without the reason, and let come again."""
    await desk.get("/counter/arrears")
    batch = re.search(BATCH.format(step), desk.html)[1]
    await desk.get(batch)
    assert (await desk.post(batch, why="", sure="")).status_code == 422
    assert 'id="why-error"' in desk.html
    assert "取り消し、本人に知らせました" in (await desk.post(batch, why="納付書の誤り", sure="yes")).text
    await desk.get(batch)
    await desk.post(f"{batch}/again")


async def suspended(inside):
    async with inside() as conn:
        return (await conn.execute(text("SELECT suspension_id FROM suspension WHERE lifted_at IS NULL"))).scalar()


@pytest.mark.fact("KS-112", "KS-091", "KS-093", "KS-094")
async def test_a_fee_that_is_not_paid_is_demanded_by_letter_and_a_wrong_demand_is_taken_back(desk, resident, go):
    (booking,) = (await book(resident, "2027-02-19"))["bookings"]
    await go(2027, 1, 30, 10)
    page = await desk.get("/counter/arrears")
    assert "3月1日" in plain(page.text)  # the month after use: a Monday
    assert booking["number"] in page.text
    await go(2027, 3, 1, 10)
    home = (await desk.get("/counter/arrears")).text
    assert "印刷する通知が1通あります" in home
    assert "印刷するまで、その人は次の段階" in home
    sheet = await print_letter(desk)
    for words in (
        booking["number"],
        "1,500円",
        "2027年3月20日（土） 24:00",
        "督促",
        "審査請求",
        "納める窓口利用施設の窓口（指定管理施設",
    ):
        assert words in sheet
    await take_back_and_again(desk, "demand")
    await go(2027, 3, 2, 10)
    assert "印刷する通知が1通あります" in (await desk.get("/counter/arrears")).text


@pytest.mark.fact("KS-113", "KS-114")
async def test_who_does_not_pay_then_either_is_suspended_until_all_is_paid(
    desk, resident, browse, services, go, inside
):
    (booking,) = (await book(resident, "2027-03-19"))["bookings"]
    for when in ((2027, 4, 1), (2027, 5, 6), (2027, 5, 21), (2027, 6, 1), (2027, 6, 21)):
        await go(*when, 10)
        while 'name="letter"' in (await desk.get("/counter/arrears/letters")).text:
            letter = re.search(r'name="letter" value="([^"]+)"', desk.html)[1]
            await desk.post("/counter/arrears/letters", letter=letter)
    refused = await book(resident, "2027-07-05", expect=403)
    assert refused["code"] == "registration_suspended"
    mine = browse("sports")
    await mine.log_in(services["sports"].resident)
    assert "利用を停止しています" in (await mine.get("/me")).text
    assert "全額の支払いを待っています" in (await desk.get("/counter/arrears")).text
    path = f"/counter/arrears/suspensions/{await suspended(inside)}"
    page = await desk.post(path)
    assert page.status_code == 409
    assert "期限を過ぎた使用料がまだ" in page.text
    async with inside() as conn:
        late = (await conn.execute(text("SELECT charge_id FROM charge WHERE overdue_since IS NOT NULL"))).scalars()
        late = [str(one) for one in late]
    assert booking["booking_id"] in late
    for charge_id in late:
        await desk.get(f"/counter/bookings/{charge_id}/money")
        await desk.post(f"/counter/bookings/{charge_id}/money/cash", amount="1500", till="castle-tennis")
    await desk.get("/counter/arrears")
    assert "利用を再開し" in (await desk.post(path)).text
    await book(resident, "2027-07-05")


async def test_finance_staff_see_balance_and_movements_and_take_the_file(browse, services, resident, at):
    at(2027, 6, 25, 10)
    await book(resident, "2027-07-06")
    person, _ = demo_staff("tenant_admin", services["sports"].clerk)
    admin = browse("sports")
    await admin.log_in(person)
    page = plain((await admin.get("/counter/ledger?check=yes")).text)
    assert "すべて合っています" in page
    assert "未収金" in page
    assert "請求" in page
    sent = await admin.get("/counter/ledger/export?month=2027-06&encoding=cp932")
    assert sent.headers["content-disposition"] == 'attachment; filename="ledger-2027-06.csv"'
    assert sent.content.decode("cp932").startswith("payee,fiscal_year")
    assert (await admin.get("/counter/ledger/export?encoding=ebcdic")).status_code == 404
    assert (await admin.get("/counter/ledger/export?year=2027")).status_code == 200


async def test_a_late_fee_is_written_off_with_a_reason_and_owed_again_when_somebody_pays(desk, resident, go, inside):
    (booking,) = (await book(resident, "2027-07-12"))["bookings"]
    money = f"/counter/bookings/{booking['booking_id']}/money"
    early = await desk.get(money)
    assert "不納欠損" not in early.text
    refused = await desk.post(f"{money}/writing-off", given_up_why="時効")
    assert "期限を過ぎていない" in refused.text
    await go(2027, 6, 30, 10)
    await desk.get(money)
    assert 'href="#given_up_why"' in (await desk.post(f"{money}/writing-off")).text
    page = await desk.post(f"{money}/writing-off", given_up_why="時効（決裁 第12号）")
    assert "不納欠損にした金額1,500円" in plain(page.text)
    assert "まだ支払われていない金額" not in page.text
    async with inside() as conn:
        assert list(await check_own_books(conn)) == []
        lines = await conn.execute(text("SELECT sum(yen)::int FROM ledger_posting WHERE account = 'written_off'"))
        assert lines.scalar_one() == 1500
        late = "SELECT overdue_since, state FROM charge WHERE charge_id = :id"
        assert (await conn.execute(text(late), {"id": booking["booking_id"]})).one() == (None, "settled")
    page = await desk.post(f"{money}/writing-off", given_up_why="納付の申出", again="yes")
    assert "まだ支払われていない金額1,500円" in plain(page.text)
    await desk.post(f"{money}/writing-off", given_up_why="時効（決裁 第13号）")
    await desk.get(f"/counter/bookings/{booking['booking_id']}")
    await desk.post(f"/counter/bookings/{booking['booking_id']}/revoke", grounds="rain", why="雨天")
    async with inside() as conn:
        assert list(await check_own_books(conn)) == []
