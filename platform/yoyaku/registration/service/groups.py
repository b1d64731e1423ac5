"""Groups: their members, who acts for them, who pays.

A group that is logged in by its own ID manages its members; a member who acts for it books, and changes nothing of it.
Members are listed by name, which gives them nothing, or linked to registrations of their own, once they agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.act import Act
from yoyaku.registration.policy import login_key
from yoyaku.registration.policy.groups import (
    MayNotActFor,
    Member,
    MemberState,
    NotAGroup,
    PayerNotAllowed,
    Role,
    check_end,
    check_new_member,
    choose_payer,
    who_may_pay,
)
from yoyaku.registration.repository import groups as repository
from yoyaku.registration.repository.groups import GroupRow, MembershipRow
from yoyaku.registration.service.suspensions import require_not_suspended
from yoyaku.registration.terms import GroupTerms


@dataclass(frozen=True, kw_only=True)
class NewMember:
    """Somebody to be listed, or (``login_id``) to be asked for a link; names as they are written."""

    name: str
    kana: str = ""
    role: Role = Role.MEMBER
    login_id: str | None = None
    may_act: bool = False
    may_pay: bool = False


@dataclass(frozen=True, kw_only=True)
class Payer:
    """Somebody who may pay for a group."""

    registrant_id: UUID
    name: str
    is_group: bool
    is_usual: bool


async def list_members(conn: AsyncConnection, *, group_id: UUID) -> list[Member]:
    """A group's members, the representative first."""
    return await repository.list_members(conn, group_id=group_id)


async def add_member(conn: AsyncConnection, *, act: Act, group_id: UUID, new: NewMember) -> None:
    """List a member by name; that gives them no ID and no right.

    Raises:
        NotAGroup, MembersNotOffered, MemberNameMissing, RoleTaken: nothing was stored.
    """
    members = await _hold_members(conn, group_id=group_id)
    check_new_member(act.terms.groups, members=members, name=new.name, kana=new.kana, role=new.role)
    values = repository.added(
        group_id=group_id, name=new.name.strip(), kana=new.kana.strip(), role=new.role, added_at=act.now
    )
    await repository.add_member(conn, {**values, "state": MemberState.LISTED.value})


async def invite_member(conn: AsyncConnection, *, act: Act, group_id: UUID, new: NewMember) -> None:
    """Ask somebody with an ID of their own to be a linked member.

    The answer is the same, and takes as long, whether or not there is such an ID: the group sees the name it typed and
    that somebody is invited, until they agree.

    Raises:
        NotAGroup, MembersNotOffered, LinkingNotOffered, MemberNameMissing, RoleTaken: nothing was stored.
    """
    members = await _hold_members(conn, group_id=group_id)
    check_new_member(act.terms.groups, members=members, name=new.name, kana=new.kana, role=new.role, linked=True)
    values = repository.added(
        group_id=group_id, name=new.name.strip(), kana=new.kana.strip(), role=new.role, added_at=act.now
    )
    asked = {"login_key": login_key(new.login_id or "", act.terms.login), "may_act": new.may_act}
    await repository.add_invited(conn, {**values, **asked, "may_pay": new.may_pay})


async def end_member(conn: AsyncConnection, *, act: Act, group_id: UUID, member_id: UUID) -> None:
    """Take a member off the list; whoever was acting for the group acts for themselves again.

    Raises:
        NotAGroup, NotFound: there is no such member of this group.
        TooFewMembers: the rules ask for more than would stay.
    """
    members = await _hold_members(conn, group_id=group_id)
    member = _one(members, member_id)
    check_end(act.terms.groups, members=members)
    await _end(conn, act=act, member=member)


async def change_rights(
    conn: AsyncConnection, *, group_id: UUID, member_id: UUID, may_act: bool, keeps_paying: bool
) -> None:
    """Let a linked member act for the group or not. Paying can only be taken away: the member agrees to it, not the group.

    Raises:
        NotAGroup, NotFound: there is no such member of this group.
    """
    members = await _hold_members(conn, group_id=group_id)
    member = _one(members, member_id)
    changes = {"may_act": may_act, "may_pay": member.may_pay and keeps_paying}
    await repository.change_member(conn, member=member, changes=changes)


async def memberships(conn: AsyncConnection, *, registrant_id: UUID) -> list[MembershipRow]:
    """The groups of which somebody is a member, and those that ask them to be one."""
    return await repository.list_memberships(conn, registrant_id=registrant_id)


async def join_group(conn: AsyncConnection, *, registrant_id: UUID, member_id: UUID, pays: bool) -> None:
    """Agree to be a member; ``pays``: also that the group's uses may be charged to oneself, where it asked for that.

    Raises:
        NotFound: nobody asked them, or the invitation was taken back.
        RegistrationSuspended: they have to pay something first.
    """
    await require_not_suspended(conn, registrant_id=registrant_id)
    member = await _own(conn, registrant_id=registrant_id, member_id=member_id)
    if member.state is MemberState.INVITED:
        changes = {"state": MemberState.LINKED.value, "may_pay": member.may_pay and pays}
        await repository.change_member(conn, member=member, changes=changes)


