-- The record of acts: from where each came, and sealed in batches that hang together by their hashes.

-- The network that a request came from (a /24 of IPv4, a /48 of IPv6), as its transaction says; empty where no request
-- was: a worker, the command line. It stands here by itself, so that every statement that writes an act has it.
ALTER TABLE audit_entry ADD COLUMN source text DEFAULT nullif(current_setting('app.source', true), '');

-- What waits to be sealed. Rows are put here by a trigger, in the act's own transaction: one that commits late is in a
-- later batch and never skipped, and nobody who writes an act waits for whoever seals.
CREATE TABLE audit_unsealed (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    entry_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, service_id, entry_id),
    FOREIGN KEY (tenant_id, service_id, entry_id) REFERENCES audit_entry
);

-- hash: SHA-256 over the batch's head, the hash of the batch before, and its entries' hashes in order; signed with the
-- service's key.
CREATE TABLE audit_seal (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    batch integer NOT NULL CHECK (batch >= 1),
    sealed_at timestamptz NOT NULL,
    entries integer NOT NULL CHECK (entries >= 1),
    previous bytea NOT NULL CHECK (octet_length(previous) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    key_id uuid NOT NULL,
    signature bytea NOT NULL CHECK (octet_length(signature) = 64),
    PRIMARY KEY (tenant_id, service_id, batch),
    FOREIGN KEY (tenant_id, service_id, key_id) REFERENCES signing_key
);

-- The hash of each entry, so that one that was altered, removed or inserted is found at its place.
CREATE TABLE audit_seal_entry (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    batch integer NOT NULL,
    place integer NOT NULL CHECK (place >= 1),
    entry_id uuid NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (tenant_id, service_id, batch, place),
    CONSTRAINT uq_audit_seal_entry UNIQUE (tenant_id, service_id, entry_id),
    FOREIGN KEY (tenant_id, service_id, batch) REFERENCES audit_seal,
    FOREIGN KEY (tenant_id, service_id, entry_id) REFERENCES audit_entry
);

CREATE FUNCTION await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed (tenant_id, service_id, entry_id)
    SELECT tenant_id, service_id, entry_id FROM written;
    RETURN NULL;
END
$$;
CREATE TRIGGER await_seal AFTER INSERT ON audit_entry REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION await_seal();

-- What was written before this migration is sealed as it stands.
ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY;
INSERT INTO audit_unsealed (tenant_id, service_id, entry_id) SELECT tenant_id, service_id, entry_id FROM audit_entry;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $policies$
DECLARE
    one text;
    rule constant text := $$tenant_id = nullif(current_setting('app.tenant_id', true), '')$$
        || $$ AND service_id = nullif(current_setting('app.service_id', true), '')$$;
BEGIN
    FOREACH one IN ARRAY ARRAY['audit_unsealed', 'audit_seal', 'audit_seal_entry']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY isolation ON %I USING (%s) WITH CHECK (%s)', one, rule, rule);
    END LOOP;
END
$policies$;

GRANT SELECT, INSERT ON audit_seal, audit_seal_entry TO yoyaku_app;
GRANT SELECT, INSERT, DELETE ON audit_unsealed TO yoyaku_app;
