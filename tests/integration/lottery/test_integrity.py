"""Nothing steers a lottery from the database, and nothing of its result shows there before it is announced."""

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.integration.lottery.drawn_town import court, moment, publish, states, wish, work

from yoyaku.booking.policy import StillDrawn
from yoyaku.booking.service import month_availability, submit, submit_application
from yoyaku.db.engine import tenant_transaction
from yoyaku.kernel.ids import new_id
from yoyaku.lottery.repository.files import read_content
from yoyaku.lottery.repository.keys import add_key, read_newest_key
from yoyaku.lottery.service.batches import apply_again, list_batches, revert
from yoyaku.lottery.service.lapsing import preview_lapse
from yoyaku.lottery.service.odds import read_odds
from yoyaku.lottery.service.overview import read_one
from yoyaku.testing.town import SERVICE, TOWN, visit_of

DAY = date(2027, 2, 20)
ENTERING = moment(1, "opens", minutes=1)
EVE = moment(1, "announces", minutes=-5)

ADDED_KEY = (
    "INSERT INTO signing_key SELECT (jsonb_populate_record(k, jsonb_build_object("
    "'key_id', gen_random_uuid(), 'made_at', '2099-01-01'))).* FROM signing_key k LIMIT 1"
)
WHOLE = {
    "who entered": "INSERT INTO lottery_applicant SELECT (jsonb_populate_record(a, jsonb_build_object("
    "'applicant_id', gen_random_uuid(), 'receipt', 'AAAAA-AAAAA', 'registrant_id', r.registrant_id))).*"
    " FROM lottery_applicant a, registrant r LIMIT 1",
    "an entry more": "INSERT INTO lottery_entry SELECT (jsonb_populate_record(e, jsonb_build_object("
    "'entry_id', gen_random_uuid(), 'rank', 9))).* FROM lottery_entry e LIMIT 1",
    "a rank": "UPDATE lottery_entry SET rank = rank + 1",
    "a withdrawal": "UPDATE lottery_entry SET rank = NULL, withdrawn_at = now()",
    "what is wanted": "UPDATE lottery_entry SET wants = '[]'",
    "whose entry it is": "UPDATE lottery_entry e SET applicant_id = a.applicant_id FROM lottery_applicant a",
    "which lottery it is in": "UPDATE lottery_entry SET lottery_id ="
    " (SELECT lottery_id FROM lottery WHERE state = 'planned' LIMIT 1)",
    "whose receipt it is": "UPDATE lottery_applicant SET receipt = reverse(receipt)",
    "who has the receipt": "UPDATE lottery_applicant SET registrant_id = gen_random_uuid()",
    "tickets": "UPDATE lottery_applicant SET tickets = 100",
    "the tier": "UPDATE lottery_applicant SET tier = 1",
    "uses removed": "DELETE FROM lottery_part",
    "opened anew": "UPDATE lottery SET state = 'open', sealed_hash = NULL WHERE state = 'sealed'",
    "another secret": "UPDATE lottery SET secret = '\\x00', secret_hash = '00' WHERE state = 'sealed'",
    "another promise": "UPDATE lottery SET public_reference = '{\"round\": 1}' WHERE state = 'sealed'",
    "another beacon": "UPDATE lottery SET beacon = 'beacon-published' WHERE state = 'sealed'",
    "another hash": "UPDATE lottery SET sealed_hash = '00' WHERE state = 'sealed'",
    "another list": "UPDATE lottery_file SET content = '\\x00'",
    "no list": "DELETE FROM lottery_file",
    "days let go": "DELETE FROM lottery_hold WHERE use_on < '2027-03-01'",
}
DRAWN = {
    "another value": "UPDATE lottery SET public_value = 'mine' WHERE state = 'drawn'",
    "no value": "UPDATE lottery SET public_value = NULL WHERE state = 'drawn'",
    "another seed": "UPDATE lottery SET seed = '00' WHERE state = 'drawn'",
    "another result": "UPDATE lottery SET result_hash = '00' WHERE state = 'drawn'",
    "sealed list removed": "DELETE FROM lottery_file WHERE name = 'sealed'",
    "result exchanged": "UPDATE lottery_file SET sha256 = '00' WHERE name = 'result'",
    "a win given": "UPDATE lottery_win w SET entry_id = e.entry_id FROM lottery_entry e WHERE e.entry_id <> w.entry_id",
    "a place": "UPDATE lottery_win SET place = place + 1",
    "a win more": "INSERT INTO lottery_win (tenant_id, service_id, entry_id, lottery_id, applicant_id, round, place, sole,"
    " state) SELECT tenant_id, service_id, entry_id, lottery_id, applicant_id, 1, 99, false, 'won' FROM lottery_entry"
    " WHERE entry_id NOT IN (SELECT entry_id FROM lottery_win)",
}
ANNOUNCED = {
    "drawn anew": "UPDATE lottery SET state = 'sealed', announced_at = NULL, result_hash = NULL WHERE state = 'announced'",
    "wins removed": "DELETE FROM occupancy WHERE kind = 'lottery'; DELETE FROM lottery_win",
    "decisions removed": "DELETE FROM lottery_outcome",
    "result removed": "DELETE FROM lottery_file WHERE name = 'result'",
    "days let go": "DELETE FROM lottery_hold WHERE use_on < '2027-03-01'",
    "another key": ADDED_KEY,
}


