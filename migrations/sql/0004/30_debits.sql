-- Mandates to debit a bank account, files to the bank, and their rows. Account numbers are sealed by the application.

CREATE TABLE debit_mandate (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    mandate_id uuid NOT NULL,
    registrant_id uuid NOT NULL,
    -- The bank, and the last digits: enough to recognise one's own account.
    account_shown text NOT NULL,
    account bytea,
    customer_number text NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'active', 'refused', 'ended')),
    requested_at timestamptz NOT NULL,
    active_at timestamptz,
    ended_at timestamptz,
    why text,
    was_used boolean NOT NULL DEFAULT false,
    entered_by uuid,
    PRIMARY KEY (tenant_id, service_id, mandate_id),
    CONSTRAINT uq_debit_mandate_customer UNIQUE (tenant_id, service_id, customer_number),
    CHECK ((account IS NULL) = (state IN ('refused', 'ended'))),
    CHECK (state <> 'active' OR active_at IS NOT NULL),
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, entered_by) REFERENCES staff
);
CREATE UNIQUE INDEX uq_debit_mandate_current ON debit_mandate (tenant_id, service_id, registrant_id)
    WHERE state IN ('requested', 'active');

CREATE TABLE debit_file (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    file_id uuid NOT NULL,
    method text NOT NULL,
    plugin text NOT NULL,
    profile text,
    payee text NOT NULL,
    collect_on date NOT NULL,
    state text NOT NULL CHECK (state IN ('prepared', 'sent', 'settled', 'withdrawn')),
    count integer NOT NULL CHECK (count > 0),
    total_yen bigint NOT NULL CHECK (total_yen > 0),
    content_digest bytea NOT NULL,
    prepared_at timestamptz NOT NULL,
    sent_at timestamptz,
    settled_at timestamptz,
    -- The bank's answer, so that the same file is not read twice.
    result_digest bytea,
    entered_by uuid,
    PRIMARY KEY (tenant_id, service_id, file_id),
    CONSTRAINT uq_debit_file_result UNIQUE (tenant_id, service_id, result_digest),
    CHECK ((state = 'settled') = (result_digest IS NOT NULL)),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service,
    FOREIGN KEY (tenant_id, service_id, entered_by) REFERENCES staff
);
CREATE UNIQUE INDEX uq_debit_file_day ON debit_file (tenant_id, service_id, method, payee, collect_on)
    WHERE state <> 'withdrawn';

-- One debit: an attempt in one file, from one account.
CREATE TABLE debit_row (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    file_id uuid NOT NULL,
    place integer NOT NULL,
    key text NOT NULL,
    attempt_id uuid NOT NULL,
    mandate_id uuid NOT NULL,
    amount_yen integer NOT NULL CHECK (amount_yen > 0),
    is_first boolean NOT NULL,
    PRIMARY KEY (tenant_id, service_id, file_id, place),
    CONSTRAINT uq_debit_row_key UNIQUE (tenant_id, service_id, file_id, key),
    CONSTRAINT uq_debit_row_attempt UNIQUE (tenant_id, service_id, attempt_id),
    FOREIGN KEY (tenant_id, service_id, file_id) REFERENCES debit_file,
    FOREIGN KEY (tenant_id, service_id, attempt_id) REFERENCES payment_attempt,
    FOREIGN KEY (tenant_id, service_id, mandate_id) REFERENCES debit_mandate
);
CREATE INDEX ix_debit_row_mandate ON debit_row (tenant_id, service_id, mandate_id);
