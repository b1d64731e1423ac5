-- Work to be done later, mails, and the record of who did what and why.

-- due_at is business time (the service's offset counts); next_try_at and the rest are real time.
CREATE TABLE deadline (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    deadline_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('booking_lapse')),
    subject_id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    done_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT '-infinity',
    last_error text,
    PRIMARY KEY (tenant_id, service_id, deadline_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);
CREATE UNIQUE INDEX uq_deadline_open ON deadline (tenant_id, service_id, kind, subject_id) WHERE done_at IS NULL;
CREATE INDEX ix_deadline_due ON deadline (due_at) WHERE done_at IS NULL;

CREATE TABLE outbox (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL CHECK (
        kind IN ('booking_made', 'booking_confirmed', 'booking_cancelled', 'booking_revoked', 'booking_lapsed',
                 'booking_changed')
    ),
    subject_id uuid NOT NULL,
    facts jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    handled_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT '-infinity',
    last_error text,
    PRIMARY KEY (tenant_id, service_id, event_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);
CREATE INDEX ix_outbox_open ON outbox (created_at) WHERE handled_at IS NULL;

CREATE TABLE mail (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    mail_id uuid NOT NULL,
    event_id uuid NOT NULL,
    recipient text NOT NULL,
    template text NOT NULL,
    language text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at timestamptz,
    given_up_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT '-infinity',
    last_error text,
    PRIMARY KEY (tenant_id, service_id, mail_id),
    CONSTRAINT uq_mail_once UNIQUE (tenant_id, service_id, event_id, recipient, template),
    FOREIGN KEY (tenant_id, service_id, event_id) REFERENCES outbox
);
CREATE INDEX ix_mail_open ON mail (created_at) WHERE sent_at IS NULL AND given_up_at IS NULL;

CREATE TABLE audit_entry (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    entry_id uuid NOT NULL,
    at timestamptz NOT NULL,
    account_id uuid,
    staff_name text,
    act text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    why text,
    facts jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, service_id, entry_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);
CREATE INDEX ix_audit_entry_at ON audit_entry (tenant_id, service_id, at);
CREATE INDEX ix_audit_entry_subject ON audit_entry (tenant_id, service_id, subject_kind, subject_id);
