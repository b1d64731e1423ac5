"""The sealed record: batches of acts that hang together by their hashes."""

from __future__ import annotations

from sqlalchemy import Integer, LargeBinary, UniqueConstraint

from yoyaku.db.tables.columns import INSTANT, UUID, must, of_service, refers

audit_unsealed = of_service(
    "audit_unsealed",
    must("entry_id", UUID, key=True),
    refers("tenant_id service_id entry_id", "audit_entry"),
)

audit_seal = of_service(
    "audit_seal",
    must("batch", Integer, key=True),
    must("sealed_at", INSTANT),
    must("entries", Integer),
    must("previous", LargeBinary),
    must("hash", LargeBinary),
    must("key_id", UUID),
    must("signature", LargeBinary),
    refers("tenant_id service_id key_id", "signing_key"),
)

booking_event_unsealed = of_service(
    "booking_event_unsealed",
    must("event_id", UUID, key=True),
    refers("tenant_id service_id event_id", "booking_event"),
)

audit_seal_entry = of_service(
    "audit_seal_entry",
    must("batch", Integer, key=True),
    must("place", Integer, key=True),
    must("entry_id", UUID),
    must("hash", LargeBinary),
    UniqueConstraint("tenant_id", "service_id", "entry_id", name="uq_audit_seal_entry"),
    refers("tenant_id service_id batch", "audit_seal"),
    refers("tenant_id service_id entry_id", "audit_entry"),
)

audit_seal_event = of_service(
    "audit_seal_event",
    must("batch", Integer, key=True),
    must("place", Integer, key=True),
    must("event_id", UUID),
    must("hash", LargeBinary),
    UniqueConstraint("tenant_id", "service_id", "event_id", name="uq_audit_seal_event"),
    refers("tenant_id service_id batch", "audit_seal"),
    refers("tenant_id service_id event_id", "booking_event"),
)
