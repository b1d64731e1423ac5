"""Groups, their members, and for whom somebody acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import group_member, login_session, registrant
from yoyaku.kernel.ids import new_id
from yoyaku.registration.policy.groups import Member, MemberState, Role
from yoyaku.registration.repository.here import HERE

_MEMBERS = text("""
    SELECT member_id, group_id, name, kana, role, state, registrant_id, may_act, may_pay FROM group_member
    WHERE group_id = :group_id AND state <> 'ended'
    ORDER BY array_position(ARRAY['representative', 'contact_person', 'member'], role), kana, name, member_id
""")
_OF_PERSON = text("""
    SELECT m.member_id, m.group_id, m.state, m.may_act, m.may_pay, g.name AS group_name
    FROM group_member m
    JOIN registrant g ON (g.tenant_id, g.service_id, g.registrant_id) = (m.tenant_id, m.service_id, m.group_id)
    WHERE m.registrant_id = :registrant_id AND m.state IN ('invited', 'linked') AND g.anonymised_at IS NULL
    ORDER BY g.kana, m.member_id
""")
_NAMES = text("SELECT registrant_id, name FROM registrant WHERE registrant_id = ANY(:ids)")
_GROUP = text("SELECT kind, name, payer_id FROM registrant WHERE registrant_id = :registrant_id")
_LOCK = text("SELECT 1 FROM registrant WHERE registrant_id = :registrant_id FOR NO KEY UPDATE")
# One statement whether or not the id is anybody's: an answer that takes longer would tell.
_INVITE = text("""
    INSERT INTO group_member (tenant_id, service_id, member_id, group_id, name, kana, role, state, registrant_id,
                              may_act, may_pay, added_at)
    SELECT g.tenant_id, g.service_id, :member_id, g.registrant_id, :name, :kana, :role, 'invited',
           (SELECT r.registrant_id FROM account a JOIN registrant r USING (tenant_id, service_id, registrant_id)
            WHERE a.login_key = :login_key AND a.closed_at IS NULL AND r.anonymised_at IS NULL AND r.kind = 'individual'
              AND NOT EXISTS (SELECT 1 FROM group_member m
                              WHERE m.group_id = g.registrant_id AND m.registrant_id = r.registrant_id
                                AND m.state IN ('invited', 'linked'))),
           :may_act, :may_pay, :added_at
    FROM registrant g WHERE g.registrant_id = :group_id
""")
_TELL_INVITED = text("""
    INSERT INTO outbox (tenant_id, service_id, event_id, kind, subject_id, facts)
    SELECT m.tenant_id, m.service_id, :event_id, 'group_invited', m.registrant_id,
           jsonb_build_object('member_id', m.member_id, 'group_id', m.group_id, 'group_name', g.name)
    FROM group_member m
    JOIN registrant g ON (g.tenant_id, g.service_id, g.registrant_id) = (m.tenant_id, m.service_id, m.group_id)
    WHERE m.member_id = :member_id AND m.registrant_id IS NOT NULL
""")
_STOP_PAYING = text("""
    UPDATE registrant SET payer_id = NULL WHERE registrant_id = :group_id AND payer_id = :registrant_id
""")


@dataclass(frozen=True, kw_only=True)
class MembershipRow:
    """A group of which somebody is a member, or is asked to become one."""

    member_id: UUID
    group_id: UUID
    group_name: str
    state: MemberState
    may_act: bool
    may_pay: bool


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """A registrant as a group: what kind they are, and who usually pays."""

    kind: str
    name: str
    payer_id: UUID | None


async def read_group(conn: AsyncConnection, *, registrant_id: UUID) -> GroupRow | None:
    """A registrant, as far as groups go."""
    row = (await conn.execute(_GROUP, {"registrant_id": registrant_id})).mappings().first()
    return None if row is None else GroupRow(**row)


async def lock_group(conn: AsyncConnection, *, group_id: UUID) -> None:
    """Let nobody else change the group's members until the end."""
    await conn.execute(_LOCK, {"registrant_id": group_id})


async def list_members(conn: AsyncConnection, *, group_id: UUID) -> list[Member]:
    """The members who are there, the representative first."""
    rows = await conn.execute(_MEMBERS, {"group_id": group_id})
    return [Member(**{**row, "role": Role(row["role"]), "state": MemberState(row["state"])}) for row in rows.mappings()]


async def list_memberships(conn: AsyncConnection, *, registrant_id: UUID) -> list[MembershipRow]:
    """The groups of which somebody is a member or invited to be."""
    rows = await conn.execute(_OF_PERSON, {"registrant_id": registrant_id})
    return [MembershipRow(**{**row, "state": MemberState(row["state"])}) for row in rows.mappings()]


async def read_names(conn: AsyncConnection, *, ids: list[UUID]) -> dict[UUID, str]:
    """The names of registrants."""
    return {row.registrant_id: row.name for row in await conn.execute(_NAMES, {"ids": ids})}


async def add_member(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Store a member."""
    await conn.execute(insert(group_member).values(**HERE, **values))


async def add_invited(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Store an invited member (``login_key``: of whom), and tell them where the id is a person's who can be invited."""
    await conn.execute(_INVITE, dict(values))
    await conn.execute(_TELL_INVITED, {"member_id": values["member_id"], "event_id": new_id()})


async def change_member(conn: AsyncConnection, *, member: Member, changes: Mapping[str, Any]) -> None:
    """Change a member; whoever may no longer pay does so no longer (nor act: the database sees to that)."""
    if member.registrant_id is not None:
        about = {"group_id": member.group_id, "registrant_id": member.registrant_id}
        ended = changes.get("state") == MemberState.ENDED
        if ended or changes.get("may_pay") is False:
            await conn.execute(_STOP_PAYING, about)
    await conn.execute(update(group_member).where(group_member.c.member_id == member.member_id).values(**changes))


async def change_payer(conn: AsyncConnection, *, group_id: UUID, payer_id: UUID | None) -> None:
    """Set who usually pays for a group; ``None``: itself."""
    await conn.execute(update(registrant).where(registrant.c.registrant_id == group_id).values(payer_id=payer_id))


async def set_acting(conn: AsyncConnection, *, session_id: UUID, group_id: UUID | None) -> None:
    """Let a session act for a group, or for its person again."""
    chosen = update(login_session).where(login_session.c.session_id == session_id)
    await conn.execute(chosen.values(acting_for=group_id))


def added(*, group_id: UUID, name: str, kana: str, role: Role, added_at: datetime) -> dict[str, Any]:
    """The columns that every new member has."""
    return {
        "member_id": new_id(),
        "group_id": group_id,
        "name": name,
        "kana": kana,
        "role": role.value,
        "added_at": added_at,
    }
