"""Groups: who may be listed, who may act for the group, and who pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.ids import Key
from yoyaku.kernel.text import has_unreadable
from yoyaku.registration.terms import GroupTerms


class Role(StrEnum):
    """What a member is to the group."""

    REPRESENTATIVE = "representative"  # 代表者
    CONTACT_PERSON = "contact_person"  # 連絡者
    MEMBER = "member"  # 構成員


class MemberState(StrEnum):
    """How a member stands to the group."""

    LISTED = "listed"  # 名簿のみ
    INVITED = "invited"  # 招待中
    LINKED = "linked"  # 登録とつながっている
    ENDED = "ended"  # 退会


LONGEST_NAME: Final = 100


class NotAGroup(YoyakuError):
    """Only a group has members."""

    status = 403
    code = "not_a_group"
    title = "Only a group that is logged in by its own ID manages members."


class MembersNotOffered(YoyakuError):
    """The rules keep no lists of members."""

    status = 403
    code = "members_not_offered"
    title = "This service keeps no list of members."


class LinkingNotOffered(YoyakuError):
    """The rules do not link members to registrations of their own."""

    status = 403
    code = "linking_not_offered"
    title = "This service does not link members to registrations of their own."


class MemberNameMissing(YoyakuError):
    """A member has a name of at most ``longest`` letters."""

    status = 422
    code = "member_name_missing"
    title = "Enter the member's name."


class RoleTaken(YoyakuError):
    """A group has one representative and one contact person."""

    status = 409
    code = "role_taken"
    title = "The group has a member in that role already."


class TooFewMembers(YoyakuError):
    """The rules ask for at least ``fewest`` members."""

    status = 409
    code = "too_few_members"
    title = "The group would have too few members."


class MayNotActFor(YoyakuError):
    """Somebody is no member of the group who may act for it."""

    status = 403
    code = "may_not_act_for"
    title = "You may not act for that group."


class PayerNotAllowed(YoyakuError):
    """By the rules, and by what its members agreed to, somebody does not pay for the group."""

    status = 409
    code = "payer_not_allowed"
    title = "That person does not pay for this group."


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of a group. ``registrant_id`` is their own registration, where the two are linked (or to be)."""

    member_id: Key
    group_id: Key
    name: str
    kana: str = ""
    role: Role = Role.MEMBER
    state: MemberState = MemberState.LISTED
    registrant_id: Key | None = None
    may_act: bool = False
    may_pay: bool = False


def roles_offered(terms: GroupTerms) -> tuple[Role, ...]:
    """What a member may be to a group of this service."""
    if terms.contact_person:
        return (Role.MEMBER, Role.REPRESENTATIVE, Role.CONTACT_PERSON)
    return (Role.MEMBER, Role.REPRESENTATIVE)


def check_new_member(
    terms: GroupTerms, *, members: Sequence[Member], name: str, role: Role, kana: str = "", linked: bool = False
) -> None:
    """Say whether somebody can be put on a group's list.

    Raises:
        MembersNotOffered, LinkingNotOffered: the rules have nothing of the kind.
        MemberNameMissing, RoleTaken: as it was typed it cannot be kept.
    """
    if terms.members == "none":
        raise MembersNotOffered
    if linked and not terms.linking:
        raise LinkingNotOffered
    if not 0 < len(name.strip()) <= LONGEST_NAME or len(kana) > LONGEST_NAME or has_unreadable(name + kana):
        raise MemberNameMissing(longest=LONGEST_NAME)
    taken = {one.role for one in members if one.state is not MemberState.ENDED}
    if role not in roles_offered(terms) or (role is not Role.MEMBER and role in taken):
        raise RoleTaken(role=role.value)


def check_end(terms: GroupTerms, *, members: Sequence[Member]) -> None:
    """Say whether one of the members can end.

    Raises:
        TooFewMembers: fewer would stay than the rules ask for.
    """
    here = [one for one in members if one.state is not MemberState.ENDED]
    if len(here) <= terms.fewest_members:
        raise TooFewMembers(fewest=terms.fewest_members)


def may_act(member: Member) -> bool:
    """Whether a member may act for the group now."""
    return member.state is MemberState.LINKED and member.may_act


def who_may_pay(terms: GroupTerms, *, group_id: Key, members: Sequence[Member]) -> tuple[Key, ...]:
    """Who may pay for a group, itself first where it may: linked members who agreed, in the roles that the rules name.

    Where nobody else may, the group pays: somebody must.
    """
    able = [one for one in members if one.state is MemberState.LINKED and one.may_pay and one.registrant_id]
    payers = [group_id] if "group" in terms.pays else []
    for one in able:
        named = "member" in terms.pays or ("representative" in terms.pays and one.role is Role.REPRESENTATIVE)
        if named and one.registrant_id is not None:
            payers.append(one.registrant_id)
    return tuple(payers) or (group_id,)


def choose_payer(payers: Sequence[Key], *, group_id: Key, wanted: Key | None, usual: Key | None) -> Key | None:
    """Who pays for a booking: whoever was chosen, else the group's usual payer; ``None``: the group itself.

    A usual payer who pays no longer is passed over.

    Raises:
        PayerNotAllowed: whoever was chosen does not pay for the group.
    """
    if wanted is not None and wanted not in payers:
        raise PayerNotAllowed
    chosen = wanted or (usual if usual in payers else payers[0])
    return None if chosen == group_id else chosen
