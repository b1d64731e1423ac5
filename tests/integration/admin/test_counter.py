from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from yoyaku.admin.service.counter import (
    NotAClerksChannel,
    WalkIn,
    begin_serving,
    clerk_channels,
    look_up_bookings,
    look_up_people,
    require_clerk,
    serve,
    take_walk_in,
)
from yoyaku.admin.service.looking import PurposeMissing
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.service import confirm_booking, revoke_booking, submit_application
from yoyaku.booking.service.refusals import WhyMissing
from yoyaku.db.engine import enter_service, make_engine, tenant_transaction
from yoyaku.kernel.errors import Malformed, NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.registration.policy import RoleMissing
from yoyaku.registration.service import SessionView
from yoyaku.report.repository.record import RecordQuery, search_record
from yoyaku.testing.town import NOW, SERVICE, town_rules, visit_of, write_clerk, write_residents, write_town

TOWN = "mitsuba"
DAY = date(2027, 2, 20)


@pytest.fixture(scope="module")
def rules():
    return town_rules()


@pytest.fixture(scope="module")
async def people(database, rules):
    """A resident and a clerk of the town."""
    owner = make_engine(database.owner_url, pool_size=1)
    async with tenant_transaction(owner, TOWN, SERVICE) as conn:
        await write_town(conn, rules, town=TOWN)
        (resident,) = await write_residents(conn, 1, town=TOWN)
        clerk = await write_clerk(conn, town=TOWN)
    await owner.dispose()
    return resident, clerk


@pytest.fixture
async def conn(database, people):
    del people  # the town is there
    engine = make_engine(database.url, pool_size=1)
    async with engine.connect() as connection:
        await enter_service(connection, TOWN, SERVICE)
        yield connection
        await connection.rollback()
    await engine.dispose()


@pytest.fixture
def at_counter(people):
    """The clerk's own visit, before anybody is served."""
    return replace(visit_of(None, actor="clerk", staff_id=people[1], town=TOWN), purpose="counter")


def hours(space):
    return BookingRequest(facility="plaza", space=space, use_on=DAY, starts="10:00", ends="12:00")


async def acts(conn):
    return [
        (entry.act, entry.staff_name, entry.why)
        for entry in await search_record(conn, wanted=RecordQuery(), at_most=200)
    ]


async def book(conn, visit, rules, space="room"):
    return await submit_application(conn, visit=visit, rules=rules, items=[hours(space)], form={}, accepted_terms=[])


async def test_a_clerk_finds_a_resident_by_the_common_form_of_their_name(conn, at_counter, rules, people):
    (found,) = await look_up_people(conn, visit=at_counter, rules=rules, query="高田")
    assert found.registrant_id == people[0].registrant_id
    (entry,) = await search_record(conn, wanted=RecordQuery(), at_most=200)
    assert (entry.act, entry.staff_name, entry.facts) == (
        "person_found",
        "窓口 花子",
        {},
    )


async def test_t_p1_nobody_looks_for_people_or_bookings_without_saying_for_what(conn, at_counter, rules):
    unsaid = replace(at_counter, purpose=None)
    with pytest.raises(PurposeMissing):
        await look_up_people(conn, visit=unsaid, rules=rules, query="高田")
    with pytest.raises(PurposeMissing):
        await look_up_bookings(conn, visit=unsaid, query="高田")


async def test_a_clerk_books_for_a_resident_by_the_rules_of_the_channel(conn, at_counter, rules, people):
    visit = await serve(conn, visit=at_counter, rules=rules, registrant_id=people[0].registrant_id, channel="counter")
    assert visit.person.facts["registration"] == "registered"
    application = await book(conn, visit, rules)
    assert application.bookings[0].state == "tentative"
    found = await look_up_bookings(conn, visit=at_counter, query=application.bookings[0].number)
    assert [booking.contact.registrant_id for booking in found] == [people[0].registrant_id]
    assert [act for act, *_ in await acts(conn)] == ["bookings_looked_up", "booking_made"]


