"""Tenants, services, hosts; versions of rules and inventory; facilities and what exists of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from yoyaku.db.tables.columns import (
    INSTANT,
    SERVICE_KEY,
    TEXTS,
    UUID,
    may,
    metadata,
    must,
    of_service,
    of_tenant,
    refers,
)

tenant = of_tenant(
    "tenant",
    must("municipality_code", Text),
    must("name", JSONB),
    must("time_zone", Text),
    must("languages", TEXTS),
    must("folder_digest", Text),
    must("loaded_at", INSTANT),
)

service = of_service(
    "service",
    must("name", JSONB),
    must("brand", JSONB),
    must("wording", JSONB),
    must("pages", JSONB),
    must("contact", JSONB),
    must("clock_offset_seconds", BigInteger),
    refers("tenant_id", "tenant"),
)

host = Table(
    "host",
    metadata,
    must("host", Text, key=True),
    must("tenant_id", Text),
    must("service_id", Text),
    may("channel", Text),
    refers("tenant_id service_id", "service"),
    Index("ix_host_service", *SERVICE_KEY),
)

rule_set_version = of_service(
    "rule_set_version",
    must("version", Integer, key=True),
    must("digest", Text),
    must("document", Text),
    must("applies_by", Text),
    must("applies_from", Date),
    must("published_at", INSTANT),
    must("published_by", Text),
    must("files", JSONB),
    may("draft_id", UUID),
    must("summary", Text),
    must("transition", Text),
    must("reviewed_by", Text),
    refers("tenant_id service_id", "service"),
)

inventory_version = of_tenant(
    "inventory_version",
    must("version", Integer, key=True),
    must("digest", Text),
    must("document", JSONB),
    must("loaded_at", INSTANT),
    refers("tenant_id", "tenant"),
)

facility = of_tenant(
    "facility",
    must("facility_id", Text, key=True),
    must("service_id", Text),
    must("name", JSONB),
    UniqueConstraint("tenant_id", "service_id", "facility_id", name="uq_facility_service"),
    refers("tenant_id service_id", "service"),
)

space = of_tenant(
    "space",
    must("space_id", Text, key=True),
    must("facility_id", Text),
    must("service_id", Text),
    UniqueConstraint("tenant_id", "service_id", "facility_id", "space_id", name="uq_space_facility"),
    refers("tenant_id service_id facility_id", "facility"),
)

resource = of_tenant(
    "resource",
    must("resource_id", Text, key=True),
    must("service_id", Text),
    must("kind", Text),
    must("units", Integer),
    UniqueConstraint("tenant_id", "service_id", "resource_id", name="uq_resource_service"),
    refers("tenant_id service_id", "service"),
)

resource_unit = of_tenant(
    "resource_unit",
    must("service_id", Text),
    must("resource_id", Text, key=True),
    must("unit", Integer, key=True),
    must("withdrawn", Boolean),
    UniqueConstraint("tenant_id", "service_id", "resource_id", "unit", name="uq_resource_unit_service"),
    refers("tenant_id service_id resource_id", "resource"),
)
