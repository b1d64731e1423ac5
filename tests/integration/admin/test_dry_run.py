"""A dry run over the town's own bookings: counted, killed, stopped, and nothing of them changed."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import insert, text

from yoyaku.admin.service import dry_running
from yoyaku.admin.service.dry_run import DraftNotTryable, ask_dry_run, cancel_dry_run, findings, get_run, tally_of
from yoyaku.db.tables import staff
from yoyaku.kernel.ids import new_id
from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.stored import files_of
from yoyaku.ruleset.service import begin_draft, get_draft
from yoyaku.testing.town import NOW, SERVICE, TOWN, hours, nights
from yoyaku.worker.dry_runs import do_dry_runs
from yoyaku.worker.runtime import Runtime

TRIER = Path(__file__).with_name("trier.py")
HERE = {"tenant_id": TOWN, "service_id": SERVICE}
KILLED = -signal.SIGKILL
PEOPLE = 7
pytestmark = pytest.mark.usefixtures("booked")


@pytest.fixture
async def runtime(make_settings, fresh_database):
    made = Runtime.from_settings(make_settings(fresh_database, CELERY_BROKER_URL="memory://"))
    yield made
    await made.engine.dispose()


@pytest.fixture
async def admin(town):
    staff_id = new_id()
    async with town.act() as conn:
        await conn.execute(insert(staff).values(**HERE, staff_id=staff_id, name="係長 葉子", roles=["tenant_admin"]))
    return staff_id


@pytest.fixture
def begin(town, admin):
    """A draft of the town's rules after a change of their document."""

    async def run(change):
        async with town.act() as conn:
            texts = await files_of(conn, **HERE, version=1)
            values = {}
            for one in texts.values():
                values |= yaml.safe_load(one)
            change(values)
            files = {"rules.yaml": yaml.safe_dump(values, allow_unicode=True)}
            assert check_draft(files, [], name="a").errors == ()
            return await begin_draft(conn, **HERE, title="改正", based_on=1, files=files, staff_id=admin, now=NOW)

    return run


@pytest.fixture
def ask(town, admin):
    async def run(draft, now=NOW):
        async with town.act() as conn:
            return await ask_dry_run(conn, tenant_id=TOWN, draft=draft, staff_id=admin, now=now)

    return run


@pytest.fixture
async def booked(town):
    """Seven people with a court and a night each; the first has a second court."""
    for place in range(PEOPLE):
        day = NOW.date() + timedelta(days=20 + place)
        await town.book(place, hours("court", day=day), nights(day=day))
    await town.book(0, hours("court", "13:00", "14:00"))


def dearer(rules):
    rules["fees"]["steps"][0]["table"][0]["yen"] = 600


def no_nights_of_one(rules):
    """Nobody may stay for less than two nights: what is booked for one is refused."""
    rules["timetables"]["stay"]["minimum_nights"] = 2


async def of_run(town, run_id):
    async with town.act() as conn:
        run = await get_run(conn, run_id=run_id)
        return run, tally_of(run), await findings(conn, run_id=run_id, page=(0, 1000))


async def test_what_would_cost_more_is_counted_to_the_yen(town, begin, ask, runtime):
    before = await town.see("SELECT count(*), sum(total_yen), max(made_at) FROM booking")
    run_id = await ask(await begin(dearer))
    assert await do_dry_runs(runtime) == 1
    run, tally, found = await of_run(town, run_id)
    assert (run.state, run.done, run.total, run.broken) == ("done", 15, 15, 0)
    line = tally.kinds["price"]
    assert (line.findings, line.people, line.more_yen, line.less_yen) == (8, 7, 7 * 200 + 100, 0)
    assert (tally.people, tally.looked, tally.falling) == (7, {"booking": 15}, 15)
    assert [one.place for one in found] == list(range(8))
    assert {one.becomes["path"] for one in found} == {"fees.steps[0].table[0]"}
    assert await town.see("SELECT count(*), sum(total_yen), max(made_at) FROM booking") == before


