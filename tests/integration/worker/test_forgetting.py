from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import text
from tests.integration.worker.life import act_at, at, publish, work

from yoyaku.booking.service import submit_application
from yoyaku.registration.policy.life import DeletionByClerk, StillTied
from yoyaku.registration.service.privacy import anonymise, ask_deletion, export_data
from yoyaku.registration.service.stages import begin_registration
from yoyaku.registration.terms import Retention
from yoyaku.testing.town import DAY, NOW, hours, visit_of
from yoyaku.worker.tidying import tidy_services

LONG_AFTER = datetime(2031, 6, 1, tzinfo=UTC)
SUMS = """
    SELECT count(*), sum(total_yen), sum(paid_yen), count(DISTINCT registrant_id), count(DISTINCT facility_id),
           array_agg(DISTINCT facts #>> '{person,user_class}'), array_agg(DISTINCT state), array_agg(number ORDER BY number)
    FROM booking
"""
TRACES = """
    SELECT coalesce(string_agg(line, ' '), '') FROM (
        SELECT registrant::text AS line FROM registrant WHERE registrant_id = :who
        UNION ALL SELECT account::text FROM account WHERE registrant_id = :who
        UNION ALL SELECT booking::text FROM booking WHERE registrant_id = :who
        UNION ALL SELECT application::text FROM application WHERE registrant_id = :who
        UNION ALL SELECT mail::text FROM mail
        UNION ALL SELECT outbox::text FROM outbox
        UNION ALL SELECT message::text FROM message
        UNION ALL SELECT group_member::text FROM group_member) AS lines
"""
PERSONAL = (
    "髙田",
    "タカダ",
    "resident0@aoba",
    "090-1234",
    "青葉町一丁目",
    "1980-02-29",
    "娘の誕生会",
    "00001111",
    "秘密の希望",
)


async def used_booking(town):
    """The first resident, with everything that says who they are, and a booking that is over and paid."""
    await publish(town)
    one = town.residents[0]
    visit = visit_of(one)
    async with town.act() as conn:
        made = await submit_application(
            conn,
            visit=visit,
            rules=town.rules,
            items=[hours("court")],
            form={"purpose": "娘の誕生会"},
            accepted_terms=[],
        )
        await conn.execute(text("UPDATE booking SET facts = jsonb_set(facts, '{use,form.purpose}', '\"秘密の希望\"')"))
        await town.pay(conn, made.bookings[0].booking_id)
        await conn.execute(
            text("""UPDATE registrant SET phone = '090-1234-5678', address = '青葉町一丁目', birth_date = '1980-02-29',
                    details = '{"school": "青葉町一丁目", "sport": "tennis"}', person_key = 'x', phone_key = '+819012345678'
                    WHERE registrant_id = :who"""),
            {"who": one.registrant_id},
        )
        await conn.execute(
            text("UPDATE account SET login_id = '00001111', login_key = '1111' WHERE registrant_id = :who"),
            {"who": one.registrant_id},
        )
        await begin_registration(conn, act=act_at(NOW), registrant_id=one.registrant_id)
    assert made.bookings
    return one


async def test_t_p2_whoever_was_away_for_years_is_forgotten_and_every_sum_stays(town, runtime, smtp):
    one = await used_booking(town)
    await town.book(1, hours("court"))
    await work(runtime)
    before = await town.see(SUMS)
    assert "髙田 0" in (await town.see(TRACES, who=one.registrant_id))[0][0]
    await at(town, LONG_AFTER)
    await work(runtime)
    assert await town.see(SUMS) == before
    assert await town.see("SELECT details FROM registrant WHERE registrant_id = :who", who=one.registrant_id) == [
        ({"sport": "tennis"},)
    ]
    assert (await town.see("SELECT anonymised_at IS NOT NULL FROM registrant WHERE registrant_id = :who",
                           who=one.registrant_id)) == [(True,)]  # fmt: skip
    assert smtp.mailbox.mails()[-1].subject == "利用者登録の終了（青葉町）"
    await tidy_services(runtime)
    ((left,),) = await town.see(TRACES, who=one.registrant_id)
    kept = left.replace("髙田 1", "").replace("タカダ 1", "")
    assert [said for said in PERSONAL if said in kept] == []


async def test_whoever_was_there_since_is_kept_and_looked_at_again_later(town, runtime):
    one = await used_booking(town)
    async with town.act() as conn:
        await conn.execute(text("UPDATE registrant SET active_on = '2030-01-01'"))
    await at(town, datetime(2030, 6, 1, tzinfo=UTC))
    await work(runtime)
    found = await town.see(
        """SELECT r.name, d.due_at FROM registrant r JOIN deadline d ON d.subject_id = r.registrant_id
           WHERE registrant_id = :who AND d.kind = 'registration_retention' AND d.done_at IS NULL""",
        who=one.registrant_id,
    )
    assert found == [("髙田 0", datetime(2033, 1, 1, 15, 0, tzinfo=UTC))]


async def test_a_booking_at_the_counter_counts_as_being_there(town, runtime):
    one = await used_booking(town)
    async with town.act() as conn:
        await conn.execute(text("UPDATE registrant SET active_on = '2027-01-10'"))
        await conn.execute(text("UPDATE booking SET made_at = '2029-01-01 00:00Z', ends_at = '2029-02-01 03:00Z',"
                                " starts_at = '2029-02-01 02:00Z'"))  # fmt: skip
    await at(town, datetime(2030, 6, 1, tzinfo=UTC))
    await work(runtime)
    seen = "SELECT name, active_on::text FROM registrant WHERE registrant_id = :who"
    assert await town.see(seen, who=one.registrant_id) == [("髙田 0", "2029-02-01")]


