"""One's own booking is paid at the company's page, by its numbers, or not at all; the company alone says which."""

import pytest
from tests.company import payment_company
from tests.pages.lots import plain
from tests.pages.paying import begin, book, pay_by_card


@pytest.mark.fact("MG-020", "MG-022", "MG-023")
async def test_a_tentative_booking_is_paid_by_card_and_confirmed(application, services, browse):
    booking_id, _ = await book(application, services["rooms"])
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    path, address = await begin(site, booking_id, "card")
    assert "15分以内" in plain(site.html)
    assert f'href="{path}"' in (await site.get(path.replace("/go", ""))).text
    back = await pay_by_card(address)
    assert back.endswith(path.replace("/go", "/back"))
    page = await site.get(path.replace("/go", "/back"))
    assert "クレジット決済の受付が完了しました" in plain(page.text)
    page = await site.get(f"/me/bookings/{booking_id}")
    assert "本予約" in plain(page.text)


async def test_a_declined_card_costs_nothing_and_one_may_try_again(application, services, browse):
    booking_id, _ = await book(application, services["rooms"])
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    path, address = await begin(site, booking_id, "card")
    await pay_by_card(address, number="4000 0000 0000 0002")
    page = await site.get(path.replace("/go", "/back"))
    assert "何も支払われていません" in plain(page.text)
    path, address = await begin(site, booking_id, "card")
    assert address is not None


async def test_a_company_that_cannot_be_reached_is_said_so_and_asked_again(application, services, browse):
    booking_id, _ = await book(application, services["rooms"])
    site, faults = browse("rooms"), payment_company().processor.faults
    await site.log_in(services["rooms"].resident)
    faults.set("outage")
    try:
        path, address = await begin(site, booking_id, "card")
        assert "決済サイトに接続できませんでした" in plain(site.html)
        assert address is None
        assert "決済サイトに接続できませんでした" in plain((await site.get(path.replace("/go", ""))).text)
    finally:
        faults.set("none")
    assert "決済サイトへ進む" in plain((await site.get(path)).text)


@pytest.mark.fact("KS-079", "KS-086")
async def test_numbers_for_the_convenience_store_are_paid_later_and_told_by_a_webhook(application, services, browse):
    booking_id, yen = await book(application, services["sports"])
    site = browse("sports")
    await site.log_in(services["sports"].resident)
    path, _ = await begin(site, booking_id, "online/convenience")
    assert "支払方法コンビニエンスストア" in plain(site.html)
    assert payment_company().processor.held() is not None
    page = await site.get(path.replace("/go", "/back"))
    assert "番号" in plain(page.text)
    page = await site.get(f"/me/bookings/{booking_id}/pay")
    assert "手続きが途中" in plain(page.text)
    assert f"{yen:,}" in page.text


async def test_a_stranger_finds_no_payment_of_others(application, services, browse):
    booking_id, _ = await book(application, services["rooms"])
    site, other = browse("rooms"), browse("rooms")
    await site.log_in(services["rooms"].resident)
    path, _ = await begin(site, booking_id, "card")
    for address in (path, path.replace("/go", ""), path.replace("/go", "/back"), f"/me/bookings/{booking_id}/pay"):
        page = await other.get(address)
        assert page.url.path == "/login"


async def test_a_webhook_that_nobody_signed_changes_nothing(browse):
    site = browse("rooms")
    answer = await site.client.post("/hooks/payments/card", content=b'{"event_id": "x"}')
    assert answer.status_code == 400
    assert answer.text in {"forged", "malformed"}
    assert (await site.client.post("/hooks/payments/nothing", content=b"{}")).status_code == 404
