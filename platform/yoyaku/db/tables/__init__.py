"""The tables as SQLAlchemy Core sees them; the truth is the SQL in ``migrations/sql``.

``alembic check`` holds the two equal in columns, keys and indexes; row-level policies, grants, checks and triggers,
which it does not see, are held by ``tests/integration/db``.
"""

from yoyaku.db.tables.booking import application, booking, booking_event, cart_item, number_sequence, occupancy
from yoyaku.db.tables.collection import (
    arrears_step,
    cash_close,
    debit_file,
    debit_mandate,
    debit_row,
    receipt,
    receipt_copy,
    relief_application,
    suspension,
)
from yoyaku.db.tables.columns import metadata
from yoyaku.db.tables.drafting import dry_run, dry_run_finding, rule_draft, rule_draft_save, rule_review
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
from yoyaku.db.tables.money import (
    charge,
    charge_change,
    ledger_posting,
    ledger_transaction,
    payment_attempt,
    unmatched_money,
    webhook_receipt,
)
from yoyaku.db.tables.operations import heartbeat
from yoyaku.db.tables.people import favourite, group_member, message, registrant, staff
from yoyaku.db.tables.places import closure, closure_displaced, facility_photo
from yoyaku.db.tables.sealing import audit_seal, audit_seal_entry, audit_unsealed
from yoyaku.db.tables.sites import site_change, site_notice
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
    "arrears_step",
    "audit_entry",
    "audit_seal",
    "audit_seal_entry",
    "audit_unsealed",
    "booking",
    "booking_event",
    "cart_item",
    "cash_close",
    "charge",
    "charge_change",
    "closure",
    "closure_displaced",
    "code_generator",
    "deadline",
    "debit_file",
    "debit_mandate",
    "debit_row",
    "dry_run",
    "dry_run_finding",
    "facility",
    "facility_photo",
    "favourite",
    "group_member",
    "heartbeat",
    "host",
    "identity_check",
    "identity_document",
    "identity_subject",
    "inventory_version",
    "ledger_posting",
    "ledger_transaction",
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
    "payment_attempt",
    "receipt",
    "receipt_copy",
    "registrant",
    "relief_application",
    "resource",
    "resource_unit",
    "rule_draft",
    "rule_draft_save",
    "rule_review",
    "rule_set_version",
    "service",
    "signing_key",
    "site_change",
    "site_notice",
    "space",
    "staff",
    "suspension",
    "tenant",
    "unmatched_money",
    "webhook_receipt",
]
