"""How far staff reach: nobody widens their own rights, and whoever works for one facility enters nothing for another."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from tests.integration.registration.applicants import ACT, SEAL

from yoyaku.admin.repository import list_staff
from yoyaku.admin.service.team import NewStaff, OwnRights, add_member, change_member
from yoyaku.booking.service import list_bookings, submit_application
from yoyaku.kernel.errors import NotAllowed
from yoyaku.registration.terms import Stage
from yoyaku.testing.town import hours, visit_of
from yoyaku.web.visits import may_stay

ADMIN, CLERK = "tenant_admin", "counter_clerk"


@pytest.mark.parametrize(
    ("roles", "facilities"),
    [([ADMIN, CLERK], ["plaza"]), ([ADMIN, "auditor"], ["plaza"]), ([ADMIN], []), ([ADMIN], ["plaza", "inn"])],
)
async def test_an_admin_gives_themselves_neither_roles_nor_facilities(town, roles, facilities):
    async with town.act() as conn:
        await add_member(conn, act=ACT, seal=SEAL, new=_new("kanri001", facilities=["plaza"]))
        await add_member(conn, act=ACT, seal=SEAL, new=_new("kanri002"))
        one, other = await _ids(conn, "kanri001", "kanri002")
        by_themselves = replace(ACT, staff_id=one)
        with pytest.raises(OwnRights):
            await change_member(conn, act=by_themselves, staff_id=one, roles=roles, facilities=facilities)
        await change_member(conn, act=replace(ACT, staff_id=other), staff_id=one, roles=roles, facilities=facilities)


async def test_an_admin_may_give_up_what_they_have(town):
    async with town.act() as conn:
        await add_member(conn, act=ACT, seal=SEAL, new=replace(_new("kanri001"), roles=[ADMIN, CLERK]))
        (one,) = await _ids(conn, "kanri001")
        await change_member(conn, act=replace(ACT, staff_id=one), staff_id=one, roles=[ADMIN], facilities=["plaza"])
        (left,) = await list_staff(conn, staff_id=one)
    assert (left.roles, left.facilities) == ([ADMIN], ["plaza"])


async def test_a_clerk_of_another_facility_books_nothing_for_somebody_and_does_not_see_what_they_booked(town):
    (booking,) = (await town.book(0, hours("room"))).bookings
    serving = replace(visit_of(town.residents[0], actor="clerk", staff_id=town.clerk), channel="counter")
    elsewhere = replace(serving, facilities=frozenset({"elsewhere"}))
    here = replace(serving, facilities=frozenset({booking.facility_id}))
    async with town.act() as conn:
        assert [one.booking_id for one in await list_bookings(conn, visit=here)] == [booking.booking_id]
        assert await list_bookings(conn, visit=elsewhere) == ()
        with pytest.raises(NotAllowed):
            await submit_application(
                conn, visit=elsewhere, rules=town.rules, items=[hours("court")], form={}, accepted_terms=[]
            )


@pytest.mark.parametrize(("stage", "stays"), [("full", True), ("ended", False), (None, True)])
def test_a_session_is_over_when_its_registration_reaches_a_stage_that_does_not_log_in(stage, stays):
    stages = [Stage(code=code, name=code, may_book=True, may_log_in=code == "full") for code in ("full", "ended")]
    session = SimpleNamespace(person_facts={} if stage is None else {"registration": stage})

    assert may_stay(session, SimpleNamespace(stages=stages)) is stays


def _new(login_id, facilities=()):
    return NewStaff(name="管理 太郎", login_id=login_id, roles=[ADMIN], facilities=facilities)


async def _ids(conn, *login_ids):
    staff = {one.login_id: one.staff_id for one in await list_staff(conn)}
    return [staff[one] for one in login_ids]
