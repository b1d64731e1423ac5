"""Deadlines, outbox, mails and the record of acts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from yoyaku.db.tables.columns import INSTANT, SERVICE_KEY, UUID, may, must, of_service, refers


def retried() -> tuple[Column[Any], ...]:
    """How often a piece of work was tried, and when it may be tried again (real time)."""
    return (must("attempts", Integer), must("next_try_at", INSTANT), may("last_error", Text))


deadline = of_service(
    "deadline",
    must("deadline_id", UUID, key=True),
    must("kind", Text),
    must("subject_id", UUID),
    must("due_at", INSTANT),
    may("done_at", INSTANT),
    *retried(),
    refers("tenant_id service_id", "service"),
    Index(
        "uq_deadline_open", *SERVICE_KEY, "kind", "subject_id", unique=True, postgresql_where=text("done_at IS NULL")
    ),
    Index("ix_deadline_due", "due_at", postgresql_where=text("done_at IS NULL")),
    Index(
        "ix_deadline_besides",
        *SERVICE_KEY,
        "subject_id",
        postgresql_where=text("kind IN ('lottery_remind', 'lottery_remind_win', 'lottery_lapse')"),
    ),
)

outbox = of_service(
    "outbox",
    must("event_id", UUID, key=True),
    must("kind", Text),
    must("subject_id", UUID),
    must("facts", JSONB),
    must("created_at", INSTANT),
    may("handled_at", INSTANT),
    *retried(),
    refers("tenant_id service_id", "service"),
    Index("ix_outbox_open", "created_at", postgresql_where=text("handled_at IS NULL")),
)

mail = of_service(
    "mail",
    must("mail_id", UUID, key=True),
    must("event_id", UUID),
    must("recipient", Text),
    must("template", Text),
    must("language", Text),
    must("subject", Text),
    must("body", Text),
    must("secret", Boolean),
    must("created_at", INSTANT),
    may("sent_at", INSTANT),
    may("given_up_at", INSTANT),
    *retried(),
    UniqueConstraint("tenant_id", "service_id", "event_id", "recipient", "template", name="uq_mail_once"),
    refers("tenant_id service_id event_id", "outbox"),
    Index("ix_mail_open", "created_at", postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL")),
)

audit_entry = of_service(
    "audit_entry",
    must("entry_id", UUID, key=True),
    must("at", INSTANT),
    may("account_id", UUID),
    may("staff_name", Text),
    must("act", Text),
    must("subject_kind", Text),
    must("subject_id", Text),
    may("why", Text),
    must("facts", JSONB),
    may("registrant_id", UUID),
    may("purpose", Text),
    may("source", Text),
    refers("tenant_id service_id", "service"),
    Index("ix_audit_entry_registrant", *SERVICE_KEY, "registrant_id"),
    Index("ix_audit_entry_at", *SERVICE_KEY, "at"),
    Index("ix_audit_entry_subject", *SERVICE_KEY, "subject_kind", "subject_id"),
)
