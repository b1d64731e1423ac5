"""The pages of a dry run: asked for, followed, read in words, taken as a file; and what a role may not."""

import re
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.pages.paying import book
from tests.pages.test_roles import log_in

from yoyaku.registration.policy.roles import ROLES
from yoyaku.rulebook.stored import files_of
from yoyaku.ruleset.service import begin_draft
from yoyaku.worker.dry_runs import do_dry_runs
from yoyaku.worker.runtime import Runtime

SERVICE = "sports"


@pytest.fixture
def begin(inside, services):
    """A draft of the city's rules, one of whose texts is another."""

    async def run(file="fees.yaml", change=str):
        tenant = services[SERVICE].tenant
        async with inside() as conn:
            here = {"tenant_id": tenant, "service_id": SERVICE}
            version = await conn.scalar(text("SELECT max(version) FROM rule_set_version WHERE service_id = 'sports'"))
            texts = dict(await files_of(conn, **here, version=version))
            texts[file] = change(texts[file])
            staff_id = await conn.scalar(text("SELECT staff_id FROM staff WHERE 'tenant_admin' = ANY(roles) LIMIT 1"))
            draft = await begin_draft(
                conn, **here, title="使用料の改正", based_on=version, files=texts, staff_id=staff_id,
                now=await conn.scalar(text("SELECT clock_timestamp()")),
            )  # fmt: skip
        return f"/counter/rules/drafts/{draft.draft_id}/dry-run"

    return run


@pytest.fixture
async def work(city_settings):
    """What the worker does."""
    runtime = Runtime.from_settings(city_settings)
    yield lambda: do_dry_runs(runtime)
    await runtime.engine.dispose()


async def test_a_run_is_asked_for_followed_and_read(browse, services, begin, work):
    site, _ = await log_in(browse, services, "tenant_admin")
    path = await begin()
    page = await site.get(path)
    assert "まだ調べていません" in page.text
    page = await site.post(f"{path}/ask")
    assert "順番を待っています" in page.text
    assert 'hx-trigger="every 2s"' in page.text
    assert (await site.get(f"{path}?watch=1")).headers["refresh"] == "5"
    await work()
    page = await site.get(path)
    assert "調べ終わりました" in page.text
    assert "違いはありません" in page.text
    assert "refresh" not in page.headers


async def test_a_run_that_waits_is_stopped(browse, services, begin):
    site, _ = await log_in(browse, services, "tenant_admin")
    path = await begin()
    await site.get(path)
    await site.post(f"{path}/ask")
    page = await site.post(f"{path}/cancel")
    assert "中止しました" in page.text
    assert "もう一度調べる" in page.text


def ten_yen_more(fees):
    return re.sub(r"yen: ([1-9]\d*)", lambda found: f"yen: {int(found[1]) + 10}", fees)


async def test_what_is_found_is_told_in_words_by_kind_and_clause_and_as_a_file(
    application, browse, services, begin, work
):
    _, yen = await book(application, services[SERVICE])
    site, roles = await log_in(browse, services, "tenant_admin")
    path = await begin("fees.yaml", ten_yen_more)
    await site.get(path)
    await site.post(f"{path}/ask")
    await work()
    page = await site.get(path)
    assert "予約・当選で、この改正案では断られるものはありません" in page.text
    assert "料金の増" in page.text
    assert "料金の1-" in page.text
    page = await site.get(f"{path}/findings?kind=price")
    assert f"{yen:,}円" in page.text
    assert ("/counter/bookings/" in page.text) == any("bookings" in ROLES[role] for role in roles)
    file = await site.get(f"{path}/findings.csv")
    assert file.content.startswith("\ufeff".encode())
    lines = file.text.splitlines()
    assert lines[0].lstrip("\ufeff").split(",")[:3] == ["違い", "種類", "番号"]
    assert f"{yen:,}円" in lines[1].replace('"', "")


async def test_what_would_be_refused_is_told_with_the_sentence_a_resident_would_read(
    application, browse, services, begin, work
):
    await book(application, services[SERVICE])
    site, _ = await log_in(browse, services, "tenant_admin")
    path = await begin("booking.yaml", lambda booking: booking.replace("channels: [web", "channels: [telephone"))
    await site.get(path)
    await site.post(f"{path}/ask")
    await work()
    page = await site.get(path)
    assert "この改正案では断られる確定済みの予約・当選が" in page.text
    page = await site.get(f"{path}/findings?breaking=1")
    assert "断られる予約</span>" in page.text
    assert "受付期間の" in page.text
    link = unescape(re.search(r'href="([^"]+/edit\?file=booking.yaml[^"]+)"', page.text)[1])
    opened = await site.get(link)
    line = int(re.search(r'data-line="(\d+)"', opened.text)[1])
    assert (
        "- code:"
        in re.search(r'name="file:booking.yaml"[^>]*>\n(.*?)</textarea>', opened.text, re.DOTALL)[1].splitlines()[
            line - 1
        ]
    )
    english = await site.get(f"{path}/findings?breaking=1&lang=en")
    row = english.text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "Would be refused" in row
    assert "Please apply at the counter or by telephone." in row
    assert "When booking is open, no. 1" in row


async def test_an_auditor_reads_and_asks_for_nothing(browse, services, begin):
    site, _ = await log_in(browse, services, "auditor")
    path = await begin()
    page = await site.get(path)
    assert page.status_code == 200
    assert "影響を調べる</button>" not in page.text
    assert (await site.post(f"{path}/ask")).status_code == 403


async def test_a_draft_that_is_not_there_is_not_found(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    assert (await site.get(f"/counter/rules/drafts/{uuid4()}/dry-run")).status_code == 404
