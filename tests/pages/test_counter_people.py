"""What the counter does for somebody who is registered, over HTTP: checks, letters, corrections, codes, the end."""

import re
from itertools import count

import pyotp
import pytest
from tests.pages.registering import apply_as_worker, errors_on
from tests.pages.test_identity import picture, send
from tests.pages.test_newcomer import CHILD, GROUP, NEW, enter

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.registration.service.codes import keep_known_generator
from yoyaku.registration.terms import LoginTerms

NUMBERS = count(1)


@pytest.fixture
def desk(browse, services):
    """A clerk's browser at a service, with a purpose said."""

    async def open_desk(service):
        site = browse(service)
        await site.log_in(services[service].clerk)
        await site.get("/counter/people")
        await site.post("/counter/purpose", purpose="counter")
        return site

    return open_desk


async def find(site, query):
    await site.get("/counter/people")
    await site.post("/counter/people", query=query)
    path = re.search(r'href="(/counter/people/[0-9a-f-]{36})"', site.html)[1]
    page = await site.get(path)
    assert page.status_code == 200
    return path


async def enter_child(site, **more):
    """Somebody new of the sports service, not approved yet; their page."""
    number = next(NUMBERS)
    name = f"試験　{'一二三四五六七八九'[number % 9]}{number}"
    await site.get(NEW, params={"user_class": "individual"})
    await enter(
        site,
        {**CHILD, "name": name, "birth_date": f"19600{1 + number % 9}11", "login_id": f"shiken{number:03}", **more},
    )
    assert re.search(r"\d{5} \d{5}", site.html), errors_on(site.html)
    return await find(site, more.get("login_id", f"shiken{number:03}"))


@pytest.fixture
async def waiting(browse, desk):
    """A worker of the lodging service who has sent a picture, before a clerk."""
    worker = browse("lodging")
    number = next(NUMBERS)
    name = f"審査　{'甲乙丙丁戊己庚辛壬'[number % 9]}{number}"
    await apply_as_worker(worker, name=name, kana="シンサ　マツコ", birth_date=f"197101{number % 27 + 1:02}")
    await send(worker, "proof_of_work", ("card.jpg", picture(), "image/jpeg"))
    site = await desk("lodging")
    await site.get("/counter/registrations")
    path = re.search(rf'href="(/counter/registrations/[0-9a-f-]{{36}})">{name}<', site.html)[1]
    await site.get(path)
    return site, path, worker


@pytest.mark.fact("ML-056")
async def test_the_picture_is_shown_to_the_clerk_and_kept_by_no_browser(waiting):
    site, _, worker = waiting
    assert "港株式会社" in site.html
    file = re.search(r'<img src="(/counter/[^"]+)"', site.html)[1]
    seen = await site.client.get(file)

    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["cache-control"] == "no-store"
    assert "sandbox" in seen.headers["content-security-policy"]
    assert (await worker.client.get(file)).status_code == 403


async def test_a_refusal_needs_a_reason_and_whoever_decides_second_is_told(waiting):
    site, path, worker = waiting
    undecided = await site.post(path)
    assert undecided.status_code == 422
    assert errors_on(site.html) == ["decision"]
    unsaid = await site.post(path, decision="reject")
    assert unsaid.status_code == 422
    assert errors_on(site.html) == ["note"]
    await site.post(path, decision="reject", note="文字が読めません")
    again = await site.post(path, decision="approve", **{"paper.proof_of_work": "employee_id"})
    assert again.status_code == 422
    assert "ほかの職員が先に" in again.text

    await worker.get("/account/identity")
    assert "文字が読めません" in worker.html


@pytest.mark.fact("ML-058", "ML-060")
async def test_a_card_is_printed_with_address_and_code_and_is_due_no_more(waiting):
    site, path, _ = waiting
    name = re.search(r"<h1>(.*?)</h1>", site.html)[1]
    await site.post(path, decision="approve", **{"paper.proof_of_work": "employee_id"})
    await site.get("/counter/letters")
    check = re.search(rf'value="([0-9a-f-]{{36}})" checked><span>{name}', site.html)[1]
    page = await site.post("/counter/letters", check=check)

    assert page.status_code == 200
    assert "〒100-0014" in page.text
    assert f"{name} 様" in page.text
    assert re.search(r'big-number">[^<]{6,}<', page.text)
    await site.get("/counter/letters")
    assert check not in site.html


