"""Entering lotteries over HTTP, without scripts: by the cart, in sets, as stays; what is told before, after, and instead."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
import yaml
from tests.cities import ROOT, Person, city_settings_of, move_clocks

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.lottery.repository.lotteries import list_lotteries
from yoyaku.lottery.service.beacons import LotteryMeans
from yoyaku.lottery.service.opening import open_lottery
from yoyaku.lottery.service.planning import plan_lotteries
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.tenancy.service import Sites
from yoyaku.web.app import create_app

OPEN_AT = {
    "sports": datetime(2027, 2, 7, 10),  # noqa: DTZ001  # civil time of the tenants, as all of these
    "lodging": datetime(2027, 2, 7, 10),  # noqa: DTZ001
    "halls": datetime(2027, 2, 12, 10),  # noqa: DTZ001
    "rooms": datetime(2027, 2, 22, 10),  # noqa: DTZ001
}
RECEIPT = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")


@pytest.fixture(scope="module")
def city_settings(new_cities, services):
    """A database in which each service's lottery takes entries."""
    with new_cities() as made:
        settings = city_settings_of(made)
        for code, moment in OPEN_AT.items():
            move_clocks(settings, services[code], to=moment)
        yield settings


@pytest.fixture(scope="module")
async def application(city_settings, services):
    gateway = create_app(city_settings)
    for code in OPEN_AT:
        await open_lotteries(gateway, city_settings, services[code])
    yield gateway
    await gateway.app.state["engine"].dispose()


async def open_lotteries(gateway, settings, service):
    """Plan the lotteries of a service and open those whose time has come, as the worker would."""
    engine, provider = gateway.app.state["engine"], RulesProvider()
    means = LotteryMeans(seal=settings.seal, plugin_profiles=settings.plugin_profiles)
    site = await Sites(engine).by_path(service.tenant, service.code, real_now=read_clock())
    now = site.business_now(read_clock())
    async with tenant_transaction(engine, service.tenant, service.code) as conn:

        async def rules_for(made_on, used_on):
            return await provider.rules_for(
                conn, tenant_id=service.tenant, service_id=service.code, made_on=made_on, used_on=used_on
            )

        await plan_lotteries(conn, means=means, rules_for=rules_for, site_zone=site.zone, now=now)
        for row in await list_lotteries(conn, states=["planned"]):
            if row.opens_at <= now.astimezone(UTC):
                rules = await rules_for(now.astimezone(site.zone).date(), row.period_starts)
                await open_lottery(conn, rules=rules, lottery_id=row.lottery_id, now=now)


def links(html, pattern):
    """The addresses on a page that fit, each once, in their order."""
    return list(
        dict.fromkeys(
            unescape(found) for found in re.findall(r'href="([^"]+)"', html) if re.search(pattern, unescape(found))
        )
    )


def hidden(html, action):
    """The hidden fields of the form that is sent to an address."""
    form = next(one for one in re.findall(r"<form.*?</form>", html, re.DOTALL) if f'action="{action}"' in one)
    fields = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        if name != "_csrf_token":
            fields.setdefault(unescape(name), []).append(unescape(value))
    return fields


def plain(html):
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


def cell(html, day):
    """What the month says of a day."""
    found = re.search(rf'<a class="day[^"]*" href="[^"]*{day.isoformat()}[^"]*">(.*?)</a>', html, re.DOTALL)
    return None if found is None else plain(found[1])


async def answer(site, action, **more):
    """Send the form of a page, with its hidden fields."""
    return await site.post(action, **hidden(site.html, action), **more)


async def agree(site, action):
    """Send the last form with every term ticked."""
    ticks = dict.fromkeys(re.findall(r'name="(terms\.[^"]+)"', site.html), "yes")
    return await answer(site, action, **ticks)


MARCH = "/lottery/monthly/2027-03"
TENNIS = f"{MARCH}/facilities/castle-tennis"
APRIL = "/lottery/monthly/2027-04"
RESIDENT = "400016"
HALL_FORM = {
    "form.purpose": "music",
    "form.details": "合唱の練習",
    "form.people": "20",
    "form.responsible": "菜畑 春",
    "form.telephone": "096-000-0001",
}


