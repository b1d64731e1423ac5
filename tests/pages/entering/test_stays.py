"""Stays wished for by lot, without scripts: weeks, nights, guests, three wishes in order; who may not enter."""

import re

import pytest
import yaml
from tests.cities import ROOT, Person
from tests.pages.entering.forms import APRIL, agree, all_places, choose_stay, links, place_that_asks
from tests.pages.lots import RECEIPT, plain


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


async def test_calendars_of_nights_show_which_are_drawn_and_lead_to_where_one_enters(lodging):
    page = await lodging.get("/availability", params={"month": "2027-04"})
    assert "抽選で決まります" in plain(page.text)
    assert "◇ 抽選受付" in plain(page.text)
    week = links(page.text, r"/week\?from=2027-04-20")[0]
    page = await lodging.get(week)

    assert links(page.text, rf"^{APRIL}/facilities/[^/]+/2027-04-2\d\?space=")
