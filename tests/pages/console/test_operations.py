"""Operations in sight: with the worker dead, with work that is stuck, with everything well."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from tests.cities import city_values
from tests.pages.lots import plain
from tests.pages.test_roles import demo_staff

from yoyaku.admin.service.operations import PARTS
from yoyaku.cli.operations import operations
from yoyaku.db.engine import make_engine, tenant_transaction
from yoyaku.db.heartbeat import note_from_outside, note_heartbeat
from yoyaku.kernel.ids import new_id

EVENT = """
    INSERT INTO outbox (tenant_id, service_id, event_id, kind, subject_id, facts, attempts, next_try_at, last_error)
    VALUES (:tenant, :service, :id, 'booking_made', :id, '{}', 7, now() + interval '1 hour', :error)
"""
DEADLINE = """
    INSERT INTO deadline (tenant_id, service_id, deadline_id, kind, subject_id, due_at, attempts, last_error)
    VALUES (:tenant, :service, :id, :kind, :id, '2026-01-01', 3, :error)
"""
DONE = (
    "UPDATE deadline SET done_at = now() WHERE done_at IS NULL AND due_at < '2027-01-21'",
    "UPDATE outbox SET handled_at = now() WHERE handled_at IS NULL",
    "UPDATE mail SET sent_at = now() WHERE sent_at IS NULL",
)
UNKNOWN = '{"kind": "ValueError"}'
REFUSED = '{"kind": "NotFound", "code": "unknown_space", "title": "x", "facts": {}}'


@pytest.fixture
async def inside(city_settings, services):
    """A transaction of the sports service."""
    engine = make_engine(city_settings.database_url, pool_size=1)
    yield lambda: tenant_transaction(engine, services["sports"].tenant, "sports")
    await engine.dispose()


@pytest.fixture
async def desk(browse, services):
    """The console of an admin."""
    site = browse("sports")
    person, _ = demo_staff("tenant_admin", services["sports"].clerk)
    await site.log_in(person)
    return site


async def stick(inside, services, sql, **values):
    """A piece of work that was tried in vain."""
    made = new_id()
    async with inside() as conn:
        of = {"tenant": services["sports"].tenant, "service": "sports"}
        await conn.execute(text(sql), {**of, "id": made, **values})
    return made


async def test_without_a_worker_the_page_says_so_and_whom_to_ask(desk):
    await desk.get("/counter/operations")
    shown = plain(desk.html)
    assert "手当てが必要です" in shown
    assert "予定表（スケジューラー）：止まっています" in shown
    assert "celery worker" in shown


async def test_heartbeats_make_it_well_and_a_failure_is_seen_at_once(desk, inside, city_settings):
    async with inside() as conn:
        for part in set(PARTS) - {"scheduler", "tidy"}:
            await note_heartbeat(conn, part=part)
        for done in DONE:  # what a worker would have done since the cities were made
            await conn.execute(text(done))
    assert note_from_outside(city_settings.database_url, part="scheduler") is None
    await desk.get("/counter/operations")
    assert "すべて動いています" in plain(desk.html)
    assert "まだ動いていません" in plain(desk.html)  # what runs each hour has not run yet, without fault
    async with inside() as conn:
        await note_heartbeat(conn, part="send_mails", failure="SMTPConnectError")
    await desk.get("/counter/operations")
    assert "メールの送信：失敗しています" in plain(desk.html)
    async with inside() as conn:
        await note_heartbeat(conn, part="send_mails")


async def test_stuck_work_is_told_in_words_tried_again_and_dropped_with_a_reason(desk, inside, services):
    event = await stick(inside, services, EVENT, error=REFUSED)
    await desk.get("/counter/operations")
    shown = plain(desk.html)
    assert "予約のお知らせ" in shown
    assert "その施設または部屋は見つかりません" in shown
    assert "unknown_space" not in shown
    await desk.post(f"/counter/operations/outbox/{event}/again")
    assert "すぐにもう一度試すようにしました" in plain(desk.html)
    async with inside() as conn:
        assert (
            await conn.execute(text("SELECT next_try_at < now() FROM outbox WHERE event_id = :id"), {"id": event})
        ).scalar_one()

    refused = await desk.post(f"/counter/operations/outbox/{event}/drop", why=" ")
    assert refused.status_code == 422
    assert re.search(rf'href="#why-{event}">理由を書いてください', desk.html)
    await desk.post(f"/counter/operations/outbox/{event}/drop", why="電話で伝えた")
    assert "取りやめました" in plain(desk.html)
    assert str(event) not in desk.html
    async with inside() as conn:
        rows = await conn.execute(
            text("SELECT act, why FROM audit_entry WHERE subject_id = :id ORDER BY entry_id"), {"id": str(event)}
        )
        assert [tuple(row) for row in rows] == [("work_retried", None), ("work_dropped", "電話で伝えた")]
    gone = await desk.post(f"/counter/operations/outbox/{event}/again")
    assert gone.status_code == 404
    assert "もう止まっていません" in plain(desk.html)


async def test_what_has_to_be_done_is_never_dropped(desk, inside, services):
    work = await stick(inside, services, DEADLINE, kind="lottery_draw", error=UNKNOWN)
    await desk.get("/counter/operations")
    shown = plain(desk.html)
    assert "この作業は取りやめられません" in shown
    assert "抽選の公開乱数" in shown
    assert "システム管理者に伝えてください" in shown
    refused = await desk.post(f"/counter/operations/deadline/{work}/drop", why="面倒")
    assert refused.status_code == 409
    async with inside() as conn:
        await conn.execute(text("UPDATE deadline SET done_at = now() WHERE deadline_id = :id"), {"id": work})


async def test_the_command_says_the_same_over_all_tenants_and_fails_where_something_is_stuck(
    inside, services, city_settings, monkeypatch
):
    await stick(inside, services, EVENT, error=UNKNOWN)
    for name, value in city_values(Addresses(city_settings)).items():
        monkeypatch.setenv(name, value)
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(CliRunner().invoke, operations, ["--format", "json"]).result()
        said = thread.submit(CliRunner().invoke, operations, ["--lang", "en"]).result()
    found = json.loads(done.output)
    assert done.exit_code == said.exit_code == 1
    assert len(found) == 4
    assert [one["kind"] for one in found[f"{services['sports'].tenant}/sports"]["stuck"]] == ["outbox"]
    assert "Notification of a booking" in said.output


class Addresses:
    """A database by the addresses of settings."""

    def __init__(self, settings):
        self.url, self.owner_url = settings.database_url, settings.migration_database_url
