"""Checks of identity, and what they rest on."""

from __future__ import annotations

from sqlalchemy import Boolean, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from yoyaku.db.tables.columns import INSTANT, SERVICE_KEY, UUID, may, must, of_service, refers

identity_check = of_service(
    "identity_check",
    must("check_id", UUID, key=True),
    must("registrant_id", UUID),
    must("step", Text),
    must("plugin", Text),
    must("state", Text),
    must("rule_set_version", Integer),
    may("kept", LargeBinary),
    must("evidence", JSONB),
    may("rejected_for", Text),
    may("decided_by", UUID),
    may("why", Text),
    must("letter_due", Boolean),
    may("letter_sent_at", INSTANT),
    must("created_at", INSTANT),
    may("submitted_at", INSTANT),
    may("decided_at", INSTANT),
    refers("tenant_id service_id registrant_id", "registrant"),
    refers("tenant_id service_id decided_by", "staff", to="tenant_id service_id staff_id"),
    Index(
        "uq_identity_check_open",
        *SERVICE_KEY,
        "registrant_id",
        "step",
        unique=True,
        postgresql_where=text("state IN ('begun', 'submitted')"),
    ),
    Index("ix_identity_check_registrant", *SERVICE_KEY, "registrant_id"),
    Index("ix_identity_check_waiting", *SERVICE_KEY, "submitted_at", postgresql_where=text("state = 'submitted'")),
    Index("ix_identity_check_decided_by", *SERVICE_KEY, "decided_by"),
)

identity_subject = of_service(
    "identity_subject",
    must("issuer", Text, key=True),
    must("subject_hash", LargeBinary, key=True),
    must("registrant_id", UUID),
    must("verified_at", INSTANT),
    refers("tenant_id service_id registrant_id", "registrant"),
    Index("ix_identity_subject_registrant", *SERVICE_KEY, "registrant_id"),
)

identity_document = of_service(
    "identity_document",
    must("document_id", UUID, key=True),
    must("check_id", UUID),
    must("media_type", Text),
    must("size_bytes", Integer),
    may("content", LargeBinary),
    must("received_at", INSTANT),
    may("deleted_at", INSTANT),
    refers("tenant_id service_id check_id", "identity_check"),
    Index("ix_identity_document_check", *SERVICE_KEY, "check_id"),
)
