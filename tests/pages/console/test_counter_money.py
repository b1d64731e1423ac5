"""A clerk's days with money: cash late and early, a till that is closed, rain, another booking paid by it, the last hour."""

import re
from datetime import datetime

import pytest
from sqlalchemy import text
from tests.cities import move_clocks
from tests.pages.lots import plain
from tests.pages.paying import begin, pay_by_card
from tests.pages.paying import book as book_room

PEOPLE = {"people": {"general": "3", "youth": "0"}}


async def book(api, day, starts="10:00", ends="13:00", form=PEOPLE):
    """Tennis at 750 yen an hour; the path of its booking at the counter."""
    place = {"facility": "castle-tennis", "space": "tennis", "use_on": day}
    item = {**place, "starts": starts, "ends": ends}
    asked = await api.get("/form", **place)
    terms = [one["code"] for one in asked["terms"]]
    made = await api.post("/applications", {"items": [item], "form": form, "accepted_terms": terms}, expect=201)
    return f"/counter/bookings/{made['bookings'][0]['booking_id']}"


async def take(desk, booking, amount=None):
    """Cash for what is still to be paid, or so much of it."""
    page = await desk.get(f"{booking}/money")
    proposed = re.search(r'name="amount" type="text" value="(\d+)"', page.text)[1]
    return await desk.post(f"{booking}/money/cash", amount=amount or proposed, till="castle-tennis")


async def revoke(desk, booking):
    await desk.get(booking)
    return await desk.post(f"{booking}/revoke", grounds="rain", why="コートが使えないため")


async def close(desk, counted, **more):
    """The till of the courts, counted."""
    page = await desk.get("/counter/till")
    link = re.search(r'href="(/counter/till/count\?[^"]*castle-tennis[^"]*)"', page.text)[1].replace("&amp;", "&")
    page = await desk.get(link)
    assert page.status_code == 200, page.text
    seen = re.search(r'name="seen" value="(-?\d+)"', page.text)[1]
    typed = {"facility": "castle-tennis", "payee": "city", "seen": seen, "counted": counted, **more}
    return await desk.post("/counter/till", **typed)


UNKNOWN = """
    INSERT INTO unmatched_money (tenant_id, service_id, item_id, kind, payee, provider, reference, amount_yen, seen_at)
    SELECT tenant_id, service_id, gen_random_uuid(), 'provider_only', 'city', 'payment-hosted', gen_random_uuid()::text, 500, now()
    FROM service WHERE service_id = 'sports'
"""
WORKS_FOR = "UPDATE staff SET facilities = :facilities WHERE roles = ARRAY['counter_clerk']"
REFUNDS = """
    SELECT plugin, amount_yen, state FROM payment_attempt WHERE charge_id = :charge_id AND kind = 'refund' ORDER BY 1
"""
STUCK = (
    "UPDATE payment_attempt SET asked = 9, last_error = 'timeout' WHERE charge_id = :charge_id AND state = 'pending'"
)
"""As a provider that has not answered for an hour leaves it."""


@pytest.fixture
async def waiting(resident, browse, services, inside):
    """A payment that its company has not answered for, and money that nobody knows; the booking that is being paid."""
    booking = await book(resident, "2027-02-19")
    site = browse("sports")
    await site.log_in(services["sports"].resident)
    await begin(site, booking.rpartition("/")[2], "online/card")
    async with inside() as conn:
        await conn.execute(text(UNKNOWN))
        await conn.execute(text(STUCK), {"charge_id": booking.rpartition("/")[2]})
    return booking


async def test_a_payment_that_is_stuck_is_asked_about_and_given_up_for_cash(desk, waiting):
    page = await desk.get("/counter/money")
    said = plain(page.text)
    assert "9回確かめました" in said
    assert "決済会社から返事がありません" in said
    attempt = re.search(r'action="(/counter/money/attempts/[0-9a-f-]{36})/stop"', page.text)[1]

    page = await desk.get(f"{waiting}/money")
    assert "オンラインの支払いが途中です" in page.text
    assert "決済会社に確かめました" in (await desk.post(f"{attempt}/ask")).text
    assert "途中の支払いをやめました" in (await desk.post(f"{attempt}/stop")).text
    assert 'name="amount"' in desk.html


