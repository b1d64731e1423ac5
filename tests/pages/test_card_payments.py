"""Chapter 5 of the rooms' manual over HTTP: chosen, checked, accepted, paid; equipment, cancelling, refunds, mails."""

import re

import httpx
import pytest
from sqlalchemy import text
from tests.api_client import Api
from tests.pages.lots import plain
from tests.pages.paying import confirm, hidden, pay_by_card

from yoyaku.db.engine import tenant_transaction
from yoyaku.worker.jobs import tell_events
from yoyaku.worker.payments import ask_providers
from yoyaku.worker.runtime import Runtime

FORM = {"purpose": "meeting", "people": 5, "entry_fee": "not_charged"}
BANDS = ("morning", "afternoon1", "afternoon2", "evening")
ROOM = {"facility": "kumin_center", "space": "702"}


def use(day, band="morning", **place):
    return {**ROOM, **place, "use_on": day, "bands": [band]}


async def book(application, service, *items):
    """Bookings of the rooms' resident; their ids."""
    api = Api(httpx.ASGITransport(app=application, raise_app_exceptions=False), service.host)
    await api.log_in(service.resident)
    sent = {"items": list(items), "form": FORM, "accepted_terms": ["use"]}
    made = await api.post("/applications", sent, expect=201)
    await api.client.aclose()
    return [one["booking_id"] for one in made["bookings"]]


@pytest.fixture
async def rooms(services, browse):
    """The rooms' resident, logged in."""
    site = browse("rooms")
    await site.log_in(services["rooms"].resident)
    return site


@pytest.fixture
async def works(city_settings):
    """Lets the worker do what waits: providers are asked, people told."""
    runtime = Runtime.from_settings(city_settings)

    async def work():
        for job in (ask_providers, tell_events, ask_providers, tell_events):
            await job(runtime)

    yield work
    await runtime.engine.dispose()


async def begin(site, booking_id):
    """From the page that asks for confirmation to the company's address (``None``: nothing is charged)."""
    await site.get(f"/me/bookings/{booking_id}/pay")
    page = await confirm(site, booking_id, **hidden(site.html))
    assert page.status_code == 200, plain(page.text)
    link = re.search(r'rel="noreferrer" href="([^"]+)"', page.text)
    return page, None if link is None else link[1].replace("&amp;", "&")


async def pay(site, booking_id, **typed):
    """All the way; the page to which the company sends the browser."""
    page, address = await begin(site, booking_id)
    await pay_by_card(address, **typed)
    return await site.get(page.url.path.replace("/go", "/back"))


async def row_of(site, booking_id, **filters):
    """What the list says of a booking: yen to be reversed, yen to be charged; ``None`` where it is not listed."""
    page = await site.get("/me/payments", params=filters)
    row = next((one for one in re.findall(r"<tr>.*?</tr>", page.text, re.DOTALL) if booking_id in one), None)
    if row is None:
        return None
    return [int(found.replace(",", "")) for found in re.findall(r'class="amount"[^>]*>([\d,]+)円', row)]


async def inbox(site, *holding):
    """The subjects of one's messages that hold all these words, the newest first."""
    await site.get("/me/messages")
    found = []
    for path in dict.fromkeys(re.findall(r'href="(/me/messages/[0-9a-f-]{36})"', site.html)):
        page = plain((await site.get(path)).text)
        if all(words in page for words in holding):
            found.append(re.search(r"使用料の決済..通知", page)[0])
    return found


@pytest.mark.fact("MG-003", "MG-005", "MG-006", "MG-016", "MG-017")
async def test_a_booking_is_chosen_checked_accepted_and_completed(application, services, rooms, works):
    [booking_id] = await book(application, services["rooms"], use("2027-03-02"))
    page = await rooms.get("/me")
    assert "クレジット決済" in plain(page.text)
    assert await row_of(rooms, booking_id) == [0, 700]
    steps = plain(re.search(r'<ol class="stepper".*?</ol>', rooms.html, re.DOTALL)[0])
    assert re.search(r"選択 .*確認 .*注意事項 .*完了", steps)
    assert "全額返金処理され" in plain(rooms.html)

    await rooms.get(f"/me/bookings/{booking_id}/pay")
    page = await rooms.post(f"/me/bookings/{booking_id}/pay/conditions", **hidden(rooms.html))
    assert "14日後まで" in plain(page.text)
    page = await rooms.post(f"/me/bookings/{booking_id}/pay", **hidden(rooms.html))
    assert page.status_code == 422
    assert 'href="#agreed"' in page.text

    page = await pay(rooms, booking_id)
    said = plain(page.text)
    assert (
        "選択された予約のクレジット決済の受付が完了しました。結果が反映されるまで時間がかかる場合があります。" in said
    )
    number = re.search(r"収納番号\s*(\d{16})", said)[1]
    assert number[3:11] == "20270120"
    await works()
    assert await row_of(rooms, booking_id) is None
    assert await inbox(rooms, number, "利用承認書の代わり", "700円") == ["使用料の決済完了通知"]


