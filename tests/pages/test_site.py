"""Which site answers, how it speaks, what it lets in."""

import html
import re

import pytest

CODES = ["sports", "halls", "lodging", "rooms"]


@pytest.mark.parametrize("code", CODES)
async def test_each_service_answers_at_its_host_with_its_own_name(code, browse, services):
    page = await browse(code).get("/")

    assert page.status_code == 200
    assert services[code].title in page.text
    others = [services[other].title for other in CODES if other != code]
    assert not any(f"｜{title}</title>" in page.text for title in others)


async def test_an_unknown_host_gets_a_plain_page_that_names_no_city(browse, services):
    page = await browse("somewhere.example").get("/")

    assert page.status_code == 404
    assert "このアドレスには、予約サイトがありません" in page.text
    assert not any(service.title in page.text for service in services.values())


async def test_one_host_serves_all_by_path(browse, services):
    rooms = services["rooms"]
    site = browse("all.example")
    page = await site.get(f"/t/{rooms.tenant}/{rooms.code}/")

    assert page.status_code == 200
    assert rooms.title in page.text
    assert f'href="/t/{rooms.tenant}/{rooms.code}/search"' in page.text
    assert 'href="/search"' not in page.text


async def test_who_logs_in_by_path_is_not_logged_in_to_another_service_of_the_host(browse, services):
    rooms, sports = services["rooms"], services["sports"]
    site = browse("all.example")
    await site.get(f"/t/{rooms.tenant}/{rooms.code}/login")
    person = rooms.resident
    await site.post(
        f"/t/{rooms.tenant}/{rooms.code}/login", login_id=person.login_id, password=person.password, next="/me"
    )
    assert person.name in site.html

    page = await site.get(f"/t/{sports.tenant}/{sports.code}/me")
    assert "/login" in str(page.url)


async def test_a_missing_page_says_where_to_go(browse):
    page = await browse("rooms").get("/no/such/page")

    assert page.status_code == 404
    assert "お探しのページはありません" in page.text


async def test_the_language_is_chosen_and_remembered(browse):
    site = browse("sports")
    assert '<html lang="ja">' in (await site.get("/")).text
    assert '<html lang="en">' in (await site.get("/", params={"lang": "en"})).text
    assert '<html lang="en">' in (await site.get("/search")).text
    assert "Find" in site.html


async def test_a_browser_s_language_counts_when_nothing_was_chosen(browse):
    page = await browse("sports").get("/", headers={"accept-language": "en-US,en;q=0.9"})

    assert '<html lang="en">' in page.text


async def test_pages_may_run_no_script_but_our_own_and_be_framed_by_nobody(browse):
    page = await browse("halls").get("/")

    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    assert "<script>" not in page.text
    assert " style=" not in page.text


async def test_assets_are_kept_for_a_year_under_their_fingerprint_only(browse):
    site = browse("rooms")
    await site.get("/")
    links = [part.split('"')[0] for part in site.html.split('rel="stylesheet" href="')[1:]]
    assert len(links) == 2
    for link in links:
        answer = await site.get(link)
        assert answer.headers["content-type"].startswith("text/css")
        assert "immutable" in answer.headers["cache-control"]

    stale = await site.get("/assets/000000000000/site.css")
    assert stale.headers["cache-control"] == "no-cache"
    assert (await site.get("/assets/000000000000/../../page.py")).status_code == 404


async def test_the_logo_is_a_picture_that_may_run_nothing(browse):
    site = browse("rooms")
    await site.get("/")
    logo = site.html.split('rel="icon" href="')[1].split('"')[0]
    answer = await site.get(logo)

    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("code", CODES)
async def test_the_city_s_own_pages_are_there_in_both_languages(code, browse):
    site = browse(code)
    for path in ("/guide", "/pages/terms", "/pages/privacy", "/accessibility"):
        for language in ("ja", "en"):
            page = await site.get(path, params={"lang": language})
            assert page.status_code == 200, path
            assert "<h1" in page.text


async def test_the_process_says_that_it_is_well(browse):
    answer = await browse("anything.example").get("/healthz")

    assert answer.json() == {"status": "ok"}


async def test_a_form_from_another_site_is_refused_in_words(browse, services):
    site = browse("rooms")
    await site.get("/login")
    person = services["rooms"].resident
    answer = await site.client.post("/login", data={"login_id": person.login_id, "password": person.password})

    assert answer.status_code == 403
    assert "もう一度お試しください" in answer.text


async def test_a_token_that_carries_markup_is_shown_as_text(browse):
    site = browse("rooms")
    site.client.cookies.set("csrftoken", '"><script>alert(1)</script>')
    page = await site.get("/login")

    assert "<script>alert(1)</script>" not in page.text


