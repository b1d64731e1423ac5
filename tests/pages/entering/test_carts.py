"""Halls wished for like a reservation, by the cart and the form; who may not enter; the API that quotes the same."""

import re
from datetime import date

import pytest
from tests.pages.entering.forms import HALL_FORM, agree, answer, cell, links
from tests.pages.lots import RECEIPT, plain


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
    slots = re.findall(r'name="slot" value="([^"]+)"', site.html)[:2]
    await site.post(day.partition("?")[0], slot=slots)
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
    assert re.search(r"申込み1抽選待ち.*申込み2抽選待ち", said)
    assert "希望の順" not in said
    assert "第1希望" not in said

    page = await site.post(day.partition("?")[0], slot=slots[:1])
    said = plain(page.text)
    assert re.search(r"ほかの申込み（申込み\d）があります", said)
    assert "根拠： 抽選の定め" in said


async def test_who_may_not_enter_a_hall_is_told_before_any_form(browse, people):
    site = browse("halls")
    person = next(one for one in people["halls"] if one.login_id == "taro2027")
    await site.log_in(person)
    page = await site.get("/lottery/halls/2027-08")

    assert "抽選に申し込めるのは団体だけです" in plain(page.text)
    assert "14日前" in plain(page.text)


async def test_a_stranger_reads_who_may_enter(browse):
    page = await browse("halls").get("/lottery/halls/2027-08")

    assert "申し込める方" in plain(page.text)
    assert "団体だけ" in plain(page.text)


async def test_the_api_quotes_what_the_cart_enters_as_drawn(browse, services):
    site, person = browse("halls"), services["halls"].resident
    await site.log_in(person)
    wish = {"facility": "chuo-hall", "space": "hall", "use_on": "2027-08-24", "bands": ["am"]}
    headers = {"authorization": f"Bearer {site.client.cookies['session']}"}
    answer = await site.client.post("/api/v1/quotes", json={"items": [wish], "form": {}}, headers=headers)

    assert answer.status_code < 300, answer.text
    assert answer.json()[0]["drawn"]["name"]["ja"] == "ホールの抽選", answer.text
