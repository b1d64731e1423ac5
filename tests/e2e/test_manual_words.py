"""What the manuals' screens say, on the pages: two months and neighbours, the names of the steps, completion."""

import re

import pytest
from tests.e2e.journey import Journey

pytestmark = pytest.mark.browser

ROOM_DAY = "/availability/komaba/2027-02-24"


def trail(page):
    """The breadcrumb in words."""
    return [crumb.strip() for crumb in page.locator("nav.breadcrumb li").all_inner_texts()]


def step(page):
    """The step that is shown as the present one."""
    return page.locator(".stepper [aria-current=step]").inner_text().strip()


@pytest.mark.fact("ML-029")
def test_two_months_of_all_lodges_are_walked_one_lodge_after_another(visit):
    page = visit("lodging", scripts=False)
    page.goto("/availability")
    assert page.locator("select[name=facility] option:checked").inner_text() == "すべて"
    assert page.locator(".two-months h2").all_inner_texts() == ["2027年1月", "2027年2月"]
    first = page.locator("h1").inner_text()

    page.get_by_role("link", name=re.compile("次施設")).click()
    assert page.locator("h1").inner_text() != first

    page.get_by_role("link", name=re.compile("前施設")).click()
    assert page.locator("h1").inner_text() == first
    assert page.locator(".two-months h2").all_inner_texts() == ["2027年1月", "2027年2月"]


@pytest.mark.fact("ML-030")
def test_a_filled_circle_means_all_free_and_leads_to_a_week_of_numbers(visit):
    page = visit("lodging", scripts=False)
    page.goto("/availability?facility=year_round")
    assert re.sub(r"\s+", "", page.locator(".legend li").nth(0).inner_text()) == "●全て空き"
    assert re.sub(r"\s+", "", page.locator(".legend li").nth(1).inner_text()) == "▲一部空き"

    page.locator("a.day-free").last.click()
    assert page.locator(".week li").count() == 7
    assert page.locator(".week .rooms").first.inner_text() == "10室"
    assert page.get_by_role("link", name="翌週").count() >= 1


@pytest.mark.fact("ML-031", "ML-032", "ML-033", "ML-034")
def test_a_stay_is_booked_under_the_manuals_names(visit, services):
    page = visit("lodging")
    journey = Journey(page, services["lodging"], label="lodging-words")
    page.goto("/availability/year_round/week?from=2027-02-16")
    assert trail(page)[-2:] == ["2ヶ月検索結果", "1週間検索結果"]
    page.locator("a.night").first.click()
    journey.log_in(journey.service.resident)
    page.locator("input[name=nights][value='2']").check()
    assert page.locator("legend").all_inner_texts()[-2:] == ["1泊目", "2泊目 （2泊の方だけ）"]
    for guests in page.locator("main input.input-number").all():
        guests.fill("1")
    journey.next()
    journey.next()
    page.wait_for_selector(".prices")
    assert step(page) == "内容確認"
    journey.next()
    journey.next()
    assert "予約の申込みを行います。よろしいですか？" in page.locator("#confirm-dialog").inner_text()
    page.locator("#confirm-dialog button[value=yes]").click()
    page.wait_for_url(re.compile(r"/done/"))

    assert step(page) == "予約完了"
    assert page.locator("h1").inner_text() == "予約が完了しました。予約番号を確認してください。"
    assert re.fullmatch(r"20000000\d\d", page.locator("main .big-number").inner_text())


@pytest.mark.fact("ML-036", "ML-037")
def test_the_lodges_notices_say_when_the_card_comes(visit):
    page = visit("lodging", scripts=False)
    page.goto("/pages/notices")
    words = page.locator("main").inner_text()
    assert "利用者登録の直後から、空き室の予約ができます" in words
    assert "3営業日程度で郵送" in words


