"""Who asks: a resident for themselves, a clerk for somebody, or nobody yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from yoyaku.admin.service.counter import clerk_channels, is_serving, person_of
from yoyaku.booking.policy import Person
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.pages import BEHALF_COOKIE
from yoyaku.registration.policy.roles import Permission, permissions_of
from yoyaku.registration.service import SessionView, get_registrant
from yoyaku.registration.service.messages import read_frame
from yoyaku.ui.page import Expiry, Page, Visitor
from yoyaku.web.opened import WEB, Opened

EXPIRY_WARNED_DAYS: Final = 60
"""From how many days before its end one's own page tells of an expiry, where the rules name no day of a reminder."""


@dataclass(frozen=True, kw_only=True)
class Behalf:
    """For whom a clerk enters, and how they came: telephone or counter."""

    registrant_id: UUID
    channel: str
    name: str
    person: Person | None


def visit_of(opened: Opened, behalf: Behalf | None) -> Visit:
    """Who asks and by which channel: a resident for themselves, a clerk for somebody, or nobody yet."""
    session = opened.session
    visit = Visit(
        tenant_id=opened.site.tenant_id,
        service_id=opened.site.service_id,
        now=opened.now,
        real_now=opened.real_now,
        channel=opened.site.channel or WEB,
        actor="resident",
    )
    if session is None:
        return visit
    if Permission.BOOKINGS not in permissions_of(session.roles):
        return _without_bookings(visit, session)
    by_clerk = [channel.code for channel in opened.rules.booking.channels if channel.entered_by == "clerk"]
    visit = replace(
        visit,
        actor="clerk",
        channel=by_clerk[0] if by_clerk else WEB,
        account_id=session.account_id,
        staff_id=session.staff_id,
        staff_name=session.display_name,
        facilities=session.facilities,
        purpose=session.purpose,
    )
    if behalf is None:
        return visit
    return replace(visit, channel=behalf.channel, registrant_id=behalf.registrant_id, person=behalf.person)


def _without_bookings(visit: Visit, session: SessionView) -> Visit:
    """The visit of a resident, or of staff who see no bookings."""
    if session.registrant_id is None:
        who = replace(visit, account_id=session.account_id, staff_id=session.staff_id)
        return replace(who, staff_name=session.display_name, facilities=session.facilities, purpose=session.purpose)
    person = Person(facts=session.person_facts, registered_at=session.registered_at)
    return replace(visit, account_id=session.account_id, registrant_id=session.registrant_id, person=person)


async def find_behalf(opened: Opened) -> Behalf | None:
    """For whom a clerk is entering: ``<registrant>.<channel>`` in a cookie.

    It means nothing without a clerk's session, nor where it is not written down that this clerk began to serve them.
    """
    kept = opened.request.cookies.get(BEHALF_COOKIE, "")
    registrant, _, channel = kept.partition(".")
    allowed = channel in clerk_channels(opened.rules)
    session = opened.session
    if session is None or Permission.BOOKINGS not in permissions_of(session.roles) or not allowed:
        return None
    since = opened.now - timedelta(hours=opened.limits.longest_hours)
    try:
        row = await get_registrant(opened.conn, registrant_id=UUID(registrant))
    except (ValueError, NotFound):
        return None
    if not await is_serving(opened.conn, account_id=session.account_id, registrant_id=row.registrant_id, since=since):
        return None
    return Behalf(registrant_id=row.registrant_id, channel=channel, name=row.name, person=person_of(row))


async def find_visitor(session: SessionView, opened: Opened, behalf: Behalf | None, page: Page) -> Visitor:
    """Who is logged in, for the frame of the page."""
    frame, own_id = None, session.own_registrant_id
    if session.registrant_id is not None and own_id is not None:
        frame = await read_frame(
            opened.conn, registrant_id=session.registrant_id, own_id=own_id, terms=opened.rules.registration
        )
    channel = None
    if behalf is not None:
        channels = {one.code: page.words.text(one.name) for one in opened.rules.booking.channels}
        channel = channels[behalf.channel]
    return Visitor(
        name=session.display_name,
        user_name=frame.user_name if frame else None,
        is_group=session.person_facts.get("account_kind") == "group",
        is_acting=session.acting_for is not None,
        may_act=frame is not None and frame.may_act,
        expiries=expiries_of(session, opened),
        unread=frame.unread if frame else 0,
        invitations=frame.invitations if frame else 0,
        is_staff=session.staff_id is not None,
        has_desk=session.staff_id is not None and Permission.BOOKINGS in permissions_of(session.roles),
        idle_seconds=max(int((session.idle_until - opened.real_now).total_seconds()), 0),
        behalf_of=behalf.name if behalf else None,
        behalf_channel=channel,
    )


def expiries_of(session: SessionView, opened: Opened) -> tuple[Expiry, ...]:
    """Until when the registration holds, in the order of the rules."""
    today, found = opened.rules_for.today, []
    for one in opened.rules.registration.validity:
        if (on := session.expiries.get(one.code)) is not None:
            warned = timedelta(days=max(one.remind_days_before, default=EXPIRY_WARNED_DAYS))
            is_over = on < today
            found.append(Expiry(name=one.name, on=on, is_over=is_over, is_soon=not is_over and on - today <= warned))
    return tuple(found)