@pytest.fixture
async def elsewhere(inside):
    """The clerk works for another facility only."""
    async with inside() as conn:
        await conn.execute(text(WORKS_FOR), {"facilities": ["city-gymnasium"]})
    yield
    async with inside() as conn:
        await conn.execute(text(WORKS_FOR), {"facilities": []})


@pytest.mark.usefixtures("elsewhere")
async def test_a_clerk_of_another_facility_neither_sees_nor_moves_money_of_this_one(desk, waiting):
    page = await desk.get("/counter/money")
    assert "決済会社だけにある記録" not in page.text
    assert "/counter/money/attempts/" not in page.text
    for path in (f"{waiting}/money", f"{waiting}/money/credit", f"{waiting}/change"):
        assert (await desk.get(path)).status_code == 404
    assert (await desk.get("/counter/till/count?facility=castle-tennis&payee=city")).status_code == 404
    await desk.get("/counter/till")
    typed = {"facility": "castle-tennis", "payee": "city", "seen": "0", "counted": "0"}
    assert (await desk.post("/counter/till", **typed)).status_code == 404


@pytest.mark.usefixtures("waiting")
async def test_money_that_nobody_knows_is_explained_once_with_the_reason(desk):
    page = await desk.get("/counter/money")
    assert "決済会社だけにある記録" in plain(page.text)
    item = re.search(r'href="(/counter/money/[0-9a-f-]{36})"', page.text)[1]
    await desk.get(item)
    lacking = await desk.post(item, way="explain", why="")
    assert lacking.status_code == 422
    assert 'href="#way"' not in lacking.text
    assert 'href="#why"' in lacking.text
    assert "もう処理できません" in (await desk.post(item, way="refund", why="返したい")).text
    page = await desk.post(item, way="explain", why="試験の支払いだった")
    assert "処理しました" in page.text
    page = await desk.get(item)
    assert "試験の支払いだった" in page.text
    assert (await desk.post(item, way="explain", why="もう一度")).status_code == 422


@pytest.mark.fact("KS-089", "KS-091", "KS-093")
async def test_cash_is_taken_after_the_due_date_too_and_the_till_is_closed_with_its_sheet(desk, resident, at, inside):
    booking = await book(resident, "2027-02-24")
    at(2027, 1, 26, 10, 0)
    page = await desk.get(f"{booking}/money")
    assert "期限を過ぎています" in page.text
    wrong = await take(desk, booking, "3000")
    assert wrong.status_code == 422
    assert 'id="amount-error"' in wrong.text
    assert 'value="3000"' in wrong.text
    assert "より多くは受け取れません" in wrong.text
    page = await take(desk, booking)
    assert "現金を受け取りました" in page.text
    assert f"{booking}/receipts" in page.text
    assert "2,250円" in plain(page.text)

    unexplained = await close(desk, "２２００")
    assert unexplained.status_code == 422
    assert 'id="why-error"' in unexplained.text
    sheet = await close(desk, "2,200", why="50円足りない")
    assert re.fullmatch(r"/counter/till/closes/[0-9a-f-]{36}", sheet.url.path)
    assert "\N{MINUS SIGN}50円" in sheet.text
    assert "50円足りない" in sheet.text
    page = await desk.get("/counter/till")
    assert "締める現金はありません" in page.text
    async with inside() as conn:
        cash = await conn.execute(text("SELECT sum(yen) FROM ledger_posting WHERE account = 'cash'"))
        assert cash.scalar_one() == 0


@pytest.mark.fact("KS-096")
async def test_a_clerk_cancels_for_whoever_asks_with_what_goes_back_shown_before(desk, resident):
    booking = await book(resident, "2027-02-26")
    await take(desk, booking)
    page = await desk.get(booking)
    assert f'href="{booking}/cancel"' in page.text
    page = await desk.get(f"{booking}/cancel")
    assert "2,250円" in plain(page.text)
    back = re.search(r'name="expected_refund_yen" value="(\d+)"', page.text)[1]
    unsure = await desk.post(f"{booking}/cancel", expected_refund_yen=back)
    assert 'href="#sure"' in unsure.text
    done = await desk.post(f"{booking}/cancel", expected_refund_yen=back, sure="yes", reason="電話での申し出")
    assert done.url.path == f"{booking}/money"
    assert "窓口でお返しする金額2,250円" in plain(done.text)
    assert f"{booking}/cancel" not in (await desk.get(booking)).text


