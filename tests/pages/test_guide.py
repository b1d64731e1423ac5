"""The guide that the rules print of themselves, in three languages, and what begins and ends in a month."""

import html
import re
from dataclasses import fields, replace

import pytest
import yaml
from sqlalchemy import text
from tests.cities import ROOT

from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.clock import read_clock
from yoyaku.ruleset.service import begin_draft

CODES = ["sports", "halls", "lodging", "rooms"]
TOLD = {
    "sports": ("利用する月の前の月の16日の9時", "9:00 on the 16th of the month before the month of use", "750円"),
    "halls": ("利用する月の4か月前の最初の開館日", "the first opening day of the month 4 months before", "1,500円"),
    "lodging": ("利用日の5日前の24時", "24:00, 5 days before the day of use", "9,000円"),
    "rooms": ("利用日の20日前から11日前まで", "20 to 11 days before the day of use", "75%"),
}
"""What each city's guide must say, in Japanese and English, and an amount."""


def admin(service):
    """The admin of the demo, as a person who logs in."""
    demo = yaml.safe_load((ROOT / "tenants" / service.tenant / "demo.yaml").read_text())
    found = next(one for one in demo["clerks"] if one["login_id"] == f"admin-{service.tenant}")
    return replace(
        service.clerk, **{each.name: found[each.name] for each in fields(service.clerk) if each.name in found}
    )


def plain(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page.text))


@pytest.mark.parametrize("code", CODES)
async def test_the_guide_of_each_city_says_its_own_numbers_in_every_language(code, browse):
    site = browse(code)
    japanese, english, amount = TOLD[code]

    said = plain(await site.get("/guide"))
    assert japanese in said
    assert amount in said
    assert "既定の値" not in said
    assert "default" not in said
    easy = plain(await site.get("/guide?easy=1"))
    assert "使い方の案内（やさしい日本語）" in easy
    assert "予約（よやく）" in easy
    assert english in plain(await site.get("/guide?lang=en"))
    assert "easy=1" not in site.html


@pytest.mark.parametrize("code", CODES)
async def test_no_code_of_the_rules_is_left_in_a_japanese_guide(code, browse):
    page = await browse(code).get("/guide")
    main = page.text.split("<main")[1].split("</main>")[0]

    assert re.findall(r"[a-z]+_[a-z_]+", plain_of(main)) == []


def plain_of(text):
    return html.unescape(re.sub(r"<[^>]+>", "", text))


async def test_a_month_is_shown_as_a_picture_and_as_a_table(browse):
    site = browse("sports")
    page = await site.get("/guide/timeline?month=2027-02")

    assert page.status_code == 200
    assert 'role="img"' in page.text
    assert "2月10日（水） 24:00" in page.text
    assert "抽選の申込み（2027年3月の利用）の結果の発表" in page.text
    assert 'href="/guide/timeline?month=2027-03"' in page.text
    assert " style=" not in page.text
    assert "use in March 2027" in (await site.get("/guide/timeline?month=2027-02&lang=en")).text


@pytest.mark.parametrize("month", ["2027-13", "abc", "0000-01", "9999-12", ""])
async def test_a_month_that_is_none_shows_this_month(month, browse):
    page = await browse("rooms").get("/guide/timeline", params={"month": month})

    assert page.status_code == 200
    assert "の予定" in page.text


async def test_the_navigation_leads_to_the_guide_and_it_to_the_city_s_own_page(browse):
    site = browse("rooms")
    assert 'href="/guide"' in (await site.get("/")).text
    page = await site.get("/guide")
    assert 'href="/pages/guide"' in page.text
    assert 'href="/guide/timeline"' in page.text


async def test_an_admin_reads_where_the_city_has_laid_down_nothing(browse, services):
    site = browse("rooms")
    await site.log_in(admin(services["rooms"]))
    said = plain(await site.get("/counter/rules/versions/1/guide"))

    assert "市の定めがないため、既定の値" in said
    assert "利用日の20日前から11日前まで" in said
    assert (await site.get("/counter/rules/versions/1/timeline?month=2027-02")).status_code == 200
    same = await site.get("/counter/rules/versions/1/diff?to=1")
    assert "違いはありません。" in same.text
    assert (await site.get("/counter/rules/versions/1/diff?to=99")).status_code == 404


async def test_a_draft_is_read_as_residents_would_read_it_and_not_while_it_is_wrong(browse, services, application):
    service = services["rooms"]
    texts = {file.name: file.read_text() for file in sorted((ROOT / "rulesets/meguro-rooms").glob("*.yaml"))}
    lower = {
        **texts,
        "booking.yaml": texts["booking.yaml"].replace("at_most: 20, percent: 75", "at_most: 20, percent: 70"),
    }
    wrong = {**texts, "booking.yaml": texts["booking.yaml"] + "\nnonsense: true\n"}
    async with tenant_transaction(application.app.state["engine"], service.tenant, service.code) as conn:
        query = "SELECT staff_id FROM account WHERE login_id = 'admin-meguro'"
        staff = (await conn.execute(text(query))).scalar_one()
        of = {"tenant_id": service.tenant, "service_id": service.code, "based_on": 1, "staff_id": staff}
        right_one, wrong_one = [
            await begin_draft(conn, title="還付の見直し", files=files, now=read_clock(), **of)
            for files in (lower, wrong)
        ]
    site = browse("rooms")
    await site.log_in(admin(service))

    assert "70%" in plain(await site.get(f"/counter/rules/drafts/{right_one.draft_id}/guide"))
    month = await site.get(f"/counter/rules/drafts/{right_one.draft_id}/timeline?month=2027-02")
    assert "下書き「還付の見直し」による月ごとの予定" in month.text
    for page in ("guide", "timeline"):
        refused = await site.get(f"/counter/rules/drafts/{wrong_one.draft_id}/{page}")
        assert "この下書きにはエラーがあるので、まだ作れません" in refused.text
