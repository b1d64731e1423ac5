"""Registering over HTTP, in the four cities: what one needs, the form, the check, the id, and one's own registration."""

import re

import pytest

WORKER = {
    "kana": "ﾐﾅﾄ ﾀﾛｳ",
    "name": "港 太郎",
    "phone": "０３１２３４５６７８",
    "postcode": "１００－００１４",
    "address": "東京都千代田区永田町1丁目",
    "birth_date": "１９７８０６１６",
    "email": "taro@example.jp",
    "email_again": "taro@example.jp",
    "work_name": "港株式会社",
    "work_address": "東京都港区芝公園1丁目5番25号",
    "work_phone": "03-1234-5678",
}


def key_of(html):
    return re.search(r'name="form_key" value="([^"]+)"', html)[1]


async def apply_as_worker(site, **more):
    await site.get("/register/worker")
    typed = {**WORKER, **more, "form_key": key_of(site.html)}
    await site.post("/register/worker", **typed, act="check")
    consents = {name: "yes" for name in re.findall(r'name="(consent\.[a-z_]+)"', site.html)}
    return await site.post("/register/worker", **typed, **consents, act="apply")


@pytest.mark.fact("ML-046", "ML-052")
async def test_the_first_page_says_who_can_register_and_how(browse):
    site = browse("lodging")
    await site.get("/register")

    assert "高校生を除く18歳以上" in site.html
    assert "/register/worker" in site.html
    assert "メールアドレス" in site.html
    assert "はがき" in site.html


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
    for shown in ("ミナト　タロウ", "港　太郎", "100-0014", "1978-06-16"):
        assert shown in site.html

    consents = {name: "yes" for name in re.findall(r'name="(consent\.[a-z_]+)"', site.html)}
    page = await site.post("/register/worker", **typed, **consents, act="apply")
    assert page.url.path == "/register/done"
    assert re.search(r'class="big-number">[0-9]{6}<', site.html)
    assert "生年月日の8桁" in site.html
    assert "19780616" not in site.html