async def test_what_would_be_refused_breaks(town, begin, ask, runtime):
    run_id = await ask(await begin(no_nights_of_one))
    await do_dry_runs(runtime)
    run, tally, found = await of_run(town, run_id)
    assert (run.state, run.broken, tally.broken) == ("done", PEOPLE, PEOPLE)
    assert {(one.kind, one.breaks, one.becomes["code"]) for one in found if one.breaks} == {
        ("validity", True, "too_short.nights")
    }


async def test_a_draft_that_changes_nothing_finds_nothing(town, begin, ask, runtime):
    run_id = await ask(await begin(lambda _: None))
    await do_dry_runs(runtime)
    run, tally, found = await of_run(town, run_id)
    assert (run.state, run.done, tally.people, found) == ("done", 15, 0, [])


def one_court_a_year(rules):
    limit = {"code": "one", "when": {"space_kind": "court"}, "unit": "bookings", "per": "fiscal_year", "cap": 1}
    rules["booking"]["limits"].append(limit)


async def test_a_limit_counts_the_other_bookings_of_the_same_person(town, begin, ask, runtime):
    run_id = await ask(await begin(one_court_a_year))
    await do_dry_runs(runtime)
    run, _, found = await of_run(town, run_id)
    assert run.broken == 1
    assert [one.becomes["code"] for one in found] == ["limit_reached"]


@pytest.mark.parametrize(
    ("per", "broken"),
    [("outstanding", 6), ("month", 4), ("day", 1), ("at_once", 0)],
)
async def test_a_limit_of_a_facility_counts_what_everybody_has(town, begin, ask, runtime, per, broken):
    """Nine courts: two in January, seven in February, of these two on one day, one after the other."""
    await town.book(1, hours("court", "14:00", "15:00"))

    def together(rules):
        limit = {"code": "all", "when": {"space_kind": "court"}, "scope": "facility", "unit": "bookings"}
        rules["booking"]["limits"].append(limit | {"per": per, "cap": 1 if per in {"day", "at_once"} else 3})

    run_id = await ask(await begin(together))
    await do_dry_runs(runtime)
    run, _, found = await of_run(town, run_id)
    assert run.broken == broken
    assert {one.becomes["code"] for one in found} <= {"limit_reached"}


async def test_a_limit_counts_what_is_over_and_paid_too(town, begin, ask, runtime):
    later = NOW + timedelta(days=40)
    await town.book(1, hours("court", day=later.date()))
    async with town.act() as conn:
        for booking_id in (await conn.execute(text("SELECT booking_id FROM booking WHERE total_yen > 0"))).scalars():
            await town.pay(conn, booking_id)
    run_id = await ask(await begin(one_court_a_year), now=later - timedelta(days=5))
    await do_dry_runs(runtime)
    run, tally, found = await of_run(town, run_id)
    assert (run.broken, tally.looked) == (2, {"booking": 2})  # the first had two courts, too
    assert {one.becomes["code"] for one in found} == {"limit_reached"}


async def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    town, begin, ask, runtime, make_settings, fresh_database
):
    run_id = await ask(await begin(dearer))
    settings = make_settings(fresh_database)
    env = {
        **os.environ,
        "PYTHONPATH": "platform:.",
        "DATABASE_URL": settings.database_url,
        "CELERY_BROKER_URL": "memory://",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SECRET_KEY": settings.secret_key,
        "ENVIRONMENT": "test",
        "SITE_SCHEME": "http",
    }
    run = [sys.executable, str(TRIER), "3"]
    killed = await asyncio.to_thread(subprocess.run, run, env=env, stdout=subprocess.DEVNULL, timeout=120, check=False)
    assert killed.returncode == KILLED
    halfway, tally, found = await of_run(town, run_id)
    assert halfway.state == "running"
    assert 0 < halfway.done < halfway.total
    assert len(found) == tally.kinds["price"].findings
    assert await do_dry_runs(runtime) == 1
    run, tally, found = await of_run(town, run_id)
    assert (run.state, run.done, tally.kinds["price"].findings, len({one.subject_id for one in found})) == (
        "done", 15, 8, 8,
    )  # fmt: skip


