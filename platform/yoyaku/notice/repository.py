"""Mails that wait to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.ids import new_id

_ADD = text("""
    INSERT INTO mail (tenant_id, service_id, mail_id, event_id, recipient, template, language, subject, body, secret)
    VALUES (:tenant_id, :service_id, :mail_id, :event_id, :recipient, :template, :language, :subject, :body,
            :secret)
    ON CONFLICT (tenant_id, service_id, event_id, recipient, template) DO NOTHING
""")


@dataclass(frozen=True, kw_only=True)
class NewMail:
    """A mail as it will be sent; the body of a ``secret`` one is gone afterwards."""

    event_id: UUID
    recipient: str
    template: str
    language: str
    subject: str
    body: str
    secret: bool = False


async def add_mail(conn: AsyncConnection, *, tenant_id: str, service_id: str, mail: NewMail) -> None:
    """Write a mail; the same event tells the same person the same thing once, however often it is handled."""
    values = {
        "tenant_id": tenant_id,
        "service_id": service_id,
        "mail_id": new_id(),
        "event_id": mail.event_id,
        "recipient": mail.recipient,
        "template": mail.template,
        "language": mail.language,
        "subject": mail.subject,
        "body": mail.body,
        "secret": mail.secret,
    }
    await conn.execute(_ADD, values)
