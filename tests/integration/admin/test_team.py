"""Staff of a service, what their roles allow, and what clerks of some facilities see."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from tests.integration.registration.applicants import ACT, SEAL

from yoyaku.admin.repository import list_staff
from yoyaku.admin.service.team import LastAdmin, NewStaff, StaffFormWrong, add_member, change_member, end_member
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.service import confirm_booking, day_sheet, find_bookings, get_booking
from yoyaku.booking.service.refusals import BookingNotFound
from yoyaku.kernel.errors import NotAllowed
from yoyaku.registration.policy import LoginIdTaken
from yoyaku.registration.policy.roles import (
    OF_SERVICE,
    ROLES,
    FacilitiesOnly,
    Permission,
    RoleMissing,
    require_permission,
)
from yoyaku.report.repository.record import RecordQuery, search_record
from yoyaku.testing.town import visit_of


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", list(ROLES))
def test_each_role_may_do_what_the_table_says_and_nothing_else(role, permission):
    session = SimpleNamespace(staff_id="somebody", roles=frozenset({role}), facilities=())
    if permission in ROLES[role]:
        require_permission(session, permission)
        return
    with pytest.raises(RoleMissing):
        require_permission(session, permission)


@pytest.mark.parametrize("permission", list(Permission))
def test_who_works_for_some_facilities_does_nothing_that_concerns_all(permission):
    session = SimpleNamespace(staff_id="somebody", roles=frozenset(ROLES), facilities=("hall",))
    if permission not in OF_SERVICE:
        require_permission(session, permission)
        return
    with pytest.raises(FacilitiesOnly):
        require_permission(session, permission)


@pytest.mark.parametrize("session", [None, SimpleNamespace(staff_id=None, roles=frozenset(ROLES))])
def test_who_is_not_staff_may_nothing(session):
    with pytest.raises(RoleMissing):
        require_permission(session, Permission.PEOPLE)


def new(login_id="kanri001", roles=("tenant_admin",)):
    return NewStaff(name="管理 太郎", login_id=login_id, roles=roles)


async def test_somebody_is_added_with_a_code_once_and_ended(town):
    async with town.act() as conn:
        code = await add_member(conn, act=ACT, seal=SEAL, new=new())
        with pytest.raises(LoginIdTaken):
            await add_member(conn, act=ACT, seal=SEAL, new=new())
        with pytest.raises(StaffFormWrong):
            await add_member(conn, act=ACT, seal=SEAL, new=new("kanri002", roles=["mayor"]))
        await add_member(conn, act=ACT, seal=SEAL, new=new("kanri003", roles=["auditor"]))
        auditor = next(one for one in await list_staff(conn) if one.login_id == "kanri003")
        await end_member(conn, act=ACT, staff_id=auditor.staff_id)
        (ended,) = await list_staff(conn, staff_id=auditor.staff_id)
        told = [entry.act for entry in await search_record(conn, wanted=RecordQuery(), at_most=200)]
    assert len(code) == 10
    assert ended.ended_at is not None
    assert sorted(told) == ["staff_added", "staff_added", "staff_ended"]


async def test_the_last_admin_stays(town):
    async with town.act() as conn:
        await add_member(conn, act=ACT, seal=SEAL, new=new())
        admin = next(one for one in await list_staff(conn) if "tenant_admin" in one.roles)
        with pytest.raises(LastAdmin):
            await end_member(conn, act=ACT, staff_id=admin.staff_id)
        with pytest.raises(LastAdmin):
            await change_member(conn, act=ACT, staff_id=admin.staff_id, roles=["auditor"], facilities=[])
        await add_member(conn, act=ACT, seal=SEAL, new=new("kanri002"))
        await end_member(conn, act=ACT, staff_id=admin.staff_id)


async def test_a_clerk_of_one_facility_does_not_reach_bookings_of_another(town):
    (booking,) = (
        await town.book(
            0, BookingRequest(facility="plaza", space="room", use_on=date(2027, 2, 20), starts="10:00", ends="12:00")
        )
    ).bookings
    own = replace(visit_of(None, actor="clerk", staff_id=town.clerk), facilities=frozenset({booking.facility_id}))
    other = replace(own, facilities=frozenset({"elsewhere"}))
    day = booking.request.use_on
    async with town.act() as conn:
        assert await find_bookings(conn, visit=own, query=booking.number)
        assert not await find_bookings(conn, visit=other, query=booking.number)
        assert await get_booking(conn, visit=own, booking_id=booking.booking_id)
        with pytest.raises(BookingNotFound):
            await get_booking(conn, visit=other, booking_id=booking.booking_id)
        with pytest.raises(BookingNotFound):
            await confirm_booking(
                conn,
                visit=other,
                rules=town.rules,
                booking_id=booking.booking_id,
                documents_seen=True,
                fee_taken_yen=0,
                why=None,
            )
        with pytest.raises(NotAllowed):
            await day_sheet(conn, visit=other, facility=booking.facility_id, day=day)
