"""Accounts, sessions, and the ways to log in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from yoyaku.db.tables.columns import INSTANT, SERVICE_KEY, TEXTS, UUID, may, must, of_service, refers

account = of_service(
    "account",
    must("account_id", UUID, key=True),
    must("login_key", Text),
    must("login_id", Text),
    may("password_hash", Text),
    may("registrant_id", UUID),
    may("staff_id", UUID),
    must("created_at", INSTANT),
    must("password_state", Text),
    may("password_set_at", INSTANT),
    may("last_login_at", INSTANT),
    may("previous_login_at", INSTANT),
    may("passkey_handle", LargeBinary),
    may("closed_at", INSTANT),
    UniqueConstraint("tenant_id", "service_id", "login_key", name="uq_account_login"),
    UniqueConstraint("tenant_id", "service_id", "passkey_handle", name="uq_account_passkey_handle"),
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
    may("session_id", UUID),
    must("method", Text),
    must("level", Text),
    must("address", Text),
    must("device", Text),
    may("acting_for", UUID),
    may("purpose", Text),
    UniqueConstraint("tenant_id", "service_id", "session_id", name="uq_login_session_id"),
    refers("tenant_id service_id account_id", "account", ondelete="CASCADE"),
    refers("tenant_id service_id acting_for", "registrant", to="tenant_id service_id registrant_id"),
    Index("ix_login_session_acting", *SERVICE_KEY, "acting_for"),
    Index("ix_login_session_account", *SERVICE_KEY, "account_id"),
    Index("ix_login_session_expiry", *SERVICE_KEY, "expires_at"),
)

one_time_token = of_service(
    "one_time_token",
    must("token_hash", LargeBinary, key=True),
    must("purpose", Text),
    may("account_id", UUID),
    may("registrant_id", UUID),
    must("facts", JSONB),
    must("created_at", INSTANT),
    must("expires_at", INSTANT),
    may("used_at", INSTANT),
    refers("tenant_id service_id account_id", "account", ondelete="CASCADE"),
    refers("tenant_id service_id registrant_id", "registrant"),
    Index("ix_one_time_token_account", *SERVICE_KEY, "account_id"),
    Index("ix_one_time_token_registrant", *SERVICE_KEY, "registrant_id"),
    Index("ix_one_time_token_expiry", *SERVICE_KEY, "expires_at"),
)

passkey = of_service(
    "passkey",
    must("credential_id", LargeBinary, key=True),
    must("account_id", UUID),
    must("public_key", LargeBinary),
    must("sign_count", BigInteger),
    must("name", Text),
    must("transports", TEXTS),
    must("created_at", INSTANT),
    may("last_used_at", INSTANT),
    refers("tenant_id service_id account_id", "account", ondelete="CASCADE"),
    Index("ix_passkey_account", *SERVICE_KEY, "account_id"),
)

code_generator = of_service(
    "code_generator",
    must("account_id", UUID, key=True),
    must("secret", LargeBinary),
    may("confirmed_at", INSTANT),
    must("last_step", BigInteger),
    must("recovery_hashes", ARRAY(LargeBinary)),
    refers("tenant_id service_id account_id", "account", ondelete="CASCADE"),
)

login_failure = of_service(
    "login_failure",
    must("source", LargeBinary, key=True),
    must("window_began_at", INSTANT),
    must("failures", Integer),
    refers("tenant_id service_id", "service"),
    Index("ix_login_failure_window", *SERVICE_KEY, "window_began_at"),
)
