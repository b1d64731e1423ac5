"""Wins answered on the pages: several at once, what entering did not ask, and a wish that could win no more."""

import re
from contextlib import asynccontextmanager
from datetime import datetime

import psycopg
import pytest
from sqlalchemy import text
from tests.cities import city_settings_of
from tests.pages.lots import BEGIN, ENTERING, pass_time, plain, site_of
from tests.pages.test_lottery_api import DAYS, entry_for
from tests.pages.test_lottery_api_wins import caller
from tests.pages.test_lottery_desk import serve

from yoyaku.db.engine import tenant_transaction
from yoyaku.web.app import create_app
from yoyaku.worker.runtime import Runtime

ANNOUNCED = datetime(2027, 1, 11, 9, 30)  # noqa: DTZ001  # civil time of the tenants, as all of these
ENTERING_STAYS = datetime(2027, 2, 7, 10)  # noqa: DTZ001
STAYS_ANNOUNCED = datetime(2027, 2, 15, 9)  # noqa: DTZ001
ASKS_LATE = """
    SET session_replication_role = replica;
    UPDATE rule_set_version SET document = jsonb_set(document::jsonb, '{lottery,schemes,0,entry,asks_form}', 'false')::text
    WHERE service_id = 'sports'
"""
STAY = {"facility": "ohiradai", "space": "room", "nights": 1, "guests": [{"adult": 2}]}


@pytest.fixture(scope="module")
def city_settings(new_cities, database_server):
    """The services; the sports lottery asks the questions of the form of those who won alone."""
    with new_cities(now=BEGIN) as made:
        with psycopg.connect(database_server.url(database=made.name, driver="")) as conn:
            conn.execute(ASKS_LATE)
        yield city_settings_of(made)


@asynccontextmanager
async def resident_at(settings, service, person=None):
    """Somebody's browser on their page of the only lottery that they entered."""
    gateway = create_app(settings)
    async with site_of(gateway, service, "203.0.113.20") as site:
        await site.log_in(person or service.resident)
        await site.get("/me/lottery")
        await site.get(re.search(r'href="(/me/lottery/[0-9a-f-]{36})"', site.html)[1])
        yield site
    await gateway.app.state["engine"].dispose()


def waiting(html):
    """The entries that won and wait, as the boxes of the page."""
    return re.findall(r'<input type="checkbox" name="entry" value="([^"]+)"', html)


def answers(html):
    """Numbers for the required fields of the questions."""
    names = list(dict.fromkeys(re.findall(r'name="(form\.people[^"]*)"', html)))
    return {name: "0" if place else "2" for place, name in enumerate(names)}


@pytest.fixture(scope="module")
async def winner(city_settings, services):
    """Opens the sports service for whoever won all seven wishes there."""
    sports = services["sports"]
    await pass_time(city_settings, sports, ENTERING)
    async with caller(city_settings, sports) as api:
        for day in (*DAYS, "2027-02-16", "2027-02-17", "2027-02-18", "2027-02-19"):
            await api.post("/lottery-entries", await entry_for(api, day, form={}), expect=201)
    await pass_time(city_settings, sports, ANNOUNCED)
    return lambda: resident_at(city_settings, sports)


@pytest.fixture
def told_accepted(city_settings, services):
    """Asks of each letter about wins that became bookings of which entries it tells."""
    sports = services["sports"]

    async def see():
        runtime = Runtime.from_settings(city_settings)
        async with tenant_transaction(runtime.engine, sports.tenant, sports.code) as conn:
            found = await conn.execute(text("SELECT facts -> 'entry_ids' FROM outbox WHERE kind = 'lottery_accepted'"))
        await runtime.engine.dispose()
        return [set(one) for one in found.scalars()]

    return see


@pytest.mark.fact("KS-051")
async def test_several_wins_are_accepted_at_once_each_decided_for_itself(winner, told_accepted):
    async with winner() as site:
        path = re.search(r'href="(/me/lottery/[0-9a-f-]{36}/accept)"', site.html)[1]
        page = await site.get(path)
        first, second, third, *_ = waiting(page.text)
        page = await site.post(path)
        assert (page.status_code, "1つ以上選んでください" in page.text) == (422, True)
        page = await site.post(path, entry=[first, second, third])
        assert "次の当選を予約にします。よろしいですか？" in page.text
        assert "利用確定（3件）" in page.text
        typed = answers(page.text)
        page = await site.post(path, entry=[first, second, third], sure="yes")
        assert page.status_code == 422
        assert 'href="#form.people' in page.text
        await site.get(f"/me/lottery/entries/{second}/decline")
        await site.post(f"/me/lottery/entries/{second}/decline", sure="yes")
        page = await site.post(path, entry=[first, second, third], sure="yes", **typed)
        assert re.search(
            "予約にできなかった当選（1件）.*辞退は元に戻せません.*予約になった当選（2件）", plain(page.text)
        )
        assert len(set(re.findall(r'href="/me/bookings/([^"]+)"', page.text))) == 2
    assert await told_accepted() == [{first, third}]