async def crowd(town, runtime, people=6):
    """February's lottery with so many who want the same courts (four are there)."""
    rules = await publish(town)
    await work(town, runtime, moment(1, "opens", hours=-1))
    await work(town, runtime, ENTERING)
    for place in range(people):
        await wish(town, rules, place, court(DAY), now=ENTERING)
    return rules


async def try_all(town, statements):
    """What the application's own role is refused, by what it tried; whatever passes is missing."""
    refused = {}
    for what, statement in statements.items():
        try:
            async with town.act() as conn:
                for one in statement.split(";"):
                    await conn.execute(text(one.replace(": ", "\\: ")))
        except DBAPIError as error:
            refused[what] = type(error.orig).__name__
    return refused


@pytest.mark.fact("KS-049", "KS-050")
async def test_no_statement_of_the_application_changes_what_was_sealed_or_promised(town, drawn_runtime, beacon):
    await crowd(town, drawn_runtime)
    beacon.network.fault = "down"
    await work(town, drawn_runtime, moment(1, "closes", minutes=1))
    assert (await states(town))["courts", 2] == "sealed"
    refused = await try_all(town, WHOLE)
    assert set(refused) == set(WHOLE)
    assert set(refused.values()) <= {"CheckViolation", "InsufficientPrivilege"}


async def test_no_statement_of_the_application_changes_what_was_drawn(town, drawn_runtime):
    await crowd(town, drawn_runtime)
    await work(town, drawn_runtime, EVE)
    assert (await states(town))["courts", 2] == "drawn"
    refused = await try_all(town, DRAWN)
    assert set(refused) == set(DRAWN)
    assert set(refused.values()) <= {"CheckViolation", "InsufficientPrivilege"}
    await work(town, drawn_runtime, moment(1, "announces"))
    refused = await try_all(town, ANNOUNCED)
    assert set(refused) == set(ANNOUNCED)


async def test_only_the_owner_of_the_tables_adds_a_second_key_and_the_newest_signs(town, drawn_runtime):
    await crowd(town, drawn_runtime)
    await work(town, drawn_runtime, EVE)
    async with tenant_transaction(town.owner, TOWN, SERVICE) as conn:
        await conn.execute(text(ADDED_KEY))
    [(newest,)] = await town.see("SELECT key_id FROM signing_key WHERE made_at > '2098-01-01'")
    async with town.act() as conn:
        assert (await read_newest_key(conn))[0] == newest


async def test_of_first_keys_made_at_once_one_is_kept(town):
    async def make():
        async with town.act() as conn:
            key = {"public_key": b"p", "private_key": b"s", "at": EVE}
            await add_key(conn, key_id=new_id(), **key)

    done = await asyncio.gather(*(make() for _ in range(4)), return_exceptions=True)
    assert sum(one is None for one in done) == 1
    assert await town.see("SELECT count(*) FROM signing_key") == [(1,)]


async def test_a_draw_that_is_taken_back_and_done_again_gives_the_same_files(town, drawn_runtime):
    rules = await crowd(town, drawn_runtime)
    await work(town, drawn_runtime, EVE)
    files = "SELECT name, sha256 FROM lottery_file ORDER BY lottery_id, name"
    before = await town.see(files)
    [(lottery_id,)] = await town.see("SELECT lottery_id FROM lottery WHERE scheme = 'courts' AND state = 'drawn'")
    clerk = visit_of(town.residents[0], now=EVE, actor="clerk", staff_id=town.clerk)
    async with town.act() as conn:
        [batch] = [one for one in await list_batches(conn, lottery_id=lottery_id) if one.kind == "draw"]
        await revert(conn, visit=clerk, rules=rules, batch_id=batch.batch_id, why="間違い")
        await apply_again(conn, lottery_id=lottery_id, kind="draw")
    await work(town, drawn_runtime)
    assert (await states(town))["courts", 2] == "drawn"
    assert [one for one in await town.see(files) if one[0] != "signature"] == [
        one for one in before if one[0] != "signature"
    ]


