"""After the draw: one's results and what to do, why one lost, and what anybody can see, download and check."""

import asyncio
import csv
import io
import json
import re
import subprocess
import sys
from datetime import datetime
from unittest.mock import AsyncMock

import pytest
from click.testing import CliRunner
from tests.cities import city_settings_of
from tests.pages.lots import (
    BEGIN,
    ENTERING,
    RESULT,
    entered_by,
    pass_time,
    plain,
    site_of,
)
from tests.pages.test_roles import log_in

from yoyaku.cli.lottery import verify_command
from yoyaku.lottery.repository import report as counts
from yoyaku.web.app import create_app

DRAWN = datetime(2027, 1, 11, 0, 30)  # noqa: DTZ001  # civil time of the tenants, as all of these
ANNOUNCED = datetime(2027, 1, 11, 9, 5)  # noqa: DTZ001
FILES = ("sealed.jsonl", "result.jsonl", "signature.json")
HIDDEN_UNTIL_ANNOUNCED = ("result.jsonl", "signature.json")


@pytest.fixture(scope="module")
def city_settings(new_cities):
    with new_cities(now=BEGIN) as made:
        yield city_settings_of(made)


@pytest.fixture(scope="module")
async def drawn(city_settings, services, people):
    """What anybody sees when two people's wishes are drawn but not announced."""
    sports = services["sports"]
    await pass_time(city_settings, sports, ENTERING)
    gateway = create_app(city_settings)
    both = [next(one for one in people["sports"] if one.login_id == login) for login in ("hanako01", "tsubasa11")]
    receipts = await entered_by(gateway, sports, both)
    await gateway.app.state["engine"].dispose()
    await pass_time(city_settings, sports, DRAWN)
    gateway = create_app(city_settings)
    seen = {"receipts": receipts, "people": both}
    async with site_of(gateway, sports, "10.9.9.1") as site:
        seen["page"] = plain((await site.get(RESULT)).text)
        seen["files"] = {name: await site.get(f"{RESULT}/files/{name}") for name in FILES}
        seen["nothing"] = await site.get(f"{RESULT}/files/nothing.jsonl")
        seen["report"] = await site.get(f"{RESULT}/report")
        seen["table"] = await site.get(f"{RESULT}/report/ranks.csv")
        await site.get("/lottery/check")
        seen["check"] = plain((await site.post("/lottery/check", receipt=receipts[0])).text)
    async with site_of(gateway, sports, "10.9.9.2") as site:
        await site.log_in(both[0])
        seen["mine"] = plain((await site.get("/me/lottery")).text)
        path = re.search(r'href="(/me/lottery/[0-9a-f-]{36})"', site.html)[1]
        seen["lottery"] = plain((await site.get(path)).text)
    yield seen
    await gateway.app.state["engine"].dispose()


@pytest.fixture(scope="module")
async def application(drawn, city_settings, services):
    """The sites after the announcement."""
    assert drawn["receipts"]
    await pass_time(city_settings, services["sports"], ANNOUNCED)
    gateway = create_app(city_settings)
    yield gateway
    await gateway.app.state["engine"].dispose()


@pytest.fixture
async def public(browse):
    return browse("sports")


@pytest.fixture
def winner(browse, drawn):
    """Opens one of the two, on their page of the lottery."""

    async def open_for(number):
        site = browse("sports")
        await site.log_in(drawn["people"][number])
        await site.get("/me/lottery")
        await site.get(re.search(r'href="(/me/lottery/[0-9a-f-]{36})"', site.html)[1])
        return site

    return open_for


def wins(html):
    """The paths of the entries that won and wait."""
    return re.findall(r'class="button " href="(/me/lottery/entries/[0-9a-f-]{36})"', html)


def losses(html):
    """The paths of the entries that lost."""
    return re.findall(r'href="(/me/lottery/entries/[0-9a-f-]{36})">なぜ落選したか', html)


def test_nothing_of_a_result_is_told_before_the_announcement(drawn):
    assert drawn["files"]["sealed.jsonl"].status_code == 200
    missing = drawn["nothing"]
    for name in HIDDEN_UNTIL_ANNOUNCED:
        answer = drawn["files"][name]
        assert answer.status_code == 404
        assert "content-length" not in answer.headers or abs(len(answer.content) - len(missing.content)) < 200
        assert "sha256" not in answer.text.lower()
    assert drawn["report"].status_code == 404
    assert drawn["table"].status_code == 404
    assert "受付終了・発表待ち" in drawn["page"]
    assert "結果の記録の指紋" not in drawn["page"]
    assert "抽選 結果は発表まで非公開" in drawn["page"]  # neither late nor done: nobody is told which
    assert "遅れ" not in drawn["page"]
    assert "抽選の種" not in drawn["page"]
    assert "結果はまだ発表していません" in drawn["check"]
    assert not re.search(r"当選 |落選", drawn["check"])


