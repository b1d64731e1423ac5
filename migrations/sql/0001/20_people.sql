-- Residents and groups, clerks, their accounts and sessions. Names are kept byte for byte; search_key is folded.

CREATE TABLE registrant (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    registrant_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('individual', 'group')),
    name text NOT NULL,
    kana text NOT NULL,
    search_key text NOT NULL,
    user_class text NOT NULL,
    residency text,
    stage text NOT NULL,
    facts jsonb NOT NULL DEFAULT '{}',
    email text,
    phone text,
    language text NOT NULL DEFAULT 'ja',
    registered_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, registrant_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);
CREATE INDEX ix_registrant_search ON registrant (tenant_id, service_id, search_key text_pattern_ops);

CREATE TABLE staff (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    staff_id uuid NOT NULL,
    name text NOT NULL,
    roles text[] NOT NULL,
    PRIMARY KEY (tenant_id, service_id, staff_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);

CREATE TABLE account (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    account_id uuid NOT NULL,
    login_key text NOT NULL,
    login_id text NOT NULL,
    password_hash text NOT NULL,
    registrant_id uuid,
    staff_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, account_id),
    CONSTRAINT uq_account_login UNIQUE (tenant_id, service_id, login_key),
    CHECK (num_nonnulls(registrant_id, staff_id) = 1),
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, staff_id) REFERENCES staff
);
CREATE INDEX ix_account_registrant ON account (tenant_id, service_id, registrant_id);
CREATE INDEX ix_account_staff ON account (tenant_id, service_id, staff_id);

-- The token itself is only in the person's cookie; real time, never business time.
CREATE TABLE login_session (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    token_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, token_hash),
    FOREIGN KEY (tenant_id, service_id, account_id) REFERENCES account ON DELETE CASCADE
);
CREATE INDEX ix_login_session_account ON login_session (tenant_id, service_id, account_id);
CREATE INDEX ix_login_session_expiry ON login_session (tenant_id, service_id, expires_at);
