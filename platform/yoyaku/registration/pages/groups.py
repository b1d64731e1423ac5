"""Groups: a group's members and payer, and for a person the groups they belong to and act for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.login import told_to_wait
from yoyaku.registration.pages.member import member_of, ref
from yoyaku.registration.policy.groups import (
    MemberNameMissing,
    NotAGroup,
    Role,
    RoleTaken,
    roles_offered,
)
from yoyaku.registration.policy.throttle import TooManyAttempts, sources_of_inviting
from yoyaku.registration.service import SessionView
from yoyaku.registration.service.groups import (
    NewMember,
    add_member,
    change_rights,
    end_member,
    invite_member,
    list_members,
    payers_of,
    set_usual_payer,
)
from yoyaku.ui.page import Crumb

FIELDS: Final = ("name", "kana", "role", "login_id", "may_act", "may_pay")


@get("/me/groups")
async def show_groups(door: NamedDependency[Door]) -> Response[Any]:
    """A group's own members; a person's groups."""
    session = door.session
    if session is None or session.registrant_id is None:
        return door.page.go("/counter" if session else f"/login?next={door.page.path}")
    if is_own_group(session):
        return await _group_page(door, session.registrant_id, {}, {})
    return await member_of(door)


def is_own_group(session: SessionView) -> bool:
    """Whether it is the group itself that is logged in, by its own ID."""
    return session.acting_for is None and session.person_facts.get("account_kind") == "group"


def _own_group(door: Door) -> UUID:
    """The group that is logged in.

    :raises NotAGroup: it is not a group, or a member who acts for it.
    """
    session = door.session
    if session is None or session.registrant_id is None or not is_own_group(session):
        raise NotAGroup
    return session.registrant_id


async def _group_page(door: Door, group_id: UUID, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response[str]:
    words, terms = door.words, door.terms.groups
    payers = await payers_of(door.conn, terms=terms, registrant_id=group_id)
    return door.page.show(
        "registration/group.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        members=await list_members(door.conn, group_id=group_id),
        terms=terms,
        roles=[(role.value, words.say(f"group.role.{role.value}")) for role in roles_offered(terms)],
        payers=[(str(one.registrant_id), one.name) for one in payers],
        payer=next((str(one.registrant_id) for one in payers if one.is_usual), ""),
        form={name: typed.get(name, "") for name in FIELDS},
        adding=typed.get("what", ""),
        errors=errors,
        crumbs=[Crumb(label=words.say("nav.my_page"), path="/me"), Crumb(label=words.say("group.title"))],
    )


@post("/me/groups/members", status_code=303)
async def do_add(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """List a member by name."""
    return await _add(door, await request.form(), what="listed")


@post("/me/groups/invitations", status_code=303)
async def do_invite(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Ask somebody with an ID of their own to be a member."""
    return await _add(door, await request.form(), what="invited")


async def _add(door: Door, form: FormMultiDict, *, what: str) -> Response[Any]:
    group_id = _own_group(door)
    typed = {**{name: str(form.get(name, "")).strip() for name in FIELDS}, "what": what}
    if what == "invited" and not typed["login_id"]:
        return await _group_page(door, group_id, typed, {"login_id": door.words.say("group.login_id_missing")})
    new = NewMember(
        name=typed["name"],
        kana=typed["kana"],
        role=Role(typed["role"]) if typed["role"] in set(Role) else Role.MEMBER,
        login_id=typed["login_id"] or None,
        may_act=bool(typed["may_act"]),
        may_pay=bool(typed["may_pay"]),
    )
    store = invite_member if what == "invited" else add_member
    try:
        if what == "invited":
            await door.throttle.take(sources_of_inviting(group_id=str(group_id)), real_now=door.real_now)
        await store(door.conn, act=door.act, group_id=group_id, new=new)
    except (MemberNameMissing, RoleTaken) as refusal:
        where = "name" if isinstance(refusal, MemberNameMissing) else "role"
        where = where if what == "listed" else f"{where}-invited"
        return await _group_page(door, group_id, typed, {where: door.words.sentence(refusal)})
    except TooManyAttempts as refusal:
        sentence = door.words.say("group.too_many_invited", seconds=refusal.facts["retry_after_seconds"])
        page = await _group_page(door, group_id, typed, {"login_id": sentence})
        page.status_code = refusal.status
        return told_to_wait(page, refusal)
    return door.page.go("/me/groups", flash=f"member_{what}")


@post("/me/groups/members/{member_id:uuid}/rights", status_code=303)
async def do_change(
    door: NamedDependency[Door], member_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Let a linked member act for the group, or not."""
    form, group_id = await request.form(), _own_group(door)
    await change_rights(
        door.conn,
        group_id=group_id,
        member_id=member_id,
        may_act=bool(form.get("may_act")),
        keeps_paying=bool(form.get("may_pay")),
    )
    return door.page.go("/me/groups", flash="member_changed")


@post("/me/groups/members/{member_id:uuid}/end", status_code=303)
async def do_end(door: NamedDependency[Door], member_id: FromPath[UUID]) -> Response[Any]:
    """Take a member off the list."""
    group_id = _own_group(door)
    try:
        await end_member(door.conn, act=door.act, group_id=group_id, member_id=member_id)
    except YoyakuError as refusal:
        return await _group_page(door, group_id, {}, {"": door.words.sentence(refusal)})
    return door.page.go("/me/groups", flash="member_ended")


@post("/me/groups/payer", status_code=303)
async def do_set_payer(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Say who usually pays for the group."""
    form, group_id = await request.form(), _own_group(door)
    payer_id = ref(form.get("payer"))
    if payer_id is None:
        return await _group_page(door, group_id, {}, {"payer": door.words.say("group.payer_missing")})
    await set_usual_payer(door.conn, act=door.act, group_id=group_id, payer_id=payer_id)
    return door.page.go("/me/groups", flash="payer_set")


ROUTES: Final = [show_groups, do_add, do_invite, do_change, do_end, do_set_payer]