@pytest.mark.parametrize("why", ["bookings", "owed_yen"])
async def test_who_has_bookings_or_debts_is_not_forgotten(town, why):
    await publish(town)
    one = town.residents[0]
    await town.book(0, hours("court", day=DAY))
    now = NOW if why == "bookings" else datetime(2027, 6, 1, tzinfo=UTC)
    async with town.act() as conn:
        if why == "owed_yen":
            await conn.execute(text("UPDATE booking SET total_yen = 500"))
        with pytest.raises(StillTied) as refused:
            await anonymise(conn, act=act_at(now), registrant_id=one.registrant_id, why="asked")
    assert refused.value.facts[why]
    assert await town.see("SELECT count(*) FROM registrant WHERE anonymised_at IS NOT NULL") == [(0,)]


async def test_whose_debts_are_found_is_looked_at_again_a_month_later(town, runtime):
    await used_booking(town)
    async with town.act() as conn:
        await conn.execute(text("UPDATE booking SET total_yen = total_yen + 500"))
    await at(town, LONG_AFTER)
    await work(runtime)
    ((name, due),) = await town.see(
        """SELECT r.name, d.due_at FROM registrant r JOIN deadline d ON d.subject_id = r.registrant_id
           WHERE d.kind = 'registration_retention' AND d.done_at IS NULL"""
    )
    assert name == "髙田 0"
    assert timedelta(days=29) < due - LONG_AFTER < timedelta(days=31)


async def test_who_never_finished_is_forgotten_without_a_word(town, runtime, smtp):
    await publish(town)
    one = town.residents[0]
    async with town.act() as conn:
        await conn.execute(
            text("UPDATE registrant SET stage = 'provisional' WHERE registrant_id = :who"), {"who": one.registrant_id}
        )
        await begin_registration(conn, act=act_at(NOW), registrant_id=one.registrant_id)
    await at(town, NOW + timedelta(days=32))
    await work(runtime)
    assert await town.see(
        "SELECT name, email, login_id LIKE 'closed %' FROM registrant JOIN account USING (tenant_id, service_id, registrant_id)"
        " WHERE anonymised_at IS NOT NULL"
    ) == [("—", None, True)]
    assert smtp.mailbox.mails() == []


async def test_being_forgotten_twice_changes_nothing(town):
    one = await used_booking(town)
    for later in (LONG_AFTER, LONG_AFTER + timedelta(days=1)):
        async with town.act() as conn:
            await anonymise(conn, act=act_at(later), registrant_id=one.registrant_id, why="asked")
    assert await town.see("SELECT anonymised_at FROM registrant WHERE anonymised_at IS NOT NULL") == [(LONG_AFTER,)]
    assert await town.see("SELECT count(*) FROM outbox WHERE kind = 'registration_ended'") == [(1,)]


async def test_where_the_counter_ends_registrations_nobody_does_it_alone(town):
    await publish(town)
    act = act_at(NOW)
    only_clerks = msgspec.structs.replace(act.terms, retention=Retention(deletion_by=["clerk"]))
    async with town.act() as conn:
        with pytest.raises(DeletionByClerk):
            await ask_deletion(conn, act=replace(act, terms=only_clerks), registrant_id=town.residents[0].registrant_id)


async def test_ones_own_data_hold_everything_that_is_known_and_nothing_of_others(town, runtime):
    one = await used_booking(town)
    await town.book(1, hours("court"))
    await work(runtime)
    async with town.act() as conn:
        held = await export_data(conn, registrant_id=one.registrant_id)
    assert held["registration"]["name"] == "髙田 0"
    assert held["registration"]["birth_date"] == "1980-02-29"
    assert [booking["form"] for booking in held["bookings"]] == [{"purpose": "娘の誕生会"}]
    assert [message["subject"] for message in held["messages"]] == ["予約の受付（2027-000001）"]
    told = msgspec.json.encode(held).decode()
    assert "髙田 1" not in told
    assert "password" not in told.replace("password_set_at", "")


async def test_what_is_over_is_swept_and_what_is_not_stays(town, runtime):
    await publish(town)
    one = town.residents[0]
    async with town.act() as conn:
        for days in (40, 1):
            await conn.execute(
                text("""INSERT INTO one_time_token (tenant_id, service_id, token_hash, purpose, registrant_id, created_at,
                            expires_at)
                        SELECT tenant_id, service_id, decode(lpad(CAST(:days AS text), 4, '0'), 'hex'), 'verify_mail',
                               registrant_id, now(), now() - make_interval(days => :days)
                        FROM registrant WHERE registrant_id = :who"""),
                {"days": days, "who": one.registrant_id},
            )
            await conn.execute(
                text("""INSERT INTO login_failure (tenant_id, service_id, source, window_began_at, failures)
                        SELECT tenant_id, service_id, decode(lpad(CAST(:days AS text), 4, '0'), 'hex'),
                               now() - make_interval(days => :days), 3
                        FROM registrant WHERE registrant_id = :who"""),
                {"days": days, "who": one.registrant_id},
            )
    assert await tidy_services(runtime) == 2 + len(town.residents)
    assert await town.see("SELECT count(*) FROM one_time_token") == [(1,)]
    assert await town.see("SELECT count(*) FROM login_failure") == [(1,)]
    assert await tidy_services(runtime) == 0
