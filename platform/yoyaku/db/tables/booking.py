"""The cart, applications, bookings, what they occupy and what happened to them."""

from __future__ import annotations

from sqlalchemy import Boolean, Date, Index, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from yoyaku.db.tables.columns import INSTANT, SERVICE_KEY, TEXTS, UUID, may, must, of_service, of_tenant, refers

number_sequence = of_service(
    "number_sequence",
    must("scope", Text, key=True),
    must("last_value", Integer),
    refers("tenant_id service_id", "service"),
)

cart_item = of_service(
    "cart_item",
    must("account_id", UUID, key=True),
    must("item_id", UUID, key=True),
    must("request", JSONB),
    must("added_at", INSTANT),
    refers("tenant_id service_id account_id", "account", ondelete="CASCADE"),
)

application = of_service(
    "application",
    must("application_id", UUID, key=True),
    must("registrant_id", UUID),
    must("channel", Text),
    may("entered_by", UUID),
    must("made_at", INSTANT),
    must("form", JSONB),
    must("accepted_terms", TEXTS),
    may("idempotency_key", Text),
    may("request_digest", LargeBinary),
    UniqueConstraint("tenant_id", "service_id", "registrant_id", "idempotency_key", name="uq_application_idempotency"),
    refers("tenant_id service_id registrant_id", "registrant"),
    refers("tenant_id service_id entered_by", "staff", to="tenant_id service_id staff_id"),
)

booking = of_service(
    "booking",
    must("booking_id", UUID, key=True),
    must("application_id", UUID),
    must("number", Text),
    must("registrant_id", UUID),
    must("facility_id", Text),
    must("space_id", Text),
    must("use_on", Date),
    must("starts_at", INSTANT),
    must("ends_at", INSTANT),
    must("nights", SmallInteger),
    must("surfaces", SmallInteger),
    may("unit", SmallInteger),
    must("bands", TEXTS),
    may("activity", Text),
    must("guests", JSONB),
    must("preferences", JSONB),
    must("equipment", JSONB),
    must("form", JSONB),
    must("state", Text),
    must("channel", Text),
    must("made_at", INSTANT),
    may("entered_by", UUID),
    may("tentative_since", INSTANT),
    may("lapses_at", INSTANT),
    may("confirmed_at", INSTANT),
    may("ended_at", INSTANT),
    may("end_reason", Text),
    may("grounds", Text),
    must("total_yen", Integer),
    must("lines", JSONB),
    must("dues", JSONB),
    must("paid_yen", Integer),
    must("paid_by", TEXTS),
    may("kept_yen", Integer),
    may("refund_yen", Integer),
    must("bans_same_slot", Boolean),
    must("facts", JSONB),
    must("rule_set_version", Integer),
    must("inventory_version", Integer),
    must("trace", JSONB),
    UniqueConstraint("tenant_id", "service_id", "number", name="uq_booking_number"),
    may("payer_id", UUID),
    refers("tenant_id service_id payer_id", "registrant", to="tenant_id service_id registrant_id"),
    refers("tenant_id service_id application_id", "application"),
    refers("tenant_id service_id registrant_id", "registrant"),
    refers("tenant_id service_id facility_id space_id", "space"),
    refers("tenant_id service_id entered_by", "staff", to="tenant_id service_id staff_id"),
    refers("tenant_id service_id rule_set_version", "rule_set_version", to="tenant_id service_id version"),
    refers("tenant_id inventory_version", "inventory_version", to="tenant_id version"),
    Index("ix_booking_registrant", *SERVICE_KEY, "registrant_id", "use_on"),
    Index("ix_booking_day", *SERVICE_KEY, "facility_id", "use_on"),
    Index("ix_booking_application", *SERVICE_KEY, "application_id"),
    Index("ix_booking_payer", *SERVICE_KEY, "payer_id"),
)

occupancy = of_tenant(
    "occupancy",
    must("service_id", Text),
    must("resource_id", Text, key=True),
    must("use_on", Date, key=True),
    must("bucket", SmallInteger, key=True),
    must("unit", Integer, key=True),
    must("kind", Text),
    may("booking_id", UUID),
    refers("tenant_id service_id resource_id unit", "resource_unit"),
    refers("tenant_id service_id booking_id", "booking", deferrable=True, initially="DEFERRED"),
    Index("ix_occupancy_booking", *SERVICE_KEY, "booking_id"),
)

booking_event = of_service(
    "booking_event",
    must("event_id", UUID, key=True),
    must("booking_id", UUID),
    must("kind", Text),
    must("at", INSTANT),
    must("actor", Text),
    may("account_id", UUID),
    may("staff_id", UUID),
    may("why", Text),
    must("facts", JSONB),
    refers("tenant_id service_id booking_id", "booking"),
    refers("tenant_id service_id staff_id", "staff"),
    Index("ix_booking_event_booking", *SERVICE_KEY, "booking_id"),
)