def people_of(html):
    """The required numbers of a form, two of the first kind."""
    names = list(dict.fromkeys(re.findall(r'name="(form\.people[^"]*)"', html)))
    return {name: "0" if place else "2" for place, name in enumerate(names)}


async def enter_hours(site, day, slots, **more):
    """A day's hours as a wish of its own: ticked, checked, confirmed, entered."""
    await site.get(f"{TENNIS}/{day}")
    await site.post(f"{TENNIS}/{day}", slot=slots, **more)
    await answer(site, f"{MARCH}/check", **people_of(site.html))
    return await agree(site, f"{MARCH}/enter")


@pytest.fixture
async def sports(browse, services):
    site = browse("sports")
    await site.log_in(services["sports"].resident)
    return site


@pytest.mark.fact("KC-027", "KC-028", "KC-029", "KC-030", "KC-T4")
async def test_a_hall_is_entered_like_a_reservation_and_its_cell_says_that_it_will_be_drawn(browse, services):
    site = browse("halls")
    await site.log_in(services["halls"].resident)
    await site.get("/lottery/halls/2027-08")
    month = links(site.html, r"^/availability/")[0]
    await site.get(month)
    day_path = links(site.html, r"/availability/[^/]+/2027-08-1\d")[0]
    day = date.fromisoformat(re.search(r"2027-08-\d\d", day_path)[0])
    assert "◇ 抽選受付" in cell(site.html, day)
    assert "day-lottery_open" in site.html  # coloured, beside the words

    await site.get(day_path)
    assert "早い者勝ちではありません" in site.html
    slot = re.search(r'name="slot" value="([^"]+)"', site.html)[1]
    page = await site.post(day_path.partition("?")[0], slot=slot)
    assert page.url.path == "/cart", plain(page.text)
    assert "抽選で決まります" in plain(page.text)
    await site.get("/apply")
    await answer(site, "/apply", **HALL_FORM)
    assert "抽選待ちになります" in plain(site.html), plain(site.html)
    await answer(site, "/apply/terms")
    assert "抽選申込みを行います。よろしいですか？" in site.html
    page = await agree(site, "/apply/submit")

    assert page.url.path == "/lottery/entered", plain(page.text)
    assert "抽選待ち" in plain(page.text)
    assert RECEIPT.search(plain(page.text))
    await site.get(month)
    assert "◆ 抽選要 最大1.0倍" in cell(site.html, day)
    await site.get(day_path)
    assert "1／1" in plain(site.html)
    await site.get("/cart")
    assert "カゴは空です" in plain(site.html) or 'name="item"' not in site.html


async def test_where_each_entry_is_drawn_by_itself_no_order_of_wishes_is_asked(browse, services):
    site = browse("halls")
    await site.log_in(services["halls"].resident)
    await site.get("/lottery/halls/2027-08")
    await site.get(links(site.html, r"^/availability/")[0])
    day = links(site.html, r"/availability/[^/]+/2027-08-1\d")[1]
    await site.get(day)
    await site.post(day.partition("?")[0], slot=re.findall(r'name="slot" value="([^"]+)"', site.html)[:2])
    await site.get("/apply")
    await answer(site, "/apply", **HALL_FORM)
    await answer(site, "/apply/terms")
    await agree(site, "/apply/submit")
    await site.get("/me/lottery")
    page = await site.get(links(site.html, r"^/me/lottery/[0-9a-f-]{36}$")[0])

    said = plain(page.text)
    assert "並び順は当落に関係しません" in said
    assert "まで、追加・取消しができます" in said
    assert "上へ" not in said
    assert "希望の順" not in said


async def test_a_long_day_has_a_way_to_each_of_its_rooms(sports):
    page = await sports.get(f"{MARCH}/facilities/city-gymnasium/2027-03-12")
    rooms = re.findall(r'<h2 id="(space-[^"]+)"', page.text)

    assert len(rooms) > 3
    assert re.findall(r'href="#(space-[^"]+)"', page.text) == rooms
    assert "部屋・コートへ移動" in page.text


