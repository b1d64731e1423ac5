-- Invoices and return invoices as they were issued, and each time one was printed again.

CREATE TABLE receipt (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    receipt_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    attempt_id uuid,
    kind text NOT NULL CHECK (kind IN ('invoice', 'receipt', 'return_invoice')),
    payee text NOT NULL,
    number text NOT NULL,
    issued_at timestamptz NOT NULL,
    content jsonb NOT NULL,
    entered_by uuid,
    PRIMARY KEY (tenant_id, service_id, receipt_id),
    CONSTRAINT uq_receipt_number UNIQUE (tenant_id, service_id, payee, number),
    CONSTRAINT uq_receipt_attempt UNIQUE (tenant_id, service_id, attempt_id, kind),
    FOREIGN KEY (tenant_id, service_id, charge_id) REFERENCES charge,
    FOREIGN KEY (tenant_id, service_id, attempt_id) REFERENCES payment_attempt,
    FOREIGN KEY (tenant_id, service_id, entered_by) REFERENCES staff
);
CREATE INDEX ix_receipt_charge ON receipt (tenant_id, service_id, charge_id);

CREATE TABLE receipt_copy (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    receipt_id uuid NOT NULL,
    copy smallint NOT NULL CHECK (copy > 0),
    printed_at timestamptz NOT NULL,
    entered_by uuid,
    PRIMARY KEY (tenant_id, service_id, receipt_id, copy),
    FOREIGN KEY (tenant_id, service_id, receipt_id) REFERENCES receipt,
    FOREIGN KEY (tenant_id, service_id, entered_by) REFERENCES staff
);
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt_copy
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
