-- The cart, applications, bookings, what they occupy, and what happened to them.

CREATE TABLE number_sequence (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    scope text NOT NULL,
    last_value integer NOT NULL,
    PRIMARY KEY (tenant_id, service_id, scope),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);

-- A wish, not a hold: nothing is occupied by it.
CREATE TABLE cart_item (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    account_id uuid NOT NULL,
    item_id uuid NOT NULL,
    request jsonb NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, account_id, item_id),
    FOREIGN KEY (tenant_id, service_id, account_id) REFERENCES account ON DELETE CASCADE
);

CREATE TABLE application (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    application_id uuid NOT NULL,
    registrant_id uuid NOT NULL,
    channel text NOT NULL,
    entered_by uuid,
    made_at timestamptz NOT NULL,
    form jsonb NOT NULL,
    accepted_terms text[] NOT NULL,
    -- A repeated submission with the same key gets the first one's answer; another request under it is refused.
    idempotency_key text,
    request_digest bytea,
    PRIMARY KEY (tenant_id, service_id, application_id),
    CONSTRAINT uq_application_idempotency UNIQUE (tenant_id, service_id, registrant_id, idempotency_key),
    CHECK ((idempotency_key IS NULL) = (request_digest IS NULL)),
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, entered_by) REFERENCES staff
);

CREATE TABLE booking (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    booking_id uuid NOT NULL,
    application_id uuid NOT NULL,
    number text NOT NULL,
    registrant_id uuid NOT NULL,
    facility_id text NOT NULL,
    space_id text NOT NULL,
    use_on date NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    nights smallint NOT NULL DEFAULT 0 CHECK (nights >= 0),
    surfaces smallint NOT NULL DEFAULT 1 CHECK (surfaces >= 1),
    unit smallint,
    bands text[] NOT NULL DEFAULT '{}',
    activity text,
    guests jsonb NOT NULL DEFAULT '[]',
    preferences jsonb NOT NULL DEFAULT '{}',
    equipment jsonb NOT NULL DEFAULT '{}',
    form jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL CHECK (
        state IN ('tentative', 'confirmed', 'withdrawn', 'cancelled', 'revoked', 'lapsed', 'used')
    ),
    channel text NOT NULL,
    made_at timestamptz NOT NULL,
    entered_by uuid,
    tentative_since timestamptz,
    lapses_at timestamptz,
    confirmed_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    grounds text,
    total_yen integer NOT NULL CHECK (total_yen >= 0),
    lines jsonb NOT NULL,
    dues jsonb NOT NULL,
    paid_yen integer NOT NULL DEFAULT 0 CHECK (paid_yen >= 0),
    paid_by text[] NOT NULL DEFAULT '{}',
    -- Set when the booking ends: what is kept of the fee, and what goes back of what was paid.
    kept_yen integer CHECK (kept_yen >= 0),
    refund_yen integer CHECK (refund_yen >= 0 AND refund_yen <= paid_yen),
    bans_same_slot boolean NOT NULL DEFAULT false,
    facts jsonb NOT NULL DEFAULT '{}',
    rule_set_version integer NOT NULL,
    inventory_version integer NOT NULL,
    trace jsonb NOT NULL,
    PRIMARY KEY (tenant_id, service_id, booking_id),
    CONSTRAINT uq_booking_number UNIQUE (tenant_id, service_id, number),
    CHECK (ends_at > starts_at),
    CHECK ((ended_at IS NULL) = (state IN ('tentative', 'confirmed', 'used'))),
    CHECK (state <> 'confirmed' OR confirmed_at IS NOT NULL),
    FOREIGN KEY (tenant_id, service_id, application_id) REFERENCES application,
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, facility_id, space_id)
        REFERENCES space (tenant_id, service_id, facility_id, space_id),
    FOREIGN KEY (tenant_id, service_id, entered_by) REFERENCES staff,
    FOREIGN KEY (tenant_id, service_id, rule_set_version) REFERENCES rule_set_version,
    FOREIGN KEY (tenant_id, inventory_version) REFERENCES inventory_version
);
CREATE INDEX ix_booking_registrant ON booking (tenant_id, service_id, registrant_id, use_on);
CREATE INDEX ix_booking_day ON booking (tenant_id, service_id, facility_id, use_on);
CREATE INDEX ix_booking_application ON booking (tenant_id, service_id, application_id);

-- Bookings, closures and official use occupy through this one table. bucket is the minute of the day
-- at which the piece of time begins (0 for a night). The key is what makes a double booking impossible.
CREATE TABLE occupancy (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    resource_id text NOT NULL,
    use_on date NOT NULL,
    bucket smallint NOT NULL CHECK (bucket >= 0 AND bucket < 2880),
    unit integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('booking', 'closure', 'official')),
    booking_id uuid,
    PRIMARY KEY (tenant_id, resource_id, use_on, bucket, unit),
    CHECK ((kind = 'booking') = (booking_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, service_id, resource_id, unit)
        REFERENCES resource_unit (tenant_id, service_id, resource_id, unit),
    -- Deferred: the slot is taken before the booking's number is, so that losers of a race take no number.
    FOREIGN KEY (tenant_id, service_id, booking_id) REFERENCES booking DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_occupancy_booking ON occupancy (tenant_id, service_id, booking_id);

CREATE TABLE booking_event (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    event_id uuid NOT NULL,
    booking_id uuid NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor IN ('resident', 'clerk', 'system')),
    account_id uuid,
    staff_id uuid,
    why text,
    facts jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, service_id, event_id),
    FOREIGN KEY (tenant_id, service_id, booking_id) REFERENCES booking,
    FOREIGN KEY (tenant_id, service_id, staff_id) REFERENCES staff
);
CREATE INDEX ix_booking_event_booking ON booking_event (tenant_id, service_id, booking_id);
