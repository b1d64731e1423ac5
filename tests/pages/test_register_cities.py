"""What each city asks of whom, and says before and after; one's own registration."""

import re

import pytest
from tests.pages.registering import SPORTS, WORKER, apply_as_worker, consents_on, errors_on, key_of


@pytest.mark.fact("ML-046", "ML-052")
async def test_the_first_page_says_who_can_register_and_how(browse):
    site = browse("lodging")
    await site.get("/register")

    assert "高校生を除く18歳以上" in site.html
    assert "/register/worker" in site.html
    assert "メールアドレス" in site.html
    assert "はがき" in site.html


@pytest.mark.fact("KS-024", "KS-025", "KS-031", "KS-036")
async def test_provisional_registration_with_an_own_id_and_password_logs_in_at_once(browse):
    site = browse("sports")
    await site.get("/register/individual")
    typed = {**SPORTS, "form_key": key_of(site.html)}
    await site.post("/register/individual", **typed, act="check")
    consents = consents_on(site.html)
    chosen = {"login_id": "hanako90", "password": "kirin4maru8zebra", "password_again": "kirin4maru8zebra"}

    refused = await site.post("/register/individual", **typed, **consents, **{**chosen, "password": "Abc"}, act="apply")
    assert refused.status_code == 422
    assert 'value="hanako90"' in site.html
    assert "Abc" not in site.html

    page = await site.post("/register/individual", **typed, **consents, **chosen, act="apply")
    assert errors_on(page.text) == []
    assert page.url.path == "/register/done"
    assert "hanako90" in site.html
    assert "kirin4maru8zebra" not in site.html

    await site.get("/account")
    assert "仮登録" in site.html
    assert "まだ予約はできません" in site.html
    assert "未認証メール" in site.html
    assert "090-1234-5678" in site.html

    await site.post("/logout")
    assert (await site.get("/register/done")).url.path == "/register"


@pytest.mark.fact("KC-046", "KC-041")
async def test_contact_data_are_changed_and_what_only_a_clerk_changes_stays(browse):
    site = browse("sports")
    await site.get("/register/individual")
    typed = {**SPORTS, "name": "変更　花子", "kana": "ヘンコウ　ハナコ", "form_key": key_of(site.html)}
    await site.post("/register/individual", **typed, act="check")
    consents = consents_on(site.html)
    chosen = {"login_id": "henkou22", "password": "kirin4maru8zebra", "password_again": "kirin4maru8zebra"}
    await site.post("/register/individual", **typed, **consents, **chosen, act="apply")

    await site.get("/account/edit")
    assert "連絡先等変更" in site.html
    assert ">変更<" in site.html
    assert 'name="name"' not in site.html
    answers = {"postcode": "860-0001", "address": "熊本県熊本市西区1", "name": "別人"}
    page = await site.post("/account/edit", **answers, phone="x")
    assert page.status_code == 422
    assert 'value="熊本県熊本市西区1"' in site.html

    await site.post("/account/edit", **answers, phone="０９６−３２８−２７２７")
    assert "登録情報を変更しました" in site.html
    assert "096-328-2727" in site.html
    assert "変更　花子" in site.html
    assert "別人" not in site.html


@pytest.mark.fact("KS-028", "KS-029", "KS-030")
async def test_a_group_lists_members_and_its_representative_holds_no_second_id(browse):
    site = browse("sports")
    await site.get("/register/group")
    typed = {
        **SPORTS,
        "name": "くまさくらクラブ",
        "kana": "ｸﾏｻｸﾗｸﾗﾌﾞ",
        "representative": "代表　一人",
        "representative_kana": "ダイヒョウ　カズト",
        "birth_date": "1970-01-01",
        "members": "構成　一\r\n構成　二\r\n",
        "form_key": key_of(site.html),
    }
    await site.post("/register/group", **typed, act="check")
    assert "完了していません" in site.html
    consents = consents_on(site.html)
    chosen = {"login_id": "sakura99", "password": "kirin4maru8zebra", "password_again": "kirin4maru8zebra"}
    page = await site.post("/register/group", **typed, **consents, **chosen, act="apply")
    assert errors_on(page.text) == []
    await site.get("/account")
    for name in ("代表　一人", "構成　一", "構成　二"):
        assert name in site.html

    other = browse("sports")
    await other.get("/register/individual")
    alone = {**SPORTS, "name": "代表　一人", "kana": "ダイヒョウ　カズト", "birth_date": "1970-01-01", "email": "b@example.jp",
             "email_again": "b@example.jp"}  # fmt: skip
    page = await other.post(
        "/register/individual", **alone, **consents, **{**chosen, "login_id": "hitori99"}, act="apply"
    )
    assert page.status_code == 422
    assert "どちらか一方だけ" in page.text


