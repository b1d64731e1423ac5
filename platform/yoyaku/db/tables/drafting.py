"""Drafts of rules: their saves and reviews, and the dry runs over the city's data."""

from __future__ import annotations

from sqlalchemy import Boolean, Date, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from yoyaku.db.tables.columns import INSTANT, SERVICE_KEY, UUID, may, must, of_service, refers

_STAFF = "tenant_id service_id staff_id"
_VERSION = "tenant_id service_id version"
_SAVE = "tenant_id service_id draft_id revision"

rule_draft = of_service(
    "rule_draft",
    must("draft_id", UUID, key=True),
    must("title", Text),
    must("based_on", Integer),
    must("state", Text),
    must("revision", Integer),
    must("files", JSONB),
    must("transition", Text),
    must("made_at", INSTANT),
    must("made_by", UUID),
    must("changed_at", INSTANT),
    must("changed_by", UUID),
    may("review_asked_at", INSTANT),
    may("review_asked_by", UUID),
    may("published_version", Integer),
    refers("tenant_id service_id based_on", "rule_set_version", to=_VERSION),
    refers("tenant_id service_id published_version", "rule_set_version", to=_VERSION),
    refers("tenant_id service_id made_by", "staff", to=_STAFF),
    refers("tenant_id service_id changed_by", "staff", to=_STAFF),
    refers("tenant_id service_id review_asked_by", "staff", to=_STAFF),
    Index("ix_rule_draft_state", *SERVICE_KEY, "state", "changed_at"),
)

rule_draft_save = of_service(
    "rule_draft_save",
    must("draft_id", UUID, key=True),
    must("revision", Integer, key=True),
    must("files", JSONB),
    must("transition", Text),
    must("saved_at", INSTANT),
    must("saved_by", UUID),
    refers("tenant_id service_id draft_id", "rule_draft"),
    refers("tenant_id service_id saved_by", "staff", to=_STAFF),
)

rule_review = of_service(
    "rule_review",
    must("review_id", UUID, key=True),
    must("draft_id", UUID),
    must("revision", Integer),
    must("verdict", Text),
    must("remark", Text),
    must("reviewed_at", INSTANT),
    must("reviewed_by", UUID),
    may("newest_version", Integer),
    refers(_SAVE, "rule_draft_save"),
    refers("tenant_id service_id reviewed_by", "staff", to=_STAFF),
    Index("ix_rule_review_draft", *SERVICE_KEY, "draft_id", "revision"),
)

dry_run = of_service(
    "dry_run",
    must("run_id", UUID, key=True),
    must("draft_id", UUID),
    must("revision", Integer),
    must("state", Text),
    must("asked_at", INSTANT),
    must("asked_by", UUID),
    may("started_at", INSTANT),
    may("finished_at", INSTANT),
    must("total", Integer),
    must("done", Integer),
    must("cancel_asked", Boolean),
    must("broken", Integer),
    must("summary", JSONB),
    may("error", Text),
    must("as_of", INSTANT),
    may("reached", UUID),
    must("tally", JSONB),
    may("newest_version", Integer),
    may("inventory_version", Integer),
    refers(_SAVE, "rule_draft_save"),
    refers("tenant_id service_id asked_by", "staff", to=_STAFF),
    Index("ix_dry_run_draft", *SERVICE_KEY, "draft_id", "revision"),
    Index(
        "uq_dry_run_open",
        *SERVICE_KEY,
        "draft_id",
        unique=True,
        postgresql_where=text("state IN ('waiting', 'running')"),
    ),
)

dry_run_finding = of_service(
    "dry_run_finding",
    must("run_id", UUID, key=True),
    must("place", Integer, key=True),
    must("kind", Text),
    must("subject_kind", Text),
    must("subject_id", UUID),
    must("number", Text),
    may("registrant_id", UUID),
    may("facility_id", Text),
    may("use_on", Date),
    must("was", JSONB),
    must("becomes", JSONB),
    must("change_yen", Integer),
    must("breaks", Boolean),
    refers("tenant_id service_id run_id", "dry_run", ondelete="CASCADE"),
    Index("ix_dry_run_finding_kind", *SERVICE_KEY, "run_id", "kind", "place"),
)
