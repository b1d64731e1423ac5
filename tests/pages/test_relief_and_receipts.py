"""A reduction asked for and granted, a receipt issued, printed and issued again: over HTTP, without scripts."""

import re
from datetime import date

import pytest
from tests.pages.test_booking import ANSWERS, apply, put_into_cart

from yoyaku.db.engine import tenant_transaction

DAY = date(2027, 2, 24)


@pytest.fixture
async def booked(browse, services):
    """A resident at the page of a booking of theirs that is not paid, and a clerk."""
    site, desk = browse("rooms"), browse("rooms")
    await put_into_cart(site, services, "rooms", DAY)
    carried = await apply(site, **ANSWERS)
    page = await site.post("/apply/submit", **carried, **{"terms.use": "yes"})
    number = re.search(r"20\d\d-\d{6}", page.text)[0]
    booking = await page_of(site, number)
    await desk.log_in(services["rooms"].clerk)
    return site, desk, booking.url.path


async def page_of(site, number):
    """The page of one's booking of that number."""
    await site.get("/me/bookings")
    parts = re.split(r'href="(/me/bookings/[0-9a-f-]{36})"', site.html)
    return await site.get(next(path for before, path in zip(parts[::2], parts[1::2], strict=False) if number in before))


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def pay(desk, booking):
    """Cash over the counter."""
    at_counter = booking.replace("/me/", "/counter/")
    await desk.get(at_counter)
    yen = re.search(r'name="fee_taken_yen"[^>]*value="(\d+)"', desk.html)[1]
    page = await desk.post(f"{at_counter}/confirm", documents_seen="yes", fee_taken_yen=yen)
    assert "tag-good" in page.text
    return at_counter, int(yen)


async def test_a_booking_says_why_it_costs_what_it_costs_and_the_tax_inside(booked):
    site, _, _ = booked

    assert "この金額の計算と根拠" in site.html
    assert re.search(r"施設使用料：\d+ × 1（", site.html)
    assert re.search(r"うち消費税 [\d,]+円（10%対象 [\d,]+円）", site.html)


@pytest.mark.fact("MG-012")
async def test_a_reduction_is_asked_for_with_grounds_and_decided_at_the_counter(booked):
    site, desk, booking = booked
    before = int(re.search(r"合計 ([\d,]+)円", plain(site.html))[1].replace(",", ""))
    await site.get(f"{booking}/relief")
    lacking = await site.post(f"{booking}/relief", relief="welfare_group", grounds=" ")
    assert lacking.status_code == 422
    assert 'href="#grounds"' in lacking.text
    assert re.search(r'value="welfare_group" checked', lacking.text)
    asked = await site.post(f"{booking}/relief", relief="welfare_group", grounds="会員の8割が手帳所持者です")
    assert asked.url.path == booking
    assert "審査中" in asked.text

    await desk.get("/counter/reliefs")
    relief = re.search(r'href="(/counter/reliefs/[0-9a-f-]{36})"', desk.html)[1]
    page = await desk.get(relief)
    assert "会員の8割が手帳所持者です" in page.text
    assert f"承認すると {before // 2:,}円" in plain(page.text)
    assert (await desk.post(relief, why="")).status_code == 422
    without_reason = await desk.post(relief, decision="refuse", why="")
    assert without_reason.status_code == 422
    assert 'href="#why"' in without_reason.text
    granted = await desk.post(relief, decision="approve", why="名簿を確認")
    assert granted.url.path == booking.replace("/me/", "/counter/")
    assert "減免を承認しました" in granted.text
    assert "減免の決定" in granted.text

    page = await site.get(booking)
    assert f"合計 {before // 2:,}円" in plain(page.text)
    assert f"−{before // 2:,}円" in page.text
    assert "名簿を確認" in page.text
    assert (await site.get(f"{booking}/relief")).url.path == booking


async def test_a_reduction_asked_for_with_the_application_needs_its_grounds_and_waits_after_it(browse, services):
    site = browse("rooms")
    await put_into_cart(site, services, "rooms", date(2027, 2, 26))
    await site.get("/apply")
    page = await site.post("/apply", **ANSWERS, relief="public_use", relief_grounds="")
    assert page.status_code == 422
    assert 'href="#relief_grounds"' in page.text
    carried = await apply(site, **ANSWERS, relief="public_use", relief_grounds="区の防災講座")
    page = await site.post("/apply/submit", **carried, **{"terms.use": "yes"})
    number = re.search(r"20\d\d-\d{6}", page.text)[0]

    booking = await page_of(site, number)
    assert "審査中" in booking.text
    assert "区の事業の利用（免除）" in booking.text
    withdrawing = re.search(r'action="(/me/[^"]+/withdraw)"', booking.text)[1]
    page = await site.post(withdrawing)
    assert "減免の申請を取り下げました" in page.text
    assert "減免を申請する" in page.text


async def test_another_resident_finds_neither_application_nor_receipt(booked, browse, people, services):
    _, _, booking = booked
    other = browse("rooms")
    await other.log_in(next(one for one in people["rooms"] if one != services["rooms"].resident))

    for path in ("relief", "receipts"):
        assert (await other.get(f"{booking}/{path}")).status_code == 404


async def test_a_receipt_is_issued_once_as_page_and_pdf_and_again_with_the_mark(booked):
    site, desk, booking = booked
    assert "発行できる領収書はありません" in (await site.get(f"{booking}/receipts")).text
    _, yen = await pay(desk, booking)

    await site.get(f"{booking}/receipts")
    attempt = re.search(r'name="attempt" value="([^"]+)"', site.html)[1]
    page = await site.post(f"{booking}/receipts", attempt=attempt)
    text = plain(page.text)
    assert re.search(r"/receipts/[0-9a-f-]{36}/0$", page.url.path)
    assert "適格請求書 兼 領収書" in text
    assert "登録番号 T1000020131105" in text
    assert re.search(r"番号 20\d\d-\d{6}", text)
    assert "発行日 令和" in text
    assert f"10%対象 {yen:,}円（うち消費税 {yen * 10 // 110:,}円）" in text
    assert "再発行（" not in text
    pdf = await site.get(f"{page.url.path}/pdf")
    assert (pdf.status_code, pdf.headers["content-type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")

    await site.get(f"{booking}/receipts")
    assert "発行済みです" in site.html
    again = re.search(r'action="(/me/[^"]+/again)"', site.html)[1]
    page = await site.post(again)
    assert "再発行（1回目）" in page.text
    assert (await site.get(f"{booking}/receipts/{again.split('/')[-2]}/2")).status_code == 404
    assert (await site.get(f"{booking}/receipts/{again.split('/')[-2]}/x")).status_code == 404


async def test_a_clerk_prints_it_too_and_that_is_written_down(booked, application, services):
    _, desk, booking = booked
    at_counter, _ = await pay(desk, booking)

    await desk.get(f"{at_counter}/receipts")
    attempt = re.search(r'name="attempt" value="([^"]+)"', desk.html)[1]
    page = await desk.post(f"{at_counter}/receipts", attempt=attempt)

    assert "適格請求書" in page.text
    engine = application.app.state["engine"]
    async with tenant_transaction(engine, services["rooms"].tenant, "rooms") as conn:
        noted = await conn.exec_driver_sql(
            "SELECT count(*) FROM audit_entry WHERE act = 'receipt_issued' AND subject_id = %s",
            (booking.rpartition("/")[2],),
        )
        assert noted.scalar() == 1
