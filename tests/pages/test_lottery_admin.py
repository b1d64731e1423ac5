"""Lotteries at the counter over HTTP: how they stand, what is stuck, the value that is typed in, files before time."""

import gzip
import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from tests.cities import city_settings_of, load_cities
from tests.pages.lots import plain
from tests.pages.test_roles import log_in

from yoyaku.db.engine import tenant_transaction
from yoyaku.db.tables import (
    deadline,
    lottery,
    lottery_applicant,
    lottery_batch,
    lottery_entry,
    lottery_file,
    lottery_progress,
    lottery_win,
)
from yoyaku.kernel.clock import read_clock
from yoyaku.web.app import create_app

SERVICE = "sports"
FAR = date(2040, 1, 1)
MONTHS = iter(range(1200))
DRAWN = {"state": "drawn", "result_hash": "ef" * 32, "seed": "01" * 32, "public_value": "1"}


def a_month():
    """A month of its own for each test: they share a database."""
    years, month = divmod(next(MONTHS), 12)
    return date(FAR.year + years, month + 1, 1)


@pytest.fixture(scope="module")
def city_settings(database_server, _new_database):
    """A database of its own: what is written here by hand is no example for other pages."""
    made = _new_database()
    settings = city_settings_of(made)
    load_cities(settings)
    yield settings
    database_server.drop_database(made.name)


@pytest.fixture(scope="module")
async def application(city_settings):
    gateway = create_app(city_settings)
    yield gateway
    await gateway.app.state["engine"].dispose()


@pytest.fixture
def inside(application, services):
    """A transaction of the sports service."""
    service = services[SERVICE]
    return lambda: tenant_transaction(application.app.state["engine"], service.tenant, service.code)


async def business_now(conn):
    seconds = (
        await conn.execute(text("SELECT clock_offset_seconds FROM service WHERE service_id = 'sports'"))
    ).scalar_one()
    return read_clock() + timedelta(seconds=seconds)


async def add_lottery(inside, state="sealed", beacon="beacon-published", **more):
    """A lottery as the platform would have left it; its draw was due an hour ago."""
    async with inside() as conn:
        now = await business_now(conn)
        keys = (await conn.execute(text("SELECT tenant_id, service_id FROM service WHERE service_id = 'sports'"))).one()
        rules = (
            await conn.execute(text("SELECT max(version) FROM rule_set_version WHERE service_id = 'sports'"))
        ).scalar_one()
        stock = (await conn.execute(text("SELECT max(version) FROM inventory_version"))).scalar_one()
        month = a_month()
        values = {
            "lottery_id": uuid4(),
            "scheme": "sports_monthly",
            "period_starts": month,
            "period_ends": (month + timedelta(days=32)).replace(day=1),
            "rule_set_version": rules,
            "inventory_version": stock,
            "state": state,
            "opens_at": now - timedelta(days=3),
            "closes_at": now - timedelta(hours=2),
            "draws_at": now - timedelta(hours=1),
            "announces_at": now + timedelta(days=1),
            "releases_at": now + timedelta(days=5),
            "secret": b"x",
            "secret_hash": "ab" * 32,
            "beacon": beacon,
            "public_source": "市の公報 第1号",
            "sealed_hash": None if state in {"planned", "open"} else "cd" * 32,
            "sealed_at": now,
            "applicants": 12,
            "entries": 34,
            **more,
        }
        await conn.execute(insert(lottery).values(**keys._mapping, **values))
        return keys._mapping, values


async def add_deadline(inside, keys, values, kind="lottery_draw", **more):
    async with inside() as conn:
        row = {"deadline_id": uuid4(), "kind": kind, "subject_id": values["lottery_id"], "attempts": 0}
        due = {"due_at": values["draws_at"], "next_try_at": datetime.now(UTC) + timedelta(minutes=20)}
        await conn.execute(insert(deadline).values(**keys, **{**row, **due, **more}))


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

    led = set(re.findall(r'class="button button-quiet" href="(/counter[^"]*)"', page.text))
    assert led == {"/counter/lotteries", "/counter/log"}