async def test_who_may_not_enter_a_hall_is_told_before_any_form(browse, people):
    site = browse("halls")
    person = next(one for one in people["halls"] if one.login_id == "taro2027")
    await site.log_in(person)
    page = await site.get("/lottery/halls/2027-08")

    assert "抽選に申し込めるのは団体だけです" in plain(page.text)
    assert "14日前" in plain(page.text)


@pytest.mark.fact("KS-055", "KS-056", "KS-057", "KS-060", "KS-061")
async def test_a_set_of_several_days_and_rooms_of_one_facility_is_one_wish(sports):
    place = f"{MARCH}/facilities/city-gymnasium"
    await sports.get(place)
    first, second = links(sports.html, rf"{place}/2027-03-1\d")[:2]
    await sports.get(first)
    slots = re.findall(r'name="slot" value="([^"]+)"', sports.html)
    one, other = slots[0], next(slot for slot in slots if slot.partition("|")[0] != slots[0].partition("|")[0])
    page = await sports.post(first, slot=one)
    assert page.url.path == f"{MARCH}/entry"
    kept = {"part": hidden(sports.html, f"{MARCH}/check")["part"], **people_of(sports.html), "form.purpose": "交流会"}
    await sports.post(place, **kept)
    assert "1枠を選んでいます" in plain(sports.html)
    assert f'formaction="{second}"' in sports.html
    await sports.post(second, look="yes", **hidden(sports.html, f"{MARCH}/entry"))
    page = await sports.post(second, slot=other, **hidden(sports.html, place))
    assert "セット 2枠" in plain(page.text)
    assert "まとめて当選するか、まとめて落選します" in plain(page.text)
    assert 'value="交流会"' in page.text
    typed = people_of(page.text)
    assert typed
    assert all(f'name="{name}" type="text" value="{count}"' in page.text for name, count in typed.items())
    await answer(sports, f"{MARCH}/check", **people_of(sports.html))
    assert "抽選申込みを行います。よろしいですか？" in plain(sports.html), plain(sports.html)
    page = await agree(sports, f"{MARCH}/enter")

    said = plain(page.text)
    assert "抽選申込みが完了しました。" in said
    assert "第1希望 セット 2枠" in said
    assert "あと9枠申し込めます" in said


@pytest.mark.fact("KS-058", "KS-059")
async def test_three_hours_on_all_courts_are_entered_and_a_fourth_hour_is_refused_with_its_clause(sports):
    hours = ["tennis|09:00-10:00", "tennis|10:00-11:00", "tennis|11:00-12:00", "tennis|12:00-13:00"]
    await sports.get(f"{TENNIS}/2027-03-09")
    page = await sports.post(f"{TENNIS}/2027-03-09", slot=hours, **{"surfaces.tennis": "4"})
    said = plain(page.text)
    assert page.status_code == 409
    assert "このままでは申し込めません" in said
    assert "180分" in said or "3時間" in said, said
    assert "利用ガイドブック" in said
    assert "第1希望に申込む" not in said

    page = await enter_hours(sports, "2027-03-09", hours[:3], **{"surfaces.tennis": "4"})
    assert "9:00〜12:00" in plain(page.text)
    assert "4面" in plain(page.text)
    page = await sports.get(f"{TENNIS}/2027-03-09")
    assert plain(page.text).count("◆ 抽選要1／4") == 3


async def test_the_form_that_is_sent_twice_enters_once(sports):
    await sports.get(f"{TENNIS}/2027-03-23")
    await sports.post(f"{TENNIS}/2027-03-23", slot="tennis|15:00-16:00")
    await answer(sports, f"{MARCH}/check", **people_of(sports.html))
    kept = sports.html
    first = await agree(sports, f"{MARCH}/enter")
    sports.html = kept
    again = await agree(sports, f"{MARCH}/enter")

    assert first.url == again.url
    assert plain(first.text).count("15:00〜16:00") == plain(again.text).count("15:00〜16:00") == 1


async def test_terms_that_were_not_ticked_are_asked_for_at_their_place(sports):
    await sports.get(f"{TENNIS}/2027-03-24")
    await sports.post(f"{TENNIS}/2027-03-24", slot="tennis|15:00-16:00")
    await answer(sports, f"{MARCH}/check", **people_of(sports.html))
    page = await answer(sports, f"{MARCH}/enter")

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "抽選申込みを行います。よろしいですか？" in page.text


