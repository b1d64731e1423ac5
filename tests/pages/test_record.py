"""The record of acts on its page: found by what one knows, from where, sealed and checked; over HTTP, without scripts."""

import json
import re
from datetime import UTC, datetime

import pytest
from tests.pages.test_roles import SERVICE, log_in

from yoyaku.db.engine import tenant_transaction
from yoyaku.report.service.sealing import seal_batch


@pytest.fixture
async def auditor(browse, services):
    site, _ = await log_in(browse, services, "auditor")
    return site


@pytest.fixture
async def looked(browse, services):
    """A clerk has looked for somebody."""
    site = browse(SERVICE)
    await site.log_in(services[SERVICE].clerk)
    await site.seek(services[SERVICE].resident.login_id, purpose="telephone")


def rows(html):
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[1]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


@pytest.mark.usefixtures("looked")
async def test_an_act_is_found_by_its_kind_and_says_who_why_and_from_which_network(auditor, services):
    await auditor.get("/counter/log")
    page = await auditor.post("/counter/log", act="person_found", staff=services[SERVICE].clerk.name[:2])
    found = rows(page.text)

    assert found
    assert all("検索で表示" in row and "電話" in row and services[SERVICE].clerk.name in row for row in found)
    assert re.search(r"10\.\d+\.\d+\.0/24", found[0])
    assert "封印待ち" in found[0]
    assert "その他の操作" not in page.text


@pytest.mark.usefixtures("looked")
async def test_the_record_comes_as_lines_that_a_program_reads_and_a_spreadsheet_s_file(auditor):
    await auditor.get("/counter/log")
    lines = (await auditor.post("/counter/log", act="purpose_said", **{"as": "jsonl"})).text.splitlines()
    await auditor.get("/counter/log")
    file = await auditor.post("/counter/log", act="purpose_said", **{"as": "csv"})

    assert {json.loads(line)["act"] for line in lines} == {"purpose_said"}
    assert json.loads(lines[0])["source"].endswith(".0/24")
    assert file.content.startswith("\ufeffat,actor,staff_name,act".encode())
    assert len(file.text.splitlines()) == len(lines) + 1


@pytest.mark.usefixtures("looked")
async def test_who_checks_the_seals_is_told_that_all_is_as_it_was_or_what_is_not(
    auditor, application, city_settings, services
):
    engine, service = application.app.state["engine"], (services[SERVICE].tenant, SERVICE)
    now = datetime.now(tz=UTC)
    async with tenant_transaction(engine, *service) as conn:
        count = await seal_batch(conn, seal=city_settings.seal, now=now, real_now=now)
    await auditor.get("/counter/log")
    page = await auditor.post("/counter/log/verify")

    assert count > 0
    assert "記録は封印したときのままです（1のまとまり" in page.text
    assert f'<td class="amount" data-label="件数">{count}</td>' in page.text


async def test_a_clerk_neither_reads_nor_checks_the_record(browse, services):
    site = browse(SERVICE)
    await site.log_in(services[SERVICE].clerk)
    await site.get("/counter")

    assert (await site.post("/counter/log/verify")).status_code == 403