async def test_a_lottery_of_nobody_is_not_there(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")

    assert (await site.get(f"/counter/lotteries/{uuid4()}")).status_code == 404


TRIED = {"applicants": "40", "wishes": "3", "skew": "strong", "draws": "3", "number": "1", "entries_at_most": "2"}


async def test_a_rehearsal_compares_rules_on_entries_made_up(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get("/counter/lotteries/rehearsal")
    scheme = re.search(r'name="scheme" value="([^"]+)"', page.text)[1]
    asked = {"scheme": scheme, "source": "synthetic", "algorithm": "per_slot", "wins_at_most": "1", **TRIED}
    page = await site.post("/counter/lotteries/rehearsal", **asked)

    assert page.status_code == 200
    assert "3回の抽選の平均" in page.text
    assert "今の規則" in page.text
    assert "1件以上当たる人" in page.text
    assert 'value="strong" selected' in page.text
    again = await site.post("/counter/lotteries/rehearsal", **asked)
    assert re.findall(r"[\d.]+%", again.text) == re.findall(r"[\d.]+%", page.text)


async def test_a_rehearsal_says_what_is_wrong_and_loses_nothing_typed(browse, services):
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get("/counter/lotteries/rehearsal")
    scheme = re.search(r'name="scheme" value="([^"]+)"', page.text)[1]
    asked = {"scheme": scheme, "source": "synthetic", "algorithm": "dice", "wins_at_most": "0"}
    page = await site.post("/counter/lotteries/rehearsal", **{**asked, **TRIED, "draws": "9999", "wishes": "たくさん"})

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert all(f'id="{name}-error"' in page.text for name in ("algorithm", "wins_at_most", "draws", "wishes"))
    assert 'value="たくさん"' in page.text


async def add_batch(inside, keys, values, kind, **facts):
    batch_id = uuid4()
    async with inside() as conn:
        row = {"lottery_id": values["lottery_id"], "kind": kind, "applied_at": values["sealed_at"], "facts": facts}
        await conn.execute(insert(lottery_batch).values(**keys, batch_id=batch_id, **row))
    return batch_id


async def test_a_draw_is_taken_back_with_a_reason_and_done_again(browse, services, inside):
    keys, values = await add_lottery(inside, **DRAWN)
    batch = await add_batch(inside, keys, values, "draw", wins=3, rounds=2)
    home = f"/counter/lotteries/{values['lottery_id']}"
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get(home)
    assert f'href="{home}/batches/{batch}"' in page.text
    await site.get(f"{home}/batches/{batch}")
    unsaid = await site.post(f"{home}/batches/{batch}", why="", sure="yes")
    assert unsaid.status_code == 422
    assert 'id="why-error"' in unsaid.text

    page = await site.post(f"{home}/batches/{batch}", why="施設の休館が決まったため", sure="yes")
    assert "取り消しました" in page.text
    assert "施設の休館が決まったため" in page.text
    assert "抽選をやり直す" in page.text
    second = await site.post(f"{home}/batches/{batch}", why="もう一度", sure="yes")
    assert second.status_code == 422
    await site.get(home)
    page = await site.post(f"{home}/batches/again", kind="draw")
    assert "まもなく、やり直します" in page.text
    async with inside() as conn:
        noted = text("SELECT act, why FROM audit_entry WHERE subject_id IN (:a, :b) ORDER BY at, entry_id")
        found = (await conn.execute(noted, {"a": str(batch), "b": str(values["lottery_id"])})).all()
    assert [tuple(one) for one in found] == [
        ("lottery_reverted", "施設の休館が決まったため"),
        ("lottery_again", None),
    ]


async def test_what_is_announced_is_not_offered_to_be_taken_back(browse, services, inside):
    keys, values = await add_lottery(inside, **{**DRAWN, "state": "announced", "announced_at": datetime.now(UTC)})
    batch = await add_batch(inside, keys, values, "draw", wins=3)
    home = f"/counter/lotteries/{values['lottery_id']}"
    site, _ = await log_in(browse, services, "tenant_admin")
    page = await site.get(home)
    assert f"/batches/{batch}" not in page.text
    await site.get(f"{home}/batches/{batch}")
    page = await site.post(f"{home}/batches/{batch}", why="やり直し", sure="yes")

    assert page.status_code == 422
    assert 'value="やり直し"' in page.text


@pytest.mark.parametrize("kind", ["seal", "draw", "announce", "release"])
async def test_what_would_happen_is_shown_before_it_does(browse, services, inside, kind):
    _, values = await add_lottery(inside)
    site, _ = await log_in(browse, services, "facility_manager")
    page = await site.get(f"/counter/lotteries/{values['lottery_id']}/preview/{kind}")

    assert page.status_code == 200
    assert "まだ何も変わっていません" in page.text
    assert (await site.get(f"/counter/lotteries/{values['lottery_id']}/preview/raffle")).status_code == 404


async def add_win(inside, keys, values, name):
    """A win that nobody accepted, of somebody, in a lottery that is open and then goes on to its announcement."""
    applicant, entry = uuid4(), uuid4()
    async with inside() as conn:
        there = text("SELECT facility_id, space_id FROM space ORDER BY 1, 2 LIMIT 1")
        found = (await conn.execute(there)).one()
        facility, space = found.facility_id, found.space_id.removeprefix(f"{found.facility_id}.")
        person = (await conn.execute(text("SELECT registrant_id FROM registrant ORDER BY 1 LIMIT 1"))).scalar_one()
        await conn.execute(
            text("UPDATE registrant SET name = :name WHERE registrant_id = :id"), {"name": name, "id": person}
        )
        now = values["sealed_at"]
        whose = {"lottery_id": values["lottery_id"], "applicant_id": applicant}
        await conn.execute(
            insert(lottery_applicant).values(
                **keys,
                **whose,
                registrant_id=person,
                receipt=f"{entry.hex[:5]}-ABCDE".upper(),
                entered_at=now,
                tier=0,
                tickets=1,
                facts={},
            )
        )
        use = {"facility": facility, "space": space, "use_on": "2040-01-05", "starts": "09:00", "ends": "10:00"}
        await conn.execute(
            insert(lottery_entry).values(
                **keys,
                **whose,
                entry_id=entry,
                rank=1,
                cap=5,
                entered_at=now,
                channel="web",
                total_yen=0,
                requests=[use],
                wants="[]",
                form={},
                accepted_terms=[],
                facts={},
                trace=[],
            )
        )
        key = {"id": values["lottery_id"], "hash": "cd" * 32}
        await conn.execute(text("UPDATE lottery SET state = 'sealed', sealed_hash = :hash WHERE lottery_id = :id"), key)
        await conn.execute(
            insert(lottery_win).values(
                **keys,
                **whose,
                entry_id=entry,
                round=1,
                place=1,
                sole=False,
                state="won",
                accept_until=now + timedelta(days=2),
            )
        )
        announced = (
            "UPDATE lottery SET state = 'announced', result_hash = :hash, announced_at = :now WHERE lottery_id = :id"
        )
        await conn.execute(text(announced), {**key, "now": now})
    return person, f"{entry.hex[:5]}-ABCDE".upper()


async def test_who_would_lose_what_is_told_by_name_for_a_purpose_only_and_each_look_is_kept(browse, services, inside):
    keys, values = await add_lottery(inside, state="open")
    person, receipt = await add_win(inside, keys, values, "失効 花子")
    path = f"/counter/lotteries/{values['lottery_id']}/preview/lapse"
    site, _ = await log_in(browse, services, "auditor")
    page = await site.get(path)
    assert receipt in page.text
    assert "失効 花子" not in page.text

    site, _ = await log_in(browse, services, "facility_manager")
    page = await site.get(path)
    assert "失効 花子" not in page.text
    page = await site.post("/counter/purpose", purpose="telephone", next=path)
    assert "失効 花子" in page.text
    assert "2040年1月5日" in page.text
    async with inside() as conn:
        noted = text("SELECT purpose FROM audit_entry WHERE act = 'lottery_previewed' AND registrant_id = :id")
        assert (await conn.execute(noted, {"id": person})).scalar_one() == "telephone"


async def test_a_win_that_could_not_become_a_booking_is_shown_with_why_and_tried_again(browse, services, inside):
    keys, values = await add_lottery(inside, state="open")
    _, receipt = await add_win(inside, keys, values, "当選 花子")
    async with inside() as conn:
        why = '{"code": "won_differs", "title": "", "facts": {}}'
        stick = text("UPDATE lottery_win SET stuck = CAST(:why AS jsonb) WHERE lottery_id = :id")
        await conn.execute(stick, {"why": why, "id": values["lottery_id"]})
    path = f"/counter/lotteries/{values['lottery_id']}"
    site, _ = await log_in(browse, services, "auditor")
    assert "予約にできなかった当選が1件あります" in (await site.get("/counter/lotteries")).text
    page = await site.get(path)
    assert receipt in page.text
    assert "抽選のあとで規則が変わったため" in page.text
    assert "もう一度予約にする" not in page.text

    site, _ = await log_in(browse, services, "tenant_admin")
    assert "もう一度予約にする" in (await site.get(path)).text
    page = await site.post(f"{path}/batches/again", kind="book")
    assert "予約にできなかった当選" not in page.text
    async with inside() as conn:
        due = text("SELECT count(*) FROM deadline WHERE kind = 'lottery_announce' AND subject_id = :id")
        assert (await conn.execute(due, {"id": values["lottery_id"]})).scalar_one() == 1
