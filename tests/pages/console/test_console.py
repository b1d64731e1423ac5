"""Lotteries at the counter: how they stand, what is stuck, the value that is typed in, files before time."""

import gzip
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from tests.pages.console.byhand import DRAWN, add_deadline, add_lottery
from tests.pages.lots import plain
from tests.pages.test_roles import log_in

from yoyaku.admin.pages.desk import WAYS
from yoyaku.db.tables import lottery_batch, lottery_file, lottery_progress
from yoyaku.registration.policy.roles import ROLES


async def test_a_lottery_that_waits_for_a_value_says_so_and_takes_it_typed_twice(browse, services, inside):
    keys, values = await add_lottery(inside)
    await add_deadline(inside, keys, values, attempts=3, last_error='{"kind": "NotYet"}')
    path = f"/counter/lotteries/{values['lottery_id']}"
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get("/counter/lotteries")
    assert "止まっています" in page.text
    assert "公開値の入力を待っています" in page.text
    await site.get(path)
    assert "これまでに3回試行" in site.html

    unsure = await site.post(f"{path}/value", value="38,915.87", again="38,915.87", source="")
    assert unsure.status_code == 422
    assert "38,915.87" in unsure.text
    differing = await site.post(f"{path}/value", value="38,915.87", again="38,915.78", source="公報", sure="yes")
    assert differing.status_code == 422
    assert "一致しません" in differing.text
    done = await site.post(f"{path}/value", value="38,915.87", again="３８,915.87", source="公報", sure="yes")
    assert "公開値を公開しました" in done.text
    assert 'name="again"' not in done.text

    again = await site.post(f"{path}/value", value="1", again="1", source="公報", sure="yes")
    assert again.status_code == 422
    assert "38,915.87" in again.text


async def test_what_is_under_way_stands_before_what_is_only_planned(browse, services, inside):
    made = [await add_lottery(inside, state=state) for state in ("planned", "open")]
    planned, now = (values["lottery_id"] for _, values in made)
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get("/counter/lotteries")
    order = re.findall(r'href="/counter/lotteries/([0-9a-f-]{36})"', page.text)

    assert order.index(str(now)) < order.index(str(planned))


NAMED = {"code": "capacity_changed", "title": "", "facts": {"resource": "court.a", "day": "2027-02-20"}}
TOLD = [
    ({"kind": "BeaconFailed"}, "公開乱数（beacon-drand）が答えない"),
    ({"kind": "NotYet"}, "公開乱数（beacon-drand）から、予定の値がまだ出ていません"),
    ({"kind": "ProfileMissing"}, "公開乱数（beacon-drand）の設定が合っていません"),
    ({"kind": "NotReady"}, "前の作業が終わるのを待っています"),
    ({"kind": "CapacityChanged", **NAMED}, "空きが減りました（court.a 2027年2月20日"),
    ({"kind": "KeyError"}, "作業が失敗しました"),
    (None, "自動処理（ワーカー）が止まっている"),
]


@pytest.mark.parametrize(("error", "words"), TOLD, ids=[one["kind"] if one else "none" for one, _ in TOLD])
async def test_what_is_stuck_is_told_with_how_to_mend_it(browse, services, inside, error, words):
    keys, values = await add_lottery(inside, beacon="beacon-drand")
    record, said = uuid4(), None if error is None else json.dumps(error)
    await add_deadline(inside, keys, values, attempts=2 if error else 0, last_error=said, deadline_id=record)
    site, _ = await log_in(browse, services, "auditor")
    page = await site.get(f"/counter/lotteries/{values['lottery_id']}")

    assert words in page.text
    assert ("次に試す時刻" in page.text) == (error is not None)
    assert (str(record) in page.text) == (error is not None and error["kind"] not in {"NotYet", "NotReady"})
    assert ("待っている値：市の公報 第1号" in page.text) == (error in ({"kind": "BeaconFailed"}, {"kind": "NotYet"}))
    assert "kind" not in page.text
    assert 'name="again"' not in page.text


async def test_planning_that_fails_is_told_though_there_is_no_lottery_of_it(browse, services, inside):
    async with inside() as conn:
        said = json.dumps({"kind": "ProfileMissing", "code": "x", "title": "", "facts": {"plugin": "beacon-of-old"}})
        fail = "UPDATE deadline SET attempts = 3, last_error = :said, due_at = '2026-01-01' WHERE kind = 'lottery_plan'"
        done = await conn.execute(text(fail + " AND done_at IS NULL"), {"said": said})
    assert done.rowcount == 1
    site, _ = await log_in(browse, services, "auditor")
    page = await site.get("/counter/lotteries")
    async with inside() as conn:
        await conn.execute(text("UPDATE deadline SET last_error = NULL, attempts = 0 WHERE kind = 'lottery_plan'"))

    assert "抽選の予定の作成：止まっています" in page.text
    assert "公開乱数（beacon-of-old）の設定が合っていません" in page.text


