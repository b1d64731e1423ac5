"""What a clerk does at the counter: looks people up, books for them, confirms, takes back for rain; all written down.

The rules are the residents' own: windows and limits by the channel that the person came by. A clerk is whoever has the
role ``counter_clerk``; whatever a clerk is shown or does about a person leaves an entry with who and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.booking.policy import BookingRequest, Person
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import Application, confirm_booking, revoke_booking, submit_application
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import Malformed
from yoyaku.registration.policy import COUNTER_CLERK, RoleMissing, require_role
from yoyaku.registration.repository import RegistrantRow
from yoyaku.registration.service import (
    NOT_REGISTERED,
    SessionView,
    add_walk_in,
    find_registrants,
    get_registrant,
    person_facts,
)


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
    require_role(session.roles, COUNTER_CLERK)
    return session


def clerk_channels(rules: ServiceRules) -> Mapping[str, Any]:
    """The channels through which clerks enter, with their names."""
    return {channel.code: channel.name for channel in rules.booking.channels if channel.entered_by == "clerk"}


async def look_up_people(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, query: str
) -> list[RegistrantRow]:
    """Registrants by login id, name or reading; that they were looked up is written down."""
    found = await find_registrants(conn, terms=rules.registration.login, query=query)
    facts = {"query": query, "found": len(found)}
    await note_act(conn, visit=visit, act="people_looked_up", subject=("service", visit.service_id), facts=facts)
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


async def book_on_behalf(
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    items: Sequence[BookingRequest],
    form: Mapping[str, Any],
    accepted_terms: Sequence[str],
) -> Application:
    """Submit for the registrant of a visit that :func:`serve` gave; refusals are those of the channel's rules."""
    application = await submit_application(
        conn, visit=visit, rules=rules, items=items, form=form, accepted_terms=accepted_terms
    )
    numbers = [booking.number for booking in application.bookings]
    subject = ("application", str(application.application_id))
    facts = {"numbers": numbers, "channel": visit.channel, "registrant_id": str(visit.registrant_id)}
    await note_act(conn, visit=visit, act="booked_on_behalf", subject=subject, facts=facts)
    return application


__all__ = [
    "NotAClerksChannel",
    "WalkIn",
    "book_on_behalf",
    "clerk_channels",
    "confirm_booking",
    "look_up_people",
    "person_of",
    "require_clerk",
    "revoke_booking",
    "serve",
    "take_walk_in",
]
