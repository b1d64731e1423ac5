"""Registrants, staff, accounts and sessions."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
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
    refers("tenant_id service_id", "service"),
    Index("ix_registrant_search", *SERVICE_KEY, "search_key", postgresql_ops={"search_key": "text_pattern_ops"}),
)

staff = of_service(
    "staff",
    must("staff_id", UUID, key=True),
    must("name", Text),
    must("roles", TEXTS),
    refers("tenant_id service_id", "service"),
)

account = of_service(
    "account",
    must("account_id", UUID, key=True),
    must("login_key", Text),
    must("login_id", Text),
    must("password_hash", Text),
    may("registrant_id", UUID),
    may("staff_id", UUID),
    must("created_at", INSTANT),
    UniqueConstraint("tenant_id", "service_id", "login_key", name="uq_account_login"),
    refers("tenant_id service_id registrant_id", "registrant"),
    refers("tenant_id service_id staff_id", "staff"),
    Index("ix_account_registrant", *SERVICE_KEY, "registrant_id"),
    Index("ix_account_staff", *SERVICE_KEY, "staff_id"),
)

login_session = of_service(
    "login_session",
    must("token_hash", LargeBinary, key=True),
    must("account_id", UUID),
    must("created_at", INSTANT),
    must("last_seen_at", INSTANT),
    must("expires_at", INSTANT),
    refers("tenant_id service_id account_id", "account", ondelete="CASCADE"),
    Index("ix_login_session_account", *SERVICE_KEY, "account_id"),
    Index("ix_login_session_expiry", *SERVICE_KEY, "expires_at"),
)