async def test_cash_of_nothing_is_refused_as_an_amount(desk, resident):
    booking = await book(resident, "2027-02-27")
    for amount in ("0", "-100"):
        refused = await desk.post(f"{booking}/money/cash", amount=amount, till="castle-tennis")
        assert refused.status_code == 422
        assert "1円以上" in refused.text


@pytest.mark.fact("KS-096", "KS-101", "KS-102", "KS-103", "KS-104")
async def test_rain_gives_the_money_back_or_pays_for_another_booking(desk, resident):
    rained, other, dry = [await book(resident, f"2027-02-{day}") for day in (15, 16, 17)]
    longer = await book(resident, "2027-02-18", "09:00", "13:00")
    for booking in (rained, dry):
        await take(desk, booking)
        await revoke(desk, booking)
    page = await desk.get(f"{rained}/money")
    assert "窓口でお返しする金額" in page.text
    assert f"{rained}/money/credit" in page.text
    page = await desk.get(f"{rained}/money/credit")
    assert "利用できなかった時間が、振替先の時間より短い" in page.text
    lacking = await desk.post(f"{rained}/money/credit", why="")
    assert 'href="#to"' in lacking.text
    moved = await desk.post(f"{rained}/money/credit", to=other.rpartition("/")[2], why="雨天の振替")
    assert moved.url.path == f"{other}/money"
    assert "別の予約からの振替" in moved.text
    refused = await desk.post(f"{rained}/money/credit", to=longer.rpartition("/")[2], why="もう一度")
    assert refused.status_code == 422

    page = await desk.get(f"{dry}/money")
    assert (await desk.post(f"{dry}/money/back", online="0", cash="2250")).status_code == 422
    page = await desk.post(f"{dry}/money/back", online="0", cash="2250", why="雨天のため")
    assert "現金をお返ししたことを記録しました" in page.text
    again = await desk.post(f"{dry}/money/back", online="0", cash="2250", why="雨天のため")
    assert again.status_code == 422


@pytest.mark.fact("KS-101", "KS-102", "KS-103")
async def test_an_hour_of_rain_is_not_charged_and_goes_back_but_pays_for_nothing_else(desk, resident):
    booking = await book(resident, "2027-02-22")
    await take(desk, booking)
    page = await desk.get(booking)
    assert f"{booking}/unusable" in page.text
    await desk.get(f"{booking}/unusable")
    lacking = await desk.post(f"{booking}/unusable", **{"from": "12:00"})
    assert 'href="#to"' in lacking.text
    assert 'href="#grounds"' in lacking.text
    assert 'href="#why"' in lacking.text
    wish = {"from": "12:00", "to": "13:00", "grounds": "rain", "why": "12時から雨"}
    for odd in ("昼", "99:99", "11:30"):
        assert 'href="#to"' in (await desk.post(f"{booking}/unusable", **{**wish, "to": odd})).text
        strange = await desk.post(f"{booking}/change", to=odd, why="延長")
        assert (strange.status_code, 'href="#to"' in strange.text) == (422, True), strange.text
    backwards = await desk.post(f"{booking}/unusable", **{**wish, "to": "11:00"})
    assert "始まりより後の時刻" in backwards.text
    whole = await desk.post(f"{booking}/unusable", **{**wish, "from": "10:00"})
    assert "予約の取消しを行ってください" in whole.text
    shown = await desk.post(f"{booking}/unusable", **wish)
    assert "減る金額：750円" in plain(shown.text)
    done = await desk.post(f"{booking}/unusable", **wish, step="do", total_yen="1500")
    assert "利用できなかった時間を除きました" in done.text
    assert "窓口でお返しする金額750円" in plain(done.text)
    assert f"{booking}/money/credit" not in done.text


async def test_cash_for_what_the_desk_confirms_leads_on_to_the_confirming(application, browse, services):
    booking_id, yen = await book_room(application, services["halls"])
    desk, booking = browse("halls"), f"/counter/bookings/{booking_id}"
    await desk.log_in(services["halls"].clerk)
    await desk.get(f"{booking}/money")
    page = await desk.post(f"{booking}/money/cash", amount=str(yen))
    assert page.url.path == booking
    assert "まだ仮予約です" in page.text
    done = await desk.post(f"{booking}/confirm", documents_seen="yes", fee_taken_yen="0")
    assert "tag-good" in done.text