async def test_a_check_begins_at_the_counter_and_the_papers_decide_it(desk):
    site = await desk("sports")
    path = await enter_child(site)
    check = re.search(r'href="(/counter/registrations/[^"]+)"', site.html)[1]
    await site.get(check)
    unseen = await site.post(check, decision="approve")
    assert unseen.status_code == 422
    assert errors_on(site.html) == ["paper.identity"]
    await site.post(check, decision="approve", **{"paper.identity": "driving_licence"})
    page = await site.get(path)

    assert "本登録" in page.text
    assert "審査" in page.text


async def test_a_refused_visit_begins_anew_from_the_person(desk):
    site = await desk("sports")
    path = await enter_child(site)
    check = re.search(r'href="(/counter/registrations/[^"]+)"', site.html)[1]
    await site.get(check)
    await site.post(check, decision="reject", note="書類がありません")
    await site.get(path)
    assert f'action="{path}/visit"' in site.html
    page = await site.post(f"{path}/visit", step="counter")

    assert page.url.path.startswith("/counter/registrations/")
    assert page.url.path != check


async def test_details_are_corrected_and_recorded(desk):
    site = await desk("sports")
    path = await enter_child(site)
    await site.get(f"{path}/edit")
    typed = dict(
        re.findall(r'<input class="input [^"]*" id="([a-z_]+)" name="[a-z_]+" type="[a-z]+" value="([^"]*)"', site.html)
    )
    wrong = await site.post(f"{path}/edit", **{**typed, "phone": "12", "address": "熊本市東区1番"})
    assert wrong.status_code == 422
    assert errors_on(site.html) == ["phone"]
    assert 'value="熊本市東区1番"' in site.html
    page = await site.post(f"{path}/edit", **{**typed, "address": "熊本市東区1番"})

    assert page.url.path == path
    assert "熊本市東区1番" in page.text
    assert "登録の内容を訂正" in page.text


async def test_a_stage_that_is_left_to_clerks_is_set_with_a_reason(desk):
    site = await desk("sports")
    path = await enter_child(site)
    stage = re.search(r'name="stage" value="([a-z_]+)"', site.html)[1]
    unsaid = await site.post(f"{path}/stage", stage=stage)
    assert unsaid.status_code == 422
    assert errors_on(site.html) == ["stage_why"]
    await site.post(f"{path}/stage", stage=stage, stage_why="二重の登録とわかったため")
    assert "登録の状態を変更" in site.html

    forged = await site.post(f"{path}/stage", stage="registered", stage_why="なんとなく")
    assert forged.status_code == 422


@pytest.mark.fact("ML-068")
async def test_mail_is_corrected_and_a_code_issued_again(desk):
    site = await desk("sports")
    path = await enter_child(site)
    wrong = await site.post(f"{path}/mail", email="not an address")
    assert wrong.status_code == 422
    assert errors_on(site.html) == ["email"]
    page = await site.post(f"{path}/mail", email="shiken@example.jp")
    assert page.url.path == path, errors_on(site.html)
    sheet = await site.post(f"{path}/code")

    assert re.search(r"\d{5} \d{5}", sheet.text)


async def test_a_renewal_that_is_not_open_says_so(desk, services):
    site = await desk("rooms")
    path = await find(site, services["rooms"].resident.login_id)
    validity = re.search(r'name="validity" value="([a-z_]+)"', site.html)
    assert validity
    page = await site.post(f"{path}/renew", validity=validity[1])

    assert page.status_code == 422
    assert errors_on(site.html) == [f"validity.{validity[1]}"]


async def test_on_request_a_registration_ends_and_its_data_go(desk):
    site = await desk("sports")
    path = await enter_child(site)
    name = re.search(r"<h1>(.*?)</h1>", site.html)[1]
    unsaid = await site.post(f"{path}/end", why="")
    assert unsaid.status_code == 422
    assert errors_on(site.html) == ["why"]
    page = await site.post(f"{path}/end", why="ご本人の申出")

    assert page.status_code == 200
    assert name not in page.text