@pytest.mark.fact("KC-025")
async def test_a_tentative_booking_is_confirmed_when_documents_are_seen_and_the_fee_is_taken(
    conn, at_counter, rules, people
):
    visit = await serve(conn, visit=at_counter, rules=rules, registrant_id=people[0].registrant_id, channel="counter")
    (booking,) = (await book(conn, visit, rules)).bookings
    confirmed = await confirm_booking(
        conn,
        visit=at_counter,
        rules=rules,
        booking_id=booking.booking_id,
        documents_seen=True,
        fee_taken_yen=booking.total_yen,
        why="申請書を確認",
    )
    assert (confirmed.state, confirmed.paid_yen) == ("confirmed", 1000)
    assert ("booking_confirmed", "窓口 花子", "申請書を確認") in await acts(conn)


async def test_a_booking_is_taken_back_for_rain_without_charge_and_never_without_a_reason(
    conn, at_counter, rules, people
):
    visit = await serve(conn, visit=at_counter, rules=rules, registrant_id=people[0].registrant_id, channel="counter")
    (booking,) = (await book(conn, visit, rules, "court")).bookings
    with pytest.raises(WhyMissing):
        await revoke_booking(
            conn, visit=at_counter, rules=rules, booking_id=booking.booking_id, grounds="rain", why=" "
        )
    revoked = await revoke_booking(
        conn, visit=at_counter, rules=rules, booking_id=booking.booking_id, grounds="rain", why="雨でコートが使えない"
    )
    assert (revoked.state, revoked.kept_yen) == ("revoked", 0)
    assert ("booking_revoked", "窓口 花子", "雨でコートが使えない") in await acts(conn)


async def test_somebody_without_a_registration_is_served_as_such(conn, at_counter, rules):
    person = WalkIn(name="葛\U000e0100城 一", phone=" 000-111-2222 ")
    registrant_id = await take_walk_in(conn, visit=at_counter, person=person)
    visit = await serve(conn, visit=at_counter, rules=rules, registrant_id=registrant_id, channel="counter")
    assert visit.person is None
    (booking,) = (await book(conn, visit, rules)).bookings
    assert booking.contact.name == "葛\U000e0100城 一"
    assert [act for act, *_ in await acts(conn)].count("walk_in_taken") == 1


@pytest.mark.parametrize("person", [WalkIn(name=" ", phone="000"), WalkIn(name="髙田", phone="")])
async def test_a_name_and_a_telephone_number_are_needed(conn, at_counter, person):
    with pytest.raises(Malformed):
        await take_walk_in(conn, visit=at_counter, person=person)


async def test_a_clerk_does_not_enter_by_the_residents_channel(conn, at_counter, rules, people):
    assert list(clerk_channels(rules)) == ["counter"]
    with pytest.raises(NotAClerksChannel) as refused:
        await serve(conn, visit=at_counter, rules=rules, registrant_id=people[0].registrant_id, channel="web")
    assert refused.value.facts == {"channel": "web", "allowed": ["counter"]}


async def test_that_a_clerk_begins_to_serve_somebody_is_written_down(conn, at_counter, rules, people):
    registrant_id = people[0].registrant_id
    visit = await begin_serving(conn, visit=at_counter, rules=rules, registrant_id=registrant_id, channel="counter")
    assert visit.registrant_id == registrant_id
    (entry,) = await search_record(conn, wanted=RecordQuery(subject=str(registrant_id)), at_most=200)
    assert (entry.act, entry.staff_name, entry.facts) == ("serving_begun", "窓口 花子", {"channel": "counter"})


async def test_nobody_is_served_who_is_not_there(conn, at_counter, rules):
    with pytest.raises(NotFound):
        await serve(conn, visit=at_counter, rules=rules, registrant_id=new_id(), channel="counter")


CLERK = SessionView(
    account_id=new_id(),
    login_id="counter",
    display_name="窓口 花子",
    staff_id=new_id(),
    roles=frozenset({"counter_clerk"}),
    idle_until=NOW,
    ends_at=NOW,
)


def test_a_clerk_of_the_counter_may_enter():
    assert require_clerk(CLERK) is CLERK


@pytest.mark.parametrize(
    "session",
    [None, replace(CLERK, roles=frozenset({"tenant_admin"})), replace(CLERK, staff_id=None, registrant_id=new_id())],
)
def test_nobody_else_may(session):
    with pytest.raises(RoleMissing):
        require_clerk(session)
