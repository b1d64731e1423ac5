"""Who may be listed, who may act for a group, and who pays."""

from uuid import UUID

import pytest

from yoyaku.registration.policy.groups import (
    LinkingNotOffered,
    Member,
    MemberNameMissing,
    MembersNotOffered,
    MemberState,
    PayerNotAllowed,
    Role,
    RoleTaken,
    TooFewMembers,
    check_end,
    check_new_member,
    choose_payer,
    may_act,
    roles_offered,
    who_may_pay,
)
from yoyaku.registration.terms import GroupTerms

CLUB, HEAD, PLAYER = UUID(int=1), UUID(int=2), UUID(int=3)
ANY = GroupTerms(linking=True, pays=["group", "representative", "member"])


def member(number, **more):
    more.setdefault("registrant_id", UUID(int=number))
    more.setdefault("state", MemberState.LINKED)
    return Member(member_id=UUID(int=100 + number), group_id=CLUB, name="髙田 一郎", **more)


@pytest.mark.fact("KS-030")
def test_members_may_be_listed_by_name_alone():
    check_new_member(ANY, members=[], name="髙田 一郎", role=Role.MEMBER)


@pytest.mark.parametrize(
    ("name", "kana"),
    [("", ""), ("　", ""), ("あ" * 101, ""), ("一郎", "ア" * 101), ("一\n郎", ""), ("一郎", "\u202eウロチイ")],
)
def test_a_member_has_a_name_of_a_reasonable_length_that_can_be_read(name, kana):
    with pytest.raises(MemberNameMissing):
        check_new_member(ANY, members=[], name=name, kana=kana, role=Role.MEMBER)


def test_a_service_may_keep_no_members_or_link_none():
    with pytest.raises(MembersNotOffered):
        check_new_member(GroupTerms(members="none"), members=[], name="一郎", role=Role.MEMBER)
    with pytest.raises(LinkingNotOffered):
        check_new_member(GroupTerms(), members=[], name="一郎", role=Role.MEMBER, linked=True)


@pytest.mark.fact("KS-028")
def test_a_group_has_one_representative_and_one_contact_person():
    there = [member(2, role=Role.REPRESENTATIVE)]
    check_new_member(ANY, members=there, name="一郎", role=Role.CONTACT_PERSON)
    with pytest.raises(RoleTaken):
        check_new_member(ANY, members=there, name="一郎", role=Role.REPRESENTATIVE)
    gone = [member(2, role=Role.REPRESENTATIVE, state=MemberState.ENDED)]
    check_new_member(ANY, members=gone, name="一郎", role=Role.REPRESENTATIVE)


def test_a_contact_person_is_offered_where_the_rules_have_one():
    terms = GroupTerms(contact_person=False)
    assert Role.CONTACT_PERSON not in roles_offered(terms)
    with pytest.raises(RoleTaken):
        check_new_member(terms, members=[], name="一郎", role=Role.CONTACT_PERSON)


def test_no_fewer_members_stay_than_the_rules_ask_for():
    terms = GroupTerms(fewest_members=2)
    check_end(terms, members=[member(2), member(3), member(4)])
    with pytest.raises(TooFewMembers):
        check_end(terms, members=[member(2), member(3), member(4, state=MemberState.ENDED)])


@pytest.mark.parametrize(
    ("state", "granted", "may"), [("linked", True, True), ("linked", False, False), ("invited", True, False)]
)
def test_who_is_linked_and_was_granted_it_may_act(state, granted, may):
    assert may_act(member(2, state=MemberState(state), may_act=granted)) is may


@pytest.mark.fact("KS-042")
@pytest.mark.parametrize(
    ("pays", "payers"),
    [
        (["group"], (CLUB,)),
        (["representative"], (HEAD,)),
        (["group", "representative"], (CLUB, HEAD)),
        (["group", "representative", "member"], (CLUB, HEAD, PLAYER)),
    ],
)
def test_those_pay_whom_the_rules_name_and_who_agreed(pays, payers):
    members = [
        member(2, role=Role.REPRESENTATIVE, may_pay=True),
        member(3, may_pay=True),
        member(4),
        member(5, state=MemberState.INVITED, may_pay=True),
    ]
    assert who_may_pay(GroupTerms(pays=pays), group_id=CLUB, members=members) == payers


def test_the_group_pays_where_nobody_else_can():
    assert who_may_pay(GroupTerms(pays=["representative"]), group_id=CLUB, members=[member(3)]) == (CLUB,)


def test_the_chosen_payer_comes_before_the_usual_one_before_the_first():
    both = (CLUB, HEAD)
    assert choose_payer(both, group_id=CLUB, wanted=HEAD, usual=None) == HEAD
    assert choose_payer(both, group_id=CLUB, wanted=CLUB, usual=HEAD) is None
    assert choose_payer(both, group_id=CLUB, wanted=None, usual=HEAD) == HEAD
    assert choose_payer(both, group_id=CLUB, wanted=None, usual=PLAYER) is None
    assert choose_payer((HEAD,), group_id=CLUB, wanted=None, usual=None) == HEAD


def test_nobody_pays_who_did_not_agree():
    with pytest.raises(PayerNotAllowed):
        choose_payer((CLUB,), group_id=CLUB, wanted=PLAYER, usual=None)
