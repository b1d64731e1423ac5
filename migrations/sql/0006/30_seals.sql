-- What was done to bookings, by whomever, is sealed in the batches of the record of acts: the acts come first in a batch,
-- then these, and a place is counted through both.
CREATE TABLE booking_event_unsealed (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, service_id, event_id),
    FOREIGN KEY (tenant_id, service_id, event_id) REFERENCES booking_event
);

CREATE TABLE audit_seal_event (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    batch integer NOT NULL,
    place integer NOT NULL CHECK (place >= 1),
    event_id uuid NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (tenant_id, service_id, batch, place),
    CONSTRAINT uq_audit_seal_event UNIQUE (tenant_id, service_id, event_id),
    FOREIGN KEY (tenant_id, service_id, batch) REFERENCES audit_seal,
    FOREIGN KEY (tenant_id, service_id, event_id) REFERENCES booking_event
);

CREATE FUNCTION await_event_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO booking_event_unsealed (tenant_id, service_id, event_id)
    SELECT tenant_id, service_id, event_id FROM written;
    RETURN NULL;
END
$$;
CREATE TRIGGER await_seal AFTER INSERT ON booking_event REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION await_event_seal();

-- What was written before this migration is sealed as it stands.
ALTER TABLE booking_event NO FORCE ROW LEVEL SECURITY;
INSERT INTO booking_event_unsealed (tenant_id, service_id, event_id) SELECT tenant_id, service_id, event_id FROM booking_event;
ALTER TABLE booking_event FORCE ROW LEVEL SECURITY;

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

SELECT isolate_by_service('booking_event_unsealed');
SELECT isolate_by_service('audit_seal_event');
GRANT SELECT, INSERT ON audit_seal_event TO yoyaku_app;
GRANT SELECT, INSERT, DELETE ON booking_event_unsealed TO yoyaku_app;