async def test_what_was_chosen_is_there_after_logging_in(browse, services):
    site = browse("sports")
    await site.get(f"{TENNIS}/2027-03-25")
    assert "ログインが必要です" in plain(site.html)
    page = await site.post(f"{TENNIS}/2027-03-25", slot="tennis|15:00-16:00")
    assert page.url.path == "/login"
    back = unescape(re.search(r'name="next" value="([^"]+)"', site.html)[1])
    person = services["sports"].resident
    page = await site.post("/login", login_id=person.login_id, password=person.password, next=back)

    assert page.url.path == f"{MARCH}/entry"
    assert "15:00〜16:00" in plain(page.text)


async def test_availability_says_that_held_hours_are_drawn_and_leads_to_where_one_enters(sports):
    page = await sports.get("/availability/castle-tennis/2027-03-25")
    said = plain(page.text)

    assert "抽選で決まります" in said
    assert 'name="slot"' not in page.text
    assert links(page.text, rf"{TENNIS}/2027-03-25")
    assert links(page.text, rf"^{MARCH}$")


async def test_nothing_ticked_is_said_at_the_top(sports):
    await sports.get(f"{TENNIS}/2027-03-25")
    page = await sports.post(f"{TENNIS}/2027-03-25")

    assert page.status_code == 422
    assert "1つ以上" in plain(page.text)


async def test_an_address_that_these_pages_did_not_write_leads_back(sports):
    for part in ("{", '{"facility":"x","space":"y","use_on":"2027-03-01"}', "x" * 3000):
        page = await sports.get(f"{MARCH}/entry", params={"part": part})
        assert page.status_code in {200, 404}
    assert (await sports.get("/lottery/monthly/2031-01")).status_code == 404
    assert (await sports.get("/lottery/nothing/2027-03")).status_code == 404


@pytest.fixture
async def lodging(browse, people):
    site = browse("lodging")
    await site.log_in(next(person for person in people["lodging"] if person.login_id == RESIDENT))
    return site


async def choose_stay(site, night, wish=None, nights="1", people=(2, 0)):
    """The form of a stay filled in and sent, with so many of each kind."""
    await site.get(night)
    groups = list(dict.fromkeys(re.findall(r'name="guests\.1\.([^"]+)"', site.html)))
    fields = {f"guests.{n}.{code}": str(count) for n in "12" for code, count in zip(groups, people, strict=False)}
    wishes = {} if wish is None else dict.fromkeys(re.findall(r'name="(wish\.[^"]+)"', site.html), wish)
    return await site.post(night, nights=nights, **fields, **wishes)


@pytest.mark.fact("ML-010", "ML-011", "ML-012", "ML-013", "ML-014")
async def test_nights_show_entries_and_rooms_by_week_and_lead_to_the_form(lodging):
    await lodging.get(APRIL)
    place = links(lodging.html, rf"^{APRIL}/facilities/")[0]
    page = await lodging.get(place)
    assert re.search(r"0／\d+", plain(page.text))
    assert "申込総数／当選可能数" in plain(page.text)
    following = links(page.text, r"from=2027-04-08")
    assert "翌週" in plain(page.text)
    page = await lodging.get(following[0])
    assert "前週" in plain(page.text)
    night = links(page.text, rf"{place}/2027-04-1\d")[0]
    page = await lodging.get(night)
    said = plain(page.text)
    assert f"2027年4月{int(re.search('2027-04-([0-9]+)', night)[1])}日" in said
    assert "第1希望に申込む" in said
    assert "1泊" in said
    assert "2泊" in said
    assert page.text.count('name="guests.2.') == page.text.count('name="guests.1.')
    house = await lodging.get(f"/facilities/{place.rpartition('/')[2]}")
    assert plain(re.search("<h1.*?</h1>", house.text, re.DOTALL)[0]).strip() in said


