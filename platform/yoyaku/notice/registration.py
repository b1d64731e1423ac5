"""What happened to a registration, told to its person: a mail, with a link where one is due, and the inbox.

A link is made when its mail is written, in the same transaction, and stands nowhere else: the inbox says that it came
by mail, and the stored mail is emptied once it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.notice.arrears_words import arrears_facts
from yoyaku.notice.debit_words import debit_facts
from yoyaku.notice.policy import Addressee, choose_templates
from yoyaku.notice.registration_words import registration_facts
from yoyaku.notice.service import Event, deliver, fill_template, language_for, words_for
from yoyaku.registration.repository.life import LifeRow
from yoyaku.registration.repository.privacy import empty_event
from yoyaku.registration.service.mail import issue_mail_link
from yoyaku.registration.service.stages import facts_of, get_life
from yoyaku.registration.service.tokens import Owner, issue_token
from yoyaku.tenancy.service import Site

FAREWELL = "registration_ended"


@dataclass(frozen=True, kw_only=True)
class Telling:
    """For whose site, under which rules, and when (real time); ``url`` is the site's address without a slash."""

    site: Site
    rules: ServiceRules
    url: str
    real_now: datetime


@dataclass(frozen=True, kw_only=True)
class Link:
    """A one-time link and for how many hours it is good."""

    address: str
    hours: int


async def write_registration_mails(
    conn: AsyncConnection, *, telling: Telling, event: Event, registrant_id: UUID
) -> int:
    """Write what an event calls for; how many letters. Where a link is no longer wanted, none is written."""
    row = await get_life(conn, registrant_id=registrant_id)
    is_farewell = event.kind == FAREWELL
    if row.anonymised_at is not None and not (is_farewell and event.facts.get("email")):
        return 0
    facts = {**facts_of(row), "registration": event.facts.get("to", row.stage)}
    templates = choose_templates(telling.rules.notices, event=event.kind, facts=facts)
    if not templates:
        return 0
    link = await _link(conn, telling=telling, event=event, row=row)
    if link is None and event.kind in _LINKED:
        return 0
    for template in templates:
        await _write(conn, telling=telling, event=event, row=row, template=template, link=link)
    if is_farewell:
        await empty_event(conn, event_id=event.event_id)
    return len(templates)


async def _write(  # what a letter is made of
    conn: AsyncConnection, *, telling: Telling, event: Event, row: LifeRow, template: str, link: Link | None
) -> None:
    site = telling.site
    language = language_for(site, str(event.facts.get("language") or row.language))
    to = Addressee(address=event.facts.get("email") or row.email, language=language)
    words = words_for(site, language)
    facts = registration_facts(
        site=site, terms=telling.rules.registration, row=row, event=event.facts, words=words, url=telling.url
    ) | debit_facts(event.facts, words)
    facts |= arrears_facts(event.facts, site=site, words=words)
    hours = str(link.hours) if link else ""
    linked = {**facts, "link": link.address if link else "", "hours": hours}
    unlinked = {**facts, "link": words.say("life.link_came_by_mail"), "hours": hours}
    secret = link is not None or event.kind == FAREWELL
    inbox = None if event.kind == FAREWELL else row.registrant_id
    mail = fill_template(template, to=to, event=event, words=words, facts=linked, secret=secret)
    message = fill_template(template, to=to, event=event, words=words, facts=unlinked)
    await deliver(
        conn, site=site, mail=mail, registrant_id=inbox, now=site.business_now(telling.real_now), message=message
    )


async def _link(conn: AsyncConnection, *, telling: Telling, event: Event, row: LifeRow) -> Link | None:
    make = _LINKED.get(event.kind)
    return None if make is None else await make(conn, telling, event, row)


async def _mail_link(conn: AsyncConnection, telling: Telling, event: Event, row: LifeRow) -> Link | None:
    token = await issue_mail_link(
        conn, registrant_id=row.registrant_id, email=event.facts["email"], real_now=telling.real_now
    )
    hours = telling.rules.registration.mail.link_hours
    return None if token is None else Link(address=f"{telling.url}/mail/verify?token={token}", hours=hours)


async def _password_link(conn: AsyncConnection, telling: Telling, event: Event, row: LifeRow) -> Link | None:
    if row.email is None:
        return None
    hours = telling.rules.registration.login.password.link_hours
    token = await issue_token(
        conn,
        purpose="set_password",
        owner=Owner(account_id=UUID(event.facts["account_id"])),
        lasts=timedelta(hours=hours),
        real_now=telling.real_now,
        facts={"why": event.facts.get("why", "")},
    )
    return Link(address=f"{telling.url}/password/set?token={token}", hours=hours)


_LINKED = {"mail_to_verify": _mail_link, "password_to_set": _password_link}
