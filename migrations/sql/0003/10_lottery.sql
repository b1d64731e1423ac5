-- One lottery is one month of a scheme. Its moments are business time, decided under one version of the rules.

CREATE TABLE lottery (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    lottery_id uuid NOT NULL,
    scheme text NOT NULL,
    period_starts date NOT NULL,
    period_ends date NOT NULL CHECK (period_ends > period_starts),
    rule_set_version integer NOT NULL,
    inventory_version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'open', 'sealed', 'drawn', 'announced', 'released')),
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL CHECK (closes_at > opens_at),
    draws_at timestamptz NOT NULL CHECK (draws_at >= closes_at),
    announces_at timestamptz NOT NULL CHECK (announces_at >= draws_at),
    releases_at timestamptz NOT NULL CHECK (releases_at >= announces_at),
    -- Drawn at random when it was planned; encrypted. Its hash is public before the first entry can be made.
    secret bytea NOT NULL,
    secret_hash text NOT NULL,
    -- Which public value will count was fixed at the same time.
    beacon text NOT NULL,
    beacon_profile text,
    public_source text,
    public_reference jsonb,
    public_value text,
    public_proof jsonb,
    public_value_at timestamptz,
    applicants integer CHECK (applicants >= 0),
    entries integer CHECK (entries >= 0),
    sealed_at timestamptz,
    sealed_hash text,
    drawn_at timestamptz,
    seed text,
    result_hash text,
    announced_at timestamptz,
    released_at timestamptz,
    PRIMARY KEY (tenant_id, service_id, lottery_id),
    CONSTRAINT uq_lottery_period UNIQUE (tenant_id, service_id, scheme, period_starts),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service,
    FOREIGN KEY (tenant_id, service_id, rule_set_version) REFERENCES rule_set_version (tenant_id, service_id, version),
    FOREIGN KEY (tenant_id, inventory_version) REFERENCES inventory_version (tenant_id, version),
    CHECK ((sealed_hash IS NOT NULL) = (state NOT IN ('planned', 'open'))),
    CHECK ((result_hash IS NOT NULL) = (state IN ('drawn', 'announced', 'released'))),
    CHECK ((announced_at IS NOT NULL) = (state IN ('announced', 'released')))
);

-- How far a long step is; written outside its transaction, so that others see it.
CREATE TABLE lottery_progress (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    lottery_id uuid NOT NULL,
    step text NOT NULL,
    done integer NOT NULL CHECK (done >= 0),
    total integer NOT NULL CHECK (total >= done),
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, lottery_id),
    FOREIGN KEY (tenant_id, service_id, lottery_id) REFERENCES lottery ON DELETE CASCADE
);

-- Days of what is lent that are held back from first come until the lottery is over; no two lotteries hold one.
CREATE TABLE lottery_hold (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    resource_id text NOT NULL,
    use_on date NOT NULL,
    lottery_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, resource_id, use_on),
    FOREIGN KEY (tenant_id, service_id, lottery_id) REFERENCES lottery
);
CREATE INDEX ix_lottery_hold_lottery ON lottery_hold (tenant_id, service_id, lottery_id);

-- What anybody may download: the sealed list, the result, its signature. Compressed with gzip.
CREATE TABLE lottery_file (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    lottery_id uuid NOT NULL,
    name text NOT NULL CHECK (name IN ('sealed', 'result', 'signature')),
    content bytea NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL CHECK (bytes >= 0),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, lottery_id, name),
    FOREIGN KEY (tenant_id, service_id, lottery_id) REFERENCES lottery
);
ALTER TABLE lottery_file ALTER COLUMN content SET STORAGE EXTERNAL;

-- The key that signs a service's results; the private half is encrypted. The newest signs, older ones still verify.
CREATE TABLE signing_key (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    key_id uuid NOT NULL,
    public_key bytea NOT NULL,
    private_key bytea NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, key_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);

-- What was done to a whole lottery at once, and whether it was taken back.
CREATE TABLE lottery_batch (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    batch_id uuid NOT NULL,
    lottery_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('seal', 'draw', 'announce', 'lapse', 'release')),
    applied_at timestamptz NOT NULL,
    staff_id uuid,
    facts jsonb NOT NULL,
    reverted_at timestamptz,
    reverted_by uuid,
    reverted_why text,
    PRIMARY KEY (tenant_id, service_id, batch_id),
    FOREIGN KEY (tenant_id, service_id, lottery_id) REFERENCES lottery,
    FOREIGN KEY (tenant_id, service_id, staff_id) REFERENCES staff,
    FOREIGN KEY (tenant_id, service_id, reverted_by) REFERENCES staff (tenant_id, service_id, staff_id),
    CHECK ((reverted_at IS NULL) = (reverted_why IS NULL))
);
CREATE INDEX ix_lottery_batch_lottery ON lottery_batch (tenant_id, service_id, lottery_id);
CREATE INDEX ix_lottery_batch_staff ON lottery_batch (tenant_id, service_id, staff_id);
CREATE INDEX ix_lottery_batch_reverted_by ON lottery_batch (tenant_id, service_id, reverted_by);