@pytest.mark.fact("ML-016", "ML-017")
async def test_the_room_of_ones_wish_is_asked_of_the_first_wish_and_told_at_check_in(lodging):
    await lodging.get(APRIL)
    await place_that_asks(lodging, links(lodging.html, rf"^{APRIL}/facilities/"))

    assert "第1希望のみ設定可能です。部屋があるかどうかは、チェックインのときにお知らせします。" in plain(lodging.html)


@pytest.mark.fact("ML-018", "ML-019", "ML-020", "ML-026", "ML-T6")
async def test_three_stays_that_overlap_are_wished_for_one_after_the_other_in_one_facility_and_no_fourth(lodging):
    await lodging.get(APRIL)
    place = await place_that_asks(lodging, links(lodging.html, rf"^{APRIL}/facilities/"))
    page = await lodging.get(f"{place}?from=2027-04-12")
    nights = links(page.text, rf"{place}/2027-04-1\d")
    page = await choose_stay(lodging, nights[0], wish="yes", nights="2", people=(3, 2))
    assert "抽選申込みを行います。よろしいですか？" in plain(page.text), plain(page.text)
    page = await agree(lodging, f"{APRIL}/enter")
    assert "抽選申込みが完了しました。" in plain(page.text)
    assert "次の希望日へ" in plain(page.text)
    assert "終了" in plain(page.text)
    receipt = RECEIPT.search(plain(page.text))[0]

    page = await lodging.get(links(page.text, rf"^{APRIL}$")[-1])
    assert page.url.path == place  # the choice of a facility is skipped
    for rank, night in enumerate(nights[1:3], 2):
        page = await lodging.get(night)
        assert f"第{rank}希望に申込む" in plain(page.text)
        assert 'name="wish.' not in page.text
        await choose_stay(lodging, night, nights="2", people=(3, 2))
        page = await agree(lodging, f"{APRIL}/enter")
        assert receipt in plain(page.text)
    assert re.search("第1希望.*4月12日.*2泊.*第2希望.*4月13日.*2泊.*第3希望.*4月14日.*2泊", plain(page.text))
    assert "あと0枠" in plain(page.text)
    assert "次の希望日へ" not in plain(page.text)
    assert not links(page.text, rf"^{APRIL}$")

    for page in (await lodging.get(place), await choose_stay(lodging, nights[3])):  # before anything is chosen, too
        assert re.search("申し込めるのは3件までです.*根拠", plain(page.text))
    assert "第4希望の日" not in plain((await lodging.get(place)).text)
    other = next(one for one in await all_places(lodging) if one != place)
    page = await lodging.get(other)
    assert page.url.path != other


async def all_places(site):
    return [f"{APRIL}/facilities/{code}" for code in await facility_codes(site)]


async def facility_codes(site):
    await site.get("/facilities")
    return [path.rpartition("/")[2] for path in links(site.html, r"^/facilities/[^/]+$")]


async def place_that_asks(site, places):
    """The facility that asks for the wish that only the first may have."""
    for place in places:
        await site.get(f"{place}?from=2027-04-12")
        await site.get(links(site.html, rf"{place}/2027-04-1\d")[0])
        if 'name="wish.' in site.html:
            return place
    return pytest.fail("no facility asks for a wish")


@pytest.mark.fact("ML-T4")
async def test_who_works_in_the_city_is_told_before_the_form_that_the_lottery_is_for_residents(browse, people):
    site = browse("lodging")
    for person in people["lodging"]:
        await site.log_in(person)
        page = await site.get(APRIL)
        if "区民の方だけです" in plain(page.text):
            break
        site = browse("lodging")
    else:
        pytest.fail("nobody of the demo works in the city")
    assert "1か月前" in plain(page.text)
    assert "このままでは申し込めません" in plain(page.text)
    assert "枠申し込めます" not in plain(page.text)
    week = await site.get(links(page.text, f"{APRIL}/facilities/")[0])
    assert "区民の方だけです" in plain(week.text)
    assert "枠申し込めます" not in plain(week.text)
    listed = plain((await site.get("/lottery")).text)
    assert re.search("このままでは申し込めません.*区民の方だけです.*根拠", listed)
    assert "枠申し込めます" not in listed
    assert "日時を選んで申し込む" not in listed