async def test_several_wins_are_declined_at_once_after_a_tick_and_all_or_none(winner):
    async with winner() as site:
        path = re.search(r'href="(/me/lottery/[0-9a-f-]{36}/decline)"', site.html)[1]
        booked = re.search(r"/me/lottery/entries/([0-9a-f-]{36})", site.html)[1]
        page = await site.get(path)
        assert "辞退後、元に戻すことはできません" in page.text
        *_, sixth, seventh = waiting(page.text)
        page = await site.post(path)
        assert (page.status_code, "辞退する当選を1つ以上選んでください" in page.text) == (422, True)
        page = await site.post(path, entry=[sixth, seventh])
        assert "当選を辞退する（2件）" in page.text
        page = await site.post(path, entry=[sixth, seventh], step="sure")
        assert (page.status_code, 'href="#sure"' in page.text) == (422, True)
        page = await site.post(path, entry=[booked, sixth, seventh], step="sure", sure="yes")
        assert (page.status_code, "1件は、先に手続きが済んでいる" in page.text) == (409, True)
        assert page.text.count('name="entry"') == 2
        page = await site.post(path, entry=[sixth, seventh], step="sure", sure="yes")
        assert "当選を辞退しました" in page.text
        page = await site.get(path)

    assert {sixth, seventh}.isdisjoint(waiting(page.text))


async def test_what_entering_did_not_ask_is_asked_of_those_who_won(winner):
    async with winner() as site:
        path = re.findall(r'href="(/me/lottery/entries/[^"]+)"', site.html)[3]
        page = await site.get(path)
        typed = answers(page.text)
        page = await site.post(f"{path}/accept")
        assert (page.status_code, 'href="#form.people' in page.text) == (422, True)
        page = await site.post(f"{path}/accept", **typed)

    assert typed
    assert "予約になりました" in page.text


async def test_a_clerk_who_accepts_for_a_winner_is_asked_the_same(winner, services):
    async with winner() as site:
        await site.post("/logout")
        await site.log_in(services["sports"].clerk)
        await serve(site, services["sports"])
        path = re.findall(r'action="(/counter/lottery/[0-9a-f-]{36}/wins/[0-9a-f-]{36})"', site.html)[-1]
        page = await site.post(path, act="accept", why="ご本人から電話", terms="yes")
        assert (page.status_code, "申込みのときに聞いていない質問です" in page.text) == (200, True)
        typed = answers(page.text)
        kept = dict(re.findall(r'<input type="hidden" name="(why|terms|act)" value="([^"]*)"', page.text))
        page = await site.post(path, **kept, **dict.fromkeys(typed, "-"))
        assert (page.status_code, 'href="#form.people' in page.text) == (422, True)
        page = await site.post(path, **kept, **typed)

    assert "予約になりました" in plain(page.text), plain(page.text)


@pytest.mark.fact("ML-025")
async def test_a_wish_that_could_win_no_more_has_a_reason_of_its_own(city_settings, services, people):
    lodging = services["lodging"]
    person = next(one for one in people["lodging"] if one.login_id == "400016")
    await pass_time(city_settings, lodging, ENTERING_STAYS)
    async with caller(city_settings, lodging, person) as api:
        asked = await api.get("/form", facility=STAY["facility"], space=STAY["space"], use_on="2027-04-12")
        terms = [one["code"] for one in asked["terms"]]
        for day in ("2027-04-12", "2027-04-13"):
            stay = {**STAY, "use_on": day, "preferences": {"japanese_western": False}}
            await api.post("/lottery-entries", {"items": [stay], "form": {}, "accepted_terms": terms}, expect=201)
    await pass_time(city_settings, lodging, STAYS_ANNOUNCED)
    async with resident_at(city_settings, lodging, person) as site:
        assert "なぜ落選したか" not in site.html
        page = await site.get(re.search(r'href="(/me/lottery/entries/[^"]+)">なぜ対象外になったか', site.html)[1])
        said = plain(page.text)

    assert "当選できる数に達したため、この希望は抽選しませんでした" in said
    assert "対象外になった理由" in said
    assert "落選" not in said