@pytest.mark.fact("KS-101", "KS-102")
async def test_an_hour_of_rain_in_the_middle_leaves_two_periods_and_their_fee(desk, resident):
    booking = await book(resident, "2027-02-23")
    await take(desk, booking)
    await desk.get(f"{booking}/unusable")
    wish = {"from": "11:00", "to": "12:00", "grounds": "rain", "why": "11時から12時まで雷雨"}
    shown = plain((await desk.post(f"{booking}/unusable", **wish)).text)
    assert "減る金額：750円" in shown
    assert "11:00〜12:00は利用できませんでした" in shown
    done = await desk.post(f"{booking}/unusable", **wish, step="do", total_yen="1500")
    assert "窓口でお返しする金額750円" in plain(done.text)
    page = plain((await desk.get(booking)).text)
    assert "10:00〜13:00" in page
    assert "11:00〜12:00は利用できませんでした" in page
    again = await desk.post(f"{booking}/unusable", **wish)
    assert "もう除かれています" in again.text
    rest = plain((await desk.post(f"{booking}/unusable", **{**wish, "from": "12:00", "to": "13:00"})).text)
    assert "減る金額：750円" in rest


@pytest.mark.fact("KS-092", "KS-098")
async def test_to_reduce_one_cancels_in_time_and_books_anew_and_the_difference_goes_back(desk, resident):
    whole = await book(resident, "2027-02-25")
    await take(desk, whole)
    await resident.post(f"/bookings/{whole.rpartition('/')[2]}/cancellation", {"reason": "人数が減ったため"})
    less = await book(resident, "2027-02-25", "10:00", "12:00")
    said = plain((await desk.get(f"{whole}/money")).text)
    assert "窓口でお返しする金額2,250円" in said
    await desk.post(f"{whole}/money/back", online="0", cash="2250", why="予約し直したため")
    assert "まだ支払われていない金額1,500円" in plain((await desk.get(f"{less}/money")).text)


@pytest.mark.fact("MG-034", "MG-058")
async def test_what_was_paid_by_card_alone_is_never_given_back_in_cash(application, services, browse):
    booking_id, yen = await book_room(application, services["rooms"])
    site, desk = browse("rooms"), browse("rooms")
    await site.log_in(services["rooms"].resident)
    path, address = await begin(site, booking_id, "card")
    await pay_by_card(address)
    await site.get(path.replace("/go", "/back"))
    await desk.log_in(services["rooms"].clerk)
    booking = f"/counter/bookings/{booking_id}"
    await desk.get(booking)
    grounds = re.search(r'name="grounds".*?<option value="([^"]+)"', desk.html, re.DOTALL)[1]
    await desk.post(f"{booking}/revoke", grounds=grounds, why="施設の都合")
    page = await desk.get(f"{booking}/money")
    assert "窓口でお返しする金額" not in page.text
    assert (await desk.post(f"{booking}/money/back", online="0", cash=str(yen), why="現金で")).status_code == 422


@pytest.mark.fact("MG-046", "MG-057")
async def test_what_was_paid_in_cash_and_by_card_goes_back_by_both_ways(desk, resident, browse, services, inside):
    booking = await book(resident, "2027-02-20")
    await take(desk, booking, "500")
    site = browse("sports")
    await site.log_in(services["sports"].resident)
    path, address = await begin(site, booking.rpartition("/")[2], "online/card")
    await pay_by_card(address)
    await site.get(path.replace("/go", "/back"))
    page = await desk.get(f"{booking}/money")
    assert "まだ支払われていない金額" not in page.text
    await revoke(desk, booking)
    said = plain((await desk.get(f"{booking}/money")).text)
    assert "オンラインで取り消す金額1,750円" in said
    assert "窓口でお返しする金額500円" in said
    page = await desk.post(f"{booking}/money/back", online="1750", cash="500", why="雨天のため")
    assert "現金をお返ししたことを記録しました" in page.text
    async with inside() as conn:
        refunds = await conn.execute(text(REFUNDS), {"charge_id": booking.rpartition("/")[2]})
        assert [tuple(row) for row in refunds] == [
            ("payment-cash", 500, "succeeded"),
            ("payment-hosted", 1750, "created"),
        ]


