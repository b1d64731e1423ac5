"""The tables as SQLAlchemy Core sees them; the truth is the SQL in ``migrations/sql``.

``alembic check`` holds the two equal in columns, keys and indexes; row-level policies, grants, checks and triggers,
which it does not see, are held by ``tests/integration/db``.
"""

from yoyaku.db.tables.booking import application, booking, booking_event, cart_item, number_sequence, occupancy
from yoyaku.db.tables.columns import metadata
from yoyaku.db.tables.identity import identity_check, identity_document, identity_subject
from yoyaku.db.tables.login import account, code_generator, login_failure, login_session, one_time_token, passkey
from yoyaku.db.tables.lottery import (
    lottery,
    lottery_applicant,
    lottery_batch,
    lottery_entry,
    lottery_file,
    lottery_hold,
    lottery_outcome,
    lottery_part,
    lottery_progress,
    lottery_win,
    signing_key,
)
from yoyaku.db.tables.people import favourite, group_member, message, registrant, staff
from yoyaku.db.tables.tenancy import (
    facility,
    host,
    inventory_version,
    resource,
    resource_unit,
    rule_set_version,
    service,
    space,
    tenant,
)
from yoyaku.db.tables.work import audit_entry, deadline, mail, outbox

__all__ = [
    "account",
    "application",
    "audit_entry",
    "booking",
    "booking_event",
    "cart_item",
    "code_generator",
    "deadline",
    "facility",
    "favourite",
    "group_member",
    "host",
    "identity_check",
    "identity_document",
    "identity_subject",
    "inventory_version",
    "login_failure",
    "login_session",
    "lottery",
    "lottery_applicant",
    "lottery_batch",
    "lottery_entry",
    "lottery_file",
    "lottery_hold",
    "lottery_outcome",
    "lottery_part",
    "lottery_progress",
    "lottery_win",
    "mail",
    "message",
    "metadata",
    "number_sequence",
    "occupancy",
    "one_time_token",
    "outbox",
    "passkey",
    "registrant",
    "resource",
    "resource_unit",
    "rule_set_version",
    "service",
    "signing_key",
    "space",
    "staff",
    "tenant",
]