async def test_a_lost_second_step_is_taken_away_and_recorded(desk, application, services, city_settings):
    site = await desk("sports")
    path = await enter_child(site, login_id="nakushi01")
    assert "/second-factor" not in re.search(r"<main.*</main>", site.html, re.DOTALL)[0]
    service, engine = services["sports"], application.app.state["engine"]
    async with tenant_transaction(engine, service.tenant, service.code) as conn:
        await keep_known_generator(
            conn,
            seal=city_settings.seal,
            terms=LoginTerms(id_label="ID", id_pattern=".*"),
            login_id="nakushi01",
            secret=pyotp.random_base32(),
            real_now=read_clock(),
        )
    await site.get(path)
    page = await site.post(f"{path}/second-factor")

    assert page.url.path == path
    assert f'action="{path}/second-factor"' not in page.text
    assert "二段階の確認を解除" in page.text


@pytest.mark.fact("KS-044")
async def test_a_forgotten_id_is_told_only_if_name_birth_date_and_address_all_match(desk):
    site = await desk("sports")
    await enter_child(site, name="忘　れ子", birth_date="1955-03-03", login_id="wasureko55")
    here = "/counter/people/forgotten-id"
    await site.get(here)
    asked = {"name": "忘 れ子", "birth_date": "昭和30年3月3日", "address": "熊本市中央区手取本町１番１号"}
    for wrong in ({"name": "忘 れ男"}, {"birth_date": "1955-03-04"}, {"address": "熊本市東区1番"}):
        await site.post(here, **{**asked, **wrong})
        assert "wasureko55" not in site.html
        assert "一致する登録がありません" in site.html
    missing = await site.post(here, **{**asked, "address": ""})
    assert missing.status_code == 422
    assert errors_on(site.html) == ["address"]
    page = await site.post(here, **asked)

    assert 'big-number">wasureko55<' in page.text


async def test_what_the_counter_did_stands_in_the_inbox(desk, browse):
    site = await desk("halls")
    await site.get(NEW, params={"user_class": "group"})
    await enter(site, {**GROUP, "name": "お知らせの会"}, approve="yes", **{"paper.identity": "other"})
    login_id = re.search(r'big-number">([0-9]{8})<', site.html)[1]
    code = re.search(r'big-number">([0-9]{5} [0-9]{5})<', site.html)[1]
    group = browse("halls")
    await group.get("/password/code")
    password = "oshirase wo yomu 7"
    await group.post("/password/code", login_id=login_id, code=code, password=password, password_again=password)
    await group.get("/login")
    await group.post("/login", login_id=login_id, password=password, next="/")
    page = await group.get("/me/messages")

    assert "窓口で利用者登録を受け付けました" in page.text


async def test_bookings_to_come_stand_with_the_person(desk, services):
    site = await desk("rooms")
    await find(site, services["rooms"].resident.login_id)

    assert "これからの予約" in site.html


@pytest.mark.fact("KS-120")
async def test_whoever_breaks_the_rules_again_and_again_is_suspended_told_why_and_let_in_again(desk, browse, services):
    site, resident = await desk("sports"), browse("sports")
    path = await find(site, services["sports"].resident.login_id)
    page = await site.post(f"{path}/suspension", act="suspend", reason="")
    assert page.status_code == 422
    assert 'href="#reason"' in page.text
    page = await site.post(f"{path}/suspension", act="suspend", reason="使用権を他の団体に譲ったため")
    assert "利用を停止しています" in page.text

    await resident.log_in(services["sports"].resident)
    home = await resident.get("/me")
    assert "使用権を他の団体に譲ったため" in home.text
    assert 'href="/me/messages"' in home.text

    await site.get(path)
    page = await site.post(f"{path}/suspension", act="lift", reason="誓約書を受け取った")
    assert "利用を停止しています" not in page.text
    assert "使用権を他の団体に譲ったため" not in (await resident.get("/me")).text
