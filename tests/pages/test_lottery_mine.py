"""One's entries before the draw: their order, taking several back, and that nobody sees more than that they wait."""

import re

import pytest
from tests.cities import city_settings_of
from tests.pages.lots import BEGIN, DAYS, RECEIPT, RESULT, enter_court, plain, taking_entries


@pytest.fixture(scope="module")
def city_settings(new_cities):
    with new_cities(now=BEGIN) as made:
        yield city_settings_of(made)


@pytest.fixture(scope="module")
async def application(city_settings, services):
    async with taking_entries(city_settings, services["sports"]) as gateway:
        yield gateway


@pytest.fixture
async def mine(browse, services):
    """A resident with three entries, on the page of the lottery."""
    site = browse("sports")
    await site.log_in(services["sports"].resident)
    await site.get("/me/lottery")
    if "2027年2月" in site.html and "抽選待ち" in site.html:
        await open_lottery(site)
        await take_back(site, entries(site.html))
    for day in DAYS:
        await enter_court(site, day)
    await open_lottery(site)
    return site


async def open_lottery(site):
    await site.get("/me/lottery")
    return await site.get(re.search(r'href="(/me/lottery/[0-9a-f-]{36})"', site.html)[1])


def entries(html):
    """The ids of the entries in the order of the page."""
    return re.findall(r'id="entry-([0-9a-f-]{36})"', html)


async def take_back(site, chosen):
    path = re.search(r'href="(/me/lottery/[0-9a-f-]{36}/withdraw)"', site.html)[1]
    await site.get(path)
    await site.post(path, entry=chosen)
    return await site.post(path, entry=chosen, sure="yes")


@pytest.mark.fact("KC-032", "ML-022")
async def test_the_entries_stand_in_their_order_and_wait_for_the_draw(mine):
    said = plain(mine.html)

    assert re.search(
        r"第1希望抽選待ち 2027年2月9日.*第2希望抽選待ち 2027年2月10日.*第3希望抽選待ち 2027年2月12日", said
    )
    assert "申込総数1／当選可能数4" in said
    assert RECEIPT.search(said)
    assert "2027年1月10日（日） 24:00まで、順位の変更・追加・取消しができます" in said


async def test_a_wish_moves_up_and_down_by_plain_buttons(mine):
    first, second, third = entries(mine.html)
    path = re.search(r'action="(/me/lottery/[0-9a-f-]{36}/move)"', mine.html)[1]
    page = await mine.post(path, entry=third, direction="up")
    assert "希望の順位を変更しました" in page.text
    assert entries(page.text) == [first, third, second]
    page = await mine.post(path, entry=first, direction="down")
    assert entries(page.text) == [third, first, second]
    page = await mine.post(path, entry=third, direction="up")
    assert entries(page.text) == [third, first, second]
    assert "いちばん上へ 第3希望" in plain(page.text)
    page = await mine.post(path, entry=second, direction="top")

    assert entries(page.text) == [second, third, first]


@pytest.mark.fact("ML-023")
async def test_several_are_taken_back_at_once_after_being_shown_again(mine):
    first, second, third = entries(mine.html)
    path = re.search(r'href="(/me/lottery/[0-9a-f-]{36}/withdraw)"', mine.html)[1]
    page = await mine.get(path)
    assert "選択中止" in page.text
    page = await mine.post(path)
    assert page.status_code == 422
    assert "1つ以上選んでください" in page.text
    page = await mine.post(path, entry=[first, third])
    assert "次の申込みを取り消します。よろしいですか？" in page.text
    assert "2月10日" not in page.text
    page = await mine.post(path, entry=[first, third], sure="yes")

    assert "抽選の申込みを取り消しました" in page.text
    assert entries(page.text) == [second]
    assert "第1希望抽選待ち 2027年2月10日" in plain(page.text)
    assert "取り消した申込み" in page.text


async def test_whoever_is_not_logged_in_is_asked_to(browse):
    for path in ("/me/lottery", "/me/lottery/0190b6a0-0000-7000-8000-000000000000"):
        assert (await browse("sports").get(path)).url.path == "/login"


async def test_nobody_sees_the_entries_of_another(mine, browse, people):
    other = browse("sports")
    person = next(one for one in people["sports"] if one.login_id == "tsubasa11")
    await other.log_in(person)
    (entry, *_) = entries(mine.html)
    lottery = re.search(r"/me/lottery/[0-9a-f-]{36}", mine.html)[0]

    assert (await other.get(f"/me/lottery/entries/{entry}")).status_code == 404
    assert (await other.get(lottery)).status_code == 404
    await other.get("/me/lottery")
    assert (await other.post(f"/me/lottery/entries/{entry}/decline", sure="yes")).status_code == 404


async def test_my_page_leads_to_the_lotteries_and_has_nothing_to_do_yet(mine):
    page = await mine.get("/me")

    assert 'href="/me/lottery"' in page.text
    assert "抽選に当選しています" not in page.text


async def test_before_the_closing_the_public_page_has_the_hash_of_the_secret_and_no_file(mine):
    receipt = RECEIPT.search(plain(mine.html))[0]
    page = await mine.get(RESULT)
    said = plain(page.text)
    assert "受付中" in said
    assert "秘密の数の指紋" in said
    assert "封印した申込一覧の指紋" not in said
    for name in ("sealed.jsonl", "result.jsonl", "signature.json"):
        assert (await mine.get(f"{RESULT}/files/{name}")).status_code == 404
    await mine.get("/lottery/check")
    page = await mine.post("/lottery/check", receipt=receipt)

    assert "公開している一覧に、この受付番号はありません" in page.text
