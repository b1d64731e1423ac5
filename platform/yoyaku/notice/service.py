"""From an event to mails in the city's words, and from a stored mail to the one that is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import BookingView
from yoyaku.kernel.errors import YoyakuError
from yoyaku.notice import repository
from yoyaku.notice.policy import Addressee, Letter, choose_letters
from yoyaku.notice.repository import NewMail
from yoyaku.notice.words import mail_facts
from yoyaku.registration.service.messages import add_message
from yoyaku.tenancy.service import Site
from yoyaku.ui.wording import Wording, city_words
from yoyaku.ui.words import Words

BETWEEN_PARAGRAPHS: Final = "\n\n"
_GAP: Final = re.compile(r"\n{3,}")
"""What an empty fact leaves between two paragraphs."""


class WordsMissing(YoyakuError):
    """A notice names a template that has no words (``template``, ``language``): a fault of the tenant's folder."""

    status = 500
    code = "mail_words_missing"
    title = "There are no words for a mail."


class StoredMail(Protocol):
    """A mail row."""

    mail_id: UUID
    recipient: str
    subject: str
    body: str
    language: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Event:
    """An outbox row: what happened to a booking or a registration."""

    event_id: UUID
    kind: str
    facts: Mapping[str, Any]


async def write_mails(  # noqa: PLR0913  # what telling an event takes
    conn: AsyncConnection,
    *,
    site: Site,
    rules: ServiceRules,
    booking: BookingView,
    event: Event,
    url: str,
    now: datetime,
) -> int:
    """Write the mails that an event calls for, and the registrant's also into their inbox; how many letters.

    Of a booking that was won the registrant reads in the notice of the lottery, of one that an online payment confirmed in
    that of the payment (MG-027, MG-028), not a second time. Handling an event
    again writes none twice. ``url`` is the address of the service's site, for links; ``now`` is business time.
    """
    letters = choose_letters(
        rules.notices,
        event=event.kind,
        facts={**booking.facts, "state": booking.state},
        registrant=_registrant(booking, site),
        facility_staff=_staff(booking, rules, site),
    )
    if _is_told_elsewhere(event, booking, rules):
        letters = tuple(letter for letter in letters if not letter.for_registrant)
    for letter in letters:
        written = write_letter(letter, site=site, booking=booking, event=event, url=url)
        registrant_id = booking.contact.registrant_id if letter.for_registrant else None
        await deliver(conn, site=site, mail=written, registrant_id=registrant_id, now=now)
    return len(letters)


def _is_told_elsewhere(event: Event, booking: BookingView, rules: ServiceRules) -> bool:
    """Whether the registrant reads the same in another notice: of the lottery that was won, of the payment that confirmed."""
    if event.kind == "booking_made":
        return booking.arose == "lottery"
    online = {one.code for one in rules.payment.methods if one.online}
    return event.kind == "booking_confirmed" and bool(booking.paid_by) and booking.paid_by <= online


async def deliver(
    conn: AsyncConnection,
    *,
    site: Site,
    mail: NewMail,
    registrant_id: UUID | None,
    now: datetime,
    message: NewMail | None = None,
) -> None:
    """Put a mail out where it has an address, and into the inbox of a registrant; there ``message`` may stand for it.

    ``now`` is business time, which the inbox shows.
    """
    if mail.recipient:
        await repository.add_mail(conn, tenant_id=site.tenant_id, service_id=site.service_id, mail=mail)
    if registrant_id is not None:
        shown = message or mail
        await add_message(
            conn,
            registrant_id=registrant_id,
            event_id=shown.event_id,
            template=shown.template,
            subject=shown.subject,
            body=shown.body,
            at=now,
        )


def write_letter(letter: Letter, *, site: Site, booking: BookingView, event: Event, url: str) -> NewMail:
    """One mail in its reader's language.

    Raises:
        WordsMissing: the template has no words.
    """
    words = words_for(site, letter.to.language)
    facts = mail_facts(site=site, booking=booking, event=event.facts, words=words, url=url)
    return fill_template(letter.template, to=letter.to, event=event, words=words, facts=facts)


def words_for(site: Site, language: str) -> Words:
    """The city's words in a language."""
    return Words.of(Wording(language, tenant_words=city_words(site.wording, language)))


def fill_template(
    template: str, *, to: Addressee, event: Event, words: Words, facts: Mapping[str, str], secret: bool = False
) -> NewMail:
    """One template with its facts.

    Raises:
        WordsMissing: the template has no words.
    """
    subject = words.maybe(f"mail.{template}.subject", **facts)
    body = words.maybe(f"mail.{template}.body", **facts)
    if subject is None or body is None:
        raise WordsMissing(template=template, language=to.language)
    return NewMail(
        event_id=event.event_id,
        recipient=to.address or "",
        template=template,
        language=to.language,
        subject=" ".join(subject.split()),
        body=f"{_GAP.sub(BETWEEN_PARAGRAPHS, body.strip())}\n",
        secret=secret,
    )


def compose(mail: StoredMail, *, sender: str, sender_name: str, reply_to: str | None) -> EmailMessage:
    """The message as it is sent. Sent twice, after a crash, it has the same Message-ID, so that receivers see one.

    Raises:
        ValueError: the address or subject cannot stand in a header; it never will.
    """
    message = EmailMessage()
    message["Message-ID"] = f"<{mail.mail_id}@{sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(mail.created_at)
    message["From"] = formataddr((sender_name, sender))
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    if reply_to:
        message["Reply-To"] = reply_to
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = mail.language
    message.set_content(mail.body, cte="base64")
    return message


def _registrant(booking: BookingView, site: Site) -> Addressee:
    contact = booking.contact
    return Addressee(address=contact.email, language=language_for(site, contact.language))


def language_for(site: Site, wanted: str) -> str:
    """A language that the city writes: the reader's, else the city's first."""
    return wanted if wanted in site.languages else site.languages[0]


def _staff(booking: BookingView, rules: ServiceRules, site: Site) -> Addressee | None:
    facility = rules.inventory.facilities.get(booking.facility_id)
    address = None if facility is None else facility.staff_mail
    return Addressee(address=address, language=site.languages[0]) if address else None
