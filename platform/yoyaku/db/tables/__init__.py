"""The tables as SQLAlchemy Core sees them; the truth is the SQL in ``migrations/sql``.

``alembic check`` holds the two equal in columns, keys and indexes; row-level policies, grants, checks and triggers,
which it does not see, are held by ``tests/integration/db``.
"""

from yoyaku.db.tables.booking import application, booking, booking_event, cart_item, number_sequence, occupancy
from yoyaku.db.tables.columns import metadata
from yoyaku.db.tables.people import account, login_session, registrant, staff
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
    "deadline",
    "facility",
    "host",
    "inventory_version",
    "login_session",
    "mail",
    "metadata",
    "number_sequence",
    "occupancy",
    "outbox",
    "registrant",
    "resource",
    "resource_unit",
    "rule_set_version",
    "service",
    "space",
    "staff",
    "tenant",
]
