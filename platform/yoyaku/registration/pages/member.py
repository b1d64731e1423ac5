"""A person's groups: invitations, for whom they act, whether they pay, and leaving."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.groups import MayNotActFor, MemberState
from yoyaku.registration.service.groups import act_for, join_group, leave_group, memberships, stop_paying
from yoyaku.ui.page import Crumb


async def member_of(door: Door) -> Response[str]:
    """The groups of whoever is logged in, and those that ask them to be a member."""
    own_id = _own(door)
    rows = [] if own_id is None else await memberships(door.conn, registrant_id=own_id)
    words = door.words
    return door.page.show(
        "registration/member.html",
        invitations=[one for one in rows if one.state is MemberState.INVITED],
        groups=[one for one in rows if one.state is MemberState.LINKED],
        acting_for=door.session.acting_for if door.session else None,
        crumbs=[Crumb(label=words.say("nav.my_page"), path="/me"), Crumb(label=words.say("group.mine"))],
    )


def ref(text: object) -> UUID | None:
    """Read the key of a registrant from a form; ``None`` for anything else."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _own(door: Door) -> UUID | None:
    """Whoever is logged in, for whomever they act."""
    return door.session.own_registrant_id if door.session else None


def _log_in(door: Door) -> Response[None]:
    return door.page.go("/counter" if door.session else "/login?next=/me/groups")


@post("/me/groups/act", status_code=303)
async def do_act_for(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Act for a group from now on, or (no group) for oneself."""
    own_id, session = _own(door), door.session
    if own_id is None or session is None:
        return _log_in(door)
    if session.session_id is None:
        raise MayNotActFor
    group_id = ref((await request.form()).get("group"))
    await act_for(door.conn, registrant_id=own_id, session_id=session.session_id, group_id=group_id)
    return door.page.go("/me", flash="acts_for_group" if group_id else "acts_for_oneself")


@post("/me/groups/memberships/{member_id:uuid}/join", status_code=303)
async def do_join(
    door: NamedDependency[Door], member_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Agree to be a member."""
    own_id = _own(door)
    if own_id is None:
        return _log_in(door)
    pays = bool((await request.form()).get("pays"))
    await join_group(door.conn, registrant_id=own_id, member_id=member_id, pays=pays)
    return door.page.go("/me/groups", flash="group_joined")


@post("/me/groups/memberships/{member_id:uuid}/leave", status_code=303)
async def do_leave(door: NamedDependency[Door], member_id: FromPath[UUID]) -> Response[Any]:
    """Decline, or stop being a member."""
    own_id = _own(door)
    if own_id is None:
        return _log_in(door)
    await leave_group(door.conn, act=door.act, registrant_id=own_id, member_id=member_id)
    return door.page.go("/me/groups", flash="group_left")


@post("/me/groups/memberships/{member_id:uuid}/stop-paying", status_code=303)
async def do_stop_paying(door: NamedDependency[Door], member_id: FromPath[UUID]) -> Response[Any]:
    """Pay for the group no longer."""
    own_id = _own(door)
    if own_id is None:
        return _log_in(door)
    await stop_paying(door.conn, registrant_id=own_id, member_id=member_id)
    return door.page.go("/me/groups", flash="group_not_paid")


ROUTES: Final = [do_act_for, do_join, do_leave, do_stop_paying]