@pytest.mark.fact("MG-007", "MG-008", "MG-010", "MG-011", "MG-012")
def test_a_room_is_booked_under_the_manuals_names(visit, services):
    page = visit("rooms", scripts=False)
    journey = Journey(page, services["rooms"], label="rooms-words", scripts=False)
    page.goto("/availability/komaba?month=2027-02")
    assert trail(page)[:2] == ["メニュー", "施設の検索"]
    assert "施設別空き状況" in page.title()
    page.goto(ROOM_DAY)
    assert "時間帯別空き状況" in page.title()
    page.locator("input[name=slot]").first.check()
    page.locator(".dock button").click()
    journey.log_in(journey.service.resident)
    page.locator(".dock button").click()
    page.locator("main a.button-large").click()
    assert page.locator("h1").inner_text() == "詳細申請"
    page.locator("[name='form.purpose']").select_option("event")
    page.locator("[name='form.people']").fill("1")
    page.locator("[name='form.entry_fee'][value=not_charged]").check()
    journey.next()
    assert page.locator("h1").inner_text() == "申込確認"
    journey.next()
    journey.agree()
    journey.next()

    assert step(page) == "申込完了"
    assert page.locator("h1").inner_text().replace("\n", "") == (
        "申込を受付しました。仮予約として受付している施設がありますので、ご注意ください。"
    )
    said = page.locator("main").inner_text()
    for words in ("駒場住区センター", "201【旧第1会議室】", "仮予約", "400円", "大会・式典", "なし", "支払期限"):
        assert words in said
    assert "この料金は基本額です。" in said
    assert re.fullmatch(r"2026-\d{6}", page.locator("main .big-number").inner_text())


@pytest.mark.fact("MG-014", "MG-015")
def test_the_completion_page_can_be_printed_and_says_whom_to_ask_and_how_to_pay(visit, services):
    page = visit("rooms")
    journey = Journey(page, services["rooms"], label="rooms-done")
    page.goto(ROOM_DAY)
    page.locator("input[name=slot]").nth(1).check()
    page.locator(".dock button").click()
    journey.log_in(journey.service.resident)
    page.locator(".dock button").click()
    page.wait_for_url(re.compile(r"/cart$"))
    page.locator("main a.button-large").click()
    journey.apply()

    assert page.get_by_role("button", name="申込内容を印刷").is_visible()
    assert page.get_by_role("link", name="地図で場所を確認").is_visible()
    assert page.get_by_role("link", name="03-3469-2613").is_visible()
    dues = page.locator(".notice-warn li").all_inner_texts()
    assert [due.partition("：")[0] for due in dues] == ["施設の窓口", "クレジット決済"]
    page.goto("/availability/komaba")
    assert page.locator("nav.breadcrumb a").first.inner_text() == "メニュー"


@pytest.mark.fact("MG-051", "MG-072")
def test_the_rooms_notices_tell_of_bad_weather_and_closures(visit):
    page = visit("rooms", scripts=False)
    page.goto("/pages/notices")
    words = page.locator("main").inner_text()
    assert "当日の天候不良等による屋外施設の使用可否" in words
    assert "施設にお問い合わせください" in words
    assert "中目黒スクエアは、令和7年4月から令和8年3月まで休館" in words


@pytest.mark.fact("MG-070")
def test_the_facilities_stand_under_the_manuals_twelve_categories_in_its_order(visit):
    page = visit("rooms", scripts=False)
    page.goto("/facilities")
    assert page.locator("main section h2").all_inner_texts() == [
        "スポーツ施設",
        "社会教育・文化会館・青少年プラザ",
        "中小企業センター",
        "勤労福祉会館",
        "消費生活センター",
        "高齢者センター",
        "文化ホール",
        "男女平等・共同参画センター",
        "心身障害者センター",
        "住区会議室",
        "いこいの家",
        "学校施設",
    ]


@pytest.mark.fact("MG-040")
def test_a_facilitys_page_lists_its_equipment_with_stock_and_price(visit):
    page = visit("rooms", scripts=False)
    page.goto("/facilities/kumin_center")
    rows = [re.sub(r"\s+", " ", row.inner_text()).strip() for row in page.locator("#equipment ~ table tbody tr").all()]
    assert rows[:2] == ["プロジェクター 9台 500円", "DVDモニターセット 1台 800円"]
    assert len(rows) == 12
