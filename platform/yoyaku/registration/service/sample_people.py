"""Invented people of a demo, in states to which others come over months: expiries near, groups with linked members.

And a picture that waits to be looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.extension.identity import SentFile
from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy import login_key
from yoyaku.registration.repository import life
from yoyaku.registration.repository.accounts import find_account
from yoyaku.registration.service.groups import NewMember, add_member, invite_member, join_group, memberships
from yoyaku.registration.service.identity import answer_check, begin_check
from yoyaku.registration.service.identity_means import IdentityMeans
from yoyaku.registration.service.sample_picture import draw_document
from yoyaku.registration.service.stages import arm, as_texts, begin_registration, get_life


async def begin_sample(
    conn: AsyncConnection, *, act: Act, registrant_id: UUID, expires_in_days: Mapping[str, int]
) -> None:
    """Give somebody the expiries of their stage, those that are named in so many days from today, and the deadlines."""
    await begin_registration(conn, act=act, registrant_id=registrant_id)
    if expires_in_days:
        row = await get_life(conn, registrant_id=registrant_id)
        moved = {code: act.today + timedelta(days=days) for code, days in expires_in_days.items()}
        values = {"expiries": as_texts({**row.expiries, **moved})}
        await life.change_registrant(conn, registrant_id=registrant_id, values=values)
        await arm(conn, act=act, registrant_id=registrant_id)


async def send_sample_picture(conn: AsyncConnection, *, act: Act, seal: Seal, registrant_id: UUID, step: str) -> None:
    """Send a drawn picture for a check, as its person would; it waits for a clerk."""
    means = IdentityMeans(seal=seal, plugin_profiles=None, return_url="")
    file = SentFile(name="sample.png", claimed_type="image/png", content=draw_document())
    await begin_check(conn, act=act, means=means, registrant_id=registrant_id, step_code=step)
    await answer_check(conn, act=act, means=means, registrant_id=registrant_id, step_code=step, answer=file)


async def add_sample_members(
    conn: AsyncConnection, *, act: Act, group_login_id: str, members: Sequence[NewMember]
) -> None:
    """Members of an invented group; whoever has an id has agreed to be linked, and to pay where they are asked to."""
    group_id = await _registrant_of(conn, act, group_login_id)
    for new in members:
        if new.login_id is None:
            await add_member(conn, act=act, group_id=group_id, new=new)
        else:
            await invite_member(conn, act=act, group_id=group_id, new=new)
            await _join(conn, act, group_id, new)


async def _join(conn: AsyncConnection, act: Act, group_id: UUID, new: NewMember) -> None:
    registrant_id = await _registrant_of(conn, act, new.login_id or "")
    for row in await memberships(conn, registrant_id=registrant_id):
        if row.group_id == group_id:
            await join_group(conn, registrant_id=registrant_id, member_id=row.member_id, pays=new.may_pay)


async def _registrant_of(conn: AsyncConnection, act: Act, login_id: str) -> UUID:
    account = await find_account(conn, login_key=login_key(login_id, act.terms.login))
    if account is None or account.registrant_id is None:
        raise LookupError(login_id)
    return account.registrant_id
