"""Entries and wins under a draft of the rules: what they would cost, and which a draft would refuse."""

from datetime import date, timedelta

import yaml
from sqlalchemy import insert
from tests.integration.lottery.drawn_town import court, moment, publish, wish, work
from tests.integration.lottery.won import announced

from yoyaku.admin.service.dry_run import ask_dry_run, findings, get_run, tally_of
from yoyaku.db.tables import staff
from yoyaku.kernel.ids import new_id
from yoyaku.rulebook.stored import files_of
from yoyaku.ruleset.service import begin_draft
from yoyaku.testing.town import SERVICE, TOWN
from yoyaku.worker.dry_runs import do_dry_runs

HERE = {"tenant_id": TOWN, "service_id": SERVICE}
DAY = date(2027, 2, 20)
ENTERING = moment(1, "opens", minutes=1)


async def tried(town, runtime, change, *, now):
    """What a draft of version 2 would change, looked up by the worker."""
    admin = new_id()
    async with town.act() as conn:
        await conn.execute(insert(staff).values(**HERE, staff_id=admin, name="係長", roles=["tenant_admin"]))
        values = {}
        for one in (await files_of(conn, **HERE, version=2)).values():
            values |= yaml.safe_load(one)
        change(values)
        files = {"rules.yaml": yaml.safe_dump(values, allow_unicode=True)}
        draft = await begin_draft(conn, **HERE, title="改正", based_on=2, files=files, staff_id=admin, now=now)
        run_id = await ask_dry_run(conn, tenant_id=TOWN, draft=draft, staff_id=admin, now=now)
    await do_dry_runs(runtime)
    async with town.act() as conn:
        run = await get_run(conn, run_id=run_id)
        assert run.state == "done", run.error
        return tally_of(run), await findings(conn, run_id=run_id)


def no_lottery(rules):
    rules["lottery"]["schemes"] = [one for one in rules["lottery"]["schemes"] if one["code"] != "courts"]


async def test_an_entry_that_stands_is_decided_again(town, drawn_runtime):
    rules = await publish(town, keeps_back=True)
    await work(town, drawn_runtime, moment(1, "opens"))
    await wish(town, rules, 0, court(DAY), court(DAY + timedelta(days=1)), now=ENTERING)

    def dearer(values):
        values["fees"]["steps"][0]["table"][0]["yen"] = 600

    tally, found = await tried(town, drawn_runtime, dearer, now=ENTERING)
    assert tally.looked == {"entry": 1}
    assert [(one.kind, one.subject_kind, one.change_yen, one.breaks) for one in found] == [
        ("price", "entry", 400, False)
    ]
    receipt = await town.see("SELECT receipt FROM lottery_applicant")
    assert [(one.number,) for one in found] == receipt


async def test_an_entry_whose_lottery_would_be_gone_is_told_and_breaks_nothing_yet(town, drawn_runtime):
    rules = await publish(town, keeps_back=True)
    await work(town, drawn_runtime, moment(1, "opens"))
    await wish(town, rules, 0, court(DAY), now=ENTERING)
    tally, found = await tried(town, drawn_runtime, no_lottery, now=ENTERING)
    assert [(one.kind, one.becomes["code"]) for one in found] == [("validity", "lottery_not_found")]
    assert tally.broken == 0


async def test_a_win_that_waits_would_be_broken(town, drawn_runtime):
    await announced(town, drawn_runtime, (0, court(DAY)), keeps_back=True)
    tally, found = await tried(town, drawn_runtime, no_lottery, now=moment(1, "announces", hours=1))
    assert [(one.kind, one.breaks) for one in found] == [("validity", True)]
    assert tally.broken == 1


async def test_a_draft_like_its_base_changes_no_entry(town, drawn_runtime):
    rules = await publish(town, keeps_back=True)
    await work(town, drawn_runtime, moment(1, "opens"))
    await wish(town, rules, 0, court(DAY), now=ENTERING)

    def noted(values):
        values["registration"]["classes"][0]["note"] = "同じ"

    tally, found = await tried(town, drawn_runtime, noted, now=ENTERING)
    assert (tally.looked, found) == ({"entry": 1, "registration": 40}, [])
    assert await town.see("SELECT count(*) FROM lottery_entry WHERE rank = 1") == [(1,)]