@pytest.mark.fact("KS-050")
async def test_what_is_drawn_is_a_code_and_its_wishes_and_nothing_of_who_or_when(town, drawn_runtime):
    """So neither the order of entering nor an id can move anybody; the order is anybody's to compute."""
    rules = await crowd(town, drawn_runtime)
    await wish(town, rules, 3, court(DAY, starts="14:00"), now=ENTERING + timedelta(days=1))
    await work(town, drawn_runtime, EVE)
    [(lottery_id,)] = await town.see("SELECT lottery_id FROM lottery WHERE scheme = 'courts' AND state = 'drawn'")
    async with town.act() as conn:
        content = (await read_content(conn, lottery_id=lottery_id, name="result")).decode()
    lines = [json.loads(line) for line in content.splitlines()]
    codes = [code for (code,) in await town.see('SELECT receipt FROM lottery_applicant ORDER BY receipt COLLATE "C"')]
    [seed] = [line["seed"] for line in lines if "seed" in line]
    entrants = [line for line in lines if "tickets" in line]

    assert [line["applicant"] for line in entrants] == codes
    assert {tuple(line) for line in entrants} == {("applicant", "tier", "tickets", "entries")}
    assert next(line["order"] for line in lines if line.get("round") == 1) == sorted(
        codes, key=lambda code: hashlib.sha256(f"{seed}|1|{code}".encode()).hexdigest()
    )
    told = "SELECT applicant_id::text, registrant_id::text, entered_at::date::text FROM lottery_applicant"
    others = "SELECT entry_id::text FROM lottery_entry UNION SELECT name FROM registrant"
    hidden = {value for row in [*await town.see(told), *await town.see(others)] for value in row}
    assert {value for value in hidden if value in content} == set()


async def free_of(town, rules, now):
    """What anybody sees of the floor: by the calendar, and as odds."""
    looking = visit_of(None, now=now)
    async with town.act() as conn:
        [(lottery_id,)] = (
            await conn.execute(
                text("SELECT lottery_id FROM lottery WHERE scheme = 'courts' AND period_starts = '2027-02-01'")
            )
        ).all()
        spaces, days = ["plaza.court"], {"first": DAY, "end": DAY + timedelta(days=1)}
        grid = await month_availability(conn, visit=looking, rules=rules, space_ids=spaces, **days)
        odds = await read_odds(conn, visit=looking, rules=rules, lottery_id=lottery_id, spaces=spaces, **days)
    slots = grid["plaza.court", DAY]
    return [(one.free, one.mark) for one in slots], [(one.applications, one.winnable) for one in odds.values()]


@pytest.mark.fact("KS-051")
async def test_what_is_free_and_what_can_be_won_tell_nothing_between_the_draw_and_the_announcement(town, drawn_runtime):
    rules = await crowd(town, drawn_runtime)
    entered = await free_of(town, rules, ENTERING)
    await work(town, drawn_runtime, EVE)
    assert (await states(town))["courts", 2] == "drawn"
    assert await town.see("SELECT count(*) > 0 FROM occupancy WHERE kind = 'lottery'") == [(True,)]
    assert await free_of(town, rules, EVE) == entered
    await work(town, drawn_runtime, moment(1, "announces"))
    grid, _ = await free_of(town, rules, moment(1, "announces", minutes=1))
    assert [free for free, _ in grid] != [free for free, _ in entered[0]]


async def test_staff_see_no_winner_before_the_announcement_by_looking_at_who_might_lapse(town, drawn_runtime):
    await crowd(town, drawn_runtime)
    clerk = visit_of(None, now=EVE, actor="clerk", staff_id=town.clerk)
    await work(town, drawn_runtime, EVE)
    [(lottery_id,)] = await town.see("SELECT lottery_id FROM lottery WHERE scheme = 'courts' AND state = 'drawn'")
    async with town.act() as conn:
        assert (await preview_lapse(conn, lottery_id=lottery_id)).wins == []
        assert (await read_one(conn, visit=clerk, lottery_id=lottery_id)).wins == {}
    await work(town, drawn_runtime, moment(1, "announces"))
    async with town.act() as conn:
        assert len((await preview_lapse(conn, lottery_id=lottery_id)).wins) == 4
        assert (await read_one(conn, visit=clerk, lottery_id=lottery_id)).wins == {"won": 4}


@pytest.mark.parametrize("known", [True, False])
async def test_who_books_first_come_in_the_moment_a_lottery_opens_is_told_that_it_is_drawn(
    town, drawn_runtime, monkeypatch, known
):
    """The look at what is held comes just before the opening, and the taking just after; or the rules forgot it."""
    rules = await publish(town)
    await work(town, drawn_runtime, moment(1, "opens", hours=-1))
    await work(town, drawn_runtime, ENTERING)
    if known:

        async def seen_too_early(*_, **__):
            return None

        monkeypatch.setattr(submit, "require_not_drawn", seen_too_early)
    town.rules = rules if known else replace(rules, lotteries=(), memo=type(rules.memo)())
    async with town.act() as conn:
        with pytest.raises(StillDrawn) as refused:
            await submit_application(
                conn,
                visit=visit_of(town.residents[0], now=ENTERING),
                rules=town.rules,
                items=[court(DAY)],
                form={},
                accepted_terms=[],
            )
        assert (await conn.execute(text("SELECT count(*) FROM occupancy"))).scalar_one() == 0  # it can be used still
    assert refused.value.facts["releases_at"] == moment(1, "releases")
    assert await town.see("SELECT count(*) FROM booking") == [(0,)]
