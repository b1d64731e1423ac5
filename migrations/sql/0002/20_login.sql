-- Ways to log in, and what slows down those who guess. All instants are real time.

ALTER TABLE account ALTER COLUMN password_hash DROP NOT NULL;
ALTER TABLE account
    -- own: chosen by the person; initial: given, only opens the way to an own one; none: a link or code comes first.
    ADD COLUMN password_state text NOT NULL DEFAULT 'own' CHECK (password_state IN ('own', 'initial', 'none')),
    ADD COLUMN password_set_at timestamptz,
    ADD COLUMN last_login_at timestamptz,
    ADD COLUMN previous_login_at timestamptz,
    -- By which a passkey finds its account; says nothing about it.
    ADD COLUMN passkey_handle bytea,
    ADD COLUMN closed_at timestamptz,
    ADD CONSTRAINT account_password_state_hash CHECK ((password_state = 'none') = (password_hash IS NULL)),
    ADD CONSTRAINT uq_account_passkey_handle UNIQUE (tenant_id, service_id, passkey_handle);

ALTER TABLE login_session
    -- By which its person ends it; the token stays in the browser.
    ADD COLUMN session_id uuid,
    ADD COLUMN method text NOT NULL DEFAULT 'password' CHECK (method IN ('password', 'passkey')),
    -- full; second_factor: the password was right, a code is to come; enrol: staff who must set up a second factor first.
    ADD COLUMN level text NOT NULL DEFAULT 'full' CHECK (level IN ('full', 'second_factor', 'enrol')),
    ADD COLUMN address text NOT NULL DEFAULT '',
    ADD COLUMN device text NOT NULL DEFAULT '',
    -- The group for which its person acts.
    ADD COLUMN acting_for uuid,
    -- Why a member of staff looks at people, as last said.
    ADD COLUMN purpose text,
    ADD CONSTRAINT login_session_acting_fkey FOREIGN KEY (tenant_id, service_id, acting_for) REFERENCES registrant,
    ADD CONSTRAINT uq_login_session_id UNIQUE (tenant_id, service_id, session_id);
CREATE INDEX ix_login_session_acting ON login_session (tenant_id, service_id, acting_for);

CREATE TABLE one_time_token (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    -- SHA-256 of a link's token; of a short code, keyed and with its account.
    token_hash bytea NOT NULL,
    purpose text NOT NULL CHECK (
        purpose IN ('verify_mail', 'set_password', 'clerk_code', 'passkey_register', 'passkey_login')
    ),
    account_id uuid,
    registrant_id uuid,
    facts jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, service_id, token_hash),
    FOREIGN KEY (tenant_id, service_id, account_id) REFERENCES account ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant
);
CREATE INDEX ix_one_time_token_account ON one_time_token (tenant_id, service_id, account_id);
CREATE INDEX ix_one_time_token_registrant ON one_time_token (tenant_id, service_id, registrant_id);
CREATE INDEX ix_one_time_token_expiry ON one_time_token (tenant_id, service_id, expires_at);

CREATE TABLE passkey (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    credential_id bytea NOT NULL,
    account_id uuid NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    transports text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    PRIMARY KEY (tenant_id, service_id, credential_id),
    FOREIGN KEY (tenant_id, service_id, account_id) REFERENCES account ON DELETE CASCADE
);
CREATE INDEX ix_passkey_account ON passkey (tenant_id, service_id, account_id);

-- Time-based codes (RFC 6238). The secret is encrypted; a code's step is used once.
CREATE TABLE code_generator (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    account_id uuid NOT NULL,
    secret bytea NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0,
    recovery_hashes bytea[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, service_id, account_id),
    FOREIGN KEY (tenant_id, service_id, account_id) REFERENCES account ON DELETE CASCADE
);

-- Failures by where they come from, never by whom they are aimed at alone. The source is a keyed hash.
CREATE TABLE login_failure (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    source bytea NOT NULL,
    window_began_at timestamptz NOT NULL,
    failures integer NOT NULL,
    PRIMARY KEY (tenant_id, service_id, source),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);
CREATE INDEX ix_login_failure_window ON login_failure (tenant_id, service_id, window_began_at);
