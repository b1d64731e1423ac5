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


def consents_on(html):
    return dict.fromkeys(re.findall(r'name="(consent\.[a-z_]+)"', html), "yes")


def errors_on(html):
    return re.findall(r'class="error-text" id="([^"]+)-error"', html)


async def apply_as_worker(site, **more):
    await site.get("/register/worker")
    typed = {**WORKER, **more, "form_key": key_of(site.html)}
    await site.post("/register/worker", **typed, act="check")
    consents = consents_on(site.html)
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


SPORTS = {
    "name": "熊本 花子",
    "kana": "くまもと はなこ",
    "birth_date": "平成2年5月4日",
    "postcode": "8600001",
    "address": "熊本県熊本市中央区千葉城町1-1",
    "phone": "09012345678",
    "email": "hanako@example.jp",
    "email_again": "hanako@example.jp",
}


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
