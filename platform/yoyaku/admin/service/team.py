"""Who is staff of a service: adding, changing and ending them. The last admin stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin import repository
from yoyaku.admin.repository import StaffRow
from yoyaku.admin.service.looking import note
from yoyaku.facility.repository import read_facility_ids
from yoyaku.kernel.contact import read_mail_address
from yoyaku.kernel.errors import Malformed, NotFound, YoyakuError
from yoyaku.kernel.ids import new_id
from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy import LoginIdTaken, login_key
from yoyaku.registration.policy.roles import ROLES
from yoyaku.registration.repository.accounts import add_account
from yoyaku.registration.service.sessions import end_sessions
from yoyaku.registration.service.setting import issue_clerk_code

ADMIN = "tenant_admin"


class LastAdmin(YoyakuError):
    """Somebody must be left who may add staff."""

    code = "last_admin"
    title = "The last administrator cannot be removed."


class OwnRights(YoyakuError):
    """Nobody gives themselves more than they have: a second admin does, or whoever runs the platform."""

    status = 403
    code = "own_rights"
    title = "Nobody gives themselves more roles or facilities."


class StaffFormWrong(Malformed):
    """Name, login id or roles are missing, or a role is unknown."""

    code = "staff_form_wrong"
    title = "A member of staff needs a name, a login id and a role."


class StaffMailWrong(Malformed):
    """What was typed as an address of mail is none."""

    code = "staff_mail_wrong"
    title = "This is no address of mail."


class StaffFacilityUnknown(Malformed):
    """A member of staff is to be bound to what is no facility of this service: ``found``."""

    code = "staff_facility_unknown"
    title = "There is no such facility."


@dataclass(frozen=True, kw_only=True)
class NewStaff:
    """Somebody to be added; no ``facilities``: all of the service; ``email``: empty where they have none."""

    name: str
    login_id: str
    roles: Sequence[str]
    facilities: Sequence[str] = field(default=())
    email: str = ""


async def add_member(conn: AsyncConnection, *, act: Act, seal: Seal, new: NewStaff) -> str:
    """Add somebody; returns the one-time code with which they set their password.

    Raises:
        StaffFormWrong, StaffMailWrong, StaffFacilityUnknown, LoginIdTaken: nothing was stored.
    """
    if not new.name or not new.login_id or not new.roles or not set(new.roles) <= set(ROLES):
        raise StaffFormWrong
    await _know_facilities(conn, new.facilities)
    staff_id, account_id = new_id(), new_id()
    values = {"staff_id": staff_id, "name": new.name, "roles": list(new.roles), "facilities": list(new.facilities)}
    values["email"] = _mail_of(new.email)
    login = {"login_key": login_key(new.login_id, act.terms.login), "login_id": new.login_id}
    async with conn.begin_nested():
        await repository.add_staff(conn, values=values)
        row = {"account_id": account_id, "staff_id": staff_id, "password_state": "none", "created_at": act.real_now}
        if not await add_account(conn, {**row, **login}):
            raise LoginIdTaken(login_id=new.login_id)
    facts = {"roles": list(new.roles), "facilities": list(new.facilities)}
    await note(conn, act=act, done="staff_added", subject=("staff", str(staff_id)), facts=facts)
    return await issue_clerk_code(conn, act=act, seal=seal, account_id=account_id)


async def change_member(
    conn: AsyncConnection,
    *,
    act: Act,
    staff_id: UUID,
    roles: Sequence[str],
    facilities: Sequence[str],
    email: str | None = None,
) -> None:
    """Give somebody other roles and facilities; they count from the next request on. ``email`` as typed (``None``: as it is).

    Raises:
        NotFound, StaffFormWrong, StaffMailWrong, StaffFacilityUnknown, LastAdmin, OwnRights: nothing was changed.
    """
    member = await _open_member(conn, staff_id)
    if not roles or not set(roles) <= set(ROLES):
        raise StaffFormWrong
    if staff_id == act.staff_id and _gives_more(member, roles=roles, facilities=facilities):
        raise OwnRights
    await _know_facilities(conn, facilities)
    if ADMIN not in roles:
        await _leave_an_admin(conn, staff_id)
    values = {"roles": list(roles), "facilities": list(facilities)}
    address = {} if email is None else {"email": _mail_of(email)}
    await repository.change_staff(conn, staff_id=staff_id, values={**values, **address})
    await note(conn, act=act, done="staff_changed", subject=("staff", str(staff_id)), facts=values)


async def end_member(conn: AsyncConnection, *, act: Act, staff_id: UUID) -> None:
    """Somebody works here no more: logged out everywhere, never let in again.

    Raises:
        NotFound, LastAdmin: nothing was changed.
    """
    found = await _open_member(conn, staff_id)
    await _leave_an_admin(conn, staff_id)
    await repository.change_staff(conn, staff_id=staff_id, values={"ended_at": act.now})
    if found.account_id is not None:
        await repository.close_account(conn, account_id=found.account_id, real_now=act.real_now)
        await end_sessions(conn, account_id=found.account_id)
    await note(conn, act=act, done="staff_ended", subject=("staff", str(staff_id)))


def _mail_of(typed: str) -> str | None:
    """The address that was typed; ``None`` where nothing was."""
    address = read_mail_address(typed)
    if typed.strip() and address is None:
        raise StaffMailWrong
    return address


async def _know_facilities(conn: AsyncConnection, facilities: Sequence[str]) -> None:
    """Bound to a facility that does not exist, somebody would see nothing and nobody would know why."""
    unknown = sorted(set(facilities) - await read_facility_ids(conn)) if facilities else []
    if unknown:
        raise StaffFacilityUnknown(found=unknown)


def _gives_more(member: StaffRow, *, roles: Sequence[str], facilities: Sequence[str]) -> bool:
    """Whether these roles or facilities (none: all) reach further than what a member has."""
    widens = bool(member.facilities) and not (facilities and set(facilities) <= set(member.facilities))
    return widens or not set(roles) <= set(member.roles)


async def _open_member(conn: AsyncConnection, staff_id: UUID) -> StaffRow:
    found = await repository.list_staff(conn, staff_id=staff_id)
    if not found or found[0].ended_at is not None:
        raise NotFound(what="staff")
    return found[0]


async def _leave_an_admin(conn: AsyncConnection, staff_id: UUID) -> None:
    if await repository.lock_admins(conn) == [staff_id]:
        raise LastAdmin
