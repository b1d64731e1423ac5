"""Hours wished for by lot, without scripts: sets, courts, what is told before, after and instead."""

import re
from html import unescape

import pytest
from tests.pages.entering.forms import MARCH, TENNIS, agree, answer, enter_hours, links, people_of
from tests.pages.lots import hidden, plain


async def test_a_long_day_has_a_way_to_each_of_its_rooms(sports):
    page = await sports.get(f"{MARCH}/facilities/city-gymnasium/2027-03-12")
    rooms = re.findall(r'<h2 id="(space-[^"]+)"', page.text)

    assert len(rooms) > 3
    assert re.findall(r'href="#(space-[^"]+)"', page.text) == rooms
    assert "部屋・コートへ移動" in page.text


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
    assert "1つの利用を選んでいます" in plain(sports.html)
    assert f'formaction="{second}"' in sports.html
    await sports.post(second, look="yes", **hidden(sports.html, f"{MARCH}/entry"))
    page = await sports.post(second, slot=other, **hidden(sports.html, place))
    assert "セット（2つの利用）" in plain(page.text)
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
    assert "第1希望 セット（2つの利用）" in said
    assert "あと9枠申し込めます" in said


@pytest.mark.fact("KS-058", "KS-059")
async def test_three_hours_on_all_courts_are_entered_and_a_fourth_hour_is_refused_with_its_clause(sports):
    hours = ["tennis|09:00-10:00", "tennis|10:00-11:00", "tennis|11:00-12:00", "tennis|12:00-13:00"]
    await sports.get(f"{TENNIS}/2027-03-09")
    page = await sports.post(f"{TENNIS}/2027-03-09", slot=hours, **{"surfaces.tennis": "4"})
    said = plain(page.text)
    assert page.status_code == 409
    assert "このままでは申し込めません" in said
    assert "1回に予約できるのは3時間までです" in said, said
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


async def test_before_it_opens_and_after_it_closed_a_lottery_says_when_and_takes_nothing(sports):
    page = await sports.get("/lottery/monthly/2027-04")
    assert "受付は2027年3月6日（土） 9:00に始まります" in plain(page.text)
    page = await sports.get("/lottery/monthly/2027-04/facilities/castle-tennis/2027-04-08")
    assert 'name="slot"' not in page.text
    page = await sports.get("/availability/castle-tennis?month=2027-04")
    assert "抽選受付前" in plain(page.text)