async def test_one_worker_at_a_time_is_at_a_run(town, begin, ask, runtime):
    run_id = await ask(await begin(dearer))
    assert sorted(await asyncio.gather(do_dry_runs(runtime), do_dry_runs(runtime))) == [0, 1]
    run, tally, _ = await of_run(town, run_id)
    assert (run.done, tally.kinds["price"].findings) == (15, 8)


async def test_a_run_that_waits_is_stopped_at_once_and_another_may_follow(town, begin, ask, runtime):
    draft = await begin(dearer)
    run_id = await ask(draft)
    assert await ask(draft) == run_id
    async with town.act() as conn:
        await cancel_dry_run(conn, run_id=run_id)
    run, _, _ = await of_run(town, run_id)
    assert run.state == "cancelled"
    assert await do_dry_runs(runtime) == 0
    assert await ask(draft) != run_id


async def test_a_run_that_goes_on_is_stopped_at_the_next_piece_and_keeps_nothing(town, begin, ask, monkeypatch):
    monkeypatch.setattr(dry_running, "PEOPLE_AT_ONCE", 4)
    run_id = await ask(await begin(dearer))
    job = dry_running.DryRun(tenant_id=TOWN, service_id=SERVICE, run_id=run_id, transaction=town.act)
    assert not await job.do_piece()
    async with town.act() as conn:
        await cancel_dry_run(conn, run_id=run_id)
    run, _, found = await of_run(town, run_id)
    assert (run.state, run.cancel_asked, bool(found)) == ("running", True, True)
    assert await job.do_piece()
    run, _, found = await of_run(town, run_id)
    assert (run.state, found) == ("cancelled", [])


async def test_only_so_many_findings_are_kept_and_all_are_counted(town, begin, ask, runtime, monkeypatch):
    monkeypatch.setattr(dry_running, "MOST_STORED", 3)
    run_id = await ask(await begin(dearer))
    await do_dry_runs(runtime)
    _, tally, found = await of_run(town, run_id)
    assert (len(found), tally.stored, tally.kinds["price"].findings) == (3, 3, 8)


async def test_a_run_that_cannot_be_done_says_so_and_is_over(town, begin, ask, runtime, monkeypatch):
    async def broken(*_, **__):
        raise KeyError("secret of a resident")

    run_id = await ask(await begin(dearer))
    monkeypatch.setattr(dry_running.DryRun, "_read_draft", broken)
    await do_dry_runs(runtime)
    run, _, _ = await of_run(town, run_id)
    assert (run.state, run.error) == ("failed", '{"kind":"KeyError"}')


async def test_a_draft_with_faults_is_not_tried(town, begin, ask):
    draft = await begin(lambda _: None)
    async with town.act() as conn:
        await conn.execute(text('UPDATE rule_draft SET files = \'{"rules.yaml": "language: 1"}\''))
    async with town.act() as conn:
        broken = await get_draft(conn, draft_id=draft.draft_id)
    with pytest.raises(DraftNotTryable):
        await ask(broken)


def shorter(rules):
    """A registration of a year instead of what the town has: everybody's holds for another time."""
    validity = {"code": "registration", "name": "登録の期限", "from_stage": "registered", "months": 12}
    rules["registration"]["validity"] = [{**validity, "then_stage": "registered"}]


async def test_registrations_are_compared_where_their_rules_change(town, begin, ask, runtime):
    run_id = await ask(await begin(shorter))
    await do_dry_runs(runtime)
    run, tally, found = await of_run(town, run_id)
    people = (await town.see("SELECT count(*) FROM registrant"))[0][0]
    assert (tally.looked["registration"], run.done, run.total, run.broken) == (people, 15 + people, 15 + people, 0)
    of_people = [one for one in found if one.kind == "registration"]
    assert len(of_people) == tally.kinds["registration"].findings == people
    assert {one.becomes["path"] for one in of_people} == {"registration.validity[0]"}
    assert all(one.was["until"] == {} and one.becomes["until"]["registration"]["day"] for one in of_people)
