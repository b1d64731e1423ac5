"""Debits of bank accounts, tills, receipts, arrears and relief."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from yoyaku.db.tables.columns import INSTANT, SERVICE_KEY, UUID, may, must, of_service, refers

debit_mandate = of_service(
    "debit_mandate",
    must("mandate_id", UUID, key=True),
    must("registrant_id", UUID),
    must("account_shown", Text),
    may("account", LargeBinary),
    must("customer_number", Text),
    must("state", Text),
    must("requested_at", INSTANT),
    may("active_at", INSTANT),
    may("ended_at", INSTANT),
    may("why", Text),
    must("was_used", Boolean),
    may("entered_by", UUID),
    UniqueConstraint("tenant_id", "service_id", "customer_number", name="uq_debit_mandate_customer"),
    refers("tenant_id service_id registrant_id", "registrant"),
    refers("tenant_id service_id entered_by", "staff", to="tenant_id service_id staff_id"),
    Index(
        "uq_debit_mandate_current",
        *SERVICE_KEY,
        "registrant_id",
        unique=True,
        postgresql_where=text("state IN ('requested', 'active')"),
    ),
)

debit_file = of_service(
    "debit_file",
    must("file_id", UUID, key=True),
    must("method", Text),
    must("plugin", Text),
    may("profile", Text),
    must("payee", Text),
    must("collect_on", Date),
    must("state", Text),
    must("count", Integer),
    must("total_yen", BigInteger),
    must("content_digest", LargeBinary),
    must("prepared_at", INSTANT),
    may("sent_at", INSTANT),
    may("settled_at", INSTANT),
    may("result_digest", LargeBinary),
    may("entered_by", UUID),
    UniqueConstraint("tenant_id", "service_id", "result_digest", name="uq_debit_file_result"),
    refers("tenant_id service_id", "service"),
    refers("tenant_id service_id entered_by", "staff", to="tenant_id service_id staff_id"),
    Index(
        "uq_debit_file_day",
        *SERVICE_KEY,
        "method",
        "payee",
        "collect_on",
        unique=True,
        postgresql_where=text("state <> 'withdrawn'"),
    ),
)

debit_row = of_service(
    "debit_row",
    must("file_id", UUID, key=True),
    must("place", Integer, key=True),
    must("key", Text),
    must("attempt_id", UUID),
    must("mandate_id", UUID),
    must("amount_yen", Integer),
    must("is_first", Boolean),
    UniqueConstraint("tenant_id", "service_id", "file_id", "key", name="uq_debit_row_key"),
    UniqueConstraint("tenant_id", "service_id", "attempt_id", name="uq_debit_row_attempt"),
    refers("tenant_id service_id file_id", "debit_file"),
    refers("tenant_id service_id attempt_id", "payment_attempt"),
    refers("tenant_id service_id mandate_id", "debit_mandate"),
    Index("ix_debit_row_mandate", *SERVICE_KEY, "mandate_id"),
)

cash_close = of_service(
    "cash_close",
    must("close_id", UUID, key=True),
    must("facility_id", Text),
    must("payee", Text),
    must("closed_on", Date),
    must("expected_yen", Integer),
    must("counted_yen", Integer),
    Column("difference_yen", Integer, Computed("counted_yen - expected_yen", persisted=True), nullable=False),
    may("why", Text),
    must("at", INSTANT),
    must("entered_by", UUID),
    refers("tenant_id service_id", "service"),
    refers("tenant_id service_id entered_by", "staff", to="tenant_id service_id staff_id"),
    Index("ix_cash_close_day", *SERVICE_KEY, "closed_on"),
)

receipt = of_service(
    "receipt",
    must("receipt_id", UUID, key=True),
    must("charge_id", UUID),
    may("attempt_id", UUID),
    must("kind", Text),
    must("payee", Text),
    must("number", Text),
    must("issued_at", INSTANT),
    must("content", JSONB),
    may("entered_by", UUID),
    UniqueConstraint("tenant_id", "service_id", "payee", "number", name="uq_receipt_number"),
    UniqueConstraint("tenant_id", "service_id", "attempt_id", "kind", name="uq_receipt_attempt"),
    refers("tenant_id service_id charge_id", "charge"),
    refers("tenant_id service_id attempt_id", "payment_attempt"),
    refers("tenant_id service_id entered_by", "staff", to="tenant_id service_id staff_id"),
    Index("ix_receipt_charge", *SERVICE_KEY, "charge_id"),
    Index("ix_receipt_issued_at", *SERVICE_KEY, "issued_at"),
)

receipt_copy = of_service(
    "receipt_copy",
    must("receipt_id", UUID, key=True),
    must("copy", SmallInteger, key=True),
    must("printed_at", INSTANT),
    may("entered_by", UUID),
    refers("tenant_id service_id receipt_id", "receipt"),
    refers("tenant_id service_id entered_by", "staff", to="tenant_id service_id staff_id"),
)

arrears_step = of_service(
    "arrears_step",
    must("charge_id", UUID, key=True),
    must("step", Text, key=True),
    must("reached_at", INSTANT),
    may("pay_by", INSTANT),
    must("outstanding_yen", Integer),
    must("letter_due", Boolean),
    may("letter_sent_at", INSTANT),
    may("revoked_at", INSTANT),
    refers("tenant_id service_id charge_id", "charge"),
    Index(
        "ix_arrears_step_letters",
        *SERVICE_KEY,
        "reached_at",
        postgresql_where=text("letter_due AND letter_sent_at IS NULL"),
    ),
)

suspension = of_service(
    "suspension",
    must("suspension_id", UUID, key=True),
    must("registrant_id", UUID),
    must("cause", Text),
    may("charge_id", UUID),
    must("reason", Text),
    must("since", INSTANT),
    may("lifted_at", INSTANT),
    may("lifted_by", UUID),
    may("why", Text),
    refers("tenant_id service_id registrant_id", "registrant"),
    refers("tenant_id service_id charge_id", "charge"),
    refers("tenant_id service_id lifted_by", "staff", to="tenant_id service_id staff_id"),
    Index(
        "uq_suspension_current",
        *SERVICE_KEY,
        "registrant_id",
        "cause",
        unique=True,
        postgresql_where=text("lifted_at IS NULL"),
    ),
)

relief_application = of_service(
    "relief_application",
    must("relief_id", UUID, key=True),
    must("booking_id", UUID),
    must("code", Text),
    must("state", Text),
    must("grounds", Text),
    must("asked_at", INSTANT),
    may("decided_at", INSTANT),
    may("decided_by", UUID),
    may("why", Text),
    refers("tenant_id service_id booking_id", "booking"),
    refers("tenant_id service_id decided_by", "staff", to="tenant_id service_id staff_id"),
    Index(
        "uq_relief_application_open",
        *SERVICE_KEY,
        "booking_id",
        unique=True,
        postgresql_where=text("state IN ('asked', 'approved')"),
    ),
    Index("ix_relief_application_asked", *SERVICE_KEY, "asked_at", postgresql_where=text("state = 'asked'")),
)