@pytest.mark.fact("MG-038", "MG-041", "MG-042", "MG-T4", "MG-T5")
async def test_equipment_added_and_removed_reverses_all_and_charges_what_it_costs_now(
    application, services, rooms, works
):
    [booking_id] = await book(application, services["rooms"], use("2027-03-03"))
    await pay(rooms, booking_id)
    path = f"/me/bookings/{booking_id}/equipment"
    page = await rooms.get(path)
    assert "予約できる数 9台" in plain(page.text)
    page = await rooms.post(path, **{"equipment.projector": "10"})
    assert page.status_code == 422
    assert 'href="#equipment.projector"' in page.text
    await rooms.post(path, **{"equipment.projector": "1"})
    page = await rooms.post(f"{path}/book", **hidden(rooms.html))
    assert "クレジット決済にてお支払いが可能です" in plain(page.text)
    page = await rooms.get(f"/me/bookings/{booking_id}")
    assert "一部支払済" in plain(page.text)
    assert await row_of(rooms, booking_id) == [700, 1200]

    page = await pay(rooms, booking_id)
    await works()
    said = plain((await rooms.get(page.url.path.replace("/back", ""))).text)
    old, new = (
        re.search(r"取消収納番号\s*(\d{16})", said)[1],
        re.search(r"決済予定額\s*1,200円\s*収納番号\s*(\d{16})", said)[1],
    )
    assert old != new
    assert "窓口還付予定額については" in said
    assert await inbox(rooms, old, "決済取消額：700円") == ["使用料の決済取消通知"]
    assert await inbox(rooms, new, "決済額：1,200円") == ["使用料の決済完了通知"]

    page = await rooms.get(path)
    assert "クレジットにてお支払済の備品" in plain(page.text)
    await rooms.get(f"{path}?seen=1")
    await rooms.post(path, **{"equipment.projector": "0"})
    page = await rooms.post(f"{path}/book", **hidden(rooms.html))
    assert "還付が発生しているため" in plain(page.text)
    assert await row_of(rooms, booking_id) == [1200, 700]


@pytest.mark.fact("MG-039")
async def test_from_when_to_when_a_projector_is_lent_is_chosen_shown_and_changed(application, services, rooms):
    [booking_id] = await book(application, services["rooms"], use("2027-03-30"))
    path = f"/me/bookings/{booking_id}/equipment"
    page = await rooms.get(path)
    assert re.search(r"貸出時間を変える.*貸出しの開始.*9:30.*貸出しの終了", plain(page.text))
    backwards = {"lent.projector.from": "11:00", "lent.projector.to": "10:00"}
    page = await rooms.post(path, **{"equipment.projector": "1", **backwards})
    assert (page.status_code, "予約した時間（09:00–12:00）の中で" in plain(page.text)) == (422, True)
    page = await rooms.post(
        path, **{"equipment.projector": "1", "lent.projector.from": "10:00", "lent.projector.to": "11:30"}
    )
    assert "プロジェクター 1台（10:00〜11:30）" in plain(page.text)
    await rooms.post(f"{path}/book", **hidden(rooms.html))
    page = await rooms.get(f"/me/bookings/{booking_id}")
    assert "プロジェクター×1（10:00〜11:30）" in plain(page.text)
    page = await rooms.get(path)
    assert re.search(r'<option value="11:30" selected>', page.text)


@pytest.mark.fact("MG-053", "MG-054", "MG-055", "MG-062", "MG-063")
async def test_a_paid_booking_is_cancelled_and_refunded_in_full_without_a_card(application, services, rooms, works):
    [booking_id] = await book(application, services["rooms"], use("2027-03-04"))
    await pay(rooms, booking_id)
    page = await rooms.get(f"/me/bookings/{booking_id}/cancel")
    assert "クレジットにてお支払い済です。取消を続行しますか" in plain(page.text)
    page = await rooms.get(f"/me/bookings/cancel?booking={booking_id}&seen=1")
    assert "クレジット決済画面から還付の手続きを行ってください" in plain(page.text)
    page = await rooms.get(f"/me/bookings/cancel?booking={booking_id}&seen=2")
    assert "支払あり、再予約不可 (※)" in plain(page.text)
    assert "自ら予約の取消は行わないでください" in plain(page.text)
    sums = hidden(page.text)
    page = await rooms.post("/me/bookings/cancel", **sums, sure="yes")
    assert page.status_code == 422
    assert 'href="#reason"' in page.text
    page = await rooms.post("/me/bookings/cancel", **sums, sure="yes", reason="講師の都合")
    assert "同一コマには再予約できません" in plain(page.text)

    assert await row_of(rooms, booking_id, state="cancelled") == [700, 0]
    assert await row_of(rooms, booking_id, state="tentative") is None
    page, address = await begin(rooms, booking_id)
    assert address is None
    assert re.search(r"クレジット取消予定額\s*700円\s*取消収納番号", plain(page.text))
    await works()
    number = re.search(r"取消収納番号\s*(\d{16})", plain(page.text))[1]
    assert await inbox(rooms, number) == ["使用料の決済取消通知", "使用料の決済完了通知"]
    assert await row_of(rooms, booking_id) is None