@pytest.mark.fact("KC-032")
def test_those_who_entered_wait_too_until_the_announcement(drawn):
    assert "抽選待ち" in drawn["lottery"]
    assert "2027年1月11日（月） 9:00に発表" in drawn["mine"]
    assert not re.search(r"当選（|落選 ", drawn["lottery"])


@pytest.mark.fact("KS-051", "ML-024", "KC-034", "KC-035")
async def test_a_win_is_accepted_and_shows_its_booking_number(winner):
    site = await winner(0)
    assert "2027年1月15日（金） 24:00まで" in plain(site.html)
    page = await site.get("/me")
    assert "抽選に当選しています" in page.text
    await site.get(re.search(r'href="(/me/lottery/[0-9a-f-]{36})"', site.html)[1])
    path = wins(site.html)[0]
    page = await site.get(path)
    assert "まだ予約になっていません" in page.text
    page = await site.post(f"{path}/accept")

    assert "予約になりました" in page.text
    booking = re.search(r'href="(/me/bookings/[0-9a-f-]{36})"><span class="number">([^<]+)<', page.text)
    assert booking[2] in (await site.get(booking[1])).text
    page = await site.post(f"{path}/accept")
    assert page.status_code == 200


@pytest.mark.fact("KC-036")
async def test_declining_is_said_to_be_final_asks_for_a_tick_and_cannot_be_repeated(winner):
    site = await winner(1)
    path = wins(site.html)[0]
    page = await site.get(f"{path}/decline")
    assert "辞退後、元に戻すことはできません" in page.text
    page = await site.post(f"{path}/decline")
    assert page.status_code == 422
    assert 'href="#sure"' in page.text
    page = await site.post(f"{path}/decline", sure="yes")
    assert "この当選は辞退しました" in page.text
    assert f"{path}/accept" not in page.text
    page = await site.post(f"{path}/accept")

    assert page.status_code == 422
    assert "辞退は元に戻せません" in page.text


@pytest.mark.fact("KC-033")
async def test_who_lost_reads_who_was_before_and_what_was_left(winner, drawn):
    site = await winner(0)
    path = losses(site.html)[0]
    page = await site.get(path)
    said = plain(page.text)

    assert "なぜ落選したか" in said
    assert "2人のうち" in said
    assert drawn["receipts"][1] in said
    assert "先着順で予約できます" in said


async def test_the_list_shows_each_lottery_with_what_was_published(public):
    said = plain((await public.get("/lottery/results")).text)

    assert "抽選の申込み（2027年2月利用分）" in said
    assert re.search(r"[0-9a-f]{64}", said)
    assert "2人・6件" in said


async def test_the_proof_page_says_what_was_published_when(public):
    said = plain((await public.get(RESULT)).text)

    order = ["準備", "受付開始", "封印", "公開の値が決まる", "抽選 済み", "結果の発表", "残りを先着順で受付 予定"]
    at = [said.index(word, said.index("日程と、そのとき公表したもの")) for word in order]
    assert at == sorted(at)
    assert len(set(re.findall(r"[0-9a-f]{64}", said))) >= 4
    assert "世界の複数の団体が共同で出している乱数「drand」" in said
    assert "python3 verify_lottery.py monthly-2027-02-result.jsonl" in said


async def test_what_is_downloaded_is_verified_by_the_program_that_is_downloaded(public, tmp_path):
    for name in FILES:
        answer = await public.get(f"{RESULT}/files/{name}")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
        (tmp_path / name).write_bytes(answer.content)
    (tmp_path / "verify_lottery.py").write_bytes((await public.get("/lottery/verifier.py")).content)
    command = [sys.executable, "-I", "verify_lottery.py", "result.jsonl", "--sealed", "sealed.jsonl"]
    run = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "OK" in run.stdout
    page = await public.get(RESULT)
    signature = json.loads((tmp_path / "signature.json").read_text())
    assert signature["sha256"] in page.text
    key = await public.get(f"/lottery/keys/{signature['key_id']}")
    (tmp_path / "key.txt").write_bytes(key.content)
    options = ["--signature", str(tmp_path / "signature.json"), "--key", str(tmp_path / "key.txt")]
    checked = CliRunner().invoke(verify_command, [str(tmp_path / "result.jsonl"), *options])
    assert checked.exit_code == 0, checked.output
    assert json.loads((await public.get("/lottery/schema.json")).text)["$schema"]


