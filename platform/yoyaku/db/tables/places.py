"""Closures of facilities with whom they displaced, and photographs."""

from __future__ import annotations

from sqlalchemy import Date, Index, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from yoyaku.db.tables.columns import INSTANT, SERVICE_KEY, TEXTS, UUID, may, must, of_service, refers

_STAFF = "tenant_id service_id staff_id"

closure = of_service(
    "closure",
    must("closure_id", UUID, key=True),
    must("facility_id", Text),
    must("places", TEXTS),
    must("kind", Text),
    must("first_on", Date),
    must("last_on", Date),
    must("starts_minute", SmallInteger),
    must("ends_minute", SmallInteger),
    must("grounds", Text),
    must("reason", JSONB),
    must("displaced", Integer),
    must("applied_at", INSTANT),
    must("applied_by", UUID),
    may("ended_at", INSTANT),
    may("ended_by", UUID),
    may("end_reason", Text),
    refers("tenant_id service_id facility_id", "facility"),
    refers("tenant_id service_id applied_by", "staff", to=_STAFF),
    refers("tenant_id service_id ended_by", "staff", to=_STAFF),
    Index("ix_closure_days", *SERVICE_KEY, "facility_id", "last_on"),
)

closure_displaced = of_service(
    "closure_displaced",
    must("closure_id", UUID, key=True),
    must("kind", Text, key=True),
    must("subject_id", UUID, key=True),
    must("refund_yen", Integer),
    may("stays", Text),
    refers("tenant_id service_id closure_id", "closure"),
)

facility_photo = of_service(
    "facility_photo",
    must("photo_id", UUID, key=True),
    must("facility_id", Text),
    must("place", Integer),
    must("media_type", Text),
    must("content", LargeBinary),
    must("width", Integer),
    must("height", Integer),
    must("alt", JSONB),
    must("added_at", INSTANT),
    must("added_by", UUID),
    UniqueConstraint(*SERVICE_KEY, "facility_id", "place", name="uq_facility_photo_place"),
    refers("tenant_id service_id facility_id", "facility"),
    refers("tenant_id service_id added_by", "staff", to=_STAFF),
)
