"""Whom a clerk serves at the counter: looks people up, takes somebody down, serves them by the channel they came by.

Once somebody is served, the booking service does what residents do themselves, by the same rules, and writes down every
act of a clerk with who and why; what is done before that is written down here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin import repository
from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.looking import PurposeMissing
from yoyaku.booking.policy import Person
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import BookingView, find_bookings
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import Malformed
from yoyaku.registration.policy.roles import COUNTER_CLERK, Permission, RoleMissing, require_permission
from yoyaku.registration.repository import RegistrantRow
from yoyaku.registration.service import (
    NOT_REGISTERED,
    SessionView,
    add_walk_in,
    find_registrants,
    get_registrant,
    person_facts,
)

BEGUN: Final = ("serving_begun", "walk_in_taken")
"""The acts with which a clerk begins to enter for somebody."""


class NotAClerksChannel(Malformed):
    """A clerk enters what came by telephone or at the counter (``allowed``), not by this channel."""

    code = "not_a_clerks_channel"
    title = "Bookings are not entered by a clerk through this channel."


@dataclass(frozen=True, kw_only=True)
class WalkIn:
    """Somebody without a registration, as they give their name and telephone number."""

    name: str
    kana: str = ""
    phone: str


def require_clerk(session: SessionView | None) -> SessionView:
    """The session of a clerk of the counter.

    Raises:
        RoleMissing: nobody is logged in, or not with that role.
    """
    if session is None or session.staff_id is None:
        raise RoleMissing(role=COUNTER_CLERK)
    require_permission(session, Permission.BOOKINGS)
    return session


def clerk_channels(rules: ServiceRules) -> Mapping[str, Any]:
    """The channels through which clerks enter, with their names."""
    return {channel.code: channel.name for channel in rules.booking.channels if channel.entered_by == "clerk"}


def _need_purpose(visit: Visit) -> None:
    if not visit.purpose:
        raise PurposeMissing


async def look_up_people(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, query: str
) -> list[RegistrantRow]:
    """Registrants by login id, name or reading; that each was looked up is written down, not what was typed.

    Raises:
        PurposeMissing: the clerk has not said for what.
    """
    _need_purpose(visit)
    found = await find_registrants(conn, terms=rules.registration.login, query=query)
    for one in found:
        await note_act(conn, visit=visit, act="person_found", subject=("registrant", str(one.registrant_id)))
    return found


async def look_up_bookings(conn: AsyncConnection, *, visit: Visit, query: str) -> tuple[BookingView, ...]:
    """Bookings by number, or by the name or reading of who made them; that they were looked up is written down.

    Raises:
        PurposeMissing: the clerk has not said for what.
    """
    _need_purpose(visit)
    found = await find_bookings(conn, visit=visit, query=query)
    facts = {"found": len(found)}
    await note_act(conn, visit=visit, act="bookings_looked_up", subject=("service", visit.service_id), facts=facts)
    return found


async def take_walk_in(conn: AsyncConnection, *, visit: Visit, person: WalkIn) -> UUID:
    """Take down somebody without a registration; the rules say what they may book.

    Raises:
        Malformed: the name or the telephone number is missing.
    """
    if not person.name.strip() or not person.phone.strip():
        raise Malformed("The name and the telephone number are needed.", needs=["name", "phone"])
    registrant_id = await add_walk_in(
        conn, name=person.name, kana=person.kana, phone=person.phone.strip(), registered_at=visit.now
    )
    await note_act(conn, visit=visit, act="walk_in_taken", subject=("registrant", str(registrant_id)))
    return registrant_id


async def serve(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, registrant_id: UUID, channel: str
) -> Visit:
    """The clerk's visit on behalf of a registrant who came by this channel.

    Raises:
        NotAClerksChannel: the channel is not one that clerks enter.
        NotFound: there is no such registrant.
    """
    allowed = clerk_channels(rules)
    if channel not in allowed:
        raise NotAClerksChannel(channel=channel, allowed=sorted(allowed))
    found = await get_registrant(conn, registrant_id=registrant_id)
    return replace(visit, actor="clerk", channel=channel, registrant_id=registrant_id, person=person_of(found))


def person_of(found: RegistrantRow) -> Person | None:
    """A registrant as the rules see them; ``None`` for somebody without a registration."""
    if found.stage == NOT_REGISTERED:
        return None
    return Person(facts=person_facts(found), registered_at=found.registered_at)


async def begin_serving(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, registrant_id: UUID, channel: str
) -> Visit:
    """As :func:`serve`, and that it began is written down: from here on the clerk sees this person's bookings.

    Raises:
        NotAClerksChannel, NotFound.
    """
    serving = await serve(conn, visit=visit, rules=rules, registrant_id=registrant_id, channel=channel)
    subject = ("registrant", str(registrant_id))
    await note_act(conn, visit=serving, act="serving_begun", subject=subject, facts={"channel": channel})
    return serving


async def is_serving(conn: AsyncConnection, *, account_id: UUID, registrant_id: UUID, since: datetime) -> bool:
    """Whether it is written down that this clerk began to serve somebody since then (business time)."""
    return await repository.has_entry(
        conn, account_id=account_id, acts=BEGUN, subject=("registrant", str(registrant_id)), since=since
    )