@pytest.mark.fact("KS-099", "KS-105", "KS-106", "KS-107", "KS-108")
async def test_on_the_day_hours_grow_and_a_class_goes_up_only_at_a_price_that_is_shown_before(
    desk, resident, at, browse, services
):
    grown = await book(resident, "2027-02-22", "10:00", "12:00", {"people": {"general": "1", "youth": "4"}})
    early = await desk_change(desk, grown, to="14:00", general="1", youth="4")
    assert early.status_code == 422
    at(2027, 2, 22, 9, 0)
    desk = browse("sports")
    await desk.log_in(services["sports"].clerk)
    await take(desk, grown)
    assert f"{grown}/change" in (await desk.get(grown)).text
    assert (await desk_change(desk, grown, to="12:00", general="1", youth="4")).status_code == 422
    quote = await desk_change(desk, grown, to="14:00", general="4", youth="1")
    total = re.search(r'name="total_yen" value="(\d+)"', quote.text)[1]
    assert total == "3000"
    assert "追加でお支払いいただく金額" in quote.text
    typed = {"form.people.general": "4", "form.people.youth": "1", "to": "14:00"}
    moved = await desk.post(f"{grown}/change", step="do", total_yen="1", **typed)
    assert moved.status_code == 422
    page = await desk.post(f"{grown}/change", step="do", total_yen=total, **typed)
    assert page.url.path == f"{grown}/money"
    assert "まだ支払われていない金額" in page.text
    assert "済み" in (await take(desk, grown)).text

    down = await desk_change(desk, grown, to="14:00", general="1", youth="4")
    assert down.status_code == 422
    assert 'role="alert"' in down.text


async def desk_change(desk, booking, *, to, general, youth):
    """What the form of a change answers first: the quote, or why not."""
    await desk.get(f"{booking}/change")
    return await desk.post(f"{booking}/change", to=to, **{"form.people.general": general, "form.people.youth": youth})


@pytest.mark.fact("MG-061", "MG-T7")
async def test_from_day_181_on_the_page_sends_to_the_counter_and_the_counter_has_it_transferred(
    application, city_settings, services, browse
):
    service = services["rooms"]
    booking_id, yen = await book_room(application, service)
    site, desk = browse("rooms"), browse("rooms")
    await site.log_in(service.resident)
    path, address = await begin(site, booking_id, "card")
    await pay_by_card(address)
    await site.get(path.replace("/go", "/back"))
    await desk.log_in(service.clerk)
    booking = f"/counter/bookings/{booking_id}"
    await desk.get(booking)
    grounds = re.search(r'name="grounds".*?<option value="([^"]+)"', desk.html, re.DOTALL)[1]
    await desk.post(f"{booking}/revoke", grounds=grounds, why="施設の都合")
    assert (await site.get(f"/me/bookings/{booking_id}/pay")).status_code == 200

    move_clocks(city_settings, service, to=datetime(2027, 9, 1, 10))  # noqa: DTZ001  # the city's own time
    application._sites.forget()
    for one, person in ((site, service.resident), (desk, service.clerk)):
        await one.log_in(person)
    late = await site.get(f"/me/bookings/{booking_id}/pay")
    assert late.status_code == 409
    assert "施設の窓口で申請してください" in late.text
    said = plain((await desk.get(f"{booking}/money")).text)
    assert f"うち口座へ振り込む金額{yen:,}円" in said
    asked = await desk.post(f"{booking}/money/back", online="0", cash=str(yen), why="期限後の申請")
    assert "振込によるお返しを申請しました" in asked.text

    await transfer(desk, yen)
    assert "口座への振込" in (await desk.get(f"{booking}/money")).text


async def transfer(desk, yen):
    """What the accounting does with a transfer that is asked for, as a clerk records it."""
    await desk.get("/counter/money/transfers")
    listed = (await desk.post("/counter/money/transfers/list")).content.decode("utf-8-sig")
    assert f",{yen},期限後の申請" in listed
    await desk.get("/counter/money/transfers")
    (attempt_id,) = re.findall(r'name="one" value="([^"]+)"', desk.html)
    wrong = await desk.post("/counter/money/transfers", one=attempt_id, became="failed")
    assert 'href="#why"' in wrong.text
    done = await desk.post("/counter/money/transfers", one=attempt_id, became="made", on="2027-09-01")
    assert "振り込むお返しはありません" in done.text
