"""The form of registration over HTTP: filled in, checked, gone back, faults at their fields, sent twice, slowed."""

import re

import pytest
from tests.pages.registering import SPORTS, WORKER, apply_as_worker, consents_on, errors_on, key_of


@pytest.mark.fact("ML-048", "ML-055", "ML-059", "ML-060", "ML-063")
async def test_a_worker_applies_and_is_shown_the_number_and_how_to_log_in(browse):
    site = browse("lodging")
    await site.get("/register/worker")
    assert "郵便番号⇒住所検索" in site.html
    assert ">確認<" in site.html
    assert ">リセット<" in site.html
    typed = {**WORKER, "form_key": key_of(site.html)}

    await site.post("/register/worker", **typed, act="check")
    assert "まだ申請は完了していません" in site.html
    assert "上記に同意して利用者登録する。" in site.html
    assert ">申込み<" in site.html
    assert ">もどる<" in site.html
    for shown in ("ミナト　タロウ", "港　太郎", "100-0014", "1978年6月16日（昭和53年6月16日）"):
        assert shown in site.html

    consents = consents_on(site.html)
    page = await site.post("/register/worker", **typed, **consents, act="apply")
    assert page.url.path == "/register/done"
    assert re.search(r'class="big-number">[0-9]{6}<', site.html)
    assert "生年月日の8桁" in site.html
    assert "19780616" not in site.html

    await site.post("/register/done")
    page = await site.get("/register/done")
    assert page.url.path == "/register"


@pytest.mark.fact("ML-048", "ML-049", "ML-055")
async def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(browse):
    site = browse("lodging")
    await site.get("/register/worker")
    wrong = {
        **WORKER,
        "kana": "港",
        "phone": "12",
        "postcode": "1",
        "birth_date": "1978-02-30",
        "email_again": "x@example.jp",
    }
    wrong["work_name"] = ""
    page = await site.post("/register/worker", **wrong, act="check")

    assert page.status_code == 422
    for name in ("kana", "phone", "postcode", "birth_date", "email_again", "work_name"):
        assert f'id="{name}-error"' in site.html
        assert f'href="#{name}"' in site.html
    for kept in ("12", "1978-02-30", "x@example.jp", "東京都千代田区永田町1丁目"):
        assert f'value="{kept}"' in site.html


@pytest.mark.fact("ML-048")
async def test_a_postcode_brings_its_address_without_scripts(browse):
    site = browse("lodging")
    await site.get("/register/worker")
    await site.post("/register/worker", **{**WORKER, "address": ""}, act="look_up.postcode")

    assert 'value="東京都千代田区永田町"' in site.html
    assert 'value="港 太郎"' in site.html


async def test_of_several_towns_of_one_postcode_one_is_chosen(browse):
    site = browse("lodging")
    await site.get("/register/worker")
    typed = {**WORKER, "address": "", "postcode": "498-0000"}
    await site.post("/register/worker", **typed, act="look_up.postcode")
    assert "愛知県弥富市" in site.html

    await site.post("/register/worker", **typed, postcode_town="三重県桑名郡木曽岬町", act="town.postcode")
    assert 'value="三重県桑名郡木曽岬町"' in site.html


@pytest.mark.parametrize(("postcode", "said"), [("0000000", "見つかりません"), ("", "7桁の数字"), ("12", "7桁の数字")])
async def test_a_postcode_that_nobody_has_is_said_at_the_field(postcode, said, browse):
    site = browse("lodging")
    await site.get("/register/worker")
    page = await site.post("/register/worker", **{**WORKER, "postcode": postcode}, act="look_up.postcode")

    assert page.status_code == 422
    assert said in re.search(r'id="postcode-error">(.*?)</p>', site.html, re.DOTALL)[1]


@pytest.mark.fact("ML-046")
@pytest.mark.parametrize("way", ["check", "apply"])
async def test_who_is_too_young_is_told_at_the_birth_date(browse, way):
    site = browse("lodging")
    await site.get("/register/worker")
    page = await site.post("/register/worker", **{**WORKER, "birth_date": "2012-04-02"}, act=way)

    assert page.status_code == 422
    assert "18歳以上" in re.search(r'id="birth_date-error">(.*?)</p>', site.html, re.DOTALL)[1]


@pytest.mark.fact("ML-059")
async def test_without_consent_nothing_is_applied_for(browse):
    site = browse("lodging")
    await site.get("/register/worker")
    page = await site.post("/register/worker", **WORKER, form_key=key_of(site.html), act="apply")

    assert page.status_code == 422
    assert 'id="consent.agree-error"' in site.html
    assert "まだ申請は完了していません" in site.html


@pytest.mark.fact("ML-055")
async def test_going_back_keeps_everything(browse):
    site = browse("lodging")
    await site.get("/register/worker")
    await site.post("/register/worker", **WORKER, act="check")
    await site.post("/register/worker", **WORKER, act="back")

    for typed in WORKER.values():
        assert f'value="{typed}"' in site.html