async def test_reminders_and_lapses_that_are_done_stay_among_the_steps(browse, services, inside):
    keys, values = await add_lottery(inside, **{**DRAWN, "state": "announced", "announced_at": datetime.now(UTC)})
    more = {"due_at": values["releases_at"] - timedelta(hours=1)}
    await add_deadline(inside, keys, values, kind="lottery_lapse", **more)
    more = {"due_at": values["sealed_at"], "done_at": datetime.now(UTC)}
    await add_deadline(inside, keys, values, kind="lottery_remind", **more)
    site, _ = await log_in(browse, services, "auditor")
    page = await site.get(f"/counter/lotteries/{values['lottery_id']}")
    rows = [plain(row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", page.text, re.DOTALL)]

    assert [
        (row[:4], row.endswith("済み"), row.endswith("次の予定")) for row in rows if row[:2] in ("締切", "手続", "残り")
    ] == [
        ("締切りと", True, False),
        ("締切り前", True, False),
        ("手続きの", False, True),
        ("残りを先", False, False),
    ]


async def test_a_step_that_runs_shows_how_far_it_is_and_the_page_comes_anew(browse, services, inside):
    keys, values = await add_lottery(inside)
    async with inside() as conn:
        row = {"lottery_id": values["lottery_id"], "step": "draw", "done": 300, "total": 1000, "at": values["draws_at"]}
        await conn.execute(insert(lottery_progress).values(**keys, **row))
    site, _ = await log_in(browse, services, "facility_manager")
    page = await site.get(f"/counter/lotteries/{values['lottery_id']}")

    assert re.search(r'<progress[^>]* value="300" max="1000"', page.text)
    assert "抽選をしています：300／1000" in page.text
    assert page.headers["refresh"] == "10"


@pytest.mark.parametrize(("role", "status"), [("tenant_admin", 200), ("auditor", 200), ("facility_manager", 403)])
async def test_files_are_read_before_the_announcement_by_few_and_that_is_recorded(
    browse, services, inside, role, status
):
    keys, values = await add_lottery(inside)
    content = b'{"kind":"head"}\n'
    async with inside() as conn:
        row = {"lottery_id": values["lottery_id"], "name": "sealed", "content": gzip.compress(content)}
        told = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "made_at": values["sealed_at"]}
        await conn.execute(insert(lottery_file).values(**keys, **row, **told))
    site, _ = await log_in(browse, services, role)
    file = await site.get(f"/counter/lotteries/{values['lottery_id']}/files/sealed")

    assert file.status_code == status
    assert (file.content == content) == (status == 200)
    async with inside() as conn:
        noted = text("SELECT count(*) FROM audit_entry WHERE act = 'lottery_file_read' AND subject_id = :id")
        assert (await conn.execute(noted, {"id": str(values["lottery_id"])})).scalar_one() == (status == 200)


async def test_what_was_done_to_a_lottery_is_listed_with_who_and_why(browse, services, inside):
    keys, values = await add_lottery(inside)
    async with inside() as conn:
        done = {"applied_at": values["sealed_at"], "facts": {"applicants": 12, "entries": 34, "unheard_of": 1}}
        row = {"batch_id": uuid4(), "lottery_id": values["lottery_id"], "kind": "seal"}
        back = {"reverted_at": values["sealed_at"], "reverted_why": "見本の取消し"}
        await conn.execute(insert(lottery_batch).values(**keys, **row, **done, **back))
    site, _ = await log_in(browse, services, "auditor")
    page = await site.get(f"/counter/lotteries/{values['lottery_id']}")

    assert "締切りと封印" in page.text
    assert "見本の取消し" in page.text
    assert "unheard_of" not in page.text


async def test_the_console_leads_only_where_a_role_may_go(browse, services):
    site, _ = await log_in(browse, services, "auditor")
    page = await site.get("/counter/lotteries")

    menu = page.text.split('class="way-groups"')[1].split("</nav>")[0]
    led = set(re.findall(r'href="(/counter[^"]*)"', menu))
    assert led >= {"/counter/lotteries", "/counter/log", "/counter/ledger"}
    assert led == {path for path, _, needed, _ in WAYS if needed in ROLES["auditor"]}


@pytest.mark.parametrize(("role", "name"), [("auditor", "管理"), ("facility_manager", "窓口")])
async def test_the_console_is_a_counter_only_for_whoever_serves_people_there(browse, services, role, name):
    site, _ = await log_in(browse, services, role)
    page = await site.get("/counter/lotteries")

    menu, _, rest = page.text.partition("</header>")
    assert re.search(rf'href="/counter"[^>]*>.*?<span class="label">{name}</span>', menu, re.DOTALL)
    assert ("予約カゴ" in menu) == (name == "窓口")
    assert f'<a href="/counter">{name}</a>' in rest


async def test_a_lottery_of_nobody_is_not_there(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")

    assert (await site.get(f"/counter/lotteries/{uuid4()}")).status_code == 404
