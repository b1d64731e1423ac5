"""Groups in the database: members, acting for a group, payers."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.registration.act import Act
from yoyaku.registration.policy import SessionLimits
from yoyaku.registration.policy.groups import MayNotActFor, NotAGroup, PayerNotAllowed, Role, TooFewMembers
from yoyaku.registration.service import (
    Credentials,
    NewRegistrant,
    begin_session,
    create_account,
    resolve_session,
)
from yoyaku.registration.service.groups import (
    NewMember,
    act_for,
    acting_choices,
    add_member,
    change_rights,
    end_member,
    invite_member,
    join_group,
    leave_group,
    list_members,
    memberships,
    payer_for_booking,
    payers_of,
    set_usual_payer,
    stop_paying,
)
from yoyaku.registration.terms import GroupTerms, LoginTerms, RegistrantClass, RegistrationTerms, Stage

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
LIMITS = SessionLimits(idle_minutes=30, longest_hours=12)
GROUPS = GroupTerms(linking=True, pays=["group", "representative", "member"])
TERMS = RegistrationTerms(
    classes=[RegistrantClass(code="individual", name="個人")],
    stages=[Stage(code="registered", name="本登録", may_book=True)],
    login=LoginTerms(id_label="ID", id_pattern="[a-z0-9]{4,16}"),
    groups=GROUPS,
)


def act(groups=GROUPS):
    terms = RegistrationTerms(classes=TERMS.classes, stages=TERMS.stages, login=TERMS.login, groups=groups)
    return Act(terms=terms, rule_set_version=1, now=NOW, real_now=NOW, today=NOW.date())


async def person(conn, login_id, *, kind="individual", name="髙田 一郎"):
    new = NewRegistrant(
        name=name, kana="タカダ", kind=kind, user_class=kind, stage="registered", email="a@aoba.example"
    )
    credentials = Credentials(login_id=login_id, password="midori-no-mado-ga-aku")
    return await create_account(conn, terms=TERMS.login, credentials=credentials, new=new, real_now=NOW)


async def session_of(conn, registrant_id):
    row = await conn.execute(
        text("SELECT account_id FROM account WHERE registrant_id = :person"), {"person": registrant_id}
    )
    return await begin_session(conn, account_id=row.scalar_one(), limits=LIMITS, real_now=NOW)


async def link(conn, club, login_id, registrant_id, **more):
    await invite_member(conn, act=act(), group_id=club, new=NewMember(name="一郎", login_id=login_id, **more))
    asked = next(one for one in await memberships(conn, registrant_id=registrant_id) if one.state == "invited")
    await join_group(conn, registrant_id=registrant_id, member_id=asked.member_id, pays=True)
    return asked.member_id


@pytest.fixture
async def club(conn):
    return await person(conn, "club", kind="group", name="青葉クラブ")


@pytest.fixture
async def player(conn):
    return await person(conn, "player")


@pytest.mark.fact("KS-030")
async def test_listing_members_makes_no_ids(conn, club):
    before = (await conn.execute(text("SELECT count(*) FROM account"))).scalar_one()
    await add_member(conn, act=act(), group_id=club, new=NewMember(name="鈴木 花子", kana="スズキ ハナコ"))
    await add_member(conn, act=act(), group_id=club, new=NewMember(name="髙田 一郎", role=Role.REPRESENTATIVE))

    assert [one.name for one in await list_members(conn, group_id=club)] == ["髙田 一郎", "鈴木 花子"]
    assert (await conn.execute(text("SELECT count(*) FROM account"))).scalar_one() == before


async def test_only_a_group_has_members(conn, player):
    with pytest.raises(NotAGroup):
        await add_member(conn, act=act(), group_id=player, new=NewMember(name="花子"))


async def test_an_invitation_looks_the_same_whether_or_not_the_id_is_anybody_s(conn, club, player):
    for login_id in ("player", "nobody"):
        await invite_member(conn, act=act(), group_id=club, new=NewMember(name="一郎", login_id=login_id))
    seen = await list_members(conn, group_id=club)
    told = (
        await conn.execute(
            text("SELECT facts FROM outbox WHERE kind = 'group_invited' AND subject_id = :person"), {"person": player}
        )
    ).scalars()

    assert [(one.name, one.state) for one in seen] == [("一郎", "invited"), ("一郎", "invited")]
    assert [fact["group_name"] for fact in told] == ["青葉クラブ"]


async def test_who_is_invited_twice_is_told_once(conn, club, player):
    for _ in range(2):
        await invite_member(conn, act=act(), group_id=club, new=NewMember(name="一郎", login_id="player"))

    assert len(await memberships(conn, registrant_id=player)) == 1


async def test_a_group_is_no_member_of_a_group(conn, club):
    other = await person(conn, "other", kind="group")
    await invite_member(conn, act=act(), group_id=club, new=NewMember(name="他の会", login_id="other"))

    assert await memberships(conn, registrant_id=other) == []


@pytest.mark.fact("KS-028", "KC-007")
async def test_a_member_who_agreed_acts_for_the_group_and_for_themselves_again(conn, club, player):
    await link(conn, club, "player", player, may_act=True)
    begun = await session_of(conn, player)
    await act_for(conn, registrant_id=player, session_id=begun.view.session_id, group_id=club)
    view = await resolve_session(conn, token=begun.token, limits=LIMITS, real_now=NOW)
    assert (view.registrant_id, view.own_registrant_id, view.display_name) == (club, player, "青葉クラブ")
    assert view.person_facts["account_kind"] == "group"

    await act_for(conn, registrant_id=player, session_id=begun.view.session_id, group_id=None)
    view = await resolve_session(conn, token=begun.token, limits=LIMITS, real_now=NOW)
    assert (view.registrant_id, view.acting_for) == (player, None)


async def test_nobody_acts_for_a_group_without_its_leave(conn, club, player):
    begun = await session_of(conn, player)
    with pytest.raises(MayNotActFor):
        await act_for(conn, registrant_id=player, session_id=begun.view.session_id, group_id=club)
    await invite_member(conn, act=act(), group_id=club, new=NewMember(name="一郎", login_id="player", may_act=True))
    with pytest.raises(MayNotActFor):
        await act_for(conn, registrant_id=player, session_id=begun.view.session_id, group_id=club)


@pytest.mark.parametrize("how", ["ended", "left", "forbidden"])
async def test_acting_for_a_group_ends_with_the_membership(how, conn, club, player):
    member_id = await link(conn, club, "player", player, may_act=True)
    begun = await session_of(conn, player)
    await act_for(conn, registrant_id=player, session_id=begun.view.session_id, group_id=club)
    if how == "ended":
        await end_member(conn, act=act(), group_id=club, member_id=member_id)
    elif how == "left":
        await leave_group(conn, act=act(), registrant_id=player, member_id=member_id)
    else:
        await change_rights(conn, group_id=club, member_id=member_id, may_act=False, keeps_paying=True)

    view = await resolve_session(conn, token=begun.token, limits=LIMITS, real_now=NOW)
    assert (view.registrant_id, view.acting_for) == (player, None)
    assert await acting_choices(conn, registrant_id=player) == []


async def test_nobody_answers_another_s_invitation_nor_changes_another_group(conn, club, player):
    rival, other = await person(conn, "rival"), await person(conn, "other", kind="group")
    member_id = await link(conn, club, "player", player)
    with pytest.raises(NotFound):
        await join_group(conn, registrant_id=rival, member_id=member_id, pays=False)
    with pytest.raises(NotFound):
        await leave_group(conn, act=act(), registrant_id=rival, member_id=member_id)
    with pytest.raises(NotFound):
        await end_member(conn, act=act(), group_id=other, member_id=member_id)


async def test_a_group_keeps_as_many_members_as_the_rules_ask_for(conn, club):
    groups = GroupTerms(fewest_members=1)
    await add_member(conn, act=act(groups), group_id=club, new=NewMember(name="花子"))
    (only,) = await list_members(conn, group_id=club)
    with pytest.raises(TooFewMembers):
        await end_member(conn, act=act(groups), group_id=club, member_id=only.member_id)


@pytest.mark.fact("KS-042")
async def test_a_usual_payer_agreed_and_is_passed_over_once_they_stop(conn, club, player):
    member_id = await link(conn, club, "player", player, may_pay=True)
    await set_usual_payer(conn, act=act(), group_id=club, payer_id=player)
    payers = await payers_of(conn, terms=GROUPS, registrant_id=club)
    assert [(one.registrant_id, one.is_usual) for one in payers] == [(club, False), (player, True)]
    assert await payer_for_booking(conn, terms=GROUPS, registrant_id=club, wanted=None) == player
    assert await payer_for_booking(conn, terms=GROUPS, registrant_id=club, wanted=club) is None

    await stop_paying(conn, registrant_id=player, member_id=member_id)
    assert await payer_for_booking(conn, terms=GROUPS, registrant_id=club, wanted=None) is None
    with pytest.raises(PayerNotAllowed):
        await set_usual_payer(conn, act=act(), group_id=club, payer_id=player)


@pytest.mark.fact("KS-042")
async def test_a_person_s_own_booking_is_theirs_to_pay(conn, club, player):
    await link(conn, club, "player", player, may_pay=True)
    assert await payer_for_booking(conn, terms=GROUPS, registrant_id=player, wanted=None) is None
    assert await payers_of(conn, terms=GROUPS, registrant_id=player) == []
    with pytest.raises(PayerNotAllowed):
        await payer_for_booking(conn, terms=GROUPS, registrant_id=player, wanted=club)


async def test_the_database_forbids_a_payer_who_did_not_agree(conn, club, player):
    await link(conn, club, "player", player)
    set_payer = text("UPDATE registrant SET payer_id = :payer WHERE registrant_id = :club")
    async with conn.begin_nested() as inner:
        with pytest.raises(IntegrityError, match="linked member who agreed"):
            await conn.execute(set_payer, {"payer": player, "club": club})
        await inner.rollback()
    with pytest.raises(NotFound):
        await change_rights(conn, group_id=club, member_id=new_id(), may_act=True, keeps_paying=True)