async def leave_group(conn: AsyncConnection, *, act: Act, registrant_id: UUID, member_id: UUID) -> None:
    """Decline an invitation, or stop being a member: one's own decision, however few stay.

    Raises:
        NotFound: they are no member.
    """
    await _end(conn, act=act, member=await _own(conn, registrant_id=registrant_id, member_id=member_id))


async def stop_paying(conn: AsyncConnection, *, registrant_id: UUID, member_id: UUID) -> None:
    """Pay for the group no longer; bookings made before keep their payer.

    Raises:
        NotFound: they are no member.
    """
    member = await _own(conn, registrant_id=registrant_id, member_id=member_id)
    await repository.change_member(conn, member=member, changes={"may_pay": False})


async def acting_choices(conn: AsyncConnection, *, registrant_id: UUID) -> list[MembershipRow]:
    """The groups for which somebody may act."""
    found = await repository.list_memberships(conn, registrant_id=registrant_id)
    return [one for one in found if one.state is MemberState.LINKED and one.may_act]


async def act_for(conn: AsyncConnection, *, registrant_id: UUID, session_id: UUID, group_id: UUID | None) -> None:
    """Let the session of ``registrant_id`` (their own) act for a group from now on, or (``None``) for themselves.

    Raises:
        MayNotActFor: they are no member who may.
    """
    if group_id is not None:
        # The group stands still: a membership that ends at this moment ends the session's acting, or forbids it.
        await repository.lock_group(conn, group_id=group_id)
        allowed = {one.group_id for one in await acting_choices(conn, registrant_id=registrant_id)}
        if group_id not in allowed:
            raise MayNotActFor
    await repository.set_acting(conn, session_id=session_id, group_id=group_id)


async def payers_of(conn: AsyncConnection, *, terms: GroupTerms, registrant_id: UUID) -> list[Payer]:
    """Who may pay for a group; nobody to choose from for a person, who pays for themselves."""
    group = await repository.read_group(conn, registrant_id=registrant_id)
    if group is None or group.kind != "group":
        return []
    ids = await _payer_ids(conn, terms=terms, group_id=registrant_id)
    usual = _usual(ids, group=group)
    names = await repository.read_names(conn, ids=list(ids))
    return [
        Payer(registrant_id=one, name=names[one], is_group=one == registrant_id, is_usual=one == usual) for one in ids
    ]


async def set_usual_payer(conn: AsyncConnection, *, act: Act, group_id: UUID, payer_id: UUID) -> None:
    """Say who pays for a group where nothing else is chosen.

    Raises:
        NotAGroup, PayerNotAllowed: by the rules, or by what its members agreed to, they do not.
    """
    await _hold_members(conn, group_id=group_id)
    if payer_id not in await _payer_ids(conn, terms=act.terms.groups, group_id=group_id):
        raise PayerNotAllowed
    await repository.change_payer(conn, group_id=group_id, payer_id=None if payer_id == group_id else payer_id)


async def payer_for_booking(
    conn: AsyncConnection, *, terms: GroupTerms, registrant_id: UUID, wanted: UUID | None
) -> UUID | None:
    """Who pays for a booking of ``registrant_id``: ``None``, they themselves.

    Raises:
        PayerNotAllowed: whoever was chosen does not pay for them.
    """
    group = await repository.read_group(conn, registrant_id=registrant_id)
    if group is None or group.kind != "group":
        if wanted not in (None, registrant_id):
            raise PayerNotAllowed
        return None
    ids = await _payer_ids(conn, terms=terms, group_id=registrant_id)
    return choose_payer(ids, group_id=registrant_id, wanted=wanted, usual=group.payer_id)


def _usual(ids: tuple[UUID, ...], *, group: GroupRow) -> UUID:
    return group.payer_id if group.payer_id in ids and group.payer_id is not None else ids[0]


async def _payer_ids(conn: AsyncConnection, *, terms: GroupTerms, group_id: UUID) -> tuple[UUID, ...]:
    members = await repository.list_members(conn, group_id=group_id)
    return who_may_pay(terms, group_id=group_id, members=members)


async def _hold_members(conn: AsyncConnection, *, group_id: UUID) -> list[Member]:
    """The members of a group, which nobody else changes until the end."""
    group = await repository.read_group(conn, registrant_id=group_id)
    if group is None or group.kind != "group":
        raise NotAGroup
    await repository.lock_group(conn, group_id=group_id)
    return await repository.list_members(conn, group_id=group_id)


def _one(members: list[Member], member_id: UUID) -> Member:
    found = next((one for one in members if one.member_id == member_id), None)
    if found is None:
        raise NotFound(what="member")
    return found


async def _own(conn: AsyncConnection, *, registrant_id: UUID, member_id: UUID) -> Member:
    """One's own membership, its group held still."""
    found = await repository.list_memberships(conn, registrant_id=registrant_id)
    row = next((one for one in found if one.member_id == member_id), None)
    if row is None:
        raise NotFound(what="member")
    return _one(await _hold_members(conn, group_id=row.group_id), member_id)


async def _end(conn: AsyncConnection, *, act: Act, member: Member) -> None:
    changes = {"state": MemberState.ENDED.value, "ended_at": act.now}
    await repository.change_member(conn, member=member, changes=changes)