@pytest.mark.fact("MG-025", "MG-028", "MG-029", "MG-030", "MG-031")
async def test_the_mail_of_a_payment_is_the_permit_and_that_of_its_return_names_the_same_number(
    application, services, rooms, works
):
    [booking_id] = await book(application, services["rooms"], use("2027-03-13"))
    page = await pay(rooms, booking_id)
    await works()
    number = re.search(r"収納番号\s*(\d{16})", plain(page.text))[1]
    shown = "当日利用前に受付にご提示ください", "身分証明書を併せて", "03-5431-5932", "平日 9時"
    assert await inbox(rooms, number, "利用承認書の代わり", *shown) == ["使用料の決済完了通知"]

    await rooms.get(f"/me/bookings/cancel?booking={booking_id}&seen=2")
    await rooms.post("/me/bookings/cancel", **hidden(rooms.html), sure="yes", reason="都合により")
    await begin(rooms, booking_id)
    await works()
    told = f"収納番号：{number}", "決済取消額：700円", "利用日：", "利用時刻："
    assert await inbox(rooms, *told) == ["使用料の決済取消通知"]
    assert await inbox(rooms, number) == ["使用料の決済取消通知", "使用料の決済完了通知"]


@pytest.mark.fact("MG-059", "MG-064", "MG-065", "MG-T12")
async def test_a_partial_refund_charges_what_is_kept_anew_and_a_declined_card_leaves_the_debt(
    application, services, rooms, works
):
    [booking_id] = await book(
        application, services["rooms"], use("2027-02-05", "evening", facility="komaba", space="202")
    )
    await pay(rooms, booking_id)
    await rooms.get(f"/me/bookings/cancel?booking={booking_id}&seen=2")
    await rooms.post("/me/bookings/cancel", **hidden(rooms.html), sure="yes", reason="都合により")
    assert await row_of(rooms, booking_id) == [600, 150]

    page = await pay(rooms, booking_id, number="4000 0000 0000 0002")
    assert "まだ残っています" in plain(page.text)
    await works()
    assert await row_of(rooms, booking_id) == [0, 150]
    said = plain((await rooms.get(f"/me/bookings/{booking_id}")).text)
    assert "取消しのあとにかかる金額：150円" in said
    assert re.search(r"クレジット決済：支払期限\s*2027年", said)  # what stays owed: by when, and how
    await pay(rooms, booking_id)
    assert await row_of(rooms, booking_id) is None


@pytest.mark.fact("MG-018", "MG-019", "MG-T9")
async def test_the_list_shows_twenty_and_is_narrowed_down(application, services, rooms):
    days = [f"2027-03-{day:02d}" for day in range(9, 13)]
    uses = [use(day, band, space=space) for day in days for band in BANDS for space in ("703", "706")]
    for start in range(0, 30, 10):
        await book(application, services["rooms"], *uses[start : start + 10])
    page = await rooms.get("/me/payments", params={"since": "2027-03-09"})
    assert "上位20件のみ表示します" in plain(page.text)
    assert page.text.count("決済<span") == 20
    page = await rooms.get("/me/payments", params={"since": "2027-03-11", "until": "2027-03-11", "state": "tentative"})
    assert "上位20件" not in plain(page.text)
    assert page.text.count("決済<span") == 8
    page = await rooms.get("/me/payments", params={"since": "いつか"})
    assert 'href="#since"' in page.text


@pytest.mark.fact("MG-004")
async def test_whoever_has_no_address_of_mail_registers_it_first(application, services, rooms):
    [booking_id] = await book(application, services["rooms"], use("2027-03-05"))
    login_id, engine = services["rooms"].resident.login_id, application.app.state["engine"]
    mail = (
        "UPDATE registrant SET email = :email, mail_verified_at = :verified WHERE registrant_id = "
        "(SELECT registrant_id FROM account WHERE login_id = :login_id)"
    )
    known = (
        "SELECT email, mail_verified_at FROM registrant JOIN account USING (tenant_id, service_id, registrant_id) "
        "WHERE login_id = :login_id"
    )
    async with tenant_transaction(engine, services["rooms"].tenant, "rooms") as conn:
        email, verified = (await conn.execute(text(known), {"login_id": login_id})).one()
        await conn.execute(text(mail), {"login_id": login_id, "email": None, "verified": None})
    try:
        page = await rooms.get(f"/me/bookings/{booking_id}/pay")
        assert page.url.path == "/account/mail"
        assert "メールアドレスの登録が必須" in plain(page.text)
        assert 'name="email_again"' in page.text
    finally:
        async with tenant_transaction(engine, services["rooms"].tenant, "rooms") as conn:
            await conn.execute(text(mail), {"login_id": login_id, "email": email, "verified": verified})