@pytest.mark.fact("ML-028", "ML-T5")
async def test_a_resident_whose_card_has_not_arrived_is_told_to_wait_for_it_and_enters_nothing(browse, services):
    demo = yaml.safe_load((ROOT / "tenants" / services["lodging"].tenant / "demo.yaml").read_text())
    person = next(one for one in demo["residents"] if one["registration"] == "provisional")
    site = browse("lodging")
    await site.log_in(Person(login_id=person["login_id"], password=person["password"], name=person["name"]))
    for page in (await site.get("/lottery"), await site.get(APRIL)):
        assert "利用者登録証（3営業日ほどで郵送）が届いたら" in plain(page.text)
        assert "枠申し込めます" not in plain(page.text)
    night = f"{links(page.text, f'{APRIL}/facilities/')[0]}/2027-04-13"
    page = await site.get(night)
    assert 'name="nights"' not in page.text
    page = await choose_stay(site, night)
    assert page.status_code in {409, 422}
    assert "このままでは申し込めません" in plain(page.text)


async def test_the_receipt_of_somebody_else_is_nobodys(browse, lodging):
    page = await lodging.get("/lottery/entered", params={"lottery": "0190b6a0-0000-7000-8000-000000000000"})
    assert page.url.path == "/lottery"
    stranger = browse("lodging")
    page = await stranger.get("/lottery/entered", params={"lottery": "x"})
    assert page.url.path == "/login"


@pytest.mark.parametrize("code", ["sports", "lodging", "halls", "rooms"])
async def test_what_is_open_is_told_with_what_comes_next_in_both_languages(browse, code):
    site = browse(code)
    page = await site.get("/lottery")
    assert "今、申し込める抽選" in plain(page.text)
    assert "結果の発表" in plain(page.text)
    page = await site.get("/lottery", params={"lang": "en"})
    assert "Lotteries you can enter now" in plain(page.text)
    for path in links(page.text, r"^/lottery/[a-z]+/2027-\d\d"):
        assert (await site.get(path)).status_code == 200


async def test_a_search_says_what_is_drawn_where_nothing_is_free(sports):
    page = await sports.get("/search", params={"from": "2027-03-10", "facility": "castle-tennis"})

    assert "抽選で決まります" in plain(page.text)
    assert MARCH in links(page.text, "^/lottery")


async def test_a_stranger_reads_who_may_enter(browse):
    page = await browse("halls").get("/lottery/halls/2027-08")

    assert "申し込める方" in plain(page.text)
    assert "団体だけ" in plain(page.text)


async def test_before_it_opens_and_after_it_closed_a_lottery_says_when_and_takes_nothing(sports):
    page = await sports.get("/lottery/monthly/2027-04")
    assert "受付は2027年3月6日（土） 9:00に始まります" in plain(page.text)
    page = await sports.get("/lottery/monthly/2027-04/facilities/castle-tennis/2027-04-08")
    assert 'name="slot"' not in page.text
    page = await sports.get("/availability/castle-tennis?month=2027-04")
    assert "抽選受付前" in plain(page.text)


async def test_calendars_of_nights_show_which_are_drawn_and_lead_to_where_one_enters(lodging):
    page = await lodging.get("/availability", params={"month": "2027-04"})
    assert "抽選で決まります" in plain(page.text)
    assert "◇ 抽選受付" in plain(page.text)
    week = links(page.text, r"/week\?from=2027-04-20")[0]
    page = await lodging.get(week)

    assert links(page.text, rf"^{APRIL}/facilities/[^/]+/2027-04-2\d\?space=")


async def test_the_api_quotes_what_the_cart_enters_as_drawn(browse, services):
    site, person = browse("halls"), services["halls"].resident
    await site.log_in(person)
    wish = {"facility": "chuo-hall", "space": "hall", "use_on": "2027-08-24", "bands": ["am"]}
    headers = {"authorization": f"Bearer {site.client.cookies['session']}"}
    answer = await site.client.post("/api/v1/quotes", json={"items": [wish], "form": {}}, headers=headers)

    assert answer.status_code < 300, answer.text
    assert answer.json()[0]["drawn"]["name"]["ja"] == "ホールの抽選", answer.text
