-- Tenants, their services and hosts, and the versions of their rules and inventory.
-- Slugs (tenant, service, facility, space) are text: readable in exports, portable between installations.

CREATE TABLE tenant (
    tenant_id text PRIMARY KEY CHECK (tenant_id ~ '^[a-z0-9][a-z0-9_-]*$'),
    municipality_code text NOT NULL,
    name jsonb NOT NULL,
    time_zone text NOT NULL,
    languages text[] NOT NULL CHECK (cardinality(languages) > 0),
    folder_digest text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE service (
    tenant_id text NOT NULL REFERENCES tenant,
    service_id text NOT NULL CHECK (service_id ~ '^[a-z0-9][a-z0-9_-]*$'),
    name jsonb NOT NULL,
    brand jsonb NOT NULL,
    wording jsonb NOT NULL,
    pages jsonb NOT NULL,
    contact jsonb NOT NULL,
    -- Business time runs ahead of real time by this much; nought in production.
    clock_offset_seconds bigint NOT NULL DEFAULT 0 CHECK (clock_offset_seconds >= 0),
    PRIMARY KEY (tenant_id, service_id)
);

CREATE TABLE host (
    host text PRIMARY KEY CHECK (host = lower(host)),
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);
CREATE INDEX ix_host_service ON host (tenant_id, service_id);

CREATE TABLE rule_set_version (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    digest text NOT NULL,
    document text NOT NULL,
    applies_by text NOT NULL CHECK (applies_by IN ('made', 'used', 'drawn', 'applied')),
    applies_from date NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    PRIMARY KEY (tenant_id, service_id, version),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);

CREATE TABLE inventory_version (
    tenant_id text NOT NULL REFERENCES tenant,
    version integer NOT NULL CHECK (version >= 1),
    digest text NOT NULL,
    document jsonb NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, version)
);

CREATE TABLE facility (
    tenant_id text NOT NULL,
    facility_id text NOT NULL CHECK (facility_id ~ '^[a-z0-9][a-z0-9_-]*$'),
    service_id text NOT NULL,
    name jsonb NOT NULL,
    PRIMARY KEY (tenant_id, facility_id),
    CONSTRAINT uq_facility_service UNIQUE (tenant_id, service_id, facility_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);

-- space_id is "<facility>.<space>".
CREATE TABLE space (
    tenant_id text NOT NULL,
    space_id text NOT NULL,
    facility_id text NOT NULL,
    service_id text NOT NULL,
    PRIMARY KEY (tenant_id, space_id),
    CONSTRAINT uq_space_facility UNIQUE (tenant_id, service_id, facility_id, space_id),
    FOREIGN KEY (tenant_id, service_id, facility_id) REFERENCES facility (tenant_id, service_id, facility_id)
);

-- What a booking consumes: a floor ("<facility>.<floor or space>") or equipment ("<facility>.eq.<code>").
CREATE TABLE resource (
    tenant_id text NOT NULL,
    resource_id text NOT NULL,
    service_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('floor', 'equipment')),
    units integer NOT NULL CHECK (units >= 1),
    PRIMARY KEY (tenant_id, resource_id),
    CONSTRAINT uq_resource_service UNIQUE (tenant_id, service_id, resource_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);

-- One row per court, room or piece that exists: whoever would occupy the 21st room of 20 breaks a foreign key.
CREATE TABLE resource_unit (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    resource_id text NOT NULL,
    unit integer NOT NULL CHECK (unit >= 1),
    withdrawn boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, resource_id, unit),
    CONSTRAINT uq_resource_unit_service UNIQUE (tenant_id, service_id, resource_id, unit),
    FOREIGN KEY (tenant_id, service_id, resource_id) REFERENCES resource (tenant_id, service_id, resource_id)
);
