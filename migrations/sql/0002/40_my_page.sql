-- What a user finds on their own page: messages and favourites.

CREATE TABLE message (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    message_id uuid NOT NULL,
    registrant_id uuid NOT NULL,
    event_id uuid,
    template text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (tenant_id, service_id, message_id),
    CONSTRAINT uq_message_once UNIQUE (tenant_id, service_id, event_id, registrant_id, template),
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, event_id) REFERENCES outbox
);
CREATE INDEX ix_message_registrant ON message (tenant_id, service_id, registrant_id, created_at);

CREATE TABLE favourite (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    registrant_id uuid NOT NULL,
    facility_id text NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, registrant_id, facility_id),
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, facility_id) REFERENCES facility
);
CREATE INDEX ix_favourite_facility ON favourite (tenant_id, facility_id);
