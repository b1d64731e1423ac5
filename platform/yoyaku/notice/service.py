"""From an event to mails in the city's words, and from a stored mail to the one that is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import BookingView
from yoyaku.kernel.errors import YoyakuError
from yoyaku.notice import repository
from yoyaku.notice.policy import Addressee, Letter, choose_letters
from yoyaku.notice.words import mail_facts
from yoyaku.tenancy.service import Site
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words


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
    """An outbox row: what happened to a booking."""

    event_id: UUID
    kind: str
    facts: Mapping[str, Any]


async def write_mails(  # what telling an event takes
    conn: AsyncConnection, *, site: Site, rules: ServiceRules, booking: BookingView, event: Event, url: str
) -> int:
    """Write the mails that an event calls for; how many. Handling an event again writes none twice.

    ``url`` is the address of the service's site, for links.
    """
    letters = choose_letters(
        rules.notices,
        event=event.kind,
        facts={**booking.facts, "state": booking.state},
        registrant=_registrant(booking, site),
        facility_staff=_staff(booking, rules, site),
    )
    for letter in letters:
        mail = write_letter(letter, site=site, booking=booking, event=event, url=url)
        await repository.add_mail(conn, tenant_id=site.tenant_id, service_id=site.service_id, mail=mail)
    return len(letters)


def write_letter(letter: Letter, *, site: Site, booking: BookingView, event: Event, url: str) -> repository.NewMail:
    """One mail in its reader's language.

    Raises:
        WordsMissing: the template has no words.
    """
    language = letter.to.language
    words = Words(language, Wording(language, tenant_words=site.wording.get(language, {})))
    facts = mail_facts(site=site, booking=booking, event=event.facts, words=words, url=url)
    subject = words.maybe(f"mail.{letter.template}.subject", **facts)
    body = words.maybe(f"mail.{letter.template}.body", **facts)
    if subject is None or body is None:
        raise WordsMissing(template=letter.template, language=language)
    return repository.NewMail(
        event_id=event.event_id,
        recipient=letter.to.address,
        template=letter.template,
        language=language,
        subject=" ".join(subject.split()),
        body=f"{body.strip()}\n",
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


def _registrant(booking: BookingView, site: Site) -> Addressee | None:
    contact = booking.contact
    language = contact.language if contact.language in site.languages else site.languages[0]
    return Addressee(address=contact.email, language=language) if contact.email else None


def _staff(booking: BookingView, rules: ServiceRules, site: Site) -> Addressee | None:
    facility = rules.inventory.facilities.get(booking.facility_id)
    address = None if facility is None else facility.staff_mail
    return Addressee(address=address, language=site.languages[0]) if address else None