# What the manual tells that no rule decides: the pages of the city say it, in the manual's words or shorter.
TOLD_BY_THE_CITY = [
    pytest.param("guide", ["令和7年7月23日", "スポーツ振興課", "令和7年4月"], marks=pytest.mark.fact("KS-001")),
    pytest.param("contact", ["サポートセンター", "令和7年3月31日で終わりました"], marks=pytest.mark.fact("KS-002")),
    pytest.param(
        "contact",
        ["利用者IDの登録・変更など）: スポーツ振興課", "096-328-2727", "平日9時から17時"],
        marks=pytest.mark.fact("KS-003"),
    ),
    pytest.param("contact", ["抽選予約、空き施設の予約、支払いなど）: 各施設"], marks=pytest.mark.fact("KS-004")),
    pytest.param("contact", ["使用料、予約振替など: 利用する施設"], marks=pytest.mark.fact("KS-005")),
    pytest.param(
        "contact",
        ["学校夜間開放", "使用料など）: スポーツ振興課 システム管理班 096-328-2727"],
        marks=pytest.mark.fact("KS-006"),
    ),
    pytest.param(
        "contact", ["080-4291-6451", "080-4291-6714", "平日と土曜の17時から20時"], marks=pytest.mark.fact("KS-007")
    ),
    pytest.param("contact", ["各公園施設", "各区の土木センター（平日9時から17時"], marks=pytest.mark.fact("KS-008")),
    pytest.param("contact", ["12月29日から1月3日まで"], marks=pytest.mark.fact("KS-009")),
    pytest.param("guide", ["スマートフォン、タブレット、パソコン"], marks=pytest.mark.fact("KS-011")),
    pytest.param("guide", ["メンテナンス", "一時的に止める", "お知らせ"], marks=pytest.mark.fact("KS-013")),
    pytest.param("guide", ["鍵の開け閉めと照明は、委託先の担当者"], marks=pytest.mark.fact("KS-020")),
    pytest.param("guide", ["出入りは自由", "駐車場に鍵"], marks=pytest.mark.fact("KS-021")),
    pytest.param(
        "terms",
        ["準備・片付け・清掃の時間を含みます", "ゴミはすべて持ち帰って", "電子タバコ", "駐車場"],
        marks=pytest.mark.fact("KS-115"),
    ),
    pytest.param(
        "terms",
        ["室内シューズ", "音響や机・椅子は使用できません", "防球フェンス", "支柱", "使用料もお返しできません"],
        marks=pytest.mark.fact("KS-116"),
    ),
    pytest.param(
        "terms", ["早朝から8時まで", "スリッパ", "サッカーゴール", "ラインカーと石灰"], marks=pytest.mark.fact("KS-117")
    ),
    pytest.param("terms", ["お申し出ください", "実費を弁償"], marks=pytest.mark.fact("KS-118")),
    pytest.param("terms", ["以外の人に譲ること", "補助犬を除きます"], marks=pytest.mark.fact("KS-119")),
    pytest.param(
        "guide", ["施設の窓口で手続き", "署名してください", "手続きはありません"], marks=pytest.mark.fact("KS-121")
    ),
    pytest.param("contact", ["窓口は、9時から17時まで"], marks=pytest.mark.fact("KS-122")),
]


@pytest.mark.parametrize(("page", "told"), TOLD_BY_THE_CITY)
async def test_what_the_guidebook_tells_stands_on_the_city_s_pages(page, told, browse):
    text = html.unescape(re.sub(r"<[^>]+>", "", (await browse("sports").get(f"/pages/{page}")).text))

    assert [words for words in told if words not in text] == []


async def test_a_telephone_number_is_called_with_one_touch(browse):
    page = await browse("sports").get("/pages/contact")

    assert '<a href="tel:080-4291-6714">080-4291-6714</a>' in page.text


@pytest.mark.fact("KS-095")
async def test_tickets_of_a_machine_are_cash_and_only_what_is_booked_here_is_paid_online(browse):
    site = browse("sports")
    facility = (await site.get("/facilities/kitaoka-archery")).text
    guide = (await site.get("/pages/guide")).text

    assert "利用券（または回数券）」を現金で購入してください" in facility
    assert "オンライン決済で支払えるのは、このシステムで予約した使用料だけです" in facility
    assert "/availability/kitaoka-archery" not in facility
    assert (await site.get("/availability/kitaoka-archery")).url.path == "/facilities/kitaoka-archery"
    assert "武道場・弓道場・プール・トレーニング室の個人利用は、施設で現金で" in guide
