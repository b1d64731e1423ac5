"""Registrants, groups, staff, and what a user finds on their own page."""

from __future__ import annotations

from sqlalchemy import Boolean, Date, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from yoyaku.db.tables.columns import INSTANT, SERVICE_KEY, TEXTS, UUID, may, must, of_service, refers

registrant = of_service(
    "registrant",
    must("registrant_id", UUID, key=True),
    must("kind", Text),
    must("name", Text),
    must("kana", Text),
    must("search_key", Text),
    must("user_class", Text),
    may("residency", Text),
    must("stage", Text),
    must("facts", JSONB),
    may("email", Text),
    may("phone", Text),
    must("language", Text),
    must("registered_at", INSTANT),
    may("birth_date", Date),
    may("postcode", Text),
    may("address", Text),
    may("phone_key", Text),
    must("details", JSONB),
    must("consents", JSONB),
    may("person_key", LargeBinary),
    may("mail_verified_at", INSTANT),
    may("email_wanted", Text),
    may("email_wanted_until", INSTANT),
    may("stage_since", INSTANT),
    must("expiries", JSONB),
    may("payer_id", UUID),
    may("active_on", Date),
    may("anonymised_at", INSTANT),
    refers("tenant_id service_id", "service"),
    refers("tenant_id service_id payer_id", "registrant", to="tenant_id service_id registrant_id"),
    Index("ix_registrant_search", *SERVICE_KEY, "search_key", postgresql_ops={"search_key": "text_pattern_ops"}),
    Index(
        "uq_registrant_person", *SERVICE_KEY, "person_key", unique=True, postgresql_where=text("person_key IS NOT NULL")
    ),
    Index("ix_registrant_phone", *SERVICE_KEY, "phone_key"),
    Index("ix_registrant_registered", *SERVICE_KEY, "registered_at"),
    Index("ix_registrant_active", *SERVICE_KEY, "active_on", postgresql_where=text("anonymised_at IS NULL")),
)

staff = of_service(
    "staff",
    must("staff_id", UUID, key=True),
    must("name", Text),
    must("roles", TEXTS),
    must("facilities", TEXTS),
    may("email", Text),
    may("ended_at", INSTANT),
    refers("tenant_id service_id", "service"),
)

group_member = of_service(
    "group_member",
    must("member_id", UUID, key=True),
    must("group_id", UUID),
    must("name", Text),
    must("kana", Text),
    must("role", Text),
    must("state", Text),
    may("registrant_id", UUID),
    must("may_act", Boolean),
    must("may_pay", Boolean),
    must("added_at", INSTANT),
    may("ended_at", INSTANT),
    refers("tenant_id service_id group_id", "registrant", to="tenant_id service_id registrant_id"),
    refers("tenant_id service_id registrant_id", "registrant"),
    Index(
        "uq_group_member_linked",
        *SERVICE_KEY,
        "group_id",
        "registrant_id",
        unique=True,
        postgresql_where=text("state IN ('invited', 'linked')"),
    ),
    Index(
        "uq_group_representative",
        *SERVICE_KEY,
        "group_id",
        unique=True,
        postgresql_where=text("role = 'representative' AND state <> 'ended'"),
    ),
    Index("ix_group_member_registrant", *SERVICE_KEY, "registrant_id"),
)

message = of_service(
    "message",
    must("message_id", UUID, key=True),
    must("registrant_id", UUID),
    may("event_id", UUID),
    must("template", Text),
    must("subject", Text),
    must("body", Text),
    must("created_at", INSTANT),
    may("read_at", INSTANT),
    UniqueConstraint("tenant_id", "service_id", "event_id", "registrant_id", "template", name="uq_message_once"),
    refers("tenant_id service_id registrant_id", "registrant"),
    refers("tenant_id service_id event_id", "outbox"),
    Index("ix_message_registrant", *SERVICE_KEY, "registrant_id", "created_at"),
)

favourite = of_service(
    "favourite",
    must("registrant_id", UUID, key=True),
    must("facility_id", Text, key=True),
    must("added_at", INSTANT),
    refers("tenant_id service_id registrant_id", "registrant"),
    refers("tenant_id facility_id", "facility"),
    Index("ix_favourite_facility", "tenant_id", "facility_id"),
)
