"""Changes of how a site looks and speaks, and its notices."""

from __future__ import annotations

from sqlalchemy import Boolean, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from yoyaku.db.tables.columns import INSTANT, SERVICE_KEY, UUID, may, must, of_service, refers

_STAFF = "tenant_id service_id staff_id"

site_change = of_service(
    "site_change",
    must("number", Integer, key=True),
    must("part", Text),
    must("name", Text),
    may("before", JSONB(none_as_null=True)),
    may("after", JSONB(none_as_null=True)),
    must("why", Text),
    may("undoes", Integer),
    must("made_at", INSTANT),
    must("made_by", UUID),
    refers("tenant_id service_id", "service"),
    refers("tenant_id service_id undoes", "site_change", to="tenant_id service_id number"),
    refers("tenant_id service_id made_by", "staff", to=_STAFF),
    Index("ix_site_change_part", *SERVICE_KEY, "part", "name", "number"),
)

site_notice = of_service(
    "site_notice",
    must("notice_id", UUID, key=True),
    must("title", JSONB),
    must("body", JSONB),
    must("shown_from", INSTANT),
    may("shown_until", INSTANT),
    must("importance", Text),
    must("audience", Text),
    may("user_class", Text),
    must("on_top", Boolean),
    may("facility_id", Text),
    must("revision", Integer),
    must("made_at", INSTANT),
    must("made_by", UUID),
    must("changed_at", INSTANT),
    must("changed_by", UUID),
    may("ended_at", INSTANT),
    refers("tenant_id service_id facility_id", "facility"),
    refers("tenant_id service_id made_by", "staff", to=_STAFF),
    refers("tenant_id service_id changed_by", "staff", to=_STAFF),
    Index("ix_site_notice_shown", *SERVICE_KEY, "shown_from"),
)
