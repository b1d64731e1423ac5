-- Checks of identity. What a plugin keeps and every file are encrypted by the application.

CREATE TABLE identity_check (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    check_id uuid NOT NULL,
    registrant_id uuid NOT NULL,
    step text NOT NULL,
    plugin text NOT NULL,
    state text NOT NULL CHECK (state IN ('begun', 'submitted', 'approved', 'rejected', 'abandoned')),
    rule_set_version integer NOT NULL,
    kept bytea,
    evidence jsonb NOT NULL DEFAULT '{}',
    rejected_for text,
    decided_by uuid,
    why text,
    -- A letter with a code: when it was printed and handed to the post.
    letter_due boolean NOT NULL DEFAULT false,
    letter_sent_at timestamptz,
    created_at timestamptz NOT NULL,
    submitted_at timestamptz,
    decided_at timestamptz,
    PRIMARY KEY (tenant_id, service_id, check_id),
    CHECK ((state IN ('approved', 'rejected')) = (decided_at IS NOT NULL)),
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, decided_by) REFERENCES staff
);
CREATE UNIQUE INDEX uq_identity_check_open ON identity_check (tenant_id, service_id, registrant_id, step)
    WHERE state IN ('begun', 'submitted');
CREATE INDEX ix_identity_check_registrant ON identity_check (tenant_id, service_id, registrant_id);
CREATE INDEX ix_identity_check_waiting ON identity_check (tenant_id, service_id, submitted_at) WHERE state = 'submitted';
CREATE INDEX ix_identity_check_decided_by ON identity_check (tenant_id, service_id, decided_by);

-- One person at a provider is one registration of a service.
CREATE TABLE identity_subject (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    issuer text NOT NULL,
    subject_hash bytea NOT NULL,
    registrant_id uuid NOT NULL,
    verified_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, issuer, subject_hash),
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant
);
CREATE INDEX ix_identity_subject_registrant ON identity_subject (tenant_id, service_id, registrant_id);

CREATE TABLE identity_document (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    document_id uuid NOT NULL,
    check_id uuid NOT NULL,
    media_type text NOT NULL,
    size_bytes integer NOT NULL,
    content bytea,
    received_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, service_id, document_id),
    CHECK ((content IS NULL) = (deleted_at IS NOT NULL)),
    FOREIGN KEY (tenant_id, service_id, check_id) REFERENCES identity_check
);
CREATE INDEX ix_identity_document_check ON identity_document (tenant_id, service_id, check_id);
