"""The record of acts is sealed in batches: whatever is done to it behind the application's back is found at its place."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from yoyaku.admin.service.audit import note_act
from yoyaku.db.engine import enter_service, make_engine, tenant_transaction
from yoyaku.kernel.seal import Seal
from yoyaku.report.policy.chain import batch_hash
from yoyaku.report.repository.record import RecordQuery, count_record, search_record
from yoyaku.report.repository.sealing import read_batches, read_entries
from yoyaku.report.service.sealing import seal_batch, verify_record
from yoyaku.testing.town import NOW, SERVICE, TOWN, hours, visit_of

SEAL = Seal(["only for tests, forty characters and more"])


async def act(town, *whys, source=""):
    """One transaction with an act for each reason."""
    async with tenant_transaction(town.engine, TOWN, SERVICE, source=source) as conn:
        for why in whys:
            await note_act(conn, visit=visit_of(None, staff_id=town.clerk), act="tried", subject=("town", "x"), why=why)


class KilledError(Exception):
    """What ends a transaction in the middle."""


async def seal(town, *, killed=False):
    async with town.act() as conn:
        count = await seal_batch(conn, seal=SEAL, now=NOW, real_now=datetime.now(tz=UTC))
        if killed:
            raise KilledError
        return count


async def verify(town):
    async with town.act() as conn:
        return await verify_record(conn)


@pytest.fixture
async def sealed(town):
    """Three batches of three acts each."""
    for number in range(3):
        await act(town, *(f"{number}-{place}" for place in "abc"))
        assert await seal(town) == 3
    return town


async def test_a_record_that_nobody_touched_is_whole_and_the_application_cannot_touch_a_seal(sealed):
    await act(sealed, "not sealed yet", source="203.0.113.0/24")
    verdict = await verify(sealed)

    assert (verdict.batches, verdict.entries, verdict.waiting, verdict.differences) == (3, 9, 1, [])
    assert await sealed.see("SELECT why FROM audit_entry WHERE source = '203.0.113.0/24'") == [("not sealed yet",)]
    for statement in (
        "UPDATE audit_seal SET hash = previous",
        "DELETE FROM audit_seal",
        "DELETE FROM audit_seal_entry",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            await sealed.see(statement)


INSERTED = """
    INSERT INTO audit_entry (tenant_id, service_id, entry_id, at, act, subject_kind, subject_id)
    SELECT tenant_id, service_id, gen_random_uuid(), at, act, subject_kind, subject_id
    FROM audit_entry WHERE why = '0-a'
"""
TAMPERED = {
    "an entry altered": (
        ["UPDATE audit_entry SET staff_name = '別人' WHERE why = '1-b'"],
        [("entry_altered", 2, 2)],
    ),
    "an entry removed": (["DELETE FROM audit_entry WHERE why = '0-c'"], [("entry_removed", 1, 3)]),
    "an old entry inserted": (
        [
            INSERTED,
        ],
        [("entry_inserted", None, None)],
    ),
    "a batch removed with its acts": (
        [
            "DELETE FROM audit_seal_entry WHERE batch = 2",
            "DELETE FROM audit_seal WHERE batch = 2",
            "DELETE FROM audit_entry WHERE why LIKE '1-_'",
        ],
        [("batch_missing", 2, None)],
    ),
    "the last batch's head removed": (["DELETE FROM audit_seal WHERE batch = 3"], [("batch_missing", 3, None)]),
    "an entry altered together with its hash": (
        [
            "UPDATE audit_entry SET why = 'x' WHERE why = '1-a'",
            "UPDATE audit_seal_entry SET hash = sha256('x') WHERE batch = 2 AND place = 1",
        ],
        [("batch_altered", 2, None), ("entry_altered", 2, 1)],
    ),
    "another batch before": (
        ["UPDATE audit_seal SET previous = sha256('x') WHERE batch = 3"],
        [("batch_misplaced", 3, None), ("batch_altered", 3, None)],
    ),
    "a signature made up": (
        ["UPDATE audit_seal SET signature = sha512('x') WHERE batch = 1"],
        [("batch_forged", 1, None)],
    ),
}
"""What somebody does to the record whom neither a trigger nor a right stops, and what the check then finds where."""


@pytest.mark.usefixtures("sealed")
async def test_whatever_is_done_to_a_sealed_record_is_found_at_its_place(fresh_database):
    engine = make_engine(fresh_database.superuser_url, pool_size=1)
    found = {}
    for name, (statements, _) in TAMPERED.items():
        async with engine.connect() as conn:
            await conn.execute(text("SET LOCAL session_replication_role = replica"))
            await enter_service(conn, TOWN, SERVICE)
            for statement in statements:
                await conn.execute(text(statement))
            found[name] = [(one.fault, one.batch, one.place) for one in (await verify_record(conn)).differences]
            await conn.rollback()
    await engine.dispose()

    assert found == {name: expected for name, (_, expected) in TAMPERED.items()}


INVENTED = """
    INSERT INTO booking_event (tenant_id, service_id, event_id, booking_id, kind, at, actor)
    SELECT tenant_id, service_id, gen_random_uuid(), booking_id, 'booking_revoked', at, 'clerk' FROM booking_event