@pytest.mark.fact("MG-047", "MG-048", "MG-056")
async def test_several_tentative_bookings_are_ticked_and_cancelled_together(application, services, rooms):
    ids = await book(application, services["rooms"], use("2027-03-06"), use("2027-03-06", "afternoon1"))
    page = await rooms.get("/me/bookings/cancel", params={"next": "1"})
    assert page.status_code == 422
    assert 'href="#bookings"' in page.text
    page = await rooms.get("/me/bookings/cancel", params={"booking": ids})
    assert page.text.count("再予約不可") == 2
    sums = dict.fromkeys(re.findall(r'name="(expected\.[^"]+)"', page.text), "0")
    page = await rooms.post("/me/bookings/cancel", booking=ids, **sums)
    assert 'href="#sure"' in page.text
    page = await rooms.post("/me/bookings/cancel", booking=ids, **sums, sure="yes")
    assert "同一コマには再予約できません" in plain(page.text)
    assert page.text.count("取消済") == 2
    assert "(※)" not in page.text


@pytest.mark.fact("MG-049")
async def test_what_is_paid_at_a_counter_has_neither_equipment_nor_cancelling_online(
    application, services, rooms, browse
):
    [booking_id] = await book(application, services["rooms"], use("2027-03-07"))
    desk = browse("rooms")
    await desk.log_in(services["rooms"].clerk)
    page = await desk.get(f"/counter/bookings/{booking_id}")
    yen = re.search(r'name="fee_taken_yen"[^>]*value="(\d+)"', page.text)[1]
    await desk.post(f"/counter/bookings/{booking_id}/confirm", documents_seen="yes", fee_taken_yen=yen)
    page = await rooms.get(f"/me/bookings/{booking_id}")
    assert "支払済" in plain(page.text)
    assert "備品予約／変更" not in plain(page.text)
    assert (await rooms.get(f"/me/bookings/{booking_id}/equipment")).url.path == f"/me/bookings/{booking_id}"
    page = await rooms.get("/me/bookings/cancel")
    assert booking_id not in page.text


@pytest.mark.fact("MG-002")
async def test_at_a_kiosk_one_books_and_is_logged_out_soon_but_pays_elsewhere(application, services, browse, rooms):
    [booking_id] = await book(application, services["rooms"], use("2027-03-29"))
    kiosk = browse("kiosk.meguro.localhost")
    await kiosk.log_in(services["rooms"].resident)

    page = await kiosk.get(f"/me/bookings/{booking_id}")
    assert "この端末では、オンラインでのお支払いや返金の手続きはできません" in plain(page.text)
    assert f"/me/bookings/{booking_id}/pay" not in page.text
    for path in ("/me", "/me/bookings"):
        assert "/me/payments" not in (await kiosk.get(path)).text, path
    for path in ("/me/payments", f"/me/bookings/{booking_id}/pay"):
        assert (await kiosk.get(path)).status_code == 409, path
    await kiosk.get("/account")
    sent = await kiosk.post(f"/me/bookings/{booking_id}/pay", way="card", back_yen="0", pay_yen="700", agreed="yes")
    assert sent.status_code == 409
    await kiosk.get("/me")
    assert 120 < int(re.search(r'data-idle-seconds="(\d+)"', kiosk.html)[1]) <= 180

    page = await rooms.get(f"/me/bookings/{booking_id}")
    assert f"/me/bookings/{booking_id}/pay" in page.text


async def test_a_terminal_keeps_nothing_of_whoever_used_it_before(services, browse):
    """A form over which a session ended comes back to its writer; at a kiosk whoever logs in next is another."""
    resident = services["rooms"].resident
    for host, is_shared in (("rooms", False), ("kiosk.meguro.localhost", True)):
        terminal = browse(host)
        await terminal.get("/login")
        over = await terminal.post("/apply", **{"form.purpose": "句会"})
        assert (over.status_code, "句会" in over.text) == (401, not is_shared)
        page = await terminal.post("/login", login_id=resident.login_id, password=resident.password)
        assert "ログアウト" in page.text
        assert ("device" in terminal.client.cookies) == (not is_shared)