async def test_a_file_is_sent_packed_to_whoever_takes_that_and_plain_to_others(public):
    packed = await public.client.get(f"{RESULT}/files/result.jsonl", headers={"accept-encoding": "gzip"})
    plainly = await public.client.get(f"{RESULT}/files/result.jsonl", headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plainly.headers
    assert packed.content == plainly.content


async def test_one_finds_ones_entry_by_the_code_without_logging_in_however_it_is_typed(public, drawn):
    await public.get("/lottery/check")
    typed = drawn["receipts"][0].lower().replace("-", "　")
    page = await public.post("/lottery/check", receipt=typed)
    said = plain(page.text)
    assert drawn["receipts"][0] in said
    assert re.search(r"第1希望 (当選|落選)", said)
    assert said.count("番目でした") == 3
    assert drawn["people"][0].name not in said
    assert "熊本城公園テニスコート テニスコート (castle-tennis.tennis) 4面・室" in said


@pytest.mark.parametrize(("typed", "said"), [("", "入れてください"), ("ABCDE", "受付番号を読み取れません")])
async def test_what_is_no_code_is_said_at_the_field_and_kept(public, typed, said):
    await public.get("/lottery/check")
    page = await public.post("/lottery/check", receipt=typed)

    assert page.status_code == 422
    assert said in page.text
    assert 'id="receipt-error"' in page.text
    assert f'value="{typed}"' in page.text


async def test_figures_count_an_announced_lottery_for_the_service_and_for_one_facility(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    months = {"from": "2027-01", "to": "2027-04"}
    everywhere = await site.get("/counter/figures/tables/lotteries.csv", params=months)
    there = await site.get("/counter/figures/tables/lotteries.csv", params={**months, "facility": "castle-tennis"})
    elsewhere = await site.get("/counter/figures/tables/lotteries.csv", params={**months, "facility": "hokubu-park"})

    assert len(everywhere.text.splitlines()) == 2
    assert "5未満" in everywhere.text
    assert len(there.text.splitlines()) == 2
    assert (elsewhere.status_code, len(elsewhere.text.splitlines())) == (200, 1)


async def test_the_report_has_a_table_beside_each_plot_and_hides_small_counts(public):
    page = await public.get(f"{RESULT}/report")
    assert page.text.count('<svg class="plot"') == page.text.count('<table class="table')
    assert 'style="' not in page.text
    assert "5未満" in page.text
    answer = await public.get(f"{RESULT}/report/facilities.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert rows[0] == ["施設", "申込み", "当選", "当選率"]
    assert [row[1:] for row in rows[1:]] == [["6", "3", "50.0%"]]
    assert (await public.get(f"{RESULT}/report/nothing.csv")).status_code == 404
    assert (await public.get(f"{RESULT}/report/ranks")).status_code == 404


async def test_what_a_draw_gave_is_counted_once_and_what_became_of_its_wins_each_time(public, monkeypatch):
    first = plain((await public.get(f"{RESULT}/report")).text)
    standing = AsyncMock(wraps=counts.count_by_state)
    monkeypatch.setattr(counts, "count_by_state", standing)
    for name in ("count_slots", "count_ranks", "count_by_person", "count_first"):
        monkeypatch.setattr(counts, name, AsyncMock(side_effect=AssertionError))

    assert plain((await public.get(f"{RESULT}/report")).text) == first
    standing.assert_awaited_once()


@pytest.mark.parametrize(
    "path", ["/lottery/results/nothing/2027-02", "/lottery/results/monthly/2027-2", "/lottery/results/monthly/1999-02"]
)
async def test_there_is_no_page_for_what_there_is_not(public, path):
    assert (await public.get(path)).status_code == 404


async def test_every_page_is_there_in_english(public):
    for path in ("/lottery/results", RESULT, f"{RESULT}/report", "/lottery/check"):
        page = await public.get(path, params={"lang": "en"})
        assert page.status_code == 200
        assert "lottery_" not in plain(page.text)
