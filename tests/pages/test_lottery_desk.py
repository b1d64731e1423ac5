"""A paper application from the counter to the answer by telephone; wins that lapsed are looked at and restored."""

import re
from datetime import datetime

import pytest
from sqlalchemy import text
from tests.cities import city_settings_of
from tests.pages.lots import BEGIN, DAYS, ENTERING, FEBRUARY, RECEIPT, enter_court, pass_time, plain
from tests.pages.test_roles import demo_staff

from yoyaku.db.engine import tenant_transaction
from yoyaku.web.app import create_app

CLOSED = datetime(2027, 1, 11, 8)  # noqa: DTZ001  # civil time of the tenants, as all of these
ANNOUNCED = datetime(2027, 1, 12, 10)  # noqa: DTZ001
LAPSED = datetime(2027, 1, 16, 8)  # noqa: DTZ001
DESK = "/counter/lottery"


@pytest.fixture(scope="module")
def city_settings(new_cities):
    with new_cities(now=BEGIN) as made:
        yield city_settings_of(made)


@pytest.fixture(scope="module")
async def application(city_settings, services):
    await pass_time(city_settings, services["sports"], ENTERING)
    gateway = create_app(city_settings)
    yield gateway
    await gateway.app.state["engine"].dispose()


def see_the_clock(application):
    """The site keeps a service's clock for some seconds: a quick machine would still see the time before."""
    application._sites.forget()


async def serve(site, service):
    """The clerk looks for the resident, who is at the counter with a form on paper."""
    page = await site.get(DESK)
    assert page.url.path == "/counter/behalf"
    await site.post("/counter/purpose", purpose="counter", next=f"/counter/behalf?next={DESK}")
    await site.post("/counter/behalf/find", person=service.resident.name, next=DESK)
    registrant = re.search(r'name="registrant" value="([^"]+)"', site.html)[1]
    page = await site.post("/counter/behalf", registrant=registrant, channel="counter", next=DESK)
    assert page.url.path == DESK
    return page


async def look(application, service, sql, **values):
    async with tenant_transaction(application.app.state["engine"], service.tenant, service.code) as conn:
        return [tuple(row) for row in await conn.execute(text(sql), values)]


async def enter_from_paper(site, service):
    """Three wishes of one person; the address of the lottery at the desk, and the entries in their order."""
    await site.log_in(service.clerk)
    assert "まだありません" in (await serve(site, service)).text
    await site.get(FEBRUARY)
    codes = {await enter_court(site, day) for day in DAYS}
    said = plain((await site.get(DESK)).text)
    assert codes == set(RECEIPT.findall(said))
    assert "申込総数1／当選可能数4" in said
    return re.search(rf'action="({DESK}/[0-9a-f-]{{36}})/withdraw"', site.html)[1], listed(site.html), codes


def listed(html):
    return re.findall(r'name="entry" value="([0-9a-f-]{36})"', html)


async def change_order_and_take_back(site, one, entries):
    """The wishes turned round, and the last of them withdrawn."""
    unticked = await site.post(f"{one}/withdraw")
    assert unticked.status_code == 422
    assert "1つ以上印を付けてください" in unticked.text
    twice = await site.post(f"{one}/order", **{f"rank.{entry}": "1" for entry in entries})
    assert twice.status_code == 422
    turned = {f"rank.{entry}": str(len(entries) - place) for place, entry in enumerate(entries)}
    page = await site.post(f"{one}/order", **turned)
    assert "順番を変えました" in page.text
    assert listed(page.text) == entries[::-1]
    page = await site.post(f"{one}/withdraw", entry=[entries[0]])
    assert "申込みを取り消しました" in page.text
    assert listed(page.text) == entries[:0:-1]


async def answer_by_telephone(site, one):
    """The first win is accepted; the path of the other."""
    first, second = re.findall(rf'action="({one}/wins/[0-9a-f-]{{36}})"', site.html)
    unsaid = await site.post(first, act="accept", why="")
    assert unsaid.status_code == 422
    assert "だれから、どのように申し出を受けたか" in unsaid.text
    page = await site.post(first, act="accept", why="ご本人から電話", terms="yes")
    assert "予約になりました" in plain(page.text), plain(page.text)
    assert re.search(r'href="/counter/bookings/[0-9a-f-]{36}"', page.text), plain(page.text)
    page = await site.post(first, act="decline", why="ご本人から電話")
    assert page.status_code == 422
    return second


async def test_paper_is_entered_changed_printed_and_a_win_answered_by_telephone(
    application, browse, services, city_settings
):
    service, site = services["sports"], browse("sports")
    one, entries, codes = await enter_from_paper(site, service)
    await change_order_and_take_back(site, one, entries)
    slip = await site.get(f"{one}/slip")
    assert codes == set(RECEIPT.findall(plain(slip.text)))
    assert service.resident.name in slip.text
    assert "利用確定の期限" in plain(slip.text)
    assert "2027年1月15日（金） 24:00" in plain(slip.text)

    for moment in (CLOSED, ANNOUNCED):
        await pass_time(city_settings, service, moment)
    see_the_clock(application)
    site = browse("sports")
    await site.log_in(service.clerk)
    await serve(site, service)
    second = await answer_by_telephone(site, one)
    why = "SELECT why, staff_name IS NOT NULL FROM audit_entry WHERE act = 'lottery_answered'"
    assert await look(application, service, why) == [("ご本人から電話", True)]

    await pass_time(city_settings, service, LAPSED)
    see_the_clock(application)
    await restored(application, browse, service, second.rsplit("/", 1)[1])


async def restored(application, browse, service, entry):
    """The admin restores the win that lapsed; its winner has a new last moment."""
    site = browse("sports")
    person, _ = demo_staff("tenant_admin", service.clerk)
    await site.log_in(person)
    page = await site.get("/counter/lotteries")
    home = re.search(r'href="(/counter/lotteries/[0-9a-f-]{36})">[^<]*2027年2月', page.text)[1]
    page = await site.get(home)
    batch = re.search(rf'href="({home}/batches/[^"]+)">失効を取り消す', page.text)[1]
    await site.get(batch)
    early = await site.post(batch, why="通知の遅れ", until="2027-01-05", until_time="24:00", sure="yes")
    assert early.status_code == 422
    assert 'value="通知の遅れ"' in early.text
    page = await site.post(batch, why="通知の遅れ", until="2027-01-20", until_time="24:00", sure="yes")
    assert "当選を元に戻しました" in page.text, plain(page.text)
    noted = "SELECT why, facts->>'kind', facts->>'restored' FROM audit_entry WHERE act = 'lottery_restored'"
    assert await look(application, service, noted) == [("通知の遅れ", "lapse", "1")]
    page = await site.get(f"{home}/preview/lapse")
    assert "2027年1月20日（水） 24:00" in plain(page.text)
    assert service.resident.name not in page.text
    states = await look(application, service, "SELECT state FROM lottery_win WHERE entry_id = :entry", entry=entry)
    assert states == [("won",)]