async def test_a_form_sent_twice_is_one_registration(browse):
    site = browse("lodging")
    first = await apply_as_worker(site, name="二度　押子", kana="ニド　オシコ", birth_date="1980-01-01")
    number = re.search(r'class="big-number">([0-9]{6})<', first.text)[1]
    await site.get("/register/worker")
    fresh = key_of(site.html)
    again = await apply_as_worker(browse("lodging"), name="二度　押子", kana="ニド　オシコ", birth_date="1980-01-01")

    assert number
    assert fresh
    assert again.status_code == 422
    assert "すでに利用者登録があります" in again.text or "すでに申込み" in again.text


async def test_the_same_form_key_shows_the_same_number(browse):
    site = browse("lodging")
    await site.get("/register/worker")
    key = key_of(site.html)
    typed = {**WORKER, "name": "同一　鍵子", "kana": "ドウイツ　カギコ", "birth_date": "1981-02-02", "form_key": key}
    await site.post("/register/worker", **typed, act="check")
    consents = consents_on(site.html)
    numbers = []
    for _ in range(2):
        await site.post("/register/worker", **typed, **consents, act="apply")
        numbers.append(re.search(r'class="big-number">([0-9]{6})<', site.html)[1])
        await site.get("/register/worker")

    assert numbers[0] == numbers[1]


async def test_nobody_else_s_registration_is_shown_by_a_made_up_mark(browse):
    site = browse("lodging")
    site.client.cookies.set("applicant", "gAAAAAB-not-ours")
    page = await site.get("/register/done")

    assert page.url.path == "/register"


async def test_who_applies_again_and_again_is_slowed_and_loses_nothing(browse):
    site = browse("sports")
    await site.get("/register/individual")
    typed = {**SPORTS, "name": "連打　押夫", "email": "renda@example.jp", "email_again": "renda@example.jp"}
    await site.post("/register/individual", **typed, act="check")
    wanted = {**consents_on(site.html), "login_id": "renda901", "password": "x1", "password_again": "x1"}
    for _ in range(10):
        await site.post("/register/individual", **typed, **wanted, act="apply")
        assert errors_on(site.html) == ["password"]
    page = await site.post("/register/individual", **typed, **wanted, act="apply")

    assert page.status_code == 422
    assert "しばらく" in site.html
    assert 'value="renda901"' in site.html


async def test_the_last_page_says_all_that_is_wrong_at_once_from_the_top(browse):
    site = browse("sports")
    await site.get("/register/individual")
    typed = {**SPORTS, "name": "一度　全部", "email": "zenbu@example.jp", "email_again": "zenbu@example.jp"}
    await site.post("/register/individual", **typed, act="check")
    page = await site.post("/register/individual", **typed, act="apply")

    assert page.status_code == 422
    assert errors_on(site.html) == ["login_id", "password", "consent.terms"]
    summary = re.search(r'id="error-summary".*?</ul>', site.html, re.DOTALL)[0]
    assert re.findall(r'href="#([^"]+)"', summary) == ["login_id", "password", "consent.terms"]


@pytest.mark.parametrize(("service", "user_class"), [("sports", "group"), ("lodging", "worker"), ("rooms", "group")])
async def test_each_part_of_the_form_comes_once(browse, service, user_class):
    site = browse(service)
    await site.get(f"/register/{user_class}")
    titles = re.findall(r"<legend><h2>([^<]+)</h2></legend>", site.html)

    assert len(titles) == len(set(titles)) > 1


async def test_what_one_consents_to_can_be_read_before_consenting(browse):
    site = browse("lodging")
    await site.get("/register/worker")
    await site.post("/register/worker", **WORKER, form_key=key_of(site.html), act="check")

    assert "第三者に提供することはありません" in site.html
    for path in ("/pages/terms", "/pages/privacy"):
        assert f'href="{path}" target="_blank"' in site.html


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", "東京都目黒区目黒"),
        ("東京都目黒区目黒2丁目4番36号", "東京都目黒区目黒2丁目4番36号"),
        ("目黒区目黒2-4-36 コーポ101", "東京都目黒区目黒2-4-36 コーポ101"),
        ("東京都渋谷区恵比寿1-1", "東京都渋谷区恵比寿1-1"),
    ],
)
async def test_looking_up_a_postcode_takes_away_no_address_that_was_typed(browse, typed, shown):
    site = browse("rooms")
    await site.get("/register/individual")
    await site.post("/register/individual", postcode="153-0063", address=typed, act="look_up.postcode")

    assert re.search(r'id="address"[^>]*value="([^"]*)"', site.html)[1] == shown
    assert ('value="town.postcode"' in site.html) is ("渋谷区" in typed)