@pytest.mark.fact("KS-032", "KS-033", "KS-034", "KS-040", "KS-041")
async def test_the_counters_are_listed_with_hours_and_papers(browse):
    site = browse("sports")
    await site.get("/register/counters")

    assert site.html.count("<li>") > 43
    assert "3月・4月・5月" in site.html
    assert "09:00〜19:30" in site.html
    assert "先に施設へお電話ください" in site.html
    for paper in ("運転免許証", "委任状", "親権者同意書"):
        assert paper in site.html


@pytest.mark.fact("KS-026", "KS-048")
@pytest.mark.parametrize(
    ("service", "user_class"), [("sports", "individual"), ("sports", "group"), ("halls", "group"), ("rooms", "group")]
)
async def test_the_application_can_be_printed_and_filled_in_by_hand(browse, service, user_class):
    site = browse(service)
    page = await site.get(f"/register/paper/{user_class}")

    assert page.status_code == 200
    assert "利用者登録申請書" in site.html
    assert 'type="password"' not in site.html


@pytest.mark.fact("KC-002")
async def test_where_one_registers_only_at_the_counter_the_page_says_so(browse):
    site = browse("halls")
    await site.get("/register")
    assert "インターネットでは登録できません" in site.html
    assert "窓口で登録できます" in site.html

    assert (await site.get("/register/group")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/register", "/register/counters", "/register/paper/individual", "/register/individual"]
)
async def test_every_page_speaks_english_too(browse, path):
    site = browse("sports")
    page = await site.get(path, params={"lang": "en"})

    assert page.status_code == 200
    assert "register." not in re.sub(r"<[^>]+>", "", page.text)


@pytest.mark.parametrize("path", ["/account", "/account/edit"])
async def test_one_s_registration_needs_a_log_in(browse, path):
    site = browse("sports")
    page = await site.get(path)

    assert page.url.path == "/login"


@pytest.mark.fact("ML-036", "ML-037", "ML-051", "ML-053", "ML-056")
async def test_after_applying_a_worker_is_told_to_send_proof_and_what_comes_when(browse):
    site = browse("lodging")
    page = await apply_as_worker(site, name="在勤　証子", kana="ザイキン　ショウコ", birth_date="1985-05-05")

    assert page.url.path == "/register/done"
    for told in ("書類を送ってください", "3営業日ほど", "空き室は今すぐ予約できます", "受信拒否", "taro@example.jp"):
        assert told in page.text
    page = await site.get("/account/identity")
    assert page.url.path == "/account/identity"
    assert "在勤を証明する書類" in page.text
    assert (await site.get("/account")).url.path == "/login"


@pytest.mark.fact("ML-047", "ML-054", "ML-057", "ML-058")
async def test_before_applying_one_reads_what_is_asked_for_and_what_will_not_do(browse):
    site = browse("lodging")
    await site.get("/register")

    for told in ("無効になり", "第三者に提供することはありません", "在勤証明書", "名刺", "源泉徴収票"):
        assert told in site.html


async def test_a_resident_is_not_told_to_send_a_proof_of_work(browse):
    site = browse("lodging")
    await site.get("/register/resident")
    mine = {name: value for name, value in WORKER.items() if not name.startswith("work_")}
    mine |= {"name": "在住　専子", "kana": "ザイジュウ　センコ", "address": "東京都港区芝公園1丁目5番25号"}
    mine |= {"email": "senko@example.jp", "email_again": "senko@example.jp", "form_key": key_of(site.html)}
    await site.post("/register/resident", **mine, act="check")
    page = await site.post("/register/resident", **mine, **consents_on(site.html), act="apply")

    assert page.url.path == "/register/done"
    assert "書類を送ってください" not in page.text
    assert "/account/identity" in page.text