"""
OF_A_BOOKING = {
    "altered": ("UPDATE booking_event SET at = at - interval '1 day'", "entry_altered"),
    "removed": ("DELETE FROM booking_event", "entry_removed"),
    "invented": (INVENTED, "entry_inserted"),
}
"""What somebody does to the traces of what a resident did, and what the check finds."""


async def test_what_was_done_to_a_booking_is_sealed_behind_the_acts_of_its_batch(town, fresh_database):
    await town.book(0, hours("court"))
    await act(town, "beside it")
    assert await seal(town) == 2
    found = {}
    engine = make_engine(fresh_database.superuser_url, pool_size=1)
    for name, (statement, _) in OF_A_BOOKING.items():
        async with engine.connect() as conn:
            await conn.execute(text("SET LOCAL session_replication_role = replica"))
            await enter_service(conn, TOWN, SERVICE)
            await conn.execute(text(statement))
            (one,) = (await verify_record(conn)).differences
            found[name] = (one.fault, one.kind, one.place)
            await conn.rollback()
    await engine.dispose()
    async with town.act() as conn:
        rows = await search_record(conn, wanted=RecordQuery(by="all"), at_most=9)

    assert (await verify(town)).differences == []
    places = {"entry_inserted": None}
    assert found == {name: (fault, "booking_event", places.get(fault, 2)) for name, (_, fault) in OF_A_BOOKING.items()}
    assert sorted((one.act, one.batch, one.place) for one in rows) == [("booking_made", 1, 2), ("tried", 1, 1)]


@pytest.mark.usefixtures("sealed")
async def test_a_batch_made_anew_without_the_key_is_forged_and_the_next_does_not_hang_on_it(fresh_database):
    engine = make_engine(fresh_database.superuser_url, pool_size=1)
    async with engine.connect() as conn:
        await conn.execute(text("SET LOCAL session_replication_role = replica"))
        await enter_service(conn, TOWN, SERVICE)
        batch = (await read_batches(conn))[1]
        entries = [(one.entry_id, one.hash) for one in await read_entries(conn, batch=2)][:2]
        made = batch_hash(batch.place, batch=2, sealed_at=batch.sealed_at, previous=batch.previous, entries=entries)
        await conn.execute(text("DELETE FROM audit_entry WHERE why = '1-c'"))
        await conn.execute(text("DELETE FROM audit_seal_entry WHERE batch = 2 AND place = 3"))
        await conn.execute(text("UPDATE audit_seal SET hash = :made WHERE batch = 2"), {"made": made})
        found = [(one.fault, one.batch) for one in (await verify_record(conn)).differences]
        await conn.rollback()
    await engine.dispose()

    assert found == [("batch_forged", 2), ("batch_misplaced", 3)]


async def test_an_act_that_commits_late_is_in_a_later_batch_and_not_skipped(town):
    async with town.act() as late:
        await note_act(late, visit=visit_of(None), act="tried", subject=("town", "x"), why="late")
        await act(town, "early")
        assert await seal(town) == 1

    assert await seal(town) == 1
    assert (await verify(town)).differences == []


async def test_two_workers_at_once_seal_an_act_once(town):
    await act(town, *map(str, range(20)))
    counts = await asyncio.gather(*(seal(town) for _ in range(6)))

    assert sum(counts) == 20
    assert (await verify(town)).differences == []


async def test_a_worker_killed_while_it_seals_leaves_all_as_it_was(town):
    await act(town, "one")
    with pytest.raises(KilledError):
        await seal(town, killed=True)
    assert (await verify(town)).waiting == 1

    assert await seal(town) == 1
    assert (await verify(town)).differences == []


async def test_the_record_tells_what_residents_did_to_bookings_where_it_is_asked_for(town):
    booking = (await town.book(0, hours("court"))).bookings[0]
    await act(town, "100% 確か", "ほかの理由")
    async with town.act() as conn:
        staff = await search_record(conn, wanted=RecordQuery(), at_most=9)
        everybody = await search_record(conn, wanted=RecordQuery(by="all", subject=booking.number), at_most=9)
        worded = await search_record(conn, wanted=RecordQuery(words="0% 確"), at_most=9)
        late = await count_record(conn, wanted=RecordQuery(by="all", first=NOW + timedelta(minutes=1)))

    assert sorted(one.why for one in staff) == ["100% 確か", "ほかの理由"]
    assert [(one.act, one.actor, one.number) for one in everybody] == [("booking_made", "resident", booking.number)]
    assert [one.why for one in worded] == ["100% 確か"]
    assert late == 0
